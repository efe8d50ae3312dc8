"""ResNet18, 34 and 50 (He et al. 2016) with five outputs, by Torchvision's names: users' checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 224  # pixels of a crop
MEAN, SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, of RGB 0..1
OUTPUTS = 5
STEM = 64  # channels before the first stage
PREFIXES = ("module.", "model.", "backbone.", "resnet.", "net.")
WRAPPERS = ("model_state_dict", "state_dict", "model")


class CheckpointError(ValueError):
    """Raised when a file is no checkpoint of a ResNet18, 34 or 50 with five outputs."""


class Basic(nn.Module):
    """Two 3 x 3 convolutions and a shortcut."""

    expansion = 1

    def __init__(self, width: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = _shortcut(width, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's output."""
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return cast("Tensor", (y + (x if self.downsample is None else self.downsample(x))).relu())


class Bottleneck(nn.Module):
    """A 3 x 3 convolution between two 1 x 1 ones, and a shortcut."""

    expansion = 4

    def __init__(self, width: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, channels * self.expansion, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels * self.expansion)
        self.downsample = _shortcut(width, channels * self.expansion, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's output."""
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()
        y = self.bn3(self.conv3(y))
        return cast("Tensor", (y + (x if self.downsample is None else self.downsample(x))).relu())


def _shortcut(width: int, channels: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and width == channels:
        return None
    return nn.Sequential(nn.Conv2d(width, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))


LAYOUTS: Mapping[str, tuple[type[Basic | Bottleneck], tuple[int, ...]]] = {
    "resnet18": (Basic, (2, 2, 2, 2)),
    "resnet34": (Basic, (3, 4, 6, 3)),
    "resnet50": (Bottleneck, (3, 4, 6, 3)),
}


class ResNet(nn.Module):
    """A ResNet whose last layers are Dropout and Linear(5), `fc.0` and `fc.1`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        block, depths = LAYOUTS[name]
        self.conv1 = nn.Conv2d(3, STEM, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(STEM)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        width = STEM
        for stage, depth in enumerate(depths):
            channels = STEM * 2**stage
            strides = [1 if stage == 0 else 2] + [1] * (depth - 1)
            blocks = []
            for stride in strides:
                blocks.append(block(width, channels, stride))
                width = channels * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.fc = nn.Sequential(nn.Dropout(), nn.Linear(width, OUTPUTS))

    def forward(self, crops: Tensor) -> Tensor:
        """Return five numbers of each RGB crop (n, 3, SIDE, SIDE), 0..255."""
        x = (crops / 255 - crops.new_tensor(MEAN).reshape(1, 3, 1, 1)) / crops.new_tensor(SD).reshape(
            1, 3, 1, 1
        )
        x = self.maxpool(self.bn1(self.conv1(x)).relu())
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = cast("nn.Module", stage)(x)
        return cast("Tensor", self.fc(x.mean((2, 3))))


def build(state: Mapping[str, Tensor]) -> tuple[str, ResNet]:
    """Return the name and the network of a checkpoint's weights, ready to answer.

    Raises:
        CheckpointError: names, shapes or values are not those of a network with five outputs.

    """
    named = _renamed(state)
    for name in LAYOUTS:
        with torch.device("meta"):
            network = ResNet(name)
        expected = {key: value.shape for key, value in network.state_dict().items()}
        if expected.keys() == named.keys():
            break
    else:
        raise CheckpointError(
            f"the names are not those of {', '.join(LAYOUTS)} with Dropout and Linear({OUTPUTS})"
        )
    for key, shape in expected.items():
        if named[key].shape != shape:
            raise CheckpointError(f"{key} is of shape {tuple(named[key].shape)}, not {tuple(shape)}")
        if not torch.isfinite(named[key]).all():
            raise CheckpointError(f"{key} has values that are not finite")
    network.load_state_dict(named, assign=True)
    return name, network.eval().requires_grad_(requires_grad=False)


def _renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights by Torchvision's names, as float32, without the prefixes that wrappers add."""
    named: dict[str, Tensor] = {}
    for name, tensor in state.items():
        short = name
        while prefix := next((each for each in PREFIXES if short.startswith(each)), ""):
            short = short.removeprefix(prefix)
        if short in {"fc.weight", "fc.bias"}:
            short = short.replace("fc.", "fc.1.")
        named[short] = tensor if short.endswith("num_batches_tracked") else tensor.float()
    return named


def read_checkpoint(path: Path) -> Mapping[str, Tensor]:
    """Return the weights in a `.safetensors`, or in a `.pt` or `.pth` that holds nothing but tensors.

    Raises:
        CheckpointError: the file cannot be read so, or holds no weights.

    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        stored: Any = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:
        # torch's own text would advise to load the file as code
        raise CheckpointError(f"{path.name} holds more than tensors, or is no checkpoint") from error
    for wrapper in WRAPPERS:
        if isinstance(stored, Mapping) and isinstance(stored.get(wrapper), Mapping):
            stored = stored[wrapper]
    if not isinstance(stored, Mapping) or not all(isinstance(value, Tensor) for value in stored.values()):
        raise CheckpointError(f"{path.name} holds no table of weights by their names")
    return stored
