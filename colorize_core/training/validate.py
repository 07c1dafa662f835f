"""Quick measures during training, on the network's own grid."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from colorize_core.color.classes import grid_centres, nearest_class
from colorize_core.color.conversions import chroma, lab_to_rgb, rgb_to_lab
from colorize_core.data.augmentation import validation_batches
from colorize_core.data.store import PhotoStore
from colorize_core.methods.color_nets import ColorClassifier, ColorNet
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.colorfulness import colorfulness


def split(rgb: Tensor, model: ColorNet) -> tuple[Tensor, Tensor]:
    """What a network learns from: the grey it sees and, on its own grid, the true colours.

    Args:
        rgb: sRGB, (B, 3, H, W), in [0, 1].
        model: says which colour space and which grid.

    Returns:
        grey (B, 1, H, W) in [0, 1]; colour (B, channels, H / stride, W / stride), in units of
        the colour space.
    """
    space = model.space
    return space.grey(rgb), F.avg_pool2d(space.color(rgb), model.stride)


def thinned(store: PhotoStore, photos: int) -> PhotoStore:
    """Every so-many-th picture of a store: less than twice as many as asked for."""
    step = max(1, len(store) // photos)
    return PhotoStore(
        store.pixels[::step], store.sizes[::step], store.groups[::step], store.group_names, 0
    )


@torch.no_grad()
def count_prior(
    model: ColorClassifier, store: PhotoStore, photos: int = 4000, side: int = 96
) -> tuple[Tensor, Tensor]:
    """Count the colours in every class's cell over evenly chosen pictures of a store.

    Returns:
        counts (Q,) and sums of the colours (Q, 2), in the plane's units; float64, on the CPU.
    """
    part = thinned(store, photos)
    cells = model.cells.to(store.pixels.device)
    counts = torch.zeros(len(cells), dtype=torch.float64, device=cells.device)
    sums = counts.new_zeros((len(cells), 2))
    # Small pictures keep their size: enlarging them would blend the colours that are counted.
    side = min(
        side,
        int(store.sizes.min()) // model.size_divisor * model.size_divisor or model.size_divisor,
    )
    for rgb in validation_batches(part, 64, side):
        color = split(rgb, model)[1].movedim(1, -1).reshape(-1, 2)
        nearest = nearest_class(color, cells)
        counts += torch.bincount(nearest, minlength=len(cells))
        sums.index_add_(0, nearest, color.double())
    return counts.cpu(), sums.cpu()


@torch.no_grad()
def validate(
    model: ColorNet,
    loss: Callable[[Tensor, Tensor], dict[str, Tensor]],
    store: PhotoStore,
    side: int,
    temperature: float,
) -> dict[str, float]:
    """Loss, AuC, colourfulness and chroma of a model, beside those of grey and of the truth.

    Args:
        model: the network.
        loss: the objective's, from output and true colours to named terms.
        store: validation pictures; their centre squares are used.
        side: of the squares, pixels.
        temperature: for the annealed mean; names with `mean_` are those at T = 1.

    Returns:
        Named numbers; AuC in per cent; "loss" is the sum of the terms.
    """
    model.eval()
    device = next(model.parameters()).device
    centres = grid_centres().to(device)
    tallies = {name: Tally(centres) for name in ("", "mean_", "grey_", "true_")}
    terms: dict[str, float] = {}
    for rgb in validation_batches(store, 64, side):
        rgb = rgb.to(device)
        grey, color = split(rgb, model)
        output = model(grey)
        for name, value in loss(output.float(), color).items():
            terms[name] = terms.get(name, 0.0) + float(value) * len(rgb) / len(store)
        lab = F.avg_pool2d(rgb_to_lab(rgb), model.stride)
        L, ab = lab[:, :1], lab[:, 1:]
        shown = {
            "": model.decode(output, temperature, grey),
            "mean_": model.decode(output, 1.0, grey),
            "grey_": torch.zeros_like(ab),
            "true_": ab,
        }
        classes = nearest_class(ab.movedim(1, -1), centres)  # (B, h, w)
        for name, guess in shown.items():
            tallies[name].add(L, guess, ab, classes)
    measured = {
        f"{name}{measure}": value
        for name, tally in tallies.items()
        for measure, value in tally.result().items()
        if (name, measure) not in _TRIVIAL
    }
    return {**terms, "loss": sum(terms.values()), **measured}


_TRIVIAL = {
    ("true_", "raw_auc"),
    ("true_", "rebalanced_auc"),
    ("grey_", "chroma"),
    ("grey_", "colorfulness"),
}


class Tally:
    """Sums over batches that make the measures of one kind of picture."""

    def __init__(self, centres: Tensor) -> None:
        self.area = torch.zeros(len(centres), dtype=torch.float64, device=centres.device)
        self.pixels = torch.zeros_like(self.area)
        self.chroma = self.colorfulness = 0.0
        self.photos = 0

    def add(self, L: Tensor, ab: Tensor, ab_true: Tensor, classes: Tensor) -> None:
        """Add a batch: L (B, 1, h, w) and ab (B, 2, h, w) in Lab units, classes (B, h, w)."""
        area = accuracy_area(ab, ab_true).double()
        self.area.index_add_(0, classes.flatten(), area.flatten())
        self.pixels += torch.bincount(classes.flatten(), minlength=len(self.pixels))
        self.chroma += float(chroma(ab).sum())
        self.colorfulness += float(colorfulness(lab_to_rgb(torch.cat((L, ab), 1))).sum())
        self.photos += len(ab)

    def result(self) -> dict[str, float]:
        """The measures; AuC in per cent."""
        seen = self.pixels > 0
        values = {
            "raw_auc": 100 * self.area.sum() / self.pixels.sum(),
            "rebalanced_auc": 100 * (self.area[seen] / self.pixels[seen]).mean(),
            "chroma": self.chroma / self.pixels.sum(),
            "colorfulness": self.colorfulness / self.photos,
        }
        return {name: round(float(value), 4) for name, value in values.items()}
