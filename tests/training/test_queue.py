"""A queue trains the runs of a plan in order, and survives whatever ends one of them, or itself."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
(out / "words.json").write_text(json.dumps([words, os.environ.get("OMP_NUM_THREADS")]))
time.sleep(0.2)
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
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert max(map(len, watch(queue("".join(map(run, "abc")), jobs=2)))) == 2
    assert json.loads((place / "runs" / "a" / "words.json").read_text())[1] == "4"


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
WHOLE = 60 * 8 / 11
"""Epochs of sixty intervals: long enough to be stopped twice on the way."""


def real(epochs: float, **changes) -> str:
    """A tiny run of the U-Net GAN, that of `support.training.teach`."""
    method = METHODS["unet-gan"]
    config = {**tiny_config(method).to_json(), **changes}
    settings = {key: value for key, value in config.items() if value != getattr(method.config, key)}
    more = f"set = {{ {', '.join(f'{key} = {value}' for key, value in settings.items())} }}"
    return run("unet-gan", f"epochs = {epochs}\n{more}\n{REAL}", "unet-gan")


@pytest.fixture
def command(place) -> Iterator[Callable[..., subprocess.Popen]]:
    """`command(plan)`: the queue as a process of its own, killed in the end."""
    started = []

    def start(text: str) -> subprocess.Popen:
        (place / "plan.toml").write_text(text)
        words = f"train all --data {place / 'data'} --out {place / 'runs'}"
        words += f" --plan {place / 'plan.toml'} --device cpu --precision fp32"
        program = [sys.executable, "-m", "colorize_core", *words.split()]
        kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        environment = {**os.environ, "COLUMNS": "300"}
        started.append(subprocess.Popen(program, cwd=ROOT, env=environment, **kept))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


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


def test_neither_a_signal_nor_a_kill_of_the_queue_loses_anything(
    command, queue, place, photo_folder, colorize
):
    folder = place / "runs" / "unet-gan"
    for sent in (signal.SIGTERM, signal.SIGKILL):
        process, before = command(real(WHOLE)), len(read_history(folder))
        wait_for(lambda before=before: len(read_history(folder)) > before + 1, "history grows")
        child = holder(folder)
        process.send_signal(sent)
        said, _ = process.communicate(timeout=120)
        wait_for(lambda child=child: not is_alive(child), "the run ends with the queue")
        assert states(place) == {"unet-gan": "stopped"}
        if sent == signal.SIGTERM:
            assert process.returncode == 130
            assert "stopped; continue with the same command" in said
    assert queue(real(WHOLE)).train() == {}
    straight = teach("unet-gan", options(photo_folder, place / "straight", epochs=WHOLE))
    assert_same_run(folder, straight)
    # What is finished is left alone, and another run in its place as well.
    again = queue(real(WHOLE))
    assert again.train(lambda: pytest.fail("it is finished")) == {}
    written = {path: path.read_bytes() for path in folder.rglob("*.*")}
    failed = queue(real(WHOLE, dropout=0.25)).train()
    assert "has dropout = 0.5, not 0.25; give the same value" in failed["unet-gan"]
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == written
    code, said = colorize("train", "all", "--out", place / "runs", "--status")
    assert code == 0
    assert "1 failed; below" in said
    assert "480 of 480" in said


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
