"""Several processes, one model: they stop together and lower the rate together."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from colorize_core.runs import read_history
from colorize_core.training import engine

WORKER = """
import json, os, sys, time
from pathlib import Path

import torch
from support.training import options, teach

from colorize_core.training import colorization, engine

torch.set_num_threads(1)
data, out, rank, ends = Path(sys.argv[1]), Path(sys.argv[2]), int(os.environ["RANK"]), {}
to_the_end, started, now = engine.Run.to_the_end, time.monotonic(), time.monotonic


def recorded(run):
    to_the_end(run)
    model = run.task.bare("model")
    weights = torch.cat([p.detach().flatten() for p in model.parameters()])
    ends[run.options.out.name] = {
        "images": run.position.images,
        "lr": run.task.optimizers["model"].param_groups[0]["lr"],
        "drops": run.plateau.drops,
        "weights": float(weights.double().sum()),
    }


engine.Run.to_the_end = recorded
# The second process's clock is twice as fast.
engine.time.monotonic = lambda: started + (now() - started) * (1 + rank)
timed = {"epochs": None, "minutes": 0.01, "evaluate_every": 64}
for name in ("cifar-yuv-l2", "unet-gan"):
    teach(name, options(data, out / name, **timed))
if rank == 0:  # only the first process measures
    validate, falling = colorization.ColorizationTask.validate, [3.0, 2.0]
    colorization.RegressionTask.validate = lambda task: {
        **validate(task), "loss": falling.pop(0) if falling else 1.0
    }
teach("unet-l2", options(data, out / "unet-l2", epochs=8 * 7 / 11))
(out / f"{rank}.json").write_text(json.dumps(ends))
torch.distributed.destroy_process_group()
"""


@pytest.fixture(scope="module")
def ends(photo_folder, tmp_path_factory) -> tuple[Path, list[dict]]:
    """Three runs in two processes: their folder, and what each of the processes ends with."""
    out = tmp_path_factory.mktemp("processes")
    root = Path(engine.__file__).parents[2]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(root), str(root / "tests"))),
        "OMP_NUM_THREADS": "1",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
        "WORLD_SIZE": "2",
    }
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, photo_folder, out],
            env={**environment, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for rank in (0, 1)
    ]  # fmt: skip
    try:
        texts = [worker.communicate(timeout=120)[1] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert [worker.returncode for worker in workers] == [0, 0], texts
    return out, [json.loads((out / f"{rank}.json").read_text()) for rank in (0, 1)]


@pytest.mark.parametrize("name", ["cifar-yuv-l2", "unet-gan"])
def test_processes_stop_at_the_same_step_with_the_same_weights(name, ends):
    out, (first, second) = ends
    assert first[name] == second[name]
    assert first[name]["images"] == read_history(out / name)[-1]["images"] > 0
    assert first[name]["images"] % 8 == 0, "both of them draw a batch"


def test_plateaus_are_counted_together(ends):
    _, (first, second) = ends
    assert first["unet-l2"] == second["unet-l2"]
    assert first["unet-l2"]["drops"] == 1, "the loss stands still from the third of eight on"
