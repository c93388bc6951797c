"""The ModelCard: what an emotion network says of itself, inside its own ONNX file.

Everything the classifier must know travels here, so that a network can be swapped by swapping
one file. Imports pydantic and onnxruntime's metadata only.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from model.emotions import EMOTIONS, LabelSet
from model.mistakes import Mistake
from model.quantification import ShareEstimator

METADATA_KEY = "roomtone_card"


class UnusableNetwork(Mistake, RuntimeError):
    """An emotion network that can't be used; the message says why and what to do."""


class Accuracy(BaseModel):
    """Accuracy as it was measured, and on what. Shares, 0 to 1.

    `labels` tells whose labels counted as right; the first networks' cards, which know only
    FER2013's, leave it out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    labels: LabelSet = LabelSet.FER2013
    faces: int
    accuracy: float = Field(ge=0, le=1)
    macro_f1: float = Field(ge=0, le=1)
    recall: dict[str, float | None]


class VectorScaling(BaseModel):
    """Calibration of one head: `softmax(logits * scale + bias)` (Guo et al. 2017).

    It is folded into the network, and told here for the record. `scale` and `bias` are in the
    order of `EMOTIONS`. `recall_floor` is the share, 0 to 1, that every emotion's recall was
    lifted to by offsets in `bias`, where that was asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale: tuple[FiniteFloat, ...] = Field(min_length=len(EMOTIONS), max_length=len(EMOTIONS))
    bias: tuple[FiniteFloat, ...] = Field(min_length=len(EMOTIONS), max_length=len(EMOTIONS))
    recall_floor: float | None = Field(None, gt=0, lt=1)


class ModelCard(BaseModel):
    """What the classifier and the reader of a chart must know of a network.

    Crops are squares around a face's box, `crop_side` times the root of the box's area, resized
    to `side` pixels, grey, `(crop / 255 - mean) / std`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    emotions: tuple[str, ...]
    side: int = Field(ge=16, le=512)
    mean: float
    std: float = Field(gt=0)
    crop_side: float = Field(gt=0.5, lt=3)
    points: int = Field(0, ge=0, description="Facial points a face that it takes beside crops.")
    temperature: float = Field(1.0, gt=0, description="Logits are divided by it in the network.")
    calibration: dict[LabelSet, VectorScaling] | None = None
    estimator: ShareEstimator | None = None
    measured: tuple[Accuracy, ...]
    trained_on: str
    description: str
    recipe: str = Field("", description="The command it was trained by.")
    limits: str

    @property
    def labels(self) -> LabelSet:
        """Whose labels a network with one output only tells: those it was measured on first."""
        return self.measured[0].labels if self.measured else LabelSet.FER2013

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str], *, file: str) -> Self:
        """Read the card from an ONNX file's metadata. Raises `UnusableNetwork`."""
        text = metadata.get(METADATA_KEY)
        if text is None:
            raise UnusableNetwork(
                f"{file} has no model card, so nobody can say what its outputs mean. "
                "Export it with `python export_onnx.py CHECKPOINT`, which writes one."
            )
        try:
            card = cls.model_validate_json(text)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()
            )
            raise UnusableNetwork(f"The model card in {file} is broken: {faults}.") from error
        if card.emotions != EMOTIONS:
            raise UnusableNetwork(
                f"{file} tells {', '.join(card.emotions)}; Roomtone needs exactly "
                f"{', '.join(EMOTIONS)}, in that order. Train or export it for these."
            )
        return card
