import dataclasses
import json

import pytest
import torch
from accelerate import Accelerator
from support.tiny import STUDIO, build_tiny, tiny_config
from torch import nn

from colorize_core.color.classes import grid_centres, smooth_prior
from colorize_core.color.conversions import chroma
from colorize_core.color.spaces import SPACES
from colorize_core.errors import ColorizeError, UnknownMethodError
from colorize_core.methods import METHODS, Method, get_method, register
from colorize_core.methods.networks import build_network
from colorize_core.metrics.scores import to_tensor
from colorize_core.models.discriminators import ImageDiscriminator, PatchDiscriminator
from colorize_core.training.colorization import ColorizationTask, build_task
from colorize_core.training.options import TrainingOptions
from colorize_core.training.validate import split

every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
# Methods that differ by data, loss or classes alone learn alike.
_KINDS = {
    (m.config.network, m.family, m.config.color_space, m.config.skips): m for m in METHODS.values()
}
one_of_a_kind = pytest.mark.parametrize(
    "method", _KINDS.values(), ids=[method.name for method in _KINDS.values()]
)


@pytest.fixture
def batch(make_photo, task) -> tuple[torch.Tensor, torch.Tensor]:
    """One photo, twice: grey (2, 1, side, side), and the colours that the method is to learn."""
    # Two cells at the deepest stride: the batch statistics of one would leave nothing of it.
    side = max(32, 2 * task.bare("model").network.size_divisor)
    rgb = to_tensor(make_photo(side, side, seed=3)).expand(2, -1, -1, -1)
    return split(rgb, task.bare("model"))


@pytest.fixture
def task(method: Method, tmp_path) -> ColorizationTask:
    """A small untrained network with its optimizers, the trunk learning at the full rate."""
    config = tiny_config(method, side=32, width=0.1)
    task = build_task(
        method,
        config,
        TrainingOptions((tmp_path,), tmp_path, epochs=1, crop=128, lr=5e-3, trunk_lr=1.0),
    )
    if method.has_temperature:
        model = task.networks["model"]
        model.set_prior(torch.ones(len(model.centres)), config)
    task.prepare(Accelerator(cpu=True))
    return task


# The registry


def test_the_studio_and_every_system_of_the_reports_are_registered():
    assert STUDIO == ["regression", "gan", "classification"]
    of_reports = {name: method.report for name, method in METHODS.items() if method.report}
    assert of_reports == {
        "unet-l2": "000", "unet-gan": "000", "unet-gan-32": "000", "cifar-unet-gan": "000",
        "zhang-313": "001", "zhang-114": "001", "zhang-114-unweighted": "001",
        "zhang-114-means": "001",
        "cifar-rgb-l2": "002", "cifar-rgb-l1": "002", "cifar-rgb-huber": "002",
        "cifar-yuv-l2": "002", "cifar-yuv-l1": "002", "cifar-yuv-huber": "002",
        "cifar-rgb-smooth-l1": "002", "cifar-yuv-smooth-l1": "002", "cifar-yuv-l2-blur": "002",
        "cifar-lab-l2": "002", "cifar-lab-l1": "002", "cifar-yuv-class": "002",
        "cifar-gan": "002", "cifar-gan-scratch": "002",
        "resnet18-mse": "003",
        "birds-gan": "004", "birds-gan-skip-plain": "004", "birds-gan-skip": "004",
    }  # fmt: skip


@every_method
def test_a_method_says_what_it_is(method):
    assert get_method(method.name) is method
    for text in (method.title, method.idea, method.why, method.paper):
        assert text.strip() == text != ""
    assert method.idea.endswith(".")
    assert method.why.endswith(".")


def test_an_unknown_method_is_refused_with_those_there_are():
    with pytest.raises(UnknownMethodError) as refused:
        get_method("magic")
    assert str(refused.value) == f"no method 'magic'; choose from: {', '.join(METHODS)}"
    assert isinstance(refused.value, ColorizeError)
    assert isinstance(refused.value, KeyError)


def test_a_name_is_given_once():
    with pytest.raises(ValueError, match="'gan' is registered twice"):
        register(dataclasses.replace(METHODS["regression"], name="gan"))


# Networks


@every_method
def test_a_config_round_trips_through_json(method):
    config = method.configure(side=96, width=0.5)
    assert method.read_config(json.loads(json.dumps(config.to_json()))) == config
    assert method.read_config({}) == type(config)()


@every_method
def test_a_network_has_the_promised_shape_and_size(method):
    model = method.build(method.config)
    assert sum(p.numel() for p in model.parameters()) <= 3_500_000
    outputs = len(model.centres) if method.has_temperature else model.space.channels
    height, width = 32 * model.size_divisor // 16, 64 * model.size_divisor // 16
    found = model.eval()(torch.rand(1, 1, height, width))
    assert found.shape == (1, outputs, height // model.stride, width // model.stride)


def test_methods_differ_by_the_last_layer_alone():
    shapes = [
        {n: p.shape for n, p in m.build(m.config).named_parameters() if "head" not in n}
        for m in map(METHODS.get, STUDIO)
    ]
    assert shapes[0] == shapes[1] == shapes[2]


@pytest.mark.parametrize(
    ("name", "millions", "classes"),
    [
        ("zhang-313", 32.2, 261), ("zhang-114", 32.2, 114), ("resnet18-mse", 1.0, None),
        ("birds-gan", 30.7, None), ("birds-gan-skip", 42.0, None), ("unet-l2", 16.8, None),
    ],
)  # fmt: skip
def test_the_reports_full_width_is_one_value_away(name, millions, classes):
    method = METHODS[name]
    with torch.device("meta"):  # shapes without the memory
        network = build_network(method.configure(width=1.0), classes or 2, bounded=False)
    parameters = sum(p.numel() for p in network.parameters())
    assert parameters / 1e6 == pytest.approx(millions, abs=0.1)


def test_zhang_has_the_papers_channels():
    blocks = build_network(METHODS["zhang-313"].configure(width=0.125), 10, False).blocks
    assert [block[0].out_channels for block in blocks] == [8, 16, 32, 64, 64, 64, 64]
    assert [sum(isinstance(m, nn.Conv2d) for m in block) for block in blocks] == [2, 2, *[3] * 5]


def test_birds_go_down_to_one_pixel():
    network = build_tiny_birds(skips=False)
    x = torch.rand(2, 1, 128, 128)
    for step in network.down:
        x = step(x)
    assert x.shape[-2:] == (1, 1)


def test_skips_carry_detail_past_the_bottleneck():
    """With skips the answer depends on single pixels far more than without."""
    torch.manual_seed(0)
    grey = torch.rand(1, 1, 128, 128)
    changed = grey.clone()
    changed[..., 64, 64] = 1 - changed[..., 64, 64]
    moved = {}
    for skips in (False, True):
        network = build_tiny_birds(skips).eval()
        nn.init.normal_(network.head.weight)
        moved[skips] = (network(grey) - network(changed)).abs().max()
    assert moved[True] > 10 * moved[False]


def build_tiny_birds(skips: bool):
    method = METHODS["birds-gan-skip"]
    return build_network(method.configure(width=0.1, skips=skips), 3, bounded=True)


@every_method
def test_decode_gives_finite_ab(method):
    torch.manual_seed(0)
    model = build_tiny(method)
    for L in (torch.rand(1, 1, 64, 32), torch.zeros(1, 1, 32, 32), torch.ones(1, 1, 32, 32)):
        for temperature in (0.0, 0.38, 1.0):
            ab = model.decode(model(L), temperature, L)
            stride = model.stride
            assert ab.shape == (1, 2, L.shape[-2] // stride, L.shape[-1] // stride)
            assert ab.dtype == torch.float32
            assert ab.isfinite().all()
            if method.has_temperature and method.config.color_space == "lab":
                assert chroma(ab).max() <= chroma(model.centres.T[:, :, None]).max() + 1e-3


@every_method
def test_an_untrained_network_starts_near_grey(method):
    torch.manual_seed(0)
    model = method.build(tiny_config(method)).eval()
    grey = torch.rand(1, 1, 64, 64)
    assert chroma(model.decode(model(grey), 1.0, grey)).mean() < 20


def test_decode_depends_on_the_temperature_where_a_method_has_one():
    for name in ("regression", "classification", "cifar-rgb-l2", "cifar-yuv-class"):
        method = METHODS[name]
        model = build_tiny(method)
        grey = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))
        output = model(grey)
        vivid, calm = (chroma(model.decode(output, t, grey)).mean() for t in (0.0, 1.0))
        assert (vivid > calm) == method.has_temperature, method.name


def test_classification_carries_its_classes_prior_and_weights():
    method = METHODS["classification"]
    config = tiny_config(method)
    model = method.build(config)
    assert torch.equal(model.centres, grid_centres())
    counts = torch.rand(261, dtype=torch.float64) * 100
    model.set_prior(counts, config)
    smoothed = smooth_prior(counts, model.centres, config.sigma)
    assert model.prior.sum().item() == pytest.approx(1, abs=1e-5)
    assert (smoothed * model.weights).sum().item() == pytest.approx(1, abs=1e-5)
    assert {"centres", "prior", "weights"} <= model.state_dict().keys()


def test_the_discriminator_looks_at_lightness_and_color():
    torch.manual_seed(0)
    discriminator = PatchDiscriminator(colors=2, stride=4, width=4).eval()
    L, ab = torch.rand(1, 1, 64, 96), torch.rand(1, 2, 16, 24)
    score = discriminator(L, ab)
    assert score.shape == (1, 1, 4, 6)
    assert ImageDiscriminator(colors=2, stride=4, width=4).eval()(L, ab).shape == (1, 1, 1, 1)
    assert not torch.equal(discriminator(L.flip(-1), ab), score)
    assert not torch.equal(discriminator(L, -ab), score)


# Learning


@one_of_a_kind
def test_a_step_gives_every_parameter_a_gradient(method, task, batch):
    terms = task.learn(*batch)
    assert all(value.isfinite() for value in terms.values())
    # The last layer starts so small that a second step is needed for gradients to pass it.
    task.learn(*batch)
    for part, module in task.networks.items():
        for name, parameter in module.named_parameters():
            if not parameter.requires_grad:
                assert name.startswith("network.backbone.")
                continue
            assert parameter.grad is not None, f"{part}.{name} has no gradient"
            assert parameter.grad.isfinite().all(), f"{part}.{name}"
            assert parameter.grad.any(), f"the gradient of {part}.{name} is zero"


@one_of_a_kind
def test_a_method_overfits_one_picture(method, task, batch):
    if getattr(method.config, "l1_weight", 1.0) == 0:
        return  # an adversarial loss alone does not aim at the true colours
    grey, color = batch
    space = SPACES[method.config.color_space]
    ab = space.to_ab(color, torch.nn.functional.adaptive_avg_pool2d(grey, color.shape[-2:]))

    def error() -> float:
        task.networks["model"].train()  # batch statistics of this very picture
        with torch.no_grad():
            found = task.networks["model"].decode(task.networks["model"](grey), 1.0, grey)
        return float((found - ab).norm(dim=1).mean())

    before, losses = error(), []
    assert before > 10
    for _ in range(60):
        terms = task.learn(grey, color)
        losses.append(float(terms.get("l1", next(iter(terms.values())))))
    assert losses[-1] < 0.6 * losses[0]
    assert error() < 0.75 * before
    assert all(torch.isfinite(p).all() for p in task.networks["model"].parameters())


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
def test_a_picture_comes_back_from_its_colors(space):
    rgb = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    grey, color = space.grey(rgb), space.color(rgb)
    assert torch.allclose(space.picture(color, grey), rgb, atol=2e-3)
    vivid = (color * 3).requires_grad_()  # out of gamut, where a gradient must stay finite
    space.picture(vivid, grey).sum().backward()
    assert torch.isfinite(vivid.grad).all()
