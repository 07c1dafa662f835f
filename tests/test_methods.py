import dataclasses
import json

import pytest
import torch
from accelerate import Accelerator
from conftest import TINY, build_tiny

from colorize_core import bins
from colorize_core.color import chroma
from colorize_core.errors import ColorizeError, UnknownMethodError
from colorize_core.methods import METHODS, Method, get_method, register
from colorize_core.metrics.scores import to_tensor
from colorize_core.models.discriminator import PatchDiscriminator
from colorize_core.models.studio import StudioNet
from colorize_core.training.objectives import build_objective
from colorize_core.training.options import TrainingOptions
from colorize_core.training.validate import split_lab

every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


@pytest.fixture(scope="module")
def batch(make_photo) -> tuple[torch.Tensor, torch.Tensor]:
    """One photo, twice: L (2, 1, 32, 32), ab (2, 2, 8, 8)."""
    return split_lab(to_tensor(make_photo(32, 32, seed=3)).expand(2, -1, -1, -1))


@pytest.fixture
def objective(method: Method, tmp_path):
    """A small untrained network with its optimizers, the trunk learning at the full rate."""
    torch.manual_seed(0)
    small = {"discriminator_width": 8} if method.name == "gan" else {}
    config = method.configure(side=32, width=0.1, **small)
    options = TrainingOptions((tmp_path,), tmp_path, epochs=1, lr=5e-3, trunk_lr=1.0)
    model = method.build(config)
    if method.has_temperature:
        model.set_prior(torch.ones(len(model.centres)), config)
    built = build_objective(model, config, options)
    built.prepare(Accelerator(cpu=True))
    return built


# The registry


def test_the_three_methods_are_registered():
    assert list(METHODS) == ["regression", "gan", "classification"]


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
    assert str(refused.value) == ("no method 'magic'; choose from: regression, gan, classification")
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


@every_method
def test_a_network_has_the_promised_shape_and_size(method):
    model = method.build(method.config)
    assert sum(p.numel() for p in model.parameters()) <= 3_500_000
    outputs = len(model.centres) if method.has_temperature else 2
    assert model.eval()(torch.rand(1, 1, 32, 64)).shape == (1, outputs, 8, 16)


def test_methods_differ_by_the_last_layer_alone():
    shapes = [
        {n: p.shape for n, p in m.build(m.config).named_parameters() if "head" not in n}
        for m in METHODS.values()
    ]
    assert shapes[0] == shapes[1] == shapes[2]


@every_method
def test_decode_gives_finite_ab(method):
    torch.manual_seed(0)
    model = build_tiny(method)
    for L in (torch.rand(1, 1, 64, 48), torch.zeros(1, 1, 16, 16), torch.ones(1, 1, 16, 16)):
        for temperature in (0.0, 0.38, 1.0):
            ab = model.decode(model(L), temperature)
            assert ab.shape == (1, 2, L.shape[-2] // 4, L.shape[-1] // 4)
            assert ab.dtype == torch.float32
            assert ab.isfinite().all()
            if method.has_temperature:
                assert chroma(ab).max() <= chroma(model.centres.T[:, :, None]).max() + 1e-3


@every_method
def test_an_untrained_network_starts_near_grey(method):
    torch.manual_seed(0)
    model = method.build(method.configure(**TINY)).eval()
    assert chroma(model.decode(model(torch.rand(1, 1, 64, 64)), 1.0)).mean() < 20


def test_decode_depends_on_the_temperature_where_a_method_has_one():
    for method in METHODS.values():
        model = build_tiny(method)
        output = model(torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(0)))
        vivid, calm = (chroma(model.decode(output, t)).mean() for t in (0.0, 1.0))
        assert (vivid > calm) == method.has_temperature, method.name


@pytest.mark.parametrize("size", [(20, 32), (32, 40)])
def test_a_network_refuses_sizes_that_it_cannot_return_to(size):
    with pytest.raises(ValueError, match="multiples of 16"):
        StudioNet(2, 0.02)(torch.rand(1, 1, *size))


def test_classification_carries_its_classes_prior_and_weights():
    method = METHODS["classification"]
    config = method.configure(**TINY)
    model = method.build(config)
    assert torch.equal(model.centres, bins.grid_centres())
    counts = torch.rand(261, dtype=torch.float64) * 100
    model.set_prior(counts, config)
    smoothed = bins.smooth_prior(counts, model.centres, config.sigma)
    assert model.prior.sum().item() == pytest.approx(1, abs=1e-5)
    assert (smoothed * model.weights).sum().item() == pytest.approx(1, abs=1e-5)
    assert {"centres", "prior", "weights"} <= model.state_dict().keys()


def test_the_discriminator_looks_at_lightness_and_colour():
    torch.manual_seed(0)
    discriminator = PatchDiscriminator(4).eval()
    L, ab = torch.rand(1, 1, 64, 96), torch.rand(1, 2, 16, 24)
    score = discriminator(L, ab)
    assert score.shape == (1, 1, 4, 6)
    assert not torch.equal(discriminator(L.flip(-1), ab), score)
    assert not torch.equal(discriminator(L, -ab), score)


# Learning


@every_method
def test_a_step_gives_every_parameter_a_gradient(method, objective, batch):
    terms = objective.step(*batch)
    assert all(value.isfinite() for value in terms.values())
    # The last layer starts so small that a second step is needed for gradients to pass it.
    objective.step(*batch)
    for part, module in objective.modules.items():
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, f"{part}.{name} has no gradient"
            assert parameter.grad.isfinite().all(), f"{part}.{name}"
            assert parameter.grad.any(), f"the gradient of {part}.{name} is zero"


@every_method
def test_a_method_overfits_one_picture(method, objective, batch):
    L, ab = batch

    def error() -> float:
        objective.model.train()  # batch statistics of this very picture
        with torch.no_grad():
            found = objective.model.decode(objective.model(L), 1.0)
        return float((found - ab).norm(dim=1).mean())

    before, losses = error(), []
    assert before > 10
    for _ in range(60):
        terms = objective.step(L, ab)
        losses.append(float(terms.get("l1", next(iter(terms.values())))))
    assert losses[-1] < 0.6 * losses[0]
    assert error() < 0.6 * before
    assert all(torch.isfinite(p).all() for p in objective.model.parameters())
