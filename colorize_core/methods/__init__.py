"""What can colorize: configurations, the registry and its entries; importing it needs no torch."""

from colorize_core.methods.catalogue import METHODS, Method, Recipe, get_method, register

__all__ = ["METHODS", "Method", "Recipe", "get_method", "register"]
