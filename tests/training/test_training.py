import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from support.tiny import STUDIO, TINY, tiny_config

from colorize_core.cli.train import parse_config
from colorize_core.data.folders import spread
from colorize_core.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    TrainingError,
)
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import load_model, read_checkpoint
from colorize_core.runs import CONFIG, HISTORY, WEIGHTS
from colorize_core.training import devices, engine, objectives
from colorize_core.training.ema import WeightAverage
from colorize_core.training.engine import BEST, train
from colorize_core.training.history import read_history
from colorize_core.training.objectives import OBJECTIVES
from colorize_core.training.options import TrainingOptions
from colorize_core.training.schedule import PATIENCE, Plateau, learning_rate_factor
from colorize_core.training.state import FILE, load_state, save_state
from colorize_core.training.train_all import train_all

every_kind = pytest.mark.parametrize("name", STUDIO)
INTERVALS = 3
"""Of the runs here: 12 photos, 11 of them for training, batches of 4, evaluation after 8."""


def small_config(name: str, **changes):
    return tiny_config(METHODS[name], **changes)


def options(data: Path, out: Path, **changes) -> TrainingOptions:
    values = {
        "epochs": INTERVALS * 8 / 11, "batch_size": 4, "crop": 32, "store_side": 32,
        "evaluate_every": 8, "device": "cpu", "encoder_weights": "none",
    }  # fmt: skip
    return TrainingOptions(**{"data": (data,), "out": out, **values, **changes})


def words(data: Path, out: Path) -> list[str]:
    """The options of `options` on the command line, for regression."""
    text = f"--data {data} --out {out} --batch-size 4 --crop 32 --store-side 32 --evaluate-every 8"
    text += f" --epochs {INTERVALS * 8 / 11} --device cpu --encoder-weights none"
    return [*text.split(), *(f"--set={name}={value}" for name, value in TINY.items())]


@pytest.fixture(scope="module")
def finished(photo_folder, tmp_path_factory) -> dict[str, Path]:
    """An uninterrupted run of every method."""
    root = tmp_path_factory.mktemp("finished")
    return {
        name: train(METHODS[name], small_config(name), options(photo_folder, root / name))
        for name in STUDIO
    }


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Training installs a handler; the tests after it should not inherit that."""
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


def without_time(folder: Path) -> list[dict]:
    return [{k: v for k, v in line.items() if k != "seconds"} for line in read_history(folder)]


def assert_same_run(folder: Path, expected: Path) -> None:
    assert without_time(folder) == without_time(expected)
    assert (folder / WEIGHTS).read_bytes() == (expected / WEIGHTS).read_bytes()
    mine, theirs = (load_state(f)["optimizers"]["model"]["state"] for f in (folder, expected))
    for key, moments in theirs.items():
        assert all(torch.equal(mine[key][name], value) for name, value in moments.items())


def stop_at_step(monkeypatch, name: str, number: int, stop: BaseException) -> None:
    """Let the given step of training raise, as a signal at that moment would."""
    kind = OBJECTIVES[type(METHODS[name].config)]
    step, calls = kind.step, []

    def stopping(self, L, ab):
        calls.append(1)
        if len(calls) == number:
            raise stop
        return step(self, L, ab)

    monkeypatch.setattr(kind, "step", stopping)


# What a run writes


@every_kind
def test_a_run_writes_history_line_by_line(name, finished):
    text = (finished[name] / HISTORY).read_text()
    lines = [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()]
    assert text.endswith("\n")
    assert [line["images"] for line in lines] == [0, 8, 16, 24]
    seconds = [line["seconds"] for line in lines]
    assert seconds == sorted(seconds)
    measures = {"raw_auc", "rebalanced_auc", "chroma", "colorfulness", "loss"}
    for line in lines:
        assert {f"val_{measure}" for measure in measures} <= line.keys()
        assert {"val_grey_raw_auc", "val_grey_rebalanced_auc", "val_true_chroma"} <= line.keys()
        assert all(isinstance(value, int | float) for value in line.values())
    terms = {
        "regression": {"train_huber"},
        "gan": {"train_generator", "train_discriminator", "train_l1"},
        "classification": {"train_cross_entropy"},
    }[name]
    assert all(terms <= line.keys() for line in lines[1:])
    assert not terms & lines[0].keys(), "nothing was learnt yet"
    assert len({line["val_grey_raw_auc"] for line in lines}) == 1


@every_kind
def test_a_run_writes_a_checkpoint_that_colorizes(name, finished, make_photo):
    assert {p.name for p in finished[name].iterdir()} == {CONFIG, WEIGHTS, HISTORY, FILE, BEST}
    found = read_checkpoint(finished[name])
    assert found.config == small_config(name)
    assert found.training["images_seen"] == 24
    assert found.training["training_photos"] == 11
    assert found.training["validation_photos"] == 1
    assert load_colorizer(name, finished[name])(make_photo(50, 40)).size == (50, 40)


def test_a_classification_run_stores_prior_and_weights(finished):
    model = load_model(read_checkpoint(finished["classification"]))
    assert model.prior.sum().item() == pytest.approx(1, abs=1e-4)
    assert (model.prior > 0).sum() < 261, "twelve photos do not show all colours"
    assert model.weights.max() > 2 * model.weights.min()


@every_kind
def test_a_run_learns(name, photo_folder, tmp_path):
    """Not much in a minute of nothing, but the loss falls."""
    run = options(photo_folder, tmp_path / "run", epochs=30, evaluate_every=110, lr=5e-3)
    train(METHODS[name], small_config(name, width=0.1), run)
    term = {"gan": "l1", "regression": "huber", "classification": "cross_entropy"}[name]
    values = [line[f"train_{term}"] for line in read_history(tmp_path / "run")[1:]]
    assert values[-1] < 0.95 * values[0]


@every_kind
def test_the_same_seed_gives_the_same_run(name, finished, photo_folder, tmp_path):
    other = train(METHODS[name], small_config(name), options(photo_folder, tmp_path / "again"))
    assert_same_run(other, finished[name])


def test_another_seed_gives_another_run(finished, photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "other", seed=1)
    other = train(METHODS["regression"], small_config("regression"), run)
    assert (other / WEIGHTS).read_bytes() != (finished["regression"] / WEIGHTS).read_bytes()


def test_minutes_end_a_run(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", epochs=None, minutes=1e-3)
    train(METHODS["regression"], small_config("regression"), run)
    assert len(read_history(tmp_path / "run")) >= 2


# Interruption


@every_kind
@pytest.mark.parametrize("step", [1, 4])
def test_an_interrupted_run_resumes_to_the_same_result(
    name, step, finished, photo_folder, tmp_path, monkeypatch
):
    run = options(photo_folder, tmp_path / "run")
    with monkeypatch.context() as patch:
        stop_at_step(patch, name, step, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            train(METHODS[name], small_config(name), run)
    assert len(read_history(run.out)) == {1: 1, 4: 2}[step]
    again = options(photo_folder, run.out, resume=True)
    train(METHODS[name], small_config(name), again)
    assert_same_run(run.out, finished[name])


@pytest.mark.parametrize("writer", ["save_checkpoint", "save_state"])
def test_a_run_cut_off_while_it_writes_resumes_to_the_same_result(
    writer, finished, photo_folder, tmp_path, monkeypatch
):
    run, calls = options(photo_folder, tmp_path / "run"), []
    write = getattr(engine, writer)

    def cut_off(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        write(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(engine, writer, cut_off)
        with pytest.raises(KeyboardInterrupt):
            train(METHODS["regression"], small_config("regression"), run)
    written = load_state(run.out)["position"]["interval"] + 1
    assert len(read_history(run.out)) == written + 1, "the history is ahead of the state"
    train(
        METHODS["regression"],
        small_config("regression"),
        options(photo_folder, run.out, resume=True),
    )
    assert_same_run(run.out, finished["regression"])


def test_resuming_a_finished_run_changes_nothing(finished, photo_folder):
    out = finished["regression"]
    before = {path: path.read_bytes() for path in out.rglob("*.*")}
    train(
        METHODS["regression"], small_config("regression"), options(photo_folder, out, resume=True)
    )
    assert {path: path.read_bytes() for path in out.rglob("*.*")} == before


def test_a_run_can_be_made_longer(finished, photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", epochs=8 / 11)
    train(METHODS["regression"], small_config("regression"), run)
    train(
        METHODS["regression"],
        small_config("regression"),
        options(photo_folder, run.out, resume=True),
    )
    assert [line["images"] for line in read_history(run.out)] == [0, 8, 16, 24]


STALLING = """
import signal, sys, time
from colorize_core.cli import main as cli
from colorize_core.training.objectives import RegressionObjective
step, calls = RegressionObjective.step, []
def stall(self, L, ab):
    calls.append(1)
    if len(calls) == 4:
        print("in the middle", flush=True)
        time.sleep(600)
    return step(self, L, ab)
RegressionObjective.step = stall
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
cli.main()
"""
"""A training run that stops in the second of three intervals, and waits to be killed."""


@contextmanager
def stalled_run(data: Path, out: Path) -> Iterator[subprocess.Popen]:
    """`colorize train regression`, in a process of its own, in the middle of an interval."""
    root = Path(engine.__file__).parents[2]
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "OMP_NUM_THREADS": str(torch.get_num_threads()),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", STALLING, "train", "regression", *words(data, out)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            assert "in the middle" in process.stdout.readline(), process.stderr.read()
            yield process
        finally:
            process.kill()


def test_a_killed_run_resumes_to_the_same_result(finished, photo_folder, tmp_path, colorize):
    out = tmp_path / "run"
    with stalled_run(photo_folder, out) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL
    assert [line["images"] for line in read_history(out)] == [0, 8]
    assert {p.name for p in out.iterdir()} == {CONFIG, WEIGHTS, HISTORY, FILE, BEST}
    code, _ = colorize("train", "regression", *words(photo_folder, out), "--resume")
    assert code == 0
    assert_same_run(out, finished["regression"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_a_run_with_a_hint(number, photo_folder, tmp_path):
    out = tmp_path / "run"
    with stalled_run(photo_folder, out) as process:
        process.send_signal(number)
        _, text = process.communicate()
    assert process.returncode == 130
    assert "stopped; continue with the same command and --resume" in text
    assert "Traceback" not in text
    assert load_state(out)["position"]["images"] == 8


# Runs that cannot go on


@every_kind
def test_a_loss_that_is_not_finite_stops_the_run(name, photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", lr=1e30)
    with pytest.raises(TrainingError, match=r"became (nan|inf|-inf) near image \d+; lower --lr"):
        train(METHODS[name], small_config(name), run)
    state = load_state(run.out)
    assert all(torch.isfinite(t).all() for t in state["average"].values())
    assert all(torch.isfinite(t).all() for t in state["modules"]["model"].values())
    for line in (run.out / HISTORY).read_text().splitlines():
        json.loads(line, parse_constant=pytest.fail)


def test_weights_that_break_in_the_last_step_are_not_written(photo_folder, tmp_path, monkeypatch):
    step, calls = objectives.RegressionObjective.step, []

    def breaking(self, L, ab):
        terms = step(self, L, ab)
        calls.append(1)
        if len(calls) == 4:  # the last of its interval: the loss before it was fine
            with torch.no_grad():
                self.model.network.head.weight.fill_(torch.nan)
        return terms

    monkeypatch.setattr(objectives.RegressionObjective, "step", breaking)
    run = options(photo_folder, tmp_path / "run")
    with pytest.raises(TrainingError, match="--resume"):
        train(METHODS["regression"], small_config("regression"), run)
    assert load_state(run.out)["position"]["images"] == 8
    assert torch.isfinite(load_state(run.out)["average"]["network.head.weight"]).all()
    assert len(read_history(run.out)) == 2


def test_a_folder_with_a_run_is_refused_without_resume(finished, photo_folder):
    with pytest.raises(ConfigError, match=r"holds a run already; continue it with --resume"):
        train(METHODS["gan"], small_config("gan"), options(photo_folder, finished["regression"]))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"seed": 1}, "has seed = 0, not 1"),
        ({"lr": 0.5}, r"has lr = 0\.002, not 0\.5"),
        ({"batch_size": 8}, "has batch_size = 4, not 8"),
        ({"limit": 5}, "has limit = None, not 5"),
    ],
)
def test_resume_refuses_other_options(changes, reason, finished, photo_folder):
    again = options(photo_folder, finished["regression"], resume=True, **changes)
    with pytest.raises(ConfigError, match=reason):
        train(METHODS["regression"], small_config("regression"), again)


def test_resume_refuses_another_method_or_config(finished, photo_folder):
    again = options(photo_folder, finished["regression"], resume=True)
    with pytest.raises(ConfigError, match="has loss = 'huber', not 'l1'"):
        train(METHODS["regression"], small_config("regression", loss="l1"), again)
    with pytest.raises(ConfigError, match="has method = 'regression', not 'gan'"):
        train(METHODS["gan"], small_config("gan"), again)


def test_resume_needs_a_state_that_can_be_read(photo_folder, tmp_path):
    again = options(photo_folder, tmp_path, resume=True)
    with pytest.raises(CheckpointError, match=r"nothing to resume at .*; start without --resume"):
        train(METHODS["regression"], small_config("regression"), again)
    (tmp_path / FILE).write_bytes(b"damaged")
    with pytest.raises(CheckpointError, match="is damaged"):
        train(METHODS["regression"], small_config("regression"), again)


def test_data_that_cannot_be_used_is_refused(tmp_path):
    def run(folder: Path) -> None:
        train(METHODS["gan"], small_config("gan"), options(folder, tmp_path / "run"))

    with pytest.raises(DataError, match="no data folder at"):
        run(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no image files below"):
        run(tmp_path / "empty")
    for i in range(3):
        (tmp_path / "empty" / f"{i}.png").write_bytes(b"broken")
    with pytest.raises(DataError, match="pictures could be read"):
        run(tmp_path / "empty")
    assert not (tmp_path / "run").exists()


def test_one_broken_picture_is_left_out(photo_folder, tmp_path, caplog):
    data = tmp_path / "data"
    data.mkdir()
    for i, path in enumerate(sorted(photo_folder.rglob("*.png"))):
        (data / f"{i:02}.png").write_bytes(path.read_bytes()[: 100 if i == 5 else None])
    train(METHODS["regression"], small_config("regression"), options(data, tmp_path / "run"))
    assert "05.png" in caplog.text
    assert read_checkpoint(tmp_path / "run").training["training_photos"] == 10


@pytest.mark.parametrize("device", ["tpu", "cuda:7"])
def test_an_unknown_device_is_refused(device):
    with pytest.raises(ConfigError, match=f"must be auto, cpu, cuda or mps, got '{device}'"):
        devices.build_accelerator(device)


@pytest.mark.parametrize("units", [True, False])
def test_bf16_is_taken_where_the_processor_multiplies_it_faster(units, monkeypatch):
    monkeypatch.setattr(devices, "has_matrix_units", lambda: units)
    cpu = devices.build_accelerator("cpu")
    assert cpu.mixed_precision == ("bf16" if units else "no")
    assert devices.hardware_name(cpu).endswith("bf16") == units
    for asked, found in (("fp32", "no"), ("bf16", "bf16")):
        assert devices.build_accelerator("cpu", asked).mixed_precision == found


def test_a_pytorch_that_cannot_tell_has_no_matrix_units(monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported", raising=False)
    assert not devices.has_matrix_units()


def test_a_device_without_bf16_is_named(monkeypatch):
    def refuse(**options):
        raise ValueError("bf16 needs a supported device")

    monkeypatch.setattr(devices, "Accelerator", refuse)
    with pytest.raises(ConfigError, match=r"cpu cannot compute in precision 'bf16'.*use fp32"):
        devices.build_accelerator("cpu", "bf16")


def test_an_unknown_precision_is_refused(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", precision="fp8")
    with pytest.raises(ConfigError, match="precision must be one of auto, fp32, bf16, got 'fp8'"):
        train(METHODS["regression"], small_config("regression"), run)
    assert not run.out.exists()


@every_kind
def test_both_precisions_learn_the_same(name, photo_folder, tmp_path):
    """bf16 rounds activations to 8 bits; weights and what is written stay float32."""
    lines, moved = {}, {}
    for precision in ("fp32", "bf16"):
        run = options(photo_folder, tmp_path / precision, precision=precision)
        train(METHODS[name], small_config(name), run)
        lines[precision] = read_history(run.out)[-1]
        state = load_state(run.out)["modules"]["model"]
        assert {t.dtype for t in state.values() if t.is_floating_point()} == {torch.float32}
        moved[precision] = torch.cat([t.flatten() for t in state.values()])
    assert not torch.equal(*moved.values())
    for term, value in lines["fp32"].items():
        if term.startswith("val_") and "loss" in term:
            assert lines["bf16"][term] == pytest.approx(value, rel=0.05)


# Starts


def test_a_run_starts_from_another_checkpoint(tiny_checkpoints, photo_folder, tmp_path):
    """As the GAN does from regression: at image 0 the network is that of the checkpoint."""
    run = options(photo_folder, tmp_path / "gan", epochs=0.1, init=tiny_checkpoints / "regression")
    train(METHODS["gan"], small_config("gan"), run)
    start = read_history(run.out)[0]
    blank = options(photo_folder, tmp_path / "blank", epochs=0.1)
    train(METHODS["gan"], small_config("gan"), blank)
    assert start["val_chroma"] > 5 > read_history(blank.out)[0]["val_chroma"]
    assert read_checkpoint(run.out).training["init"] == "regression"


def test_only_the_last_layer_may_differ_from_the_start(tiny_checkpoints, photo_folder, tmp_path):
    start = tiny_checkpoints / "regression"
    run = options(photo_folder, tmp_path / "ok", epochs=0.1, init=start)
    train(METHODS["classification"], small_config("classification"), run)
    wider = options(photo_folder, tmp_path / "wide", epochs=0.1, init=start)
    with pytest.raises(CheckpointError, match="the network needs"):
        train(METHODS["regression"], small_config("regression", width=0.1), wider)


def test_the_gan_starts_from_the_shipped_regression(tmp_path):
    given = TrainingOptions((tmp_path,), tmp_path, epochs=1)
    assert given.completed(METHODS["gan"].recipe).init.name == "regression"
    assert given.completed(METHODS["regression"].recipe).init is None


def test_degradation_wears_the_grey_and_resumes_as_the_same_run(photo_folder, tmp_path):
    config = small_config("regression")
    plain = train(METHODS["regression"], config, options(photo_folder, tmp_path / "plain"))
    aged = options(photo_folder, tmp_path / "aged", degradation=0.7)
    train(METHODS["regression"], config, aged)
    assert read_checkpoint(aged.out).training["degradation"] == 0.7
    assert read_history(plain)[-1]["train_huber"] != read_history(aged.out)[-1]["train_huber"]
    short = options(photo_folder, tmp_path / "short", degradation=0.7, epochs=8 / 11)
    train(METHODS["regression"], config, short)
    longer = dataclasses.replace(short, resume=True, epochs=aged.epochs)
    train(METHODS["regression"], config, longer)
    assert [line["images"] for line in read_history(short.out)][-1] == 24
    other = dataclasses.replace(longer, degradation=0.2)
    with pytest.raises(ConfigError, match=r"has degradation = 0.7, not 0.2"):
        train(METHODS["regression"], config, other)
    with pytest.raises(ConfigError, match=r"has degradation = 0.7, not 0.0"):
        train(METHODS["regression"], config, dataclasses.replace(longer, degradation=0.0))
    with pytest.raises(ConfigError, match=r"degradation must lie in \[0, 1\], got 1.5"):
        options(photo_folder, tmp_path, degradation=1.5)


# Other methods


@pytest.mark.parametrize("name", ["unet-gan", "cifar-rgb-huber", "cifar-yuv-class", "zhang-114"])
def test_methods_of_the_reports_train_and_resume(name, photo_folder, tmp_path):
    whole = train(METHODS[name], small_config(name), options(photo_folder, tmp_path / "whole"))
    short = options(photo_folder, tmp_path / "run", epochs=8 / 11)
    train(METHODS[name], small_config(name), short)
    longer = options(photo_folder, tmp_path / "run", resume=True)
    train(METHODS[name], small_config(name), longer)
    lines = read_history(longer.out)
    assert [line["images"] for line in lines] == [0, 8, 16, 24]
    assert all(line["val_loss"] > 0 for line in lines)
    assert load_state(whole)["position"] | {"seconds": 0} == (
        load_state(longer.out)["position"] | {"seconds": 0}
    )


def test_the_best_checkpoint_is_that_of_the_least_validation_loss(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", lr=0.3)  # so high that the loss jumps about
    train(METHODS["unet-l2"], small_config("unet-l2"), run)
    losses = {line["images"]: line["val_loss"] for line in read_history(run.out)}
    kept = read_checkpoint(run.out / BEST).training["images_seen"]
    assert losses[kept] == min(losses.values())


def test_a_recipe_fills_what_the_options_leave_open(tmp_path):
    given = TrainingOptions((tmp_path,), tmp_path, epochs=1, crop=64)
    filled = given.completed(METHODS["resnet18-mse"].recipe)
    assert (filled.crop, filled.lr, filled.batch_size) == (64, 0.01, 32)


# All of them


@pytest.fixture
def data_root(tmp_path) -> Path:
    for name in ("photos", "imagenette", "birds", "paintings", "cifar10"):
        (tmp_path / "data" / name).mkdir(parents=True)
    return tmp_path / "data"


def test_training_all_runs_every_method_on_its_data_and_survives_a_failure(data_root, tmp_path):
    seen = {}

    def run(method, config, options):
        seen[method.name] = options
        if method.name == "zhang-114":
            raise TrainingError("the loss became nan")
        options.out.mkdir(parents=True)
        (options.out / FILE).touch()
        return options.out

    def run_classifier(classifier, options):
        assert options.data == data_root / classifier.name
        folder = options.out.relative_to(tmp_path / "runs").as_posix()
        classifiers.append((folder, options.seed))
        return options.out

    classifiers = []
    given = TrainingOptions((data_root,), tmp_path / "runs", minutes=3)
    done, failed = train_all(given, run, run_classifier)
    assert list(seen) == list(METHODS)
    assert classifiers == [("classifiers/cifar10", 0), ("classifiers/imagenette", 0)]
    assert failed == {"zhang-114": "the loss became nan"}
    assert len(done) == len(METHODS) - 1 + len(classifiers)
    assert seen["resnet18-mse"].data == (data_root / "photos",)
    assert seen["gan"].init == tmp_path / "runs" / "regression"
    assert not any(options.resume for options in seen.values())
    assert {options.minutes for options in seen.values()} == {3}
    seen.clear()
    with contextlib.suppress(FileExistsError):
        train_all(given, run, run_classifier)
    assert seen["regression"].resume


def test_training_all_names_what_is_missing(data_root, tmp_path):
    (data_root / "birds").rmdir()
    with pytest.raises(DataError, match=r"lacks the data set birds \(birds for .*birds-gan-skip"):
        train_all(TrainingOptions((data_root,), tmp_path, epochs=1))
    with pytest.raises(DataError, match="needs one --data folder"):
        train_all(TrainingOptions((data_root, data_root), tmp_path, epochs=1))


# Its parts


def test_a_plateau_lowers_the_learning_rate():
    plateau = Plateau()
    assert plateau.see(1.0)
    assert [plateau.see(1.0) for _ in range(PATIENCE)] == [False] * PATIENCE
    assert plateau.drops == 1
    assert learning_rate_factor(0.5, "plateau", plateau.drops) == pytest.approx(0.1)
    assert plateau.see(0.5)
    assert plateau.drops == 1


def test_the_learning_rate_rises_and_falls():
    rates = [learning_rate_factor(i / 1000) for i in range(1001)]
    peak = rates.index(max(rates))
    assert rates[0] < 0.1
    assert max(rates) == pytest.approx(1)
    assert 0 < peak < 100
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == pytest.approx(0.01)


def test_spread_takes_evenly():
    assert spread(list(range(10)), 5) == [0, 2, 4, 6, 8]
    assert spread([1, 2], 5) == [1, 2]
    assert spread([1, 2], None) == [1, 2]


def test_the_average_follows_the_weights_slowly():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    with torch.no_grad():
        model[0].weight.fill_(0.0)
    average = WeightAverage(model)
    with torch.no_grad():
        model[0].weight.fill_(1.0)
    model[1].running_mean.fill_(3.0)
    values = []
    for _ in range(200):
        average.update(model)
        values.append(average.model[0].weight[0, 0].item())
    assert 0 < values[0] < 0.95
    assert values == sorted(values)
    assert values[-1] == pytest.approx(1, abs=1e-3)
    assert (average.model[1].running_mean == 3).all()
    assert model[0].weight.requires_grad
    assert not average.model[0].weight.requires_grad


def test_a_state_round_trips_with_its_types(tmp_path):
    state = {
        "tensors": {"a": torch.arange(3), "b/c": torch.rand(2, 2).half()},
        "state": {0: {"step": torch.tensor(4.0)}, 1: {}},
        "list": [1, 2.5, None, True, "text", [torch.zeros(0)]],
    }
    save_state(tmp_path, state)
    found = load_state(tmp_path)
    assert found["state"].keys() == {0, 1}, "keys stay integers"
    assert found["list"][:5] == state["list"][:5]
    assert torch.equal(found["tensors"]["b/c"], state["tensors"]["b/c"])
    assert found["tensors"]["a"].dtype == torch.int64
    assert found["list"][5][0].shape == (0,)


def test_parse_config_reads_assignments():
    method = METHODS["regression"]
    found = parse_config(method, ["side=64", "loss=l1", "width=0.5"])
    assert found == dataclasses.replace(method.config, side=64, loss="l1", width=0.5)


@pytest.mark.parametrize(
    ("assignment", "reason"),
    [
        ("side", "name=value"),
        ("colour=red", "has no field 'colour'; its fields: side"),
        ("side=big", "side needs a int, got 'big'"),
        ("loss=l3", "loss must be one of l2, l1, huber"),
    ],
)
def test_parse_config_refuses_what_is_no_field(assignment, reason):
    with pytest.raises(ConfigError, match=reason):
        parse_config(METHODS["regression"], [assignment])


# The command line


def test_train_says_what_is_wrong_in_one_sentence(tmp_path, colorize):
    code, text = colorize("train", "regression", "--data", tmp_path / "nowhere", "--epochs", 1,
                          "--device", "cpu", "--out", tmp_path / "run")  # fmt: skip
    assert code == 1
    assert text.strip() == (
        f"error: no data folder at {tmp_path / 'nowhere'}; give an existing folder of images"
    )
    code, text = colorize("train", "magic", "--data", tmp_path)
    assert code == 1
    assert "no method 'magic'; choose from: regression, gan, classification" in text


@pytest.mark.parametrize("length", [("--epochs", 0), ("--minutes", 0), ("--epochs", -1)])
def test_train_refuses_a_run_of_no_length(length, photo_folder, tmp_path, colorize):
    code, text = colorize("train", "gan", "--data", photo_folder, "--out", tmp_path / "x", *length)
    assert code == 1
    assert "must be above 0" in text
    assert not (tmp_path / "x").exists()
