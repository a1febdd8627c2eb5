"""The networks of the paper for small images: DenseNet (L = 40, k = 12), ResNet, and a small CNN for tests."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as functional
from torch import Tensor, nn


def _conv(before: int, after: int, size: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(before, after, size, stride, size // 2, bias=False)


class _DenseLayer(nn.Module):
    def __init__(self, before: int, growth: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(before)
        self.conv = _conv(before, growth, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.cat([inputs, self.conv(functional.relu(self.norm(inputs)))], 1)


def densenet(channels: int, classes: int, depth: int = 40, growth: int = 12) -> nn.Module:
    """DenseNet without bottleneck (Huang et al. 2017), three blocks of (depth - 4) / 3 layers."""
    width = 16
    layers: list[nn.Module] = [_conv(channels, width, 3)]
    for block in range(3):
        for _ in range((depth - 4) // 3):
            layers.append(_DenseLayer(width, growth))
            width += growth
        layers += [nn.BatchNorm2d(width), nn.ReLU()]
        if block < 2:
            layers += [_conv(width, width, 1), nn.AvgPool2d(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


class _Bottleneck(nn.Module):
    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        after = 4 * width
        self.body = nn.Sequential(
            *(_conv(before, width, 1), nn.BatchNorm2d(width), nn.ReLU()),
            *(_conv(width, width, 3, stride), nn.BatchNorm2d(width), nn.ReLU()),
            *(_conv(width, after, 1), nn.BatchNorm2d(after)),
        )
        same = stride == 1 and before == after
        self.shortcut = nn.Identity() if same else nn.Sequential(_conv(before, after, 1, stride), nn.BatchNorm2d(after))

    def forward(self, inputs: Tensor) -> Tensor:
        return functional.relu(self.body(inputs) + self.shortcut(inputs))


def resnet50(channels: int, classes: int) -> nn.Module:
    """ResNet-50 (He et al. 2016) with a first convolution for small images."""
    layers: list[nn.Module] = [_conv(channels, 64, 3), nn.BatchNorm2d(64), nn.ReLU()]
    before = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            layers.append(_Bottleneck(before, width, stride if block == 0 else 1))
            before = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, classes))


def small_cnn(channels: int, classes: int) -> nn.Module:
    """Three batch-normalised convolutions of 8, 16 and 32 channels."""
    layers: list[nn.Module] = []
    before = channels
    for after in (8, 16, 32):
        layers += [_conv(before, after, 3), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
        before = after
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, classes))


NETWORKS: dict[str, Callable[[int, int], nn.Module]] = {
    "densenet40": densenet,
    "resnet50": resnet50,
    "small-cnn": small_cnn,
}


def create(name: str, channels: int, classes: int, seed: int) -> nn.Module:
    """A network with He's initialisation, its weights drawn by the seed."""
    torch.manual_seed(seed)
    network = NETWORKS[name](channels, classes)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return network
