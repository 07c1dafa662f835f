import torch

from colorize_core.data.augmentation import (
    centre_boxes,
    crop_boxes,
    cut,
    degrade,
    group_weights,
    shift_boxes,
    training_batches,
    validation_batches,
)
from colorize_core.data.store import PhotoStore


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# Augmentation


def test_wear_changes_its_share_of_the_pictures_and_keeps_their_range():
    grey = torch.rand(400, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    made = degrade(grey, 0.5, torch.Generator().manual_seed(1))
    changed = (made != grey).flatten(1).any(1)
    assert 160 < changed.sum() < 240
    assert made.min() >= 0
    assert made.max() <= 1
    assert made.equal(degrade(grey, 0.5, torch.Generator().manual_seed(1)))
    assert degrade(grey, 0.0, torch.Generator().manual_seed(1)).equal(grey)
    flat = torch.full((300, 1, 16, 16), 0.5)
    worn = degrade(flat, 1.0, torch.Generator().manual_seed(2))
    levels, grain = worn.mean((1, 2, 3)), worn.std((1, 2, 3))
    assert levels.max() - levels.min() > 0.25, "faded and badly exposed"
    assert grain.min() < 0.001
    assert 0.04 < grain.max() < 0.07


def test_crop_boxes_lie_inside_the_pictures():
    sizes = torch.tensor([[40, 53], [53, 40], [40, 40]]).repeat(300, 1)
    boxes = crop_boxes(sizes, generator())
    top, left, height, width = boxes.T
    assert boxes.min() >= 0
    assert (top + height <= sizes[:, 0] + 1e-3).all()
    assert (left + width <= sizes[:, 1] + 1e-3).all()
    share = height * width / sizes.prod(1)
    assert share.max() <= 1 + 1e-4
    assert share.min() > 0.08
    assert share.max() > 0.8, "large crops occur"
    assert share.min() < 0.15, "small crops occur"
    assert (width / height).min() > 0.74
    assert (width / height).max() < 1.34


def picture(size: int = 40) -> torch.Tensor:
    """A smooth ramp, red to the right, green downwards: (1, 3, n, n) uint8."""
    y, x = torch.meshgrid(*[torch.linspace(0, 255, size)] * 2, indexing="ij")
    return torch.stack((x, y, torch.full_like(x, 90)))[None].round().to(torch.uint8)


def test_cut_of_the_whole_is_the_picture():
    pixels = picture()
    whole = cut(pixels, torch.tensor([[0.0, 0.0, 40.0, 40.0]]), 40)
    torch.testing.assert_close(whole, pixels.float() / 255, atol=1e-5, rtol=0)


def test_cut_takes_the_box_at_its_scale():
    pixels = picture()
    part = cut(pixels, torch.tensor([[8.0, 4.0, 20.0, 20.0]]), 20)
    torch.testing.assert_close(part, pixels[..., 8:28, 4:24].float() / 255, atol=1e-5, rtol=0)
    twice = cut(pixels, torch.tensor([[8.0, 4.0, 20.0, 20.0]]), 40)
    assert twice.shape == (1, 3, 40, 40)
    assert (twice[..., ::2, ::2] - part).abs().max() < 0.02


def test_cut_flips_left_to_right_where_asked():
    pixels = picture().repeat(2, 1, 1, 1)
    boxes = torch.tensor([[8.0, 4.0, 20.0, 20.0]]).repeat(2, 1)
    found = cut(pixels, boxes, 20, torch.tensor([False, True]))
    torch.testing.assert_close(found[1], found[0].flip(-1), atol=1e-5, rtol=0)


def test_shifted_boxes_repeat_the_border():
    whole = torch.tensor([[0.0, 0.0, 40.0, 40.0]]).repeat(200, 1)
    boxes = shift_boxes(whole, generator(), 4)
    assert boxes[:, 2:].equal(whole[:, 2:]), "moved, not stretched"
    assert sorted(set(boxes[:, 0].tolist())) == list(range(-4, 5))
    assert sorted(set(boxes[:, 1].tolist())) == list(range(-4, 5))
    pixels = picture()
    moved = cut(pixels, torch.tensor([[-3.0, 2.0, 40.0, 40.0]]), 40)
    expected = pixels[..., [0] * 3 + list(range(37)), :][..., list(range(2, 40)) + [39] * 2]
    torch.testing.assert_close(moved, expected.float() / 255, atol=1e-5, rtol=0)


def test_training_batches_are_shifted_where_asked(store):
    side = store.pixels.shape[-1]
    plain, moved = (
        next(training_batches(store, 64, side, generator(), min_share=1, shift=shift))[0]
        for shift in (0, 3)
    )
    assert plain.shape == moved.shape
    assert (plain != moved).any()


def test_centre_boxes_are_the_largest_centred_squares():
    boxes = centre_boxes(torch.tensor([[40, 52], [53, 40]]))
    assert boxes.tolist() == [[0, 6, 40, 40], [6.5, 0, 40, 40]]


def test_group_weights_go_by_roots_of_data_sets_and_then_of_groups():
    groups = torch.tensor([0] * 16 + [1] * 4 + [2] * 5)
    store = PhotoStore(
        torch.zeros(25, 3, 4, 4, dtype=torch.uint8),
        torch.full((25, 2), 4),
        groups,
        ("a/large", "a/small", "b", "b/unreadable"),
        0,
    )
    weights = group_weights(store)
    share = torch.zeros(3).index_add_(0, groups, weights) / weights.sum()
    # 20 photos of a against 5 of b, as √20 : √5 = 2 : 1; within a as √16 : √4 = 2 : 1.
    torch.testing.assert_close(share, torch.tensor([4 / 9, 2 / 9, 1 / 3]))
    for group in range(3):
        assert weights[groups == group].unique().numel() == 1


def test_training_batches_repeat_with_the_seed(store):
    def first_three(seed: int) -> torch.Tensor:
        batches = training_batches(store, 4, 32, generator(seed))
        return torch.stack([next(batches)[0] for _ in range(3)])

    batches = first_three(0)
    assert batches.shape == (3, 4, 3, 32, 32)
    assert 0 <= batches.min() <= batches.max() <= 1
    assert torch.equal(batches, first_three(0))
    assert not torch.equal(batches, first_three(1))
    assert not torch.equal(batches[0], batches[1])


def test_validation_batches_show_every_photo_once(store):
    batches = list(validation_batches(store, 5, 40))
    assert [len(batch) for batch in batches] == [5, 5, 2]
    again = validation_batches(store, 5, 40)
    assert all(torch.equal(a, b) for a, b in zip(batches, again, strict=True))
    height, width = store.sizes[3].tolist()
    left = (width - 40) // 2  # the centre lies at most half a pixel beside it
    expected = store.pixels[3, :, :height, left : left + 40].float() / 255
    assert (batches[0][3] - expected).abs().mean() < 0.05
