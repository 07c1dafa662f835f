"""Checkpoints with everything that a trained one has beside it, damaged ones, and pages."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.dashboard import CLASSIFIER, FILLED, OTHER, SCRIPT, SWEPT, history_line

from colorize_core import runs
from colorize_core.data.folders import list_photos
from colorize_core.evaluation import class_prior
from colorize_core.evaluation.evaluate import evaluate, method_metrics
from colorize_core.evaluation.temperature_sweep import sweep, write_sweep
from colorize_core.files import write_json
from colorize_core.inference.colorizer import load_colorizer


@pytest.fixture(scope="session")
def filled(tiny_checkpoints, photo_folder, tmp_path_factory) -> Path:
    """Untrained checkpoints with everything a trained one has beside it; do not write to it."""
    root = tmp_path_factory.mktemp("filled")
    for name in FILLED:
        shutil.copytree(tiny_checkpoints / name, root / name)
    files = list_photos(photo_folder)[:3]
    colorizers = [load_colorizer(name, root / name) for name in FILLED]
    results = evaluate(colorizers, files)
    for colorizer in colorizers:
        folder = root / colorizer.method.name
        write_json(folder / runs.METRICS_FILE, method_metrics(colorizer, "test", results))
        (folder / runs.HISTORY).write_text("".join(history_line(i) for i in range(4)))
        if colorizer.method.has_temperature:
            write_sweep(folder, sweep(colorizer, files, "test", temperatures=SWEPT))
    class_prior.add_prior(root, "hills", class_prior.count_photos(files))
    return root


@pytest.fixture(scope="session")
def damaged(filled, tmp_path_factory) -> Path:
    """One folder for each way in which a checkpoint can be broken."""
    root = tmp_path_factory.mktemp("damaged")
    whole, classifier = filled / OTHER, filled / CLASSIFIER
    weights = (whole / runs.WEIGHTS).read_bytes()
    breaks = {
        "no-history": (whole, runs.HISTORY, None),
        "broken-json": (whole, runs.CONFIG, b'{"method": '),
        "unknown": (whole, runs.CONFIG, b'{"method": "dream", "config": {}}'),
        "not-a-dict": (whole, runs.CONFIG, b"[1]"),
        "no-metrics": (whole, runs.METRICS_FILE, None),
        "odd-metrics": (whole, runs.METRICS_FILE, b'{"rows": 3}'),
        "odd-history": (whole, runs.HISTORY, f"nonsense\n[1]\n{history_line(1)}".encode()),
        "no-weights": (whole, runs.WEIGHTS, None),
        "cut-weights": (whole, runs.WEIGHTS, weights[:-100]),
        "odd-sweep": (classifier, runs.SWEEP, b'{"temperatures": [0, 1]}'),
    }
    for name, (source, file, content) in breaks.items():
        shutil.copytree(source, root / name)
        (root / name / file).unlink()
        if content is not None:
            (root / name / file).write_bytes(content)
    (root / "empty").mkdir()
    (root / runs.PRIOR).write_text("{")
    return root


@pytest.fixture
def copied(filled, tmp_path) -> Path:
    """A copy of `filled` that may be written to."""
    return Path(shutil.copytree(filled, tmp_path / "copied"))


@pytest.fixture
def open_page(monkeypatch) -> Callable[..., AppTest]:
    """`open_page(page, root, **query)` -> the page, run once."""

    def call(page: str, root: Path, **query: str) -> AppTest:
        monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(root))
        at = AppTest.from_file(str(SCRIPT), default_timeout=120)
        at.query_params.update(query)
        if page != "overview":
            at.switch_page(f"views/{page}.py")
        at.run()
        assert not at.exception, at.exception
        return at

    return call
