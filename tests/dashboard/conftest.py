"""Checkpoints with everything that a trained one has beside it."""

import shutil
from pathlib import Path

import pytest
from support.dashboard import FILLED, SWEPT, history_line

from colorize_core import runs
from colorize_core.data.folders import list_photos
from colorize_core.evaluation import class_prior
from colorize_core.evaluation.evaluate import evaluate_by_data, method_report, write_report
from colorize_core.evaluation.temperature_sweep import sweep, write_sweep
from colorize_core.inference.colorizer import load_colorizer


@pytest.fixture(scope="session")
def filled(tiny_checkpoints, photo_folder, tmp_path_factory) -> Path:
    """Untrained checkpoints with everything a trained one has beside it; do not write to it."""
    root = tmp_path_factory.mktemp("filled")
    for name in FILLED:
        shutil.copytree(tiny_checkpoints / name, root / name)
    files = list_photos(photo_folder)[:3]
    colorizers = [load_colorizer(name, root / name) for name in FILLED]
    parts = evaluate_by_data(colorizers, files)
    for colorizer in colorizers:
        folder = root / colorizer.method.name
        write_report(folder, method_report(colorizer, parts, files))
        (folder / runs.HISTORY).write_text("".join(history_line(i) for i in range(4)))
        if colorizer.method.has_temperature:
            write_sweep(folder, sweep(colorizer, files, temperatures=SWEPT))
    class_prior.add_prior(root, "hills", class_prior.count_photos(files))
    return root
