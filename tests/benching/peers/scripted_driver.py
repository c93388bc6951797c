"""A driver that tells what its command line says, for tests: `scripted_driver.py KIND SECONDS`."""

import json
import sys
import time


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    kind, seconds = sys.argv[1], float(sys.argv[2])
    if kind == "dies-at-once":
        sys.exit("no weights to be had")
    tell(json.dumps({} if kind == "nameless" else {"version": "1.2"}))
    for turn, line in enumerate(sys.stdin):
        asked = json.loads(line)
        if kind == "dies-later" and turn == 2:
            sys.exit("out of memory")
        if kind == "hangs":
            time.sleep(60)
        if kind == "babbles":
            tell("Downloading model, please wait")
        boxes = [[0, 0, 4, 4]] if asked["frame"].endswith(".picture") else []
        answer = {"seconds": seconds, "cpu_seconds": seconds / 2, "boxes": boxes}
        if kind == "boxless":
            del answer["boxes"]
        if kind == "timeless":
            answer["seconds"] = 0
        tell(json.dumps(answer))


main()
