"""Other programs that read expressions from faces, run beside Roomtone on the same frames.

`python -m bench.peers` installs each in an environment of its own under `runs/peers`, asks it and
Roomtone in turns on one core, and tells how many times as long it takes. Nothing of a peer, code
or weights, is part of Roomtone: it is fetched from its registry by whoever runs this.
"""
