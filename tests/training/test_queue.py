"""A queue trains the runs of a plan in order, and survives whatever ends one of them, or itself."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.tiny import tiny_config
from support.training import assert_same_run, options, teach

from colorize_core.errors import ConfigError
from colorize_core.methods import METHODS
from colorize_core.runs import HISTORY, QUEUE, SHIPPED, read_history
from colorize_core.training import queue as queue_module
from colorize_core.training.plan import read_plan
from colorize_core.training.queue import Queue
from colorize_core.training.queue_status import queue_status
from colorize_core.training.state import locked

ROOT = Path(__file__).parents[2]
STAND_IN = """
import json, os, pathlib, sys, time
words = sys.argv[1:]
out = pathlib.Path(words[words.index("--out") + 1])
out.mkdir()
threads = [os.environ.get(name) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")]
(out / "words.json").write_text(json.dumps([words, *threads]))
time.sleep(0.2)
if out.name.startswith("long"):
    (out / "process").write_text(str(os.getpid()))
    time.sleep(300)
print("reading photos", file=sys.stderr)
if out.name.startswith("bad"):
    sys.exit("error: the loss became nan")
if out.name.startswith("killed"):
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def place(photo_folder, tmp_path) -> Path:
    """A folder with the data sets, and room for plan and runs."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "photos").symlink_to(photo_folder)
    return tmp_path


@pytest.fixture
def queue(place) -> Callable[..., Queue]:
    """`queue(plan, jobs)`: a queue, and what it said in `queue.said`."""

    def build(text: str, jobs: int = 1) -> Queue:
        (place / "plan.toml").write_text(text)
        said: list[str] = []
        plan = read_plan(place / "plan.toml")
        built = Queue(plan, place / "data", place / "runs", jobs, "cpu", "fp32", said.append)
        built.said = said
        return built

    return build


@pytest.fixture
def stand_in(monkeypatch, place) -> None:
    """A program in place of `colorize`, which notes its command line and trains nothing."""
    (place / "stand_in.py").write_text(STAND_IN)
    monkeypatch.setattr(queue_module, "PROGRAM", [sys.executable, str(place / "stand_in.py")])
    monkeypatch.setattr(queue_module, "LOOK_EVERY", 0.02)


def run(name: str, more: str = "", method: str = "cifar-lab-l1") -> str:
    """A [[run]] on the data set that is there; `more` are further lines."""
    lines = ["[[run]]", f'name = "{name}"', f'method = "{method}"', 'data = ["photos"]', more]
    if "data =" in more:
        lines.remove('data = ["photos"]')
    return "\n".join(lines) + "\n"


def said_to(place: Path, name: str) -> str:
    """The command line with which the stand-in was started."""
    return " ".join(json.loads((place / "runs" / name / "words.json").read_text())[0])


def states(place: Path) -> dict[str, str]:
    return {run.name: run.state for run in queue_status(place / "runs")}


def watch(made: Queue) -> list[set[str]]:
    """Train; returns the runs that were at work together, in the order of time."""
    seen: list[set[str]] = []

    def look() -> None:
        if not seen or seen[-1] != {*made.processes}:
            seen.append({*made.processes})

    made.train(look)
    return seen


# --- what is started, and when ------------------------------------------------------------------


@pytest.mark.usefixtures("stand_in")
def test_runs_are_trained_one_after_the_other_as_the_plan_says(queue, place):
    plan = run(
        "first", "seeds = [0, 1]\nepochs = 2.5\nlr = 1e-3\nset = {width = 0.3, mirror = false}"
    )
    plan += '[[run]]\nclassifier = "cifar10"\ndata = ["photos"]\nepochs = 1\n'
    plan += '[[run]]\nmethod = "gan"\ndata = ["photos"]\n'
    made = queue(plan)
    order = ["first", "first-seed1", "classifiers/cifar10", "gan"]
    (place / "runs" / "classifiers").mkdir(parents=True)
    assert watch(made) == [{name} for name in order]
    assert made.reasons == {}
    out, data = place / "runs", place / "data" / "photos"
    everywhere = "--device cpu --precision fp32"
    assert said_to(place, "first-seed1") == (
        f"train cifar-lab-l1 --out {out / 'first-seed1'} --data {data} --epochs 2.5 --lr 0.001 "
        f"--set=width=0.3 --set=mirror=False --seed 1 {everywhere}"
    )
    assert said_to(place, "classifiers/cifar10") == (
        f"train-classifier cifar10 --out {out / 'classifiers/cifar10'} --data {data} --epochs 1 "
        f"--seed 0 {everywhere}"
    )
    assert said_to(place, "gan").endswith(
        f"--epochs 10.0 --seed 0 --init {SHIPPED / 'regression'} {everywhere}"
    )
    assert states(place) == dict.fromkeys(order, "done")
    assert "first: reading photos" in made.said


@pytest.mark.usefixtures("stand_in")
def test_a_run_waits_for_the_one_that_it_starts_from(queue, place):
    plan = run("second", 'starts-from = "first"') + run("third") + run("first")
    together = watch(queue(plan, jobs=3))
    assert (together[0], together[-1]) == ({"third", "first"}, {"second"})
    assert f"--init {place / 'runs' / 'first' / 'best'}" in said_to(place, "second")


@pytest.mark.usefixtures("stand_in")
def test_a_method_starts_from_what_the_plan_trains_rather_than_from_what_is_shipped(queue, place):
    plan = run("cifar-gan", method="cifar-gan") + run("cifar-yuv-l2", method="cifar-yuv-l2")
    assert watch(queue(plan)) == [{"cifar-yuv-l2"}, {"cifar-gan"}]
    assert f"--init {place / 'runs' / 'cifar-yuv-l2' / 'best'}" in said_to(place, "cifar-gan")


@pytest.mark.usefixtures("stand_in")
def test_jobs_share_the_cores(queue, place, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    for name, given in (("ab", None), ("cd", "1")):
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
        if given:
            monkeypatch.setenv("OMP_NUM_THREADS", given)
        assert max(map(len, watch(queue("".join(map(run, name)), jobs=2)))) == 2
        threads = json.loads((place / "runs" / name[0] / "words.json").read_text())[1:]
        assert threads == [given or "4"] * 2


# --- what goes wrong ----------------------------------------------------------------------------


@pytest.mark.usefixtures("stand_in")
def test_a_fault_of_one_run_ends_that_one_only(queue, place):
    made = queue(
        run("homeless", 'data = ["nowhere"]')
        + run("grandchild", 'starts-from = "heir"')
        + run("heir", 'starts-from = "homeless"')
        + run("unknown", method="no-such")
        + run("bad")
        + run("killed")
        + run("good")
    )
    watch(made)
    failed = made.reasons
    assert failed["homeless"] == (
        f"there is no folder {place / 'data' / 'nowhere'}; add it and start again"
    )
    assert failed["heir"] == "it starts from homeless, which failed"
    assert failed["grandchild"] == "it starts from heir, which failed"
    assert failed["unknown"].startswith("no method 'no-such'; choose from: regression, gan")
    assert failed["bad"] == "the loss became nan"
    assert failed["killed"].startswith("its process was killed, by hand or for want of memory")
    assert states(place) == {**dict.fromkeys(failed, "failed"), "good": "done"}
    assert {run.name: run.reason for run in queue_status(place / "runs")} == {**failed, "good": ""}
    names = {path.name for path in (place / "runs").iterdir()}
    assert names == {"bad", "killed", "good", QUEUE}, "nothing of what was never started"


@pytest.mark.usefixtures("stand_in")
def test_a_disk_that_takes_no_status_stops_no_training(queue, place):
    (place / "runs" / QUEUE).mkdir(parents=True)
    made = queue(run("good"))
    watch(made)
    assert made.states == {"good": "done"}
    assert any("queue.json" in line and "make room" in line for line in made.said)


def test_two_queues_do_not_share_a_folder(queue, place):
    with locked(place / "runs"), pytest.raises(ConfigError, match="is training into"):
        queue(run("good")).train()


# --- with real training ---------------------------------------------------------------------------

REAL = """
batch-size = 4
crop = 32
store-side = 32
evaluate-every = 8
encoder-weights = "none"
"""
WHOLE = 30 * 8 / 11
"""Epochs of thirty intervals: long enough to be stopped on the way."""


def real(**changes) -> str:
    """A tiny run of the U-Net GAN, that of `support.training.teach`."""
    method = METHODS["unet-gan"]
    config = {**tiny_config(method).to_json(), **changes}
    settings = {key: value for key, value in config.items() if value != getattr(method.config, key)}
    more = f"set = {{ {', '.join(f'{key} = {value}' for key, value in settings.items())} }}"
    return run("unet-gan", f"epochs = {WHOLE}\n{more}\n{REAL}", "unet-gan")


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Until it is true, for a while."""
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def holder(folder: Path) -> int:
    """The process that trains into a folder, by its lock."""
    return int((folder / ".lock").read_text().removeprefix("process "))


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_kill_of_the_queue_ends_its_run_and_loses_nothing(queue, place, photo_folder, colorize):
    folder = place / "runs" / "unet-gan"
    queue(real())  # writes the plan
    given = f"train all --data {place / 'data'} --out {place / 'runs'} --plan {place / 'plan.toml'}"
    given += " --device cpu --precision fp32"
    program = [sys.executable, "-m", "colorize_core", *given.split()]
    with subprocess.Popen(program, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: len(read_history(folder)) > 1, "history grows")
            child = holder(folder)
        finally:
            process.kill()
    wait_for(lambda: not is_alive(child), "the run ends with the queue")
    assert states(place) == {"unet-gan": "stopped"}
    assert queue(real()).train() == {}
    assert_same_run(folder, teach("unet-gan", options(photo_folder, place / "alone", epochs=WHOLE)))
    # What is finished is left alone, and so is another run in its place.
    again = queue(real())
    assert again.train(lambda: pytest.fail("it is finished")) == {}
    written = {path: path.read_bytes() for path in folder.rglob("*.*")}
    failed = queue(real(dropout=0.25)).train()
    assert "has dropout = 0.5, not 0.25; give the same value" in failed["unet-gan"]
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == written
    code, said = colorize("train", "all", "--out", place / "runs", "--status")
    assert code == 0
    assert "1 failed; below" in said
    assert "240 of 240" in said


@pytest.mark.usefixtures("stand_in", "_own_signals")
def test_a_signal_stops_the_runs_and_says_how_to_go_on(queue, place, colorize):
    queue(run("long-a") + run("long-b") + run("third"))
    folders = [place / "runs" / name for name in ("long-a", "long-b")]

    def stop() -> None:
        wait_for(lambda: all((folder / "process").exists() for folder in folders), "both train")
        os.kill(os.getpid(), signal.SIGTERM)

    stopping = threading.Thread(target=stop)
    stopping.start()
    code, said = colorize(
        *("train", "all", "--data", place / "data", "--out", place / "runs"),
        *("--plan", place / "plan.toml", "--device", "cpu", "--jobs", "2"),
    )
    stopping.join()
    assert code == 130
    assert "stopped; nothing to resume was written" in said
    assert not any(is_alive(int((folder / "process").read_text())) for folder in folders)
    assert states(place) == {"long-a": "stopped", "long-b": "stopped", "third": "waiting"}


def test_time_left_comes_from_the_last_two_evaluations(queue, place):
    folder = place / "runs" / "unet-gan"
    folder.mkdir(parents=True)
    lines = [
        {"images": 0, "seconds": 0.0},
        {"images": 40, "seconds": 10},
        {"images": 100, "seconds": 15},
    ]
    (folder / HISTORY).write_text("\n".join(map(json.dumps, lines)))
    (folder / "config.json").write_text(json.dumps({"training": {"training_photos": 70}}))
    entry = {"name": "unet-gan", "trains": "unet-gan", "epochs": 10, "state": "running"}
    for process, state in ((os.getpid(), "running"), (2**22 + 1, "stopped")):
        (place / "runs" / QUEUE).write_text(json.dumps({"process": process, "runs": [entry]}))
        (found,) = queue_status(place / "runs")
        assert (found.state, found.images, found.total, found.rate) == (state, 100, 700, 12)
        assert found.seconds_left == pytest.approx(50, abs=5)
        assert found.share == pytest.approx(1 / 7)


def test_options_of_a_single_run_are_refused_for_all(colorize, place):
    everything = ("train", "all", "--data", place, "--out", place / "runs")
    code, said = colorize(*everything, "--epochs", "3")
    assert (code, said.count("\n")) == (1, 1)
    assert "--epochs is for a single run; for all, write it into the --plan" in said
    code, said = colorize("train", "gan", "--data", place, "--jobs", "2")
    assert "--jobs is for `colorize train all`" in said
    code, said = colorize(*everything, "--jobs", "0")
    assert "--jobs must be 1 or more, got 0" in said
    code, said = colorize("train", "all", "--out", place / "runs")
    assert "needs one --data folder that holds the data sets, got none" in said
    code, said = colorize("train", "all", "--out", place / "runs", "--status")
    assert (code, "no queue has trained into" in said) == (1, True)
    assert not (place / "runs").exists()
