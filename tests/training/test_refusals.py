"""What cannot be trained is refused in one sentence, before a photo is read."""

import dataclasses
import json

import pytest
import torch
from support.training import options, small_config, teach, words

from colorize_core.cli.train import parse_config
from colorize_core.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    StorageError,
    TrainingError,
)
from colorize_core.methods import METHODS
from colorize_core.runs import HISTORY, read_history
from colorize_core.training import engine
from colorize_core.training.colorization import RegressionTask
from colorize_core.training.engine import train
from colorize_core.training.state import load_state


@pytest.fixture
def unread(monkeypatch) -> None:
    """No photo may be read."""
    monkeypatch.setattr(engine, "load_stores", lambda *_: pytest.fail("photos were read"))


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("--crop 144", "crop must be a multiple of 32 for the network studio, got 144"),
        ("--crop 16", "crop must be 32 or more, got 16"),
        ("--evaluate-every 0", "evaluate_every must be 1 or more, got 0"),
        ("--batch-size 1", "batch_size must be 2 or more, got 1"),
        ("--epochs 0", "epochs must be above 0"),
        ("--epochs -1", "epochs must be above 0"),
        ("--minutes 5", "give either --epochs or --minutes"),
        ("--lr 0", "lr must be above 0"),
        ("--limit 0", "limit must be above 0"),
        ("--degradation 1.5", "degradation must lie in [0, 1], got 1.5"),
        ("--device tpu", "device must be auto, cpu, cuda or mps, got 'tpu'"),
        ("--precision fp8", "precision must be one of auto, fp32, bf16, got 'fp8'"),
        ("--set loss=l3", "loss must be one of l2, l1, huber"),
        ("--set side=big", "side needs a int, got 'big'"),
        ("--set colour=red", "has no field 'colour'"),
        ("--encoder-weights nowhere.safetensors", "no weights at nowhere.safetensors"),
        ("--init nowhere", "no checkpoint at nowhere"),
        ("--data nowhere", "no data folder at nowhere; give an existing folder of images"),
        ("--resume", "nothing to resume at"),
    ],
)
def test_what_cannot_be_is_refused_at_once(given, reason, photo_folder, tmp_path, colorize):
    out = tmp_path / "run"
    code, text = colorize("train", "regression", *words(photo_folder, out), *given.split())
    assert code == 1
    assert reason in text
    assert text.strip().count("\n") == 0, "one sentence"
    assert not out.exists()


@pytest.mark.usefixtures("unread")
def test_a_folder_that_cannot_be_written_to_is_refused(photo_folder, tmp_path):
    (tmp_path / "file").touch()
    run = options(photo_folder, tmp_path / "file" / "run")
    with pytest.raises(StorageError, match=r"cannot write .*run \(Not a directory\)"):
        teach("cifar-lab-l1", run)


def test_a_folder_with_a_run_is_refused_without_resume(finished, photo_folder):
    out = finished("cifar-yuv-l1")
    with pytest.raises(ConfigError, match=r"holds a run already; continue it with --resume"):
        teach("cifar-lab-l1", options(photo_folder, out))


def test_an_unknown_method_is_refused_with_those_there_are(tmp_path, colorize):
    code, text = colorize("train", "magic", "--data", tmp_path)
    assert code == 1
    assert "no method 'magic'; choose from: regression, gan, classification" in text


def test_data_that_cannot_be_used_is_refused(tmp_path):
    run = options(tmp_path / "empty", tmp_path / "run")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no image files below"):
        teach("cifar-lab-l1", run)
    for i in range(3):
        (tmp_path / "empty" / f"{i}.png").write_bytes(b"broken %d" % i)
    with pytest.raises(DataError, match="pictures can be used"):
        teach("cifar-lab-l1", run)
    assert not run.out.exists()


@pytest.mark.parametrize("name", ["cifar-lab-l1", "cifar-yuv-class", "unet-gan"])
def test_a_loss_that_is_not_finite_stops_the_run(name, photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", lr=1e30)
    reason = r"became (nan|inf|-inf) near image \d+; start again with a lower --lr"
    with pytest.raises(TrainingError, match=reason):
        teach(name, run)
    for module in load_state(run.out)["modules"].values():
        assert all(torch.isfinite(tensor).all() for tensor in module.values())
    for line in (run.out / HISTORY).read_text().splitlines():
        json.loads(line, parse_constant=pytest.fail)


def test_weights_that_break_in_the_last_step_are_not_written(photo_folder, tmp_path, monkeypatch):
    step, calls = RegressionTask.step, []

    def breaking(self, batch, chance):
        terms = step(self, batch, chance)
        calls.append(1)
        if len(calls) == 4:  # the last of its interval: the loss before it was fine
            with torch.no_grad():
                self.shipped.network.head.weight.fill_(torch.nan)
        return terms

    monkeypatch.setattr(RegressionTask, "step", breaking)
    run = options(photo_folder, tmp_path / "run")
    with pytest.raises(TrainingError):
        teach("cifar-lab-l1", run)
    state = load_state(run.out)
    assert state["position"]["images"] == 8
    assert torch.isfinite(state["modules"]["average"]["module.network.head.weight"]).all()
    assert len(read_history(run.out)) == 2


def test_a_start_of_another_width_is_refused(tiny_checkpoints, photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", init=tiny_checkpoints / "cifar-lab-l1")
    with pytest.raises(CheckpointError, match="the network needs"):
        train(METHODS["cifar-lab-l1"], small_config("cifar-lab-l1", width=0.5), run)


# --set


def test_parse_config_reads_assignments():
    method = METHODS["regression"]
    found = parse_config(method, ["side=64", "loss=l1", "width=0.5", "mirror=yes"])
    changes = {"side": 64, "loss": "l1", "width": 0.5, "mirror": True}
    assert found == dataclasses.replace(method.config, **changes)


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
