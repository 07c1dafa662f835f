"""The whole path, photo to picture.

photo -> L at full size -> resized copy -> network -> ab -> enlarged along the edges of L ->
joined to the photo's own L -> picture. Nothing is kept between calls.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from colorize_core.color.conversions import L_SCALE
from colorize_core.color.tables8 import rgb8_to_luma
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.image.denoise import denoise
from colorize_core.image.read import load_image
from colorize_core.image.resize import shrink
from colorize_core.inference.hints import Hint, place_hints
from colorize_core.inference.lightness import merge, network_input
from colorize_core.inference.test_time_augmentation import answer
from colorize_core.methods import Method, get_method
from colorize_core.methods.checkpoint import load_model, read_checkpoint
from colorize_core.methods.color_nets import ColorNet
from colorize_core.methods.config import MethodConfig
from colorize_core.runs import SHIPPED


@dataclass(frozen=True)
class Prediction:
    """One pass of the network over one photo; rendering it at any temperature is cheap."""

    output: Tensor
    """(1, C, h, w): colours divided by the space's scale, or logits in half precision."""
    L: Tensor
    """L at the size that the network saw, a multiple of h × w: (1, 1, H, W), in [0, 1]."""
    grey: Tensor
    """What the network saw: L, or Y' for networks that answer in YUV or RGB."""
    seconds: float
    """Time of the network."""


@dataclass(frozen=True)
class Colorizer:
    """A loaded method: a pure function of a photo."""

    method: Method
    config: MethodConfig
    module: ColorNet
    device: torch.device

    def __call__(
        self,
        photo: Image.Image,
        temperature: float | None = None,
        saturation: float = 1.0,
        hints: Sequence[Hint] = (),
    ) -> Image.Image:
        """Colorize one photo.

        Args:
            photo: any picture that `load_image` takes; only its lightness is used.
            temperature: T in [0, 1]; None takes the method's default. Methods without a
                distribution ignore it.
            saturation: multiplies ab, 0…4.
            hints: colours that are known at some places; the network spreads them.

        Returns:
            RGB picture of the photo's upright size.

        Raises:
            PhotoError: a photo that cannot be read or must be refused.
            ConfigError: temperature or saturation out of range, a hint outside the photo, or a
                method that takes none.
        """
        photo = load_image(photo)
        prediction = self.predict(photo, hints)
        return self.render(photo, prediction, temperature, saturation, own=True)

    @torch.inference_mode()
    def predict(self, photo: Image.Image, hints: Sequence[Hint] = ()) -> Prediction:
        """Run the network once, on a copy with the long side of the configuration.

        Args:
            photo: as `load_image` returns it; nothing is turned or converted here.
            hints: as in a call; the answer is the distribution given them.

        Raises:
            ConfigError: a hint outside the photo, or a method that takes none.
        """
        if hints and not self.config.hints:
            raise ConfigError(
                f"these weights of {self.method.name} take no hints; leave them out, or train "
                "with --set hints=true"
            )
        side, size_divisor = self.config.side, self.module.size_divisor
        L = grey = denoise(network_input(photo, side, size_divisor), self.config.denoise)
        if self.config.color_space != "lab":
            grey = network_input(photo, side, size_divisor, lambda rgb: L_SCALE * rgb8_to_luma(rgb))
            grey = denoise(grey, self.config.denoise)
        seen = grey.to(self.device)
        started = time.perf_counter()
        given = None
        if hints:
            cells = [length // self.module.stride for length in seen.shape[-2:]]
            given = place_hints(hints, photo.size, *cells).to(self.device)
        output = answer(self.module, seen, self.config.mirror, given)
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        seconds = time.perf_counter() - started
        if self.method.has_temperature:
            output = self.module.rebalance(output, self.config.rebalancing).half()
        return Prediction(output.cpu(), L, grey, seconds)

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
        output, grey = prediction.output.to(self.device), prediction.grey.to(self.device)
        return self.module.decode(output, temperature, grey).cpu()

    @torch.inference_mode()
    def render(
        self,
        photo: Image.Image,
        prediction: Prediction,
        temperature: float | None = None,
        saturation: float = 1.0,
        max_side: int | None = None,
        own: bool = False,
    ) -> Image.Image:
        """Make the picture of a prediction, without the network.

        Args:
            photo: the photo that was predicted, as `load_image` returns it.
            prediction: from `predict`.
            temperature: as in a call.
            saturation: as in a call.
            max_side: long side of a preview, pixels; None keeps the full size.
            own: as in `merge`.

        Raises:
            ConfigError: temperature or saturation out of range.
        """
        if not 0 <= saturation <= 4:
            raise ConfigError(f"saturation must lie in [0, 4], got {saturation}")
        ab = saturation * self.predict_ab(prediction, temperature)
        if max_side is not None:
            photo = shrink(photo, max_side)
        return merge(photo, prediction.L, ab, own)

    @property
    def generates_rgb(self) -> bool:
        """Whether the network answers with a whole picture, lightness included."""
        return self.config.color_space == "rgb"

    @torch.inference_mode()
    def generated(self, photo: Image.Image, prediction: Prediction) -> Image.Image:
        """The network's own picture, enlarged to the photo's size, with its own lightness.

        Raises:
            ConfigError: a method that answers with colours only.
        """
        if not self.generates_rgb:
            raise ConfigError(f"{self.method.name} gives colours only, no picture of its own")
        rgb = self.module.colors(prediction.output.to(self.device), 1.0).cpu().clamp(0, 1)
        small = Image.fromarray((rgb[0].movedim(0, -1) * 255).round().byte().numpy())
        if small.size == photo.size:
            return small
        return small.resize(photo.size, Image.Resampling.BICUBIC)


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
