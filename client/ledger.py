"""What became of the frames of one stream, in numbers."""

from dataclasses import dataclass, field

from model.emotions import Emotion
from server.schemas import FrameAnswer, Outcome, zero_counts


@dataclass
class Ledger:
    """The books of one stream: sent = counted + duplicate + busy + refused, always.

    sent: frames the server answered (one put again after "busy" is counted again). counted:
    committed by the server. duplicate: committed at an earlier try whose answer was lost. busy:
    turned away with 429. refused: no picture the server takes. skipped: due while another frame
    was under way, so never sent. reconnects: tries that got no answer. faces, counts: as answered.
    """

    sent: int = 0
    counted: int = 0
    duplicate: int = 0
    skipped: int = 0
    busy: int = 0
    refused: int = 0
    reconnects: int = 0
    faces: int = 0
    counts: dict[Emotion, int] = field(default_factory=zero_counts)
    now: Emotion | None = None

    def note_answer(self, answer: FrameAnswer) -> None:
        """Book an answered frame."""
        self.sent += 1
        if answer.outcome is Outcome.DUPLICATE:
            self.duplicate += 1
            return
        self.counted += 1
        self.faces += len(answer.faces)
        seen = zero_counts()
        for face in answer.faces:
            seen[face.emotion] += 1
            self.counts[face.emotion] += 1
        self.now = max(seen, key=lambda emotion: seen[emotion]) if answer.faces else None

    def note_busy(self) -> None:
        """Book a frame that the server had no room for."""
        self.sent += 1
        self.busy += 1

    def note_refused(self) -> None:
        """Book a frame that the server would not take."""
        self.sent += 1
        self.refused += 1

    def as_json(self) -> dict[str, int | dict[str, int]]:
        """Return the books for a machine."""
        numbers: dict[str, int | dict[str, int]] = {
            name: getattr(self, name)
            for name in (
                "sent",
                "counted",
                "duplicate",
                "skipped",
                "busy",
                "refused",
                "reconnects",
                "faces",
            )
        }
        return numbers | {"counts": {str(e): n for e, n in self.counts.items()}}

    def __str__(self) -> str:
        """Tell the books in one line."""
        line = (
            f"sent {self.sent} · counted {self.counted} · duplicate {self.duplicate} · "
            f"skipped {self.skipped} · busy {self.busy} · faces {self.faces}"
        )
        if self.refused:
            line += f" · refused {self.refused}"
        return line
