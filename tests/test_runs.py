"""What a chain of runs adds up to."""

import json

import pytest
from support.locked import lock

from colorize_core.errors import CheckpointError
from colorize_core.runs import (
    TrainingTotals,
    list_runs,
    read_config,
    read_history,
    read_metrics,
    read_sweep,
    training_totals,
)


@pytest.fixture
def write(tmp_path):
    """`write(name, **training)`: a run folder with that much training."""

    def make(name: str, **training):
        (tmp_path / name).mkdir()
        content = {"method": "gan", "config": {}, "training": training}
        (tmp_path / name / "config.json").write_text(json.dumps(content))
        return tmp_path / name

    return make


def test_totals_follow_the_chain_of_runs(write):
    write("first", images_seen=100, seconds=10, init=None)
    write("second", images_seen=20, seconds=2, init="first")
    third = write("third", images_seen=3, seconds=0.5, init="second")
    assert training_totals(third) == TrainingTotals(123, 12.5, whole=True)


@pytest.mark.parametrize("init", ["gone", "run"])
def test_totals_are_the_least_where_a_run_is_gone_or_overwritten(write, init):
    folder = write("run", images_seen=20, seconds=2, init=init)
    assert training_totals(folder) == TrainingTotals(20, 2, whole=False)


def test_a_run_may_note_what_it_started_from(write):
    for whole in (True, False):
        before = TrainingTotals(1000, 60, whole).to_json()
        folder = write(f"run {whole}", images_seen=20, seconds=2, init="run", before=before)
        assert training_totals(folder) == TrainingTotals(1020, 62, whole)


def test_a_run_that_tells_nothing_has_no_totals(write, tmp_path):
    assert training_totals(write("run", data=["photos"])) is None
    assert training_totals(tmp_path / "nowhere") is None


def test_a_run_that_may_not_be_looked_into_is_named(write, monkeypatch):
    folders = [write(name) for name in ("a", "b")]
    lock(monkeypatch, folders[0])
    assert list(list_runs(folders[0].parent)) == ["a", "b"]
    for read in (read_config, read_metrics, read_sweep, training_totals):
        with pytest.raises(CheckpointError, match=r"/a cannot be read; change its permissions"):
            read(folders[0])
    assert read_history(folders[0]) == []
