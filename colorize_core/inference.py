"""The whole path, photo to picture.

photo -> L at full size -> resized copy -> network -> ab -> enlarged along the edges of L ->
joined to the photo's own L -> picture. Nothing is kept between calls.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.checkpoint import SHIPPED, load_model, read_checkpoint
from colorize_core.color import L_SCALE
from colorize_core.color8 import lab_to_rgb8, rgb8_to_lightness
from colorize_core.configs import StudioConfig
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.methods import Method, get_method
from colorize_core.models.studio import MULTIPLE
from colorize_core.photo import load_image
from colorize_core.upsampling import guided_coefficients, joint_bilateral, rows

STRIP_PIXELS = 1 << 19
"""Pixels handled at once at full size: large enough for speed, small enough for the cache."""


@dataclass(frozen=True)
class Prediction:
    """One pass of the network over one photo; rendering it at any temperature is cheap."""

    output: Tensor
    """(1, C, h, w): ab / `AB_SCALE`, or logits in half precision."""
    L: Tensor
    """What the network saw: (1, 1, 4 h, 4 w), in [0, 1]."""
    seconds: float
    """Time of the network."""


@dataclass(frozen=True)
class Colorizer:
    """A loaded method: a pure function of a photo."""

    method: Method
    config: StudioConfig
    module: nn.Module
    device: torch.device

    def __call__(
        self,
        photo: Image.Image,
        temperature: float | None = None,
        saturation: float = 1.0,
    ) -> Image.Image:
        """Colorize one photo.

        Args:
            photo: any picture that `load_image` takes; only its lightness is used.
            temperature: T in [0, 1]; None takes the method's default. Methods without a
                distribution ignore it.
            saturation: multiplies ab, 0…4.

        Returns:
            RGB picture of the photo's upright size.

        Raises:
            PhotoError: a photo that cannot be read or must be refused.
            ConfigError: temperature or saturation out of range.
        """
        photo = load_image(photo)
        return self.render(photo, self.predict(photo), temperature, saturation)

    @torch.inference_mode()
    def predict(self, photo: Image.Image) -> Prediction:
        """Run the network once, on a copy with the long side of the configuration."""
        L = network_input(lightness(load_image(photo)), self.config.side).to(self.device)
        started = time.perf_counter()
        output = self.module(L)
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        seconds = time.perf_counter() - started
        if self.method.has_temperature:
            output = output.half()
        return Prediction(output.cpu(), L.cpu(), seconds)

    @torch.inference_mode()
    def predict_ab(self, prediction: Prediction, temperature: float | None = None) -> Tensor:
        """Decode a prediction: ab on the network's grid, (1, 2, h, w), in Lab units.

        Raises:
            ConfigError: temperature outside [0, 1].
        """
        if temperature is None:
            temperature = getattr(self.config, "temperature", 1.0)
        if not 0 <= temperature <= 1:
            raise ConfigError(f"temperature must lie in [0, 1], got {temperature}")
        return self.module.decode(prediction.output.to(self.device), temperature).cpu()

    @torch.inference_mode()
    def render(
        self,
        photo: Image.Image,
        prediction: Prediction,
        temperature: float | None = None,
        saturation: float = 1.0,
        max_side: int | None = None,
    ) -> Image.Image:
        """Make the picture of a prediction, without the network.

        Args:
            photo: the photo that was predicted.
            prediction: from `predict`.
            temperature: as in a call.
            saturation: as in a call.
            max_side: long side of a preview, pixels; None keeps the full size.

        Raises:
            ConfigError: temperature or saturation out of range.
        """
        if not 0 <= saturation <= 4:
            raise ConfigError(f"saturation must lie in [0, 4], got {saturation}")
        ab = saturation * self.predict_ab(prediction, temperature)
        photo = load_image(photo)
        if max_side is not None:
            photo = shrink(photo, max_side)
        return merge(lightness(photo), prediction.L, ab)


def load_colorizer(
    name: str, checkpoint: Path | str | None = None, device: torch.device | str = "cpu"
) -> Colorizer:
    """Load a method's weights.

    Args:
        name: a name from `METHODS`.
        checkpoint: a method folder; None takes the shipped one.
        device: where the network runs.

    Raises:
        UnknownMethodError: no such method.
        CheckpointError: the folder is missing, damaged, or holds another method.
    """
    method = get_method(name)
    folder = SHIPPED / name if checkpoint is None else Path(checkpoint)
    found = read_checkpoint(folder)
    if found.method.name != name:
        raise CheckpointError(f"{folder} holds {found.method.name!r}, not {name!r}")
    return Colorizer(method, found.config, load_model(found, device), torch.device(device))


def _strips(height: int, width: int) -> list[tuple[int, int]]:
    step = max(1, STRIP_PIXELS // width)
    return [(start, min(height, start + step)) for start in range(0, height, step)]


def lightness(photo: Image.Image) -> Tensor:
    """L of an RGB photo, (1, 1, H, W), in Lab units."""
    rgb = np.asarray(photo)
    height, width = rgb.shape[:2]
    L = torch.empty((1, 1, height, width))
    for start, stop in _strips(height, width):
        L[:, :, start:stop] = rgb8_to_lightness(rgb[start:stop])
    return L


def network_input(L: Tensor, side: int) -> Tensor:
    """The resized copy that the network sees.

    Args:
        L: (1, 1, H, W), in Lab units; any aspect.
        side: long side of the copy, pixels.

    Returns:
        (1, 1, h, w), in [0, 1]; h and w are multiples of 16, as near the aspect as they can be.
    """
    height, width = L.shape[-2:]
    scale = side / max(height, width)
    size = [max(1, round(length * scale / MULTIPLE)) * MULTIPLE for length in (height, width)]
    small = F.interpolate(L, size=size, mode="bilinear", antialias=True, align_corners=False)
    return small.clamp(0, 100) / L_SCALE


def merge(L_full: Tensor, L_small: Tensor, ab: Tensor) -> Image.Image:
    """Join coarse ab to the photo's own L.

    Args:
        L_full: (1, 1, H, W), in Lab units; it is kept to the pixel.
        L_small: the guide of the coarse grid, (1, 1, 4 h, 4 w), in [0, 1].
        ab: (1, 2, h, w), in Lab units.

    Returns:
        RGB picture, W × H.
    """
    height, width = L_full.shape[-2:]
    ab = joint_bilateral(ab, L_small)  # (1, 2, 4 h, 4 w)
    lines = torch.cat(guided_coefficients(L_small, ab), 1)  # (1, 4, 4 h, 4 w)
    lines = F.interpolate(
        lines, size=(lines.shape[-2], width), mode="bilinear", align_corners=False
    )
    picture = np.empty((height, width, 3), dtype=np.uint8)
    for start, stop in _strips(height, width):
        L = L_full[:, :, start:stop]
        slope, offset = rows(lines, height, start, stop).split(2, dim=1)
        lab = torch.cat((L, slope * L / L_SCALE + offset), 1)
        picture[start:stop] = lab_to_rgb8(lab)
    return Image.fromarray(picture)


def grey_picture(photo: Image.Image) -> Image.Image:
    """The photo's own L without colour: what every method starts from."""
    L = lightness(load_image(photo))
    picture = np.empty((*L.shape[-2:], 3), dtype=np.uint8)
    for start, stop in _strips(*L.shape[-2:]):
        strip = L[:, :, start:stop]
        picture[start:stop] = lab_to_rgb8(F.pad(strip, (0, 0, 0, 0, 0, 2)))
    return Image.fromarray(picture)


def shrink(photo: Image.Image, max_side: int) -> Image.Image:
    """A copy with the long side at most `max_side`; smaller photos come back unchanged."""
    scale = max_side / max(photo.size)
    if scale >= 1:
        return photo
    size = tuple(max(1, round(length * scale)) for length in photo.size)
    return photo.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
