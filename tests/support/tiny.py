"""Made-up photos and small untrained networks."""

import numpy as np
import torch
from PIL import Image

from colorize_core.methods import METHODS, Method
from colorize_core.methods.config import MethodConfig
from colorize_core.metrics.scores import to_tensor

TINY = {"side": 64, "width": 0.02}
"""The least width that the network has (8 channels), so that a test takes milliseconds."""


STUDIO = [name for name, method in METHODS.items() if method.report is None]
"""One method of each kind, for tests that would be slow with every method."""


def make_photo(width: int = 64, height: int = 48, seed: int = 0) -> Image.Image:
    """A colourful made-up photo: a smooth sky, a few plain things before it, a little noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j][..., None]
    low, high, turn = random.uniform(0.1, 0.9, (3, 3))
    rgb = low * (1 - y) + high * y + 0.15 * np.sin(6 * x + 6 * turn)
    for _ in range(4):
        top, left = random.uniform(0, 0.7, 2)
        thing = (y > top) & (y < top + 0.3) & (x > left) & (x < left + 0.3)
        rgb = np.where(thing, random.uniform(0, 1, 3), rgb)
    rgb += random.normal(0, 0.01, rgb.shape)
    return Image.fromarray((255 * rgb.clip(0, 1)).round().astype(np.uint8))


@torch.no_grad()
def _paint_boldly(model: torch.nn.Module) -> None:
    """Give an untrained network strong, varied colours; as built it would answer with grey."""
    head = model.network.head
    head.weight.normal_(std=0.05)  # some begin with a last layer of nearly 0
    output = head_output(model, to_tensor(make_photo(64, 64))[:, :1])
    bold = 3.0 if output.shape[1] > 16 else 0.35
    scale = bold / output.std((0, 2, 3))
    head.bias.copy_(-scale * output.mean((0, 2, 3)))
    head.weight *= scale.view(-1, 1, 1, 1)


def head_output(model: torch.nn.Module, grey: torch.Tensor) -> torch.Tensor:
    """What the last layer itself gives, before any shuffling, enlarging or tanh."""
    kept = []
    handle = model.network.head.register_forward_hook(lambda *call: kept.append(call[2]))
    model(grey)
    handle.remove()
    return kept[0]


def tiny_config(method: Method, **changes) -> MethodConfig:
    """A configuration for which tests take milliseconds: thumbnails, 8 channels."""
    values = dict(TINY)
    if method.config.network == "unet":
        values["depth"] = 4  # takes multiples of 16, as the studio network does
    if method.family == "gan":
        values["discriminator_width"] = 8
    return method.configure(**values | changes)


def build_tiny(method: Method) -> torch.nn.Module:
    """A small untrained network of a method, the same at every call."""
    with torch.random.fork_rng():
        torch.manual_seed(list(METHODS).index(method.name))
        model = method.build(tiny_config(method)).eval()
        _paint_boldly(model)
    return model
