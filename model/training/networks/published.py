"""Published architectures from pytorchcv, made to fit 48x48 grey faces. Never with its weights.

They were drawn for pictures of 224 pixels, which they halve five times. Here the first layer keeps
the size and the last pooling is a mean over whatever is left, so that enough of a face remains.
pytorchcv's modules are named one by one: its list of all models needs torchvision, these do not.
"""

import torch
from pytorchcv.models.densenet import DenseNet
from pytorchcv.models.mobilenetv2 import MobileNetV2
from pytorchcv.models.resnet import ResNet
from pytorchcv.models.vgg import VGG
from torch import Tensor, nn

from model.training.networks.heads import Heads


class PublishedNetwork(nn.Module):
    """A published network's convolutions under our heads."""

    def __init__(self, features: nn.Module, width: int, dropout: float) -> None:
        super().__init__()
        self.features = features
        self.head = Heads(width, dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map crops `(n, 1, 48, 48)` to logits `(n, 2, 7)`."""
        logits: Tensor = self.head(torch.mean(self.features(x), (2, 3)))
        return logits


def build_resnet() -> nn.Module:
    """Make ResNet-18 with a 3x3 first layer (He et al. 2016)."""
    widths = [[width] * 2 for width in (64, 128, 256, 512)]
    features = ResNet(widths, 64, bottleneck=False, conv1_stride=True, in_channels=1).features
    features.init_block = _small_stem(64)
    return _with_heads(features, 512)


def build_densenet() -> nn.Module:
    """Make DenseNet-121 with a 3x3 first layer (Huang et al. 2017)."""
    growth, width, widths = 32, 64, list[list[int]]()
    for units in (6, 12, 24, 16):
        widths.append([width + growth * (unit + 1) for unit in range(units)])
        width = widths[-1][-1] // 2
    features = DenseNet(widths, 64, in_channels=1).features
    features.init_block = _small_stem(64)
    return _with_heads(features, widths[-1][-1])


def build_vgg16() -> nn.Module:
    """Make VGG16's convolutions, normalised (Simonyan & Zisserman 2015).

    Its dense layers are left out: they held nine tenths of the weights, for 7x7 cells that a
    48-pixel face does not leave.
    """
    widths = [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]
    # Its own dense layers are made and dropped at once; on torch's meta device they cost nothing.
    with torch.device("meta"):
        features = VGG(widths, bias=False, use_bn=True, in_channels=1).features
    features = features.to_empty(device="cpu")
    _start_weights(features)
    return PublishedNetwork(features, 512, 0.4)


def build_mobilenet() -> nn.Module:
    """Make MobileNetV2 with a first layer that keeps the size (Sandler et al. 2018)."""
    widths = [[16], [24] * 2, [32] * 3, [64] * 4 + [96] * 3, [160] * 3 + [320]]
    features = MobileNetV2(widths, 32, 1280, remove_exp_conv=False, in_channels=1).features
    features.init_block.conv.stride = (1, 1)
    return _with_heads(features, 1280)


def _small_stem(width: int) -> nn.Sequential:
    """Replace a 7x7 first layer for large pictures: 3x3 at full size, then pooled once."""
    stem = nn.Sequential(
        nn.Conv2d(1, width, 3, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )
    _start_weights(stem)
    return stem


def _with_heads(features: nn.Sequential, width: int) -> nn.Module:
    del features.final_pool  # it counts on 224 pixels
    return PublishedNetwork(features, width, 0.2)


def _start_weights(layers: nn.Module) -> None:
    """Start as the papers do (He et al. 2015)."""
    for layer in layers.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        elif isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
