"""Every method: the studio's three, then the systems of the five reports.

An entry is network × colour space × objective, so a further method is a further entry.
Where a shipped width is below 1 the report's full width is `--set width=1`.
"""

from colorize_core.methods.cifar import CIFAR_SYSTEMS
from colorize_core.methods.registry import METHODS, Method, Recipe, get_method, register
from colorize_core.methods.reports import BIRDS, HALF_RESNET, PAINTINGS, ZHANGS
from colorize_core.methods.studio import STUDIO

__all__ = ["METHODS", "Method", "Recipe", "get_method", "register"]

for _method in (*STUDIO, *PAINTINGS, *CIFAR_SYSTEMS, *ZHANGS, *HALF_RESNET, *BIRDS):
    register(_method)
