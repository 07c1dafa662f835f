"""Train the runs of a plan, each in a process of its own, so that a crash ends one run only."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from colorize_core.errors import CheckpointError, StorageError
from colorize_core.files import write_json
from colorize_core.inference.devices import pick_device
from colorize_core.runs import METRICS_FILE, QUEUE, SHIPPED, read_config
from colorize_core.training.engine import BEST
from colorize_core.training.plan import Plan, PlannedRun
from colorize_core.training.queue_status import DONE, FAILED, IN_QUEUE, RUNNING, STOPPED, WAITING
from colorize_core.training.state import FILE, WRONG, locked, read_images

PROGRAM = [sys.executable, "-m", "colorize_core"]
LOOK_EVERY = 2.0
"""Seconds between two looks at the processes."""
PATIENCE = 20.0
"""Seconds that a process has to end when it is asked to."""


class Queue:
    """The runs of a plan, the processes of those that train, and how the others ended."""

    def __init__(
        self,
        plan: Plan,
        data: Path,
        out: Path,
        jobs: int = 1,
        device: str = "auto",
        precision: str = "auto",
        say: Callable[[str], None] = print,
    ) -> None:
        """Take a plan; nothing is started.

        Args:
            plan: what is trained, in its order.
            data: holds the data folders that the plan names.
            out: gets a folder for each run.
            jobs: runs at a time on the CPU; a GPU takes one after the other.
            device: as `TrainingOptions`.
            precision: as `TrainingOptions`.
            say: gets the lines that the runs print, and a sentence for each that fails.
        """
        self.plan, self.data, self.out, self.say = plan, Path(data), Path(out), say
        self.parents = {run.name: plan.parent(run) for run in plan.runs}
        self.on_cpu = pick_device(device).type == "cpu"
        self.jobs = jobs if self.on_cpu else 1
        self.everywhere = ["--device", device, "--precision", precision]
        self.states = dict.fromkeys([*plan.faults, *(run.name for run in plan.runs)], WAITING)
        self.reasons: dict[str, str] = {}
        self.processes: dict[str, tuple[subprocess.Popen, threading.Thread]] = {}
        self.last_words: dict[str, str] = {}

    def train(self, show: Callable[[], None] = lambda: None) -> dict[str, str]:
        """Train what is not finished yet; returns the reason of each run that failed.

        Args:
            show: called every `LOOK_EVERY` seconds.

        Raises:
            ConfigError: another queue trains into the folder.
            StorageError: the folder cannot be made.
        """
        with locked(self.out):
            try:
                self._look_around()
                while self._start_next():
                    show()
                    time.sleep(LOOK_EVERY)
                    self._collect()
            finally:
                self._stop()
        return self.reasons

    def _look_around(self) -> None:
        """What is finished already, and what cannot be trained."""
        for name, fault in self.plan.faults.items():
            self._fail(name, fault)
        for run in self.plan.runs:
            missing = [name for name in run.data if not (self.data / name).is_dir()]
            if is_finished(run, self.out / run.name):
                self.states[run.name] = DONE
            elif missing:
                folder = self.data / missing[0]
                self._fail(run.name, f"there is no folder {folder}; add it and start again")
        self._write()

    def _start_next(self) -> bool:
        """Start what is ready while there is room; whether anything runs."""
        self._fail_heirs()
        for run in self.plan.runs:
            ready = self.states.get(self.parents[run.name], DONE) == DONE
            if self.states[run.name] == WAITING and ready and len(self.processes) < self.jobs:
                self._start(run)
        return bool(self.processes)

    def _fail_heirs(self) -> None:
        """Give up what starts from what failed, and what starts from that."""
        heirs = [
            (name, parent)
            for name, parent in self.parents.items()
            if self.states[name] == WAITING and self.states.get(parent) == FAILED
        ]
        for name, parent in heirs:
            self._fail(name, f"it starts from {parent}, which failed")
        if heirs:
            self._fail_heirs()

    def _start(self, run: PlannedRun) -> None:
        environment = {**os.environ, IN_QUEUE: "1"}
        if self.on_cpu:
            share = str(max(1, (os.cpu_count() or 1) // self.jobs))
            threads = os.environ.get("OMP_NUM_THREADS", share)
            # Both: where they differ, threads that wait for each other cost most of the time.
            environment |= {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        process = subprocess.Popen(
            [*PROGRAM, *self.words(run), *self.everywhere],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            errors="replace",
            start_new_session=True,  # an interrupt from the keyboard is for the queue alone
        )
        self.states[run.name] = RUNNING
        listener = threading.Thread(target=self._listen, args=(run.name, process), daemon=True)
        self.processes[run.name] = process, listener
        listener.start()
        self._write()

    def words(self, run: PlannedRun) -> list[str]:
        """The command line of a run."""
        out, parent = self.out / run.name, self.parents[run.name]
        words = ["train" if run.method else "train-classifier", run.trains, "--out", str(out)]
        words += [word for name in run.data for word in ("--data", str(self.data / name))]
        words += [word for key, value in run.options.items() for word in (f"--{key}", str(value))]
        words += [f"--set={key}={value}" for key, value in run.settings.items()]
        words += ["--seed", str(run.seed)]
        if run.starts_from:
            start = self.out / parent / BEST if parent else SHIPPED / run.starts_from
            words += ["--init", str(start)]
        return [*words, "--resume"] if (out / FILE).exists() else words

    def _listen(self, name: str, process: subprocess.Popen) -> None:
        for line in process.stderr:
            if line.strip():
                self.last_words[name] = line.strip()
            if line.strip() and not line.startswith("error: "):  # those are said when it has ended
                self.say(f"{name}: {line.strip()}")

    def _collect(self) -> None:
        for name, (process, listener) in list(self.processes.items()):
            if process.poll() is None:
                continue
            del self.processes[name]
            listener.join(PATIENCE)
            with process:  # closes its pipes
                pass
            if process.returncode == 0:
                self.states[name] = DONE
            else:
                self._fail(name, _reason(process.returncode, self.last_words.get(name, "")))
            self._write()

    def _fail(self, name: str, reason: str) -> None:
        self.states[name], self.reasons[name] = FAILED, reason
        self.say(f"error: {name}: {reason}")

    def _stop(self) -> None:
        """End what still runs; its last state is on disk."""
        for process, _ in self.processes.values():
            process.terminate()
        for name, (process, listener) in self.processes.items():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            listener.join(PATIENCE)
            with process:
                self.states[name] = STOPPED
        self._write()

    def _write(self) -> None:
        runs = [(run.name, run.trains, run.options["epochs"]) for run in self.plan.runs]
        runs += [(name, "", 0) for name in self.plan.faults]
        content = [
            {"name": name, "trains": trains, "epochs": epochs, "state": self.states[name],
             "reason": self.reasons.get(name, "")}
            for name, trains, epochs in runs
        ]  # fmt: skip
        try:
            write_json(self.out / QUEUE, {"process": os.getpid(), "runs": content})
        except StorageError as error:  # the runs may have room elsewhere, or soon
            self.say(f"error: {error}")


def _reason(code: int, last: str) -> str:
    if code == -9:
        return "its process was killed, by hand or for want of memory; start again to go on"
    if code < 0 or code == 130:
        return "its process was stopped; start again to go on"
    return last.removeprefix("error: ") or f"its process ended with code {code}"


def is_finished(run: PlannedRun, folder: Path) -> bool:
    """Whether a folder holds this very run, trained to its end.

    Another run there is none of this one: training refuses to go on with it, and says why.
    """
    try:
        content, images = read_config(folder), read_images(folder)
        training = content["training"]
        wanted = training["training_photos"] * run.options["epochs"]
        seen = training["images_seen"] if images is None else images
        return seen >= wanted and _is_of(run, content, training) and _is_measured(run, folder)
    except (CheckpointError, *WRONG):
        return False


def _is_of(run: PlannedRun, content: dict[str, Any], training: dict[str, Any]) -> bool:
    free = ("epochs", "evaluate-every")
    asked = {key.replace("-", "_"): run.options[key] for key in run.options if key not in free}
    same = all(training[key] == value for key, value in asked.items())
    if run.method:
        config = run.method.read_config(content["config"])
        same = same and content["method"] == run.trains and config == run.config
    else:
        same = same and content["classifier"] == run.trains
    return same and training["seed"] == run.seed and training["data"] == [*run.data]


def _is_measured(run: PlannedRun, folder: Path) -> bool:
    return run.method is not None or (folder / METRICS_FILE).exists()
