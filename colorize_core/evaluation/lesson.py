"""The lesson docs/lesson.md: its text, with every number computed when it is written."""

import json
import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from colorize_core.color.classes import (
    annealed_mean,
    entropy_bits,
    grid_centres,
    rebalancing_weights,
)
from colorize_core.color.conversions import chroma, lab_to_rgb, rgb_to_lab
from colorize_core.color.difference import delta_e2000
from colorize_core.errors import DataError
from colorize_core.evaluation.temperature_sweep import FILE
from colorize_core.files import write_atomically
from colorize_core.runs import SHIPPED

TEXT = Path(__file__).with_name("lesson.txt")
"""The lesson with names in braces where numbers go."""
LEAF = torch.tensor([[55.0, 40.0], [-45.0, 40.0]])
"""The toy: an autumn leaf is red or green, in ab at `LEAF_L`."""
LEAF_SHARES = torch.tensor([0.6, 0.4])
LEAF_L = 50.0
PRIOR = torch.tensor([0.9, 0.1])
"""The second toy: nine of ten pixels are grey, one is red."""
TEMPERATURES = (1.0, 0.38, 0.09, 0.0)
SWEPT = ("colorfulness", "delta_e2000", "roughness")


def to_hex(L: float, ab: Tensor) -> str:
    """A colour as #rrggbb."""
    rgb = lab_to_rgb(torch.tensor([L, *ab.tolist()])[:, None, None])
    return "#" + bytes((255 * rgb).round().int().flatten().tolist()).hex()


def leaf_numbers() -> dict[str, Any]:
    """Mean, mode and the way between them of the leaf."""
    logits = LEAF_SHARES.log()[None, :, None, None]  # (1, 2, 1, 1)
    numbers: dict[str, Any] = {"leaf_entropy": f"{float(entropy_bits(logits)):.2f}"}
    for name, ab in zip(("red", "green"), LEAF, strict=True):
        numbers[f"leaf_{name}"] = f"({ab[0]:.0f}, {ab[1]:.0f})"
        numbers[f"leaf_{name}_hex"] = to_hex(LEAF_L, ab)
    numbers["leaf_shares"] = " and ".join(f"{100 * share:.0f} %" for share in LEAF_SHARES)
    mean = LEAF_SHARES @ LEAF
    parts = zip(LEAF_SHARES.tolist(), LEAF[:, 0].tolist(), strict=True)
    products = " + ".join(f"{share:.1f} · ({a:.0f})" for share, a in parts)
    numbers["leaf_sum"] = f"{products} = {mean[0]:.0f} for a, and {mean[1]:.0f} for b"
    numbers["leaf_less"] = f"{100 * LEAF_SHARES[1]:.0f} %"
    for name, guess in (("mean", mean), ("red", LEAF[0])):
        squared = float(LEAF_SHARES @ (LEAF - guess).square().sum(1))
        numbers[f"leaf_error_{name}"] = f"{squared:.0f}"
    numbers["leaf_table"] = "\n".join(leaf_row(logits, T) for T in TEMPERATURES)
    numbers["leaf_mean"] = f"({mean[0]:.0f}, {mean[1]:.0f})"
    numbers["leaf_mean_hex"] = to_hex(LEAF_L, mean)
    return numbers


def leaf_row(logits: Tensor, temperature: float) -> str:
    """One line of the leaf's table: T, share of red, ab, chroma, colour."""
    ab = annealed_mean(logits, LEAF, temperature)  # (1, 2, 1, 1)
    share = (ab[0, 0, 0, 0] - LEAF[1, 0]) / (LEAF[0, 0] - LEAF[1, 0])
    a, b = ab.flatten().tolist()
    return (
        f"| {temperature:g} | {100 * float(share):.1f} % | ({a:.1f}, {b:.1f}) | "
        f"{float(chroma(ab)):.1f} | `{to_hex(LEAF_L, ab.flatten())}` |"
    )


def space_numbers() -> dict[str, Any]:
    """What the lesson says of Lab, of the classes, of weights and of saturation."""
    rgb = torch.tensor([[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]).T[..., None]  # (3, 2, 1)
    blue, yellow = rgb_to_lab(rgb)[..., 0].T.tolist()
    classes = len(grid_centres())
    weights = rebalancing_weights(PRIOR)
    brown = LEAF_SHARES @ LEAF
    guesses = torch.stack((brown, 2 * brown))  # (2, 2)
    lab = torch.cat((torch.full((2, 1), LEAF_L), guesses), 1).T[..., None]  # (3, 2, 1)
    green = torch.tensor([LEAF_L, *LEAF[1].tolist()])[:, None, None].expand_as(lab)
    differences = delta_e2000(lab, green)  # (2, 1)
    return {
        "blue": ", ".join(f"{value:.0f}" for value in blue),
        "yellow": ", ".join(f"{value:.0f}" for value in yellow),
        "classes": classes,
        "most_entropy": f"{math.log2(classes):.2f}",
        "prior": " and ".join(f"{100 * share:.0f} %" for share in PRIOR),
        "weight_grey": f"{weights[0]:.2f}",
        "weight_red": f"{weights[1]:.2f}",
        "weight_ratio": f"{weights[1] / weights[0]:.1f}",
        "brown_difference": f"{differences[0, 0]:.0f}",
        "double_difference": f"{differences[1, 0]:.0f}",
    }


def measured_numbers(checkpoints: Path) -> dict[str, Any]:
    """What was measured on test photos, from sweep.json of the studio's classification.

    Raises:
        DataError: there is no such file, or it lacks a temperature.
    """
    path = checkpoints / "classification" / FILE
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        rows = [report["temperatures"].index(T) for T in TEMPERATURES]
        table = [
            [report["measures"][name]["value"][row] for name in SWEPT]
            + [report["temperatures"][row]]
            for row in rows
        ]
        truth = [report["truth"][name]["value"] for name in SWEPT]
        count = report["n"]
    except (OSError, KeyError, ValueError) as error:
        text = f"{path} cannot be used; make it by colorize evaluate classification --sweep"
        raise DataError(text) from error
    lines = [
        f"| {T:g} | {color:.1f} | {difference:.1f} | {rough:.2f} |"
        for color, difference, rough, T in table
    ]
    lines.append(f"| true photos | {truth[0]:.1f} | {truth[1]:.1f} | {truth[2]:.2f} |")
    return {"test_table": "\n".join(lines), "test_count": f"{count:,}"}


def lesson(checkpoints: Path = SHIPPED) -> str:
    """The whole lesson, Markdown.

    Raises:
        DataError: the measures of the classification are missing.
    """
    numbers = leaf_numbers() | space_numbers() | measured_numbers(checkpoints)
    return TEXT.read_text(encoding="utf-8").format_map(numbers)


def write_lesson(path: Path, checkpoints: Path = SHIPPED) -> None:
    """Write the lesson to a file."""
    write_atomically(path, lesson(checkpoints).encode())
