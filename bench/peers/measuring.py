"""Rounds of a peer and Roomtone in turns, so that what else the machine does hits both."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Final

from bench.frames import BenchFrame, find_data
from bench.peers.catalogue import DRIVERS, Peer
from bench.peers.conversation import Answer, Conversation
from bench.peers.environments import PeerUnavailable
from bench.peers.figures import Boxes, LeftOut, Round, Row, Subject, compare, sum_up

WARM_UP: Final = 2
AT_ONCE: Final = 5
"""Frames of a stream in one round: every few of them are searched whole and take longer."""

TRUTH: Final = "galleries/faces.json"
FIRST, STEADY = "Roomtone, first frame", "Roomtone, steady"


@dataclass(frozen=True)
class Exhibit:
    """One frame on the disk, with a stream of its like and the faces that are in it."""

    subject: Subject
    frame: Path
    stream: Sequence[Path]


def lay_out(frames: Sequence[BenchFrame], folder: Path) -> list[Exhibit]:
    """Write all frames and their streams into `folder`, where every driver reads them."""
    truths = _read_truths()
    exhibits = []
    for number, frame in enumerate(frames):
        path = folder / f"{number}.picture"
        path.write_bytes(frame.data)
        stream = []
        for turn, data in enumerate(frame.stream()):
            stream.append(folder / f"{number}-{turn}.jpg")
            stream[-1].write_bytes(data)
        subject = Subject(frame.name, frame.width, frame.height, truths.get(frame.name))
        exhibits.append(Exhibit(subject, path, stream))
    return exhibits


class Roomtone:
    """Roomtone in a process of its own, as peers are: each frame as a first one, or in a stream."""

    def __init__(self, log: Path) -> None:
        command = [sys.executable, str(DRIVERS / "python_peers.py"), "roomtone"]
        root = str(Path(__file__).parents[2])
        self._driver = Conversation(command, log, {"PYTHONPATH": root})
        self.version, self._turn = self._driver.version, 0

    def first(self, exhibit: Exhibit) -> Answer:
        """Read the frame as the first one of a source."""
        return self._driver.ask(exhibit.frame, "")

    def steady(self, exhibit: Exhibit) -> Answer:
        """Read the next few frames of the stream; return the mean and the last one's faces."""
        answers = [self._ask_next(exhibit) for _ in range(AT_ONCE)]
        return Answer(
            fmean(answer.seconds for answer in answers),
            fmean(answer.cpu_seconds for answer in answers),
            answers[-1].boxes,
        )

    def _ask_next(self, exhibit: Exhibit) -> Answer:
        self._turn += 1
        frame = exhibit.stream[self._turn % len(exhibit.stream)]
        return self._driver.ask(frame, exhibit.subject.frame)

    def close(self) -> None:
        """End the process."""
        self._driver.close()


@dataclass
class Gathering:
    """What the peers measured so far came to."""

    peers: list[Row]
    left_out: list[LeftOut]
    first: dict[str, list[Answer]]
    steady: dict[str, list[Answer]]

    @classmethod
    def begin(cls) -> "Gathering":
        """Return one that knows nothing yet."""
        return cls([], [], {}, {})

    def measure(
        self, peer: Peer, exhibits: Sequence[Exhibit], roomtone: Roomtone, cache: Path, rounds: int
    ) -> None:
        """Measure one peer on every frame; where it fails, it is left out with the reason."""
        folder = cache / peer.environment.name
        variables = peer.environment.variables(folder)
        log = cache / f"{peer.name}.log"
        try:
            with Conversation(peer.command(folder), log, variables) as driver:
                rows = [self._compare(peer, one, driver, roomtone, rounds) for one in exhibits]
        except PeerUnavailable as error:
            self.left_out.append(LeftOut(name=peer.title, why=str(error)))
        else:
            self.peers += rows

    def _compare(
        self, peer: Peer, exhibit: Exhibit, driver: Conversation, roomtone: Roomtone, rounds: int
    ) -> Row:
        stream = exhibit.subject.frame
        told: list[Round] = []
        for turn in range(rounds + WARM_UP):
            asked = driver.ask(exhibit.frame, stream)
            one = Round(asked, roomtone.first(exhibit), roomtone.steady(exhibit))
            if turn >= WARM_UP:
                told.append(one)
        self.first.setdefault(stream, []).extend(one.first for one in told)
        self.steady.setdefault(stream, []).extend(one.steady for one in told)
        return compare(peer.title, driver.version, exhibit.subject, told)

    def roomtone_rows(self, exhibits: Sequence[Exhibit], version: str) -> list[Row]:
        """Return Roomtone's own rows, over the rounds of all peers."""
        return [
            sum_up(name, version, one.subject, answers[one.subject.frame], steady=name == STEADY)
            for one in exhibits
            for name, answers in ((FIRST, self.first), (STEADY, self.steady))
            if one.subject.frame in answers
        ]


def _read_truths() -> dict[str, Boxes]:
    """Return the true boxes of each real frame by its name without suffix; none elsewhere.

    Faces that are partly hidden are left out: finding them is no merit that is asked for.
    """
    data = find_data()
    if data is None or not (data / TRUTH).is_file():
        return {}
    told = json.loads((data / TRUTH).read_text("utf-8"))
    return {
        Path(name).stem: [face["box_xywh"] for face in faces if not face.get("partly_hidden")]
        for name, faces in told.items()
    }
