"""Random crops and flips of whole batches on the training device."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from colorize_core.data.store import PhotoStore

MIN_SHARE = 0.1
"""The smallest crop, as a share of the picture's area."""
MAX_STRETCH = 4 / 3


def crop_boxes(sizes: Tensor, generator: torch.Generator, min_share: float = MIN_SHARE) -> Tensor:
    """Random boxes inside the pictures: area `min_share`…1, aspect 3:4…4:3.

    The area is drawn evenly on a logarithmic scale. Training crops are smaller than the pictures
    of inference, so that close crops are what shows objects at the size they have there.

    Args:
        sizes: (B, 2), height and width in pixels.
        generator: on the device of `sizes`.
        min_share: in (0, 1]; 1 takes every picture whole.

    Returns:
        (B, 4): top, left, height, width in pixels, as floats.
    """
    u = torch.rand((len(sizes), 4), generator=generator, device=sizes.device)
    extent = sizes.float()
    if min_share == 1:
        return torch.cat((torch.zeros_like(extent), extent), 1)
    area = extent.prod(1) * min_share ** u[:, 0]
    stretch = MAX_STRETCH ** (2 * u[:, 1] - 1)
    box = torch.stack(((area * stretch).sqrt(), (area / stretch).sqrt()), 1)
    box = torch.minimum(box, extent)
    corner = (extent - box) * u[:, 2:]
    return torch.cat((corner, box), 1)


def shift_boxes(boxes: Tensor, generator: torch.Generator, most: int) -> Tensor:
    """Boxes (B, 4) moved by up to `most` pixels to any side; outside, `cut` repeats the border."""
    size = (len(boxes), 2)
    move = torch.randint(-most, most + 1, size, generator=generator, device=boxes.device)
    return torch.cat((boxes[:, :2] + move, boxes[:, 2:]), 1)


def centre_boxes(sizes: Tensor) -> Tensor:
    """The largest centred square of each picture, as `crop_boxes`."""
    extent = sizes.float()
    box = extent.amin(1, keepdim=True).expand(-1, 2)
    return torch.cat(((extent - box) / 2, box), 1)


def cut(pixels: Tensor, boxes: Tensor, side: int, flip: Tensor | None = None) -> Tensor:
    """Cut boxes out of pictures and resize them to squares (bilinear).

    Args:
        pixels: (B, 3, P, P) uint8.
        boxes: (B, 4): top, left, height, width in pixels.
        side: of the result, pixels.
        flip: (B,) bool, mirrored left to right where true.

    Returns:
        sRGB, (B, 3, side, side) in [0, 1].
    """
    square = pixels.shape[-1]
    scale = boxes[:, 2:] / square  # height, width
    centre = (boxes[:, :2] + boxes[:, 2:] / 2) * 2 / square - 1
    theta = boxes.new_zeros((len(boxes), 2, 3))
    mirror = 1.0 if flip is None else 1 - 2 * flip.float()
    theta[:, 0, 0], theta[:, 0, 2] = scale[:, 1] * mirror, centre[:, 1]
    theta[:, 1, 1], theta[:, 1, 2] = scale[:, 0], centre[:, 0]
    grid = F.affine_grid(theta, [len(boxes), 3, side, side], align_corners=False)
    rgb = F.grid_sample(pixels.float() / 255, grid, padding_mode="border", align_corners=False)
    return rgb.clamp(0, 1)


def group_weights(store: PhotoStore) -> Tensor:
    """Sampling weights that lift small data sets and small groups, without levelling them: (N,).

    A data set is drawn by the square root of its size, and within it a group likewise: 67 street
    photos should be learnt, not memorised. Data sets come first because one of them may have
    hundreds of small groups, which together would drown the rest.
    """
    names = [name.partition("/")[0] for name in store.group_names]
    numbers = {name: i for i, name in enumerate(dict.fromkeys(names))}
    dataset_of = torch.tensor([numbers[name] for name in names], device=store.groups.device)
    in_group = torch.bincount(store.groups, minlength=len(names)).float()
    roots = in_group.sqrt()
    size, root_sum = (in_group.new_zeros(len(numbers)) for _ in range(2))
    size.index_add_(0, dataset_of, in_group)
    root_sum.index_add_(0, dataset_of, roots)
    share = size.sqrt()[dataset_of] * roots / root_sum[dataset_of]  # of each group
    return (share / in_group)[store.groups]


def turn(rgb: Tensor, generator: torch.Generator) -> Tensor:
    """Turn about half of the squares by 90°, to either side: (B, 3, S, S) -> (B, 3, S, S)."""
    draw = torch.rand(len(rgb), generator=generator, device=rgb.device)[:, None, None, None]
    turned = torch.where(draw < 0.25, rgb.rot90(1, (2, 3)), rgb.rot90(-1, (2, 3)))
    return torch.where(draw < 0.5, turned, rgb)


def degrade(grey: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Make some of the pictures look like scans of old prints; their true colours stay.

    Blur, exposure, fading and grain, on the training device: a network that saw new photos only
    takes grain for grass.

    Args:
        grey: (B, 1, S, S), in [0, 1].
        share: how many of the pictures, in [0, 1].
        generator: on the device of `grey`.

    Returns:
        (B, 1, S, S), in [0, 1].
    """
    draw = torch.rand((6, len(grey), 1, 1, 1), generator=generator, device=grey.device)
    soft = F.avg_pool2d(F.pad(grey, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    worn = grey.lerp(soft, draw[0])
    worn = worn.clamp(0, 1) ** (0.75 * (1.35 / 0.75) ** draw[1])
    black, white = 0.18 * draw[2], 0.80 + 0.20 * draw[3]
    worn = black + (white - black) * worn
    noise = torch.randn(grey.shape, generator=generator, device=grey.device)
    worn = (worn + 0.06 * draw[4] ** 2 * noise).clamp(0, 1)
    return torch.where(draw[5] < share, worn, grey)


def training_batches(
    store: PhotoStore,
    batch_size: int,
    side: int,
    generator: torch.Generator,
    min_share: float = MIN_SHARE,
    rotations: bool = False,
    shift: int = 0,
    mirrored: bool = True,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless random batches on the store's device: sRGB crops, (B, 3, side, side), and groups.

    The group of each picture, (B,), is an index into the store's `group_names`.
    """
    weights = group_weights(store)
    while True:
        index = torch.multinomial(weights, batch_size, replacement=True, generator=generator)
        boxes = crop_boxes(store.sizes[index], generator, min_share)
        if shift:
            boxes = shift_boxes(boxes, generator, shift)
        draw = torch.rand(batch_size, generator=generator, device=weights.device)
        flip = draw < (0.5 if mirrored else 0.0)
        rgb = cut(store.pixels[index], boxes, side, flip)
        yield turn(rgb, generator) if rotations else rgb, store.groups[index]


def validation_batches(store: PhotoStore, batch_size: int, side: int) -> Iterator[Tensor]:
    """Every picture once, its centre square, without chance: (B, 3, side, side)."""
    for index in torch.arange(len(store), device=store.pixels.device).split(batch_size):
        yield cut(store.pixels[index], centre_boxes(store.sizes[index]), side)
