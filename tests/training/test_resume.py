"""A run that was stopped goes on as if nothing had happened."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
import typer
from support.training import (
    assert_same_run,
    options,
    stop_at_step,
    task_of,
    teach,
    without_time,
    words,
)

from colorize_core.cli.terminal import stoppable
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.evaluation.classifiers import CLASSIFIERS
from colorize_core.runs import CONFIG, HISTORY, WEIGHTS, read_history
from colorize_core.training import colorization, engine
from colorize_core.training.classifier import train_classifier
from colorize_core.training.engine import BEST
from colorize_core.training.recognition import RecognitionTask
from colorize_core.training.state import FILE, LOCK, load_state, save_state

KINDS = ["regression", "classification", "unet-gan"]
"""The last one has dropout."""


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("step", [1, 4])
def test_an_interrupted_run_resumes_to_the_same_result(
    name, step, finished, photo_folder, tmp_path, monkeypatch
):
    expected, run = finished(name), options(photo_folder, tmp_path / "run")
    with monkeypatch.context() as patch:
        stop_at_step(patch, task_of(name), step, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            teach(name, run)
    assert len(read_history(run.out)) == {1: 1, 4: 2}[step]
    teach(name, dataclasses.replace(run, resume=True))
    assert_same_run(run.out, expected)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", ["cifar10", "imagenette"])
def test_an_interrupted_classifier_resumes_to_the_same_result(name, lessons, tmp_path, monkeypatch):
    """Imagenette's has dropout."""
    classifier, data = CLASSIFIERS[name], lessons
    if name == "imagenette":
        data = tmp_path / "data"
        first, second = list(classifier.labels)[:2]
        shutil.copytree(lessons / "train" / "airplane", data / first)
        shutil.copytree(lessons / "train" / "frog", data / second)
    runs = [
        options(data, tmp_path / part, crop=32, store_side=32, batch_size=4, limit=16)
        for part in ("whole", "parts")
    ]
    train_classifier(classifier, runs[0])
    with monkeypatch.context() as patch:
        stop_at_step(patch, RecognitionTask, 4, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            train_classifier(classifier, runs[1])
    with pytest.raises(ConfigError, match="--resume"):
        train_classifier(classifier, runs[1])
    train_classifier(classifier, dataclasses.replace(runs[1], resume=True))
    assert_same_run(runs[1].out, runs[0].out)


@pytest.mark.parametrize("writer", ["save_checkpoint", "save_state"])
def test_a_run_cut_off_while_it_writes_resumes_to_the_same_result(
    writer, finished, photo_folder, tmp_path, monkeypatch
):
    expected = finished("cifar-lab-l1")
    run, calls = options(photo_folder, tmp_path / "run"), []
    module = {"save_checkpoint": colorization, "save_state": engine}[writer]
    write = getattr(module, writer)

    def cut_off(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        write(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(module, writer, cut_off)
        with pytest.raises(KeyboardInterrupt):
            teach("cifar-lab-l1", run)
    written = load_state(run.out)["position"]["interval"] + 1
    assert len(read_history(run.out)) == written + 1, "the history is ahead of the state"
    teach("cifar-lab-l1", dataclasses.replace(run, resume=True))
    assert_same_run(run.out, expected)


def test_resuming_a_finished_run_changes_nothing(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run")
    out = teach("cifar-lab-l1", run)
    before = {path: path.read_bytes() for path in out.rglob("*.*")}
    teach("cifar-lab-l1", dataclasses.replace(run, resume=True))
    assert {path: path.read_bytes() for path in out.rglob("*.*")} == before


def test_a_run_can_be_made_longer(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", epochs=8 / 11)
    teach("cifar-lab-l1", run)
    teach("cifar-lab-l1", options(photo_folder, run.out, resume=True))
    assert [line["images"] for line in read_history(run.out)] == [0, 8, 16, 24]


def test_resuming_neither_loads_first_weights_nor_counts_the_prior(
    photo_folder, tmp_path, monkeypatch
):
    run = options(photo_folder, tmp_path / "run", epochs=8 / 11)
    teach("cifar-yuv-class", run)

    def unexpected(*_):
        pytest.fail("a resumed run has all that already")

    for name in ("load_pretrained", "copy_network", "count_prior"):
        monkeypatch.setattr(colorization, name, unexpected)
    teach("cifar-yuv-class", options(photo_folder, run.out, resume=True))


def test_plateaus_are_counted_across_a_stop(photo_folder, tmp_path, monkeypatch):
    validate = colorization.RegressionTask.validate
    flat = {"loss": 1.0}
    monkeypatch.setattr(colorization.RegressionTask, "validate", lambda t: {**validate(t), **flat})
    run = options(photo_folder, tmp_path / "run", epochs=2 * 8 / 11)
    teach("unet-l2", run)
    longer = dataclasses.replace(run, epochs=4 * 8 / 11, resume=True)
    teach("unet-l2", longer)
    assert load_state(run.out)["plateau"] == {"best": 1.0, "stale": 1, "drops": 1}


STALLING = """
import signal, sys, time
from colorize_core.cli import main as cli
from colorize_core.training.colorization import RegressionTask
step, calls = RegressionTask.step, []
def stall(self, batch, chance):
    calls.append(1)
    if len(calls) == 4:
        print("in the middle", flush=True)
        time.sleep(600)
    return step(self, batch, chance)
RegressionTask.step = stall
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
    assert {p.name for p in out.iterdir()} == {CONFIG, WEIGHTS, HISTORY, FILE, BEST, LOCK}
    code, _ = colorize("train", "regression", *words(photo_folder, out), "--resume")
    assert code == 0
    assert_same_run(out, finished("regression"))


def test_a_signal_stops_a_run_with_a_hint(photo_folder, tmp_path):
    """While it trains, no other run may write to its folder."""
    out = tmp_path / "run"
    with stalled_run(photo_folder, out) as process:
        for resume in (False, True):
            reason = rf"process {process.pid} is training into .*give another --out"
            with pytest.raises(ConfigError, match=reason):
                teach("regression", options(photo_folder, out, resume=resume))
        process.send_signal(signal.SIGTERM)
        _, text = process.communicate()
    assert process.returncode == 130
    assert "stopped; continue with the same command and --resume" in text
    assert "Traceback" not in text
    assert load_state(out)["position"]["images"] == 8


def test_a_run_stopped_before_its_first_state_is_given_again(
    photo_folder, tmp_path, colorize, monkeypatch
):
    def interrupt(*_) -> None:
        raise KeyboardInterrupt

    out, given = tmp_path / "run", words(photo_folder, tmp_path / "run")
    with monkeypatch.context() as patch:
        patch.setattr(engine, "load_stores", interrupt)
        code, text = colorize("train", "regression", *given)
    assert code == 130
    assert f"stopped; nothing to resume was written to {out} yet: give the same command" in text
    assert "--resume" not in text
    assert not out.exists()
    code, text = colorize("train", "regression", *given, "--resume")
    assert (code, text.count("\n")) == (1, 1)
    assert text.startswith("error: nothing to resume at ")
    assert colorize("train", "regression", *given)[0] == 0


def test_training_all_goes_on_by_itself(photo_folder, tmp_path, monkeypatch, capsys):
    teach("cifar-lab-l1", options(photo_folder, tmp_path / "cifar-lab-l1", epochs=8 / 11))
    with pytest.raises(typer.Exit), stoppable(tmp_path):
        raise KeyboardInterrupt
    assert capsys.readouterr().err == "stopped; continue with the same command\n"


# What cannot be resumed


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"seed": 1}, "has seed = 0, not 1"),
        ({"lr": 0.5}, r"has lr = 0\.003, not 0\.5"),
        ({"batch_size": 8}, "has batch_size = 4, not 8"),
        ({"limit": 5}, "has limit = None, not 5"),
        ({"degradation": 0.5}, r"has degradation = 0\.0, not 0\.5"),
    ],
)
def test_resume_refuses_other_options(changes, reason, finished, photo_folder):
    again = options(photo_folder, finished("cifar-lab-l1"), resume=True, **changes)
    with pytest.raises(ConfigError, match=reason):
        teach("cifar-lab-l1", again)


def test_resume_refuses_another_method_or_config(finished, photo_folder):
    again = options(photo_folder, finished("cifar-lab-l1"), resume=True)
    with pytest.raises(ConfigError, match="has loss = 'l1', not 'l2'"):
        teach("cifar-lab-l1", again, loss="l2")
    with pytest.raises(ConfigError, match="has method = 'cifar-lab-l1', not 'cifar-yuv-l1'"):
        teach("cifar-yuv-l1", again)


PARTS = ["identity", "position", "plateau", "modules", "optimizers"]


@pytest.mark.parametrize("part", [None, *PARTS])
def test_a_damaged_state_is_refused_with_a_way_out(part, photo_folder, tmp_path):
    """The way that the error names must lead on, and not to the next refusal."""
    run = options(photo_folder, tmp_path / "run", epochs=8 / 11)
    teach("cifar-lab-l1", run)
    if part is None:
        (run.out / FILE).write_bytes(b"damaged")
    else:
        state = load_state(run.out)
        state[part] = {}
        if part == "identity":
            del state[part]
        save_state(run.out, state)
    with pytest.raises(CheckpointError, match=r"is damaged .*remove this file and start without"):
        teach("cifar-lab-l1", dataclasses.replace(run, resume=True))
    (run.out / FILE).unlink()
    teach("cifar-lab-l1", run)
    assert [line["images"] for line in without_time(run.out)] == [0, 8]


def test_nothing_to_resume_is_said(photo_folder, tmp_path):
    again = options(photo_folder, tmp_path, resume=True)
    with pytest.raises(CheckpointError, match=r"nothing to resume at .*; start without --resume"):
        teach("cifar-lab-l1", again)


def test_resume_takes_the_same_photos_elsewhere_and_no_others(photo_folder, tmp_path):
    data, moved = tmp_path / "a" / "photos", tmp_path / "b" / "photos"
    shutil.copytree(photo_folder, data)
    run = options(data, tmp_path / "run", epochs=8 / 11)
    teach("cifar-lab-l1", run)
    shutil.move(data, moved)
    teach("cifar-lab-l1", options(moved, run.out, resume=True, epochs=8 / 11))
    (moved / "hills" / "00.png").rename(moved / "hills" / "x.png")
    with pytest.raises(
        ConfigError, match=r"begun with other photos than there are now in .*b/photos"
    ):
        teach("cifar-lab-l1", options(moved, run.out, resume=True))


def test_no_line_of_a_history_appears_twice_and_damaged_ones_are_left_out(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", epochs=8 / 11)
    teach("cifar-lab-l1", run)
    with (run.out / HISTORY).open("ab") as file:
        file.write(b'{"lr": 1}\n{"images": "x"}\n{"images": 12}\n\xff\xfe{\n[[{"images": 16')
    teach("cifar-lab-l1", options(photo_folder, run.out, resume=True, evaluate_every=16))
    assert [line["images"] for line in read_history(run.out)] == [0, 8, 24]


@pytest.mark.parametrize("name", [HISTORY, WEIGHTS, FILE])
def test_a_full_disk_ends_a_run_in_a_sentence_and_it_goes_on(
    name, finished, photo_folder, tmp_path, monkeypatch, colorize
):
    out, replace, count = tmp_path / "run", Path.replace, []

    def full(self, target):
        count.append(Path(target).name)
        if count.count(name) == 3:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        code, text = colorize("train", "regression", *words(photo_folder, out))
    assert (code, "Traceback" in text) == (1, False)
    assert f"{name} (No space left on device); make room" in text
    assert colorize("train", "regression", *words(photo_folder, out), "--resume")[0] == 0
    assert_same_run(out, finished("regression"))
