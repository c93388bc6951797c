"""What others reach on the same kind of pictures, for the README's table. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rival:
    """A network of somebody else. Shares in per cent; None where nobody told."""

    name: str
    accuracy: float
    macro_f1: float | None = None
    ms_per_face: float | None = None


RIVALS = (
    Rival("fer 25.10.3 (0.09 MB)", 65.87, 64.15, 0.49),
    Rival("vladmandic/human emotion (0.82 MB)", 66.82, 66.15, 8.9),
    Rival("face-api.js expressions", 58.85, 53.35, 11.0),
    Rival("Khaireddin & Chen 2021, one VGG network (published)", 73.28),
    Rival("ResidualMaskingNetwork, one network (published)", 74.14),
    Rival("ResidualMaskingNetwork, ensemble of 7 (published)", 76.82),
)
"""By FER2013's labels on its private test split, 3,589 faces, straight crops, one core: measured by
this project's owner, or as their authors published it."""
