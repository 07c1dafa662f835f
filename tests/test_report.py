"""The results table: made from metrics.json, and the README's copy is not stale."""

import json
from pathlib import Path

import pytest

from colorize_core import report
from colorize_core.checkpoint import SHIPPED, list_checkpoints
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.metrics.table import METRICS

README = Path(__file__).parent.parent / "README.md"


def measured(value: float) -> dict[str, dict[str, float]]:
    return {name: {"value": value, "low": value - 1, "high": value + 2} for name in METRICS}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "classification"
    folder.mkdir()
    content = {
        "method": "classification",
        "rows": {"T=1": measured(10), "T=0.38": measured(20)},
        "grey": measured(5),
        "truth": measured(90),
        "n": 7,
        "data": {"photos": 7},
    }
    (folder / "metrics.json").write_text(json.dumps(content))
    return tmp_path


def test_table_has_grey_truth_and_every_variant(root):
    lines = report.results_table(root).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:6]] == [
        "the originals",
        "plain grey",
        "`classification` T = 1",
        "`classification` T = 0.38",
    ]
    assert "20.00 ± 1.50" in lines[5]
    assert "7 test photos (7 of photos)" in lines[-1]


def test_rewrite_keeps_the_rest_of_the_file(root, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.rewrite(path, report.results_table(root))
    text = path.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "plain grey" in text
    assert "old" not in text


def test_rewrite_refuses_a_file_without_markers(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("nothing here")
    with pytest.raises(ConfigError, match="lacks the lines"):
        report.rewrite(path, "table")
    assert path.read_text() == "nothing here"


def test_no_metrics_is_said(tmp_path):
    with pytest.raises(CheckpointError, match="colorize evaluate"):
        report.results_table(tmp_path)


def test_damaged_metrics_are_named(root):
    path = root / "classification" / "metrics.json"
    path.write_text("{")
    with pytest.raises(CheckpointError, match="damaged"):
        report.results_table(root)


def test_readme_shows_the_shipped_metrics():
    assert list_checkpoints(), "no checkpoint is shipped"
    table = report.results_table(SHIPPED)
    assert f"{report.BEGIN}\n\n{table}\n\n{report.END}" in README.read_text(encoding="utf-8")
