"""What a configuration, a recipe or an option says reaches the step that it is for.

Two runs that differ in one of them alone must end with other weights; a run is otherwise the same
run each time (test_run.py), so that an ignored value leaves the weights equal.
"""

import dataclasses
from collections.abc import Callable

import pytest
import torch
from support.training import options, small_config, teach
from torch.optim.optimizer import register_optimizer_step_pre_hook

from colorize_core.data.augmentation import training_batches
from colorize_core.data.folders import list_photos
from colorize_core.data.store import load_store
from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import read_tensors
from colorize_core.runs import WEIGHTS, read_config, read_history
from colorize_core.training import engine
from colorize_core.training import options as training_options
from colorize_core.training.colorization import RegressionTask, build_task
from colorize_core.training.devices import build_accelerator
from colorize_core.training.schedule import DROP, PATIENCE, learning_rate_factor
from colorize_core.training.state import load_state

Weights = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def weights_after(photo_folder, tmp_path_factory) -> Callable[..., Weights]:
    """`weights_after(method, config, recipe, options)`: parameters after two steps."""
    root, known = tmp_path_factory.mktemp("wiring"), {}

    def run(name: str, config: dict, recipe: dict, given: dict) -> Weights:
        key = repr((name, config, recipe, given))
        if key not in known:
            method = METHODS[name]
            method = dataclasses.replace(
                method, recipe=dataclasses.replace(method.recipe, **recipe)
            )
            run = options(photo_folder, root / str(len(known)), epochs=8 / 11, **given)
            engine.train(method, small_config(name, **config), run)
            state = load_state(run.out)["modules"]
            # What is counted beforehand is no sign that learning went by it.
            parameters = {
                n for n, _ in method.build(small_config(name, **config)).named_parameters()
            }
            known[key] = {n: t for n, t in state["model"].items() if n in parameters}
        return known[key]

    return run


REGRESSION, CLASSES, GAN = "cifar-yuv-huber", "zhang-313", "unet-gan"
HALF_DROPPED = {"dropout": 0.5}


@pytest.mark.parametrize(
    ("name", "config"),
    [
        (REGRESSION, {"loss": "l1"}),
        (REGRESSION, {"huber_delta": 0.01}),
        (REGRESSION, {"color_space": "lab"}),
        (REGRESSION, {"blur": 1.0}),
        (CLASSES, {"uniform_share": 1.0}),
        (CLASSES, {"neighbours": 1}),
        (GAN, {"l1_weight": 1.0}),
        (GAN, {"real_label": 1.0}),
        (GAN, {"dropout": 0.0}),
        (GAN, {"discriminator": "patch"}),
        (GAN, {"discriminator_width": 16}),
        (GAN, {"discriminator_lr": 0.5}),
        (GAN, {"discriminator_rest": 9.0}),
        (GAN, {"skips": False}),
    ],
    ids=str,
)
def test_a_field_of_the_configuration_reaches_the_step(name, config, weights_after):
    assert differ(weights_after(name, {}, {}, {}), weights_after(name, config, {}, {}))


@pytest.mark.parametrize(
    "alone", [{"uniform_share": 1.0}, {"neighbours": 1}], ids=["soft targets", "smoothed prior"]
)
def test_sigma_reaches_both_of_its_uses(alone, weights_after):
    """Without class weights only the targets are left to it, with hard targets only the prior."""
    usual = weights_after(CLASSES, alone, {}, {})
    assert differ(usual, weights_after(CLASSES, {**alone, "sigma": 20.0}, {}, {}))


@pytest.mark.parametrize(
    "recipe",
    [
        {"betas": (0.1, 0.9)},
        {"weight_decay": 1.0},
        {"min_share": 0.2},
        {"shift": 4},
        {"rotations": True},
        {"mirrored": False},
        {"schedule": "line"},
        {"schedule": "plateau"},
    ],
    ids=str,
)
def test_what_a_recipe_says_reaches_the_step(recipe, weights_after):
    usual = weights_after(REGRESSION, {}, {}, {})
    assert differ(usual, weights_after(REGRESSION, {}, recipe, {}))


@pytest.mark.parametrize(
    "given",
    [
        {"lr": 1e-3},
        {"batch_size": 5},
        {"crop": 64},
        {"store_side": 40},
        {"limit": 5},
        {"degradation": 0.8},
        {"seed": 1},
    ],
    ids=str,
)
def test_an_option_reaches_the_step(given, weights_after):
    usual = weights_after(REGRESSION, {}, {}, {})
    assert differ(usual, weights_after(REGRESSION, {}, {}, given))


def test_degradation_is_a_share(weights_after):
    some, all_of_them = (
        weights_after(REGRESSION, {}, {}, {"degradation": share}) for share in (0.5, 1.0)
    )
    assert differ(some, all_of_them)


def test_the_trunk_learns_at_its_share_of_the_rate(weights_after):
    """AdamW's first steps are as long as the rate, whatever the gradient."""
    slow, fast = (weights_after("regression", {}, {}, {"trunk_lr": t}) for t in (0.01, 1.0))
    trunk = [name for name in slow if ".backbone." in name]
    assert trunk
    assert any(not torch.equal(slow[name], fast[name]) for name in trunk)


def test_the_seed_decides_the_start_and_the_crops(photo_folder, tmp_path, tiny_checkpoints):
    runs = [options(photo_folder, tmp_path / str(seed), epochs=0.1, seed=seed) for seed in (0, 1)]
    starts = [build_task(METHODS[GAN], small_config(GAN), run).networks for run in runs]
    for part in starts[0]:
        assert differ(*(networks[part].state_dict() for networks in starts)), part
    ends = []
    for run in runs:  # from the same network
        same = dataclasses.replace(run, init=tiny_checkpoints / "cifar-yuv-l2")
        ends.append(load_state(teach("cifar-yuv-l2", same))["modules"]["model"])
    assert differ(*ends)


def differ(some: Weights, others: Weights) -> bool:
    """Whether any weight is another, of networks that may differ in shape as well."""
    return any(n not in others or not torch.equal(some[n], others[n]) for n in some)


# What every step does


def test_every_network_learns_and_the_average_follows(photo_folder, tmp_path):
    runs = [options(photo_folder, tmp_path / str(e), epochs=e, lr=1e-2) for e in (0.1, 24 / 11)]
    first, last = (load_state(teach(GAN, run))["modules"] for run in runs)
    task = build_task(METHODS[GAN], small_config(GAN), runs[0])
    learning = {part: dict(net.named_parameters()) for part, net in task.networks.items()}
    assert learning.keys() == {"model", "discriminator"}
    for part, parameters in learning.items():
        moved = [not torch.equal(first[part][name], last[part][name]) for name in parameters]
        assert all(moved), part
    for name in learning["model"]:
        start, now, mean = first["average"], last["model"], last["average"]
        assert not torch.equal(start[f"module.{name}"], mean[f"module.{name}"]), "it follows"
        assert not torch.equal(now[name], mean[f"module.{name}"]), "it is slower"
    shipped = read_tensors(tmp_path / str(24 / 11) / WEIGHTS)
    for name in learning["model"]:
        assert torch.equal(shipped[name], last["average"][f"module.{name}"].half())


def test_gradients_are_clipped(photo_folder, tmp_path):
    norms = []

    def note(optimizer, *_):
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"]]
        norms.append(torch.stack([g.norm() for g in gradients if g is not None]).norm().item())

    hook = register_optimizer_step_pre_hook(note)
    try:
        teach(GAN, options(photo_folder, tmp_path, epochs=8 / 11), l1_weight=1e4)
    finally:
        hook.remove()
    assert max(norms) == pytest.approx(1.0, rel=1e-3), "λ = 10,000 gives steep gradients"


@pytest.mark.parametrize("name", ["unet-l2", "cifar-yuv-l2"])
def test_plateaus_lower_the_rate_of_the_methods_that_ask(name, photo_folder, tmp_path, monkeypatch):
    validate = RegressionTask.validate
    monkeypatch.setattr(RegressionTask, "validate", lambda t: {**validate(t), "loss": 1.0})
    steps = PATIENCE + 1  # the last of them is the first after the drop
    run = options(photo_folder, tmp_path / "run", epochs=4 * steps / 11, evaluate_every=4)
    teach(name, run)
    group = load_state(run.out)["optimizers"]["model"]["param_groups"][0]
    factor = DROP if METHODS[name].recipe.schedule == "plateau" else learning_rate_factor(0.75)
    assert group["lr"] == pytest.approx(factor * group["peak_lr"])


def test_a_method_starts_from_what_its_recipe_names(
    tiny_checkpoints, photo_folder, tmp_path, monkeypatch
):
    """As the GAN does from regression: at image 0 the network is that of the checkpoint."""
    monkeypatch.setattr(training_options, "SHIPPED", tiny_checkpoints)
    start = METHODS["cifar-gan"].recipe.starts_from
    run = options(photo_folder, tmp_path / "run", epochs=1e-9, lr=1e-12, encoder_weights="imagenet")
    found = read_tensors(teach("cifar-gan", run) / WEIGHTS)
    expected = read_tensors(tiny_checkpoints / start / WEIGHTS)
    parameters = [name for name in expected if name.endswith("weight")]
    for name in parameters:
        torch.testing.assert_close(found[name], expected[name], atol=1e-3, rtol=0)
    assert read_config(run.out)["training"]["init"] == start
    other = dataclasses.replace(run, out=tmp_path / "blank", encoder_weights="none")
    assert differ(read_tensors(teach("cifar-gan", other) / WEIGHTS), found)


def test_a_last_layer_of_another_width_keeps_its_own_start(
    tiny_checkpoints, photo_folder, tmp_path
):
    start = tiny_checkpoints / "cifar-yuv-l2"
    run = options(photo_folder, tmp_path / "run", epochs=1e-9, lr=1e-12, init=start)
    found = read_tensors(teach("cifar-yuv-class", run) / WEIGHTS)
    expected = read_tensors(start / WEIGHTS)
    assert found["network.head.weight"].shape != expected["network.head.weight"].shape
    for name in expected:
        if name.endswith("weight") and "head" not in name:
            torch.testing.assert_close(found[name], expected[name], atol=1e-3, rtol=0)


def test_pictures_are_mirrored_and_turned(photo_folder):
    """Whole pictures, so that a crop can be compared with the picture."""
    store = load_store(list_photos(photo_folder), 32)
    store = dataclasses.replace(store, pixels=store.pixels[:1], sizes=torch.tensor([[32, 32]]),
                                groups=store.groups[:1])  # fmt: skip
    picture = store.pixels[0, :, :32, :32].float() / 255
    ways = {"as it is": picture, "mirrored": picture.flip(-1)}
    turned = {
        f"{name}, {side}": way.rot90(turn, (1, 2))
        for name, way in ways.items()
        for side, turn in (("to the left", 1), ("to the right", -1))
    }
    kinds = {(True, False): ways, (True, True): ways | turned, (False, False): list(ways)[:1]}
    for (mirrored, rotations), names in kinds.items():
        expected = {name: (ways | turned)[name] for name in names}
        generator = torch.Generator().manual_seed(0)
        rgb, _ = next(training_batches(store, 64, 32, generator, 1.0, rotations, mirrored=mirrored))
        found = {n for n, way in expected.items() if (rgb - way).abs().amax((1, 2, 3)).min() < 0.01}
        assert found == expected.keys()
        shares = [(rgb - way).abs().amax((1, 2, 3)) < 0.01 for way in expected.values()]
        assert torch.stack(shares).any(0).all(), "in no other way"


# The discriminator's verdicts in the history


def test_verdicts_are_shares_of_what_is_found_out(photo_folder, tmp_path, monkeypatch):
    task = build_task(METHODS[GAN], small_config(GAN), options(photo_folder, tmp_path))
    store = load_store(list_photos(photo_folder), 32)
    task.use(store, store)
    task.prepare(build_accelerator("cpu", "fp32"))

    class Suspicious(torch.nn.Module):
        """Takes strong colours for true ones."""

        def forward(self, grey, color):
            return color.abs().amax((1, 2, 3)).view(-1, 1, 1, 1) - 0.05

    monkeypatch.setattr(task, "bare", lambda part: Suspicious())
    with torch.no_grad():
        for parameter in task.shipped.network.head.parameters():
            parameter.zero_()  # grey
    assert task._verdicts() == pytest.approx(
        {"discriminator_true": 1.0, "discriminator_generated": 1.0}
    )
    with torch.no_grad():
        task.shipped.network.head.bias.fill_(3.0)  # as strong as can be
    assert task._verdicts()["discriminator_generated"] == 0


def test_the_history_of_a_gan_has_the_verdicts(finished):
    for line in read_history(finished(GAN)):
        assert 0 <= line["val_discriminator_true"] <= 1
        assert 0 <= line["val_discriminator_generated"] <= 1
    assert "val_discriminator_true" not in read_history(finished("cifar-lab-l1"))[-1]


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_measuring_changes_nothing_that_learns(precision, photo_folder, tmp_path):
    task = build_task(METHODS[GAN], small_config(GAN), options(photo_folder, tmp_path))
    store = load_store(list_photos(photo_folder), 32)
    task.use(store, store)
    task.prepare(build_accelerator("cpu", precision))
    before = {
        n: {k: t.clone() for k, t in m.state_dict().items()} for n, m in task.modules().items()
    }
    task.validate()
    for name, module in task.modules().items():
        assert not differ(module.state_dict(), before[name])


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_average_is_what_is_measured_in_float32(precision, photo_folder, tmp_path):
    task = build_task(METHODS[GAN], small_config(GAN), options(photo_folder, tmp_path))
    store = load_store(list_photos(photo_folder), 32)
    task.use(store, store)
    task.prepare(build_accelerator("cpu", precision))
    with torch.no_grad():
        task.bare("model").network.head.bias.fill_(1.0)
        plain = METHODS[GAN].build(task.config).eval()
        plain.load_state_dict(task.shipped.state_dict())
        grey = torch.rand(2, 1, 32, 32)
        torch.testing.assert_close(task.shipped(grey), plain(grey), atol=1e-6, rtol=0)
        for parameter in task.shipped.network.head.parameters():
            parameter.zero_()
    assert task.validate()["chroma"] < 0.1, "grey, as the average paints"
