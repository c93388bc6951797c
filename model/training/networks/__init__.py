"""Emotion networks by name. Torch only; knows neither data nor files.

Every network maps normalised crops `(n, 1, 48, 48) float32` to logits `(n, 2, 7) float32`: a head
per label set, in the order of `model.emotions.LABEL_SETS`, each in the order of `EMOTIONS`. One
with an attribute `points` above 0 takes facial points `(n, points, 2)` beside the crops: -1 to 1
across the crop, nan for a face without.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from model.training.networks.compact import CompactResNet
from model.training.networks.fusion import LandmarkFusion
from model.training.networks.plain import PlainCnn, SimpleCnn
from model.training.networks.published import (
    build_densenet,
    build_mobilenet,
    build_resnet,
    build_vgg16,
)
from model.training.networks.size import NetworkSize, blank_inputs, count_points, measure_size

__all__ = [
    "NETWORKS",
    "Architecture",
    "NetworkSize",
    "UnknownNetwork",
    "blank_inputs",
    "build_network",
    "count_points",
    "measure_size",
]


class UnknownNetwork(ValueError):
    """A network name that is not in the table below."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no network “{name}”. Use one of: {', '.join(NETWORKS)}.")


@dataclass(frozen=True)
class Architecture:
    """A network that can be asked for: how it is made, what it is, and whose idea it was."""

    build: Callable[..., nn.Module]
    summary: str
    source: str


NETWORKS: dict[str, Architecture] = {
    "compact": Architecture(
        lambda: CompactResNet(16, (32, 64, 128), (2, 2, 2), (False, True, True), 0.2),
        "Roomtone's own: residual blocks, the deeper ones weighing their channels",
        "He et al. 2016; Hu et al. 2018",
    ),
    "compact_large": Architecture(
        lambda: CompactResNet(24, (48, 96, 192), (2, 2, 1), (False, False, False), 0.2),
        "Roomtone's own, wider",
        "He et al. 2016",
    ),
    "plain_cnn": Architecture(
        PlainCnn, "four convolutions and three dense layers", "LeCun et al. 1998"
    ),
    "simple_cnn": Architecture(
        SimpleCnn, "six normalised convolutions, no dense layer", "Lin et al. 2014"
    ),
    "resnet": Architecture(build_resnet, "ResNet-18 with a 3x3 first layer", "He et al. 2016"),
    "vgg16": Architecture(
        build_vgg16,
        "VGG16's convolutions, normalised, without its dense layers",
        "Simonyan & Zisserman 2015",
    ),
    "densenet": Architecture(
        build_densenet, "DenseNet-121 with a 3x3 first layer", "Huang et al. 2017"
    ),
    "mobilenet": Architecture(
        build_mobilenet, "MobileNetV2 with a first layer that keeps the size", "Sandler et al. 2018"
    ),
    "landmark_fusion": Architecture(
        LandmarkFusion, "compact, joined with the five facial points", "Gower 1975"
    ),
    "tiny": Architecture(
        lambda: CompactResNet(8, (8, 16, 32), (1, 1, 1), (False, False, False), 0.0),
        "for tests: trains in seconds",
        "He et al. 2016",
    ),
}
"""`compact` is what ships; `tiny` keeps the training smoke test to seconds."""


def build_network(name: str, points: int = 0) -> nn.Module:
    """Make a freshly initialised network. Raises `UnknownNetwork`.

    `points` is how many facial points a fusion takes, 0 for its own number; others take none.
    """
    if name not in NETWORKS:
        raise UnknownNetwork(name)
    build = NETWORKS[name].build
    return build(points) if points else build()
