"""How fast Roomtone is on a machine: `roomtone bench`, and `make bench` with everything.

Measures through the same code and the same server process that a lesson uses. Imports model,
server and client; nothing but `roomtone.py` imports it.
"""
