"""What single systems of the reports do that no other does."""

import pytest
import torch
from support.tiny import build_tiny, tiny_config
from support.training import options, small_config, teach

from colorize_core.color.spaces import SPACES
from colorize_core.data.augmentation import validation_batches
from colorize_core.data.folders import list_photos
from colorize_core.data.store import load_store
from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import load_model, read_checkpoint
from colorize_core.training.colorization import build_task
from colorize_core.training.validate import split

STEP = {"rgb": 1 / 255, "yuv": 1.0}
"""One of 255 steps, in units of the space."""


@pytest.mark.parametrize(("kind", "bend"), [("huber", 0.5), ("smooth-l1", 1.0)])
@pytest.mark.parametrize("space", STEP)
def test_huber_bends_at_its_share_of_an_8_bit_step(space, kind, bend, photo_folder, tmp_path):
    """Below δ it grows with the square as L2 does, above in a line as L1 does."""
    name = f"cifar-{space}-{kind}"
    task = build_task(METHODS[name], METHODS[name].config, options(photo_folder, tmp_path))
    truth = torch.full((1, SPACES[space].channels, 8, 8), 0.3)

    def loss(steps: float) -> float:
        output = SPACES[space].to_unit(truth + steps * STEP[space])
        return float(task.loss(output, truth)["huber"])

    assert loss(bend) / loss(bend / 2) == pytest.approx(4, rel=1e-2)
    near, far = (loss(bend + more) for more in (1, 2))
    line = (far - near) / 1
    assert far - loss(bend) == pytest.approx(2 * line, rel=1e-2)
    # The slope beyond δ is that of L1 on the network's units.
    l1 = STEP[space] / SPACES[space].scale
    assert line == pytest.approx(l1, rel=1e-2)


def test_a_blurred_network_sees_the_blurred_picture_and_nothing_else():
    method = METHODS["cifar-yuv-l2-blur"]
    model = build_tiny(method)
    grey = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    seen = []
    model.network.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    model(grey)
    assert seen[0].mean().item() == pytest.approx(grey.mean().item(), abs=0.02)
    assert seen[0].std() < 0.45 * grey.std(), "σ = 1 leaves 0.28 of white noise"
    flat = torch.full((1, 1, 32, 32), 0.4)
    model(flat)
    torch.testing.assert_close(seen[1], flat)
    dot = torch.zeros(1, 1, 32, 32)
    dot[..., 16, 16] = 1
    model(dot)
    place = torch.arange(32) - 16.0
    spread = (seen[2][0, 0].sum(0) * place.square()).sum()
    assert spread.item() == pytest.approx(method.config.blur**2, rel=0.05)
    sharp = METHODS["cifar-yuv-l2"].build(tiny_config(METHODS["cifar-yuv-l2"])).eval()
    sharp.load_state_dict(model.state_dict())
    assert not torch.equal(sharp(grey), model(grey))


def test_a_class_may_stand_for_the_mean_of_what_the_photos_hold(photo_folder, tmp_path):
    means, middles = (
        load_model(read_checkpoint(teach(name, options(photo_folder, tmp_path / name, epochs=0.1))))
        for name in ("zhang-114-means", "zhang-114")
    )
    assert torch.equal(middles.centres, middles.cells)
    assert torch.equal(means.cells, middles.cells)
    assert torch.equal(means.prior, middles.prior), "the cells are the same"
    task = build_task(
        METHODS["zhang-114"], small_config("zhang-114"), options(photo_folder, tmp_path)
    )
    training = load_store(task.find_photos()[0], 32)
    rgb = torch.cat(list(validation_batches(training, 64, 32)))
    colors = split(rgb, means)[1].movedim(1, -1).reshape(-1, 2)
    nearest = torch.cdist(colors, means.cells).argmin(1)
    for q in range(len(means.cells)):
        mine = colors[nearest == q]
        expected = mine.mean(0) if len(mine) else means.cells[q]
        torch.testing.assert_close(means.centres[q], expected, atol=1e-3, rtol=1e-3)


def test_pixels_belong_to_the_cells_whatever_their_classes_stand_for(photo_folder, tmp_path):
    name = "zhang-114-means"
    config = small_config(name)
    task = build_task(METHODS[name], config, options(photo_folder, tmp_path))
    store = load_store(list_photos(photo_folder), 32)
    task.use(store, store)
    model = task.networks["model"]
    task.average = torch.nn.Module()
    task.average.module = model
    output = torch.randn(1, len(model.centres), 2, 2)
    color = torch.full((1, 2, 2, 2), 7.0)
    before = task.loss(output, color)["cross_entropy"]
    model.centres += 100
    assert task.loss(output, color)["cross_entropy"] == before
