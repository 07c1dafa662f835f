"""Trained image colorization: colour maths, methods, inference, training, measures."""

from colorize_core.errors import ColorizeError
from colorize_core.inference import Colorizer, load_colorizer
from colorize_core.methods import METHODS, Method
from colorize_core.photo import load_image

__all__ = ["METHODS", "ColorizeError", "Colorizer", "Method", "load_colorizer", "load_image"]
