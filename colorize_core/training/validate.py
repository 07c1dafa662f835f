"""Quick measures during training, on the network's own grid."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core import bins
from colorize_core.color import L_SCALE, chroma, lab_to_rgb, rgb_to_lab
from colorize_core.data.augment import validation_batches
from colorize_core.data.store import PhotoStore
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.colourfulness import colourfulness
from colorize_core.models.studio import STRIDE


def split_lab(rgb: Tensor) -> tuple[Tensor, Tensor]:
    """What a network learns from: scaled lightness and, on its own grid, ab.

    Args:
        rgb: sRGB, (B, 3, H, W), in [0, 1].

    Returns:
        L (B, 1, H, W) in [0, 1]; ab (B, 2, H / 4, W / 4), in Lab units.
    """
    lab = rgb_to_lab(rgb)
    return lab[:, :1] / L_SCALE, F.avg_pool2d(lab[:, 1:], STRIDE)


@torch.no_grad()
def count_prior(store: PhotoStore, centres: Tensor, photos: int = 4000, side: int = 96) -> Tensor:
    """Count colour classes over evenly chosen pictures of a store: (Q,), float64."""
    step = max(1, len(store) // photos)
    part = PhotoStore(
        store.pixels[::step], store.sizes[::step], store.groups[::step], store.group_names, 0
    )
    counts = torch.zeros(len(centres), dtype=torch.float64, device=centres.device)
    for rgb in validation_batches(part, 64, side):
        ab = split_lab(rgb)[1].movedim(1, -1).reshape(-1, 2)
        counts += bins.count_bins(ab, centres)
    return counts


@torch.no_grad()
def validate(
    model: nn.Module, store: PhotoStore, side: int, temperature: float
) -> dict[str, float]:
    """AuC, colourfulness and chroma of a model, beside those of grey and of the truth.

    Args:
        model: with `forward(L)` and `decode(output, temperature)`.
        store: validation pictures; their centre squares are used.
        side: of the squares, pixels.
        temperature: for the annealed mean; names with `mean_` are those at T = 1.

    Returns:
        Named numbers; AuC in per cent.
    """
    model.eval()
    centres = bins.grid_centres().to(store.pixels.device)
    tallies = {name: Tally(centres) for name in ("", "mean_", "grey_", "true_")}
    for rgb in validation_batches(store, 64, side):
        L, ab = split_lab(rgb)
        output = model(L)
        shown = {
            "": model.decode(output, temperature),
            "mean_": model.decode(output, 1.0),
            "grey_": torch.zeros_like(ab),
            "true_": ab,
        }
        classes = bins.nearest_bin(ab.movedim(1, -1), centres)  # (B, h, w)
        L_small = F.avg_pool2d(L, STRIDE) * L_SCALE
        for name, guess in shown.items():
            tallies[name].add(L_small, guess, ab, classes)
    return {
        f"{name}{measure}": value
        for name, tally in tallies.items()
        for measure, value in tally.result().items()
        if (name, measure) not in _TRIVIAL
    }


_TRIVIAL = {
    ("true_", "raw_auc"),
    ("true_", "rebalanced_auc"),
    ("grey_", "chroma"),
    ("grey_", "colourfulness"),
}


class Tally:
    """Sums over batches that make the measures of one kind of picture."""

    def __init__(self, centres: Tensor) -> None:
        self.area = torch.zeros(len(centres), dtype=torch.float64, device=centres.device)
        self.pixels = torch.zeros_like(self.area)
        self.chroma = self.colourfulness = 0.0
        self.photos = 0

    def add(self, L: Tensor, ab: Tensor, ab_true: Tensor, classes: Tensor) -> None:
        """Add a batch: L (B, 1, h, w) and ab (B, 2, h, w) in Lab units, classes (B, h, w)."""
        area = accuracy_area(ab, ab_true).double()
        self.area.index_add_(0, classes.flatten(), area.flatten())
        self.pixels += torch.bincount(classes.flatten(), minlength=len(self.pixels))
        self.chroma += float(chroma(ab).sum())
        self.colourfulness += float(colourfulness(lab_to_rgb(torch.cat((L, ab), 1))).sum())
        self.photos += len(ab)

    def result(self) -> dict[str, float]:
        """The measures; AuC in per cent."""
        seen = self.pixels > 0
        values = {
            "raw_auc": 100 * self.area.sum() / self.pixels.sum(),
            "rebalanced_auc": 100 * (self.area[seen] / self.pixels[seen]).mean(),
            "chroma": self.chroma / self.pixels.sum(),
            "colourfulness": self.colourfulness / self.photos,
        }
        return {name: round(float(value), 4) for name, value in values.items()}
