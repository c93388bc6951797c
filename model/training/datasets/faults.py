"""What can be wrong with a dataset; each message names file and line. No torch."""

from collections.abc import Sequence


class UnreadableDataset(ValueError):
    """A dataset with a fault; the message names the file and line."""


class CorruptPictures(UnreadableDataset):
    """Pictures that can't be read; all of them are named."""

    def __init__(self, sentences: Sequence[str]) -> None:
        count = f"{len(sentences)} {'picture' if len(sentences) == 1 else 'pictures'}"
        super().__init__(
            "\n".join(
                (
                    f"{count} cannot be read:",
                    *(f"  {sentence}" for sentence in sentences),
                    "Repair or remove what is named, or give --skip-bad to train without it.",
                )
            )
        )
