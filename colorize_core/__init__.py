"""Trained image colorization: colour maths, methods, inference, training, measures.

The public names are imported on first use: reading a photo or a configuration does not wait for
torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colorize_core.errors import ColorizeError
    from colorize_core.image.read import load_image
    from colorize_core.inference.colorizer import Colorizer, load_colorizer
    from colorize_core.inference.hints import Hint
    from colorize_core.methods import METHODS, Method

__all__ = [
    "METHODS", "ColorizeError", "Colorizer", "Hint", "Method", "load_colorizer", "load_image",
]  # fmt: skip

_HOMES = {
    "ColorizeError": "errors",
    "Colorizer": "inference.colorizer",
    "Hint": "inference.hints",
    "METHODS": "methods",
    "Method": "methods",
    "load_colorizer": "inference.colorizer",
    "load_image": "image.read",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
