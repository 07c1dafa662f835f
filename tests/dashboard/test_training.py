"""The page of training curves."""

import json
import os
import shutil
from pathlib import Path

import pytest
from support.dashboard import OTHER, figure, history_line, trace, warnings_of
from support.locked import lock
from support.tiny import STUDIO

from colorize_core import runs


@pytest.fixture
def run_folder(filled, tmp_path) -> Path:
    """A run that may be written to."""
    return Path(shutil.copytree(filled / OTHER, tmp_path / "young"))


def test_history_is_drawn_and_the_best_marked(open_page, filled):
    at = open_page("training", filled, training_runs=OTHER)
    at.selectbox(key="training_x").set_value("seconds").run()
    chart = figure(at, "training_raw_auc")
    curve = trace(chart, f"{OTHER} validation")
    assert list(curve["x"]) == [0, 3, 6, 9]
    assert list(curve["y"]) == pytest.approx([90, 90.7, 90.8, 90.3])
    assert trace(chart, f"{OTHER} best")["x"][0] == 6
    assert trace(chart, OTHER)["legendgroup"] == curve["legendgroup"]
    assert list(trace(chart, "plain grey")["y"]) == [89, 89]


def test_curves_grow_with_the_file_and_skip_half_a_line(open_page, filled, run_folder):
    at = open_page("training", filled, training_runs="", training_folder=str(run_folder))
    name = f"{run_folder.name} validation"
    assert len(trace(figure(at, "training_raw_auc"), name)["x"]) == 4
    with (run_folder / runs.HISTORY).open("a") as file:
        file.write(history_line(4)[:30])
    at.run()
    assert len(trace(figure(at, "training_raw_auc"), name)["x"]) == 4
    assert not at.warning
    with (run_folder / runs.HISTORY).open("a") as file:
        file.write(history_line(4)[30:])
    at.run()
    assert list(trace(figure(at, "training_raw_auc"), name)["x"]) == [0, 100, 200, 300, 400]


def test_a_run_without_points_says_so(open_page, filled, run_folder):
    (run_folder / runs.HISTORY).write_text("")
    at = open_page("training", filled, training_runs="", training_folder=str(run_folder))
    assert f"**{run_folder.name}**: no point is written yet" in warnings_of(at)
    (run_folder / runs.HISTORY).unlink()
    assert "history.jsonl is missing" in warnings_of(at.run())


def test_a_folder_of_runs_can_be_watched(open_page, filled, tmp_path):
    at = open_page("training", tmp_path / "nowhere", training_folder=str(filled))
    assert {t["name"].split()[0] for t in figure(at, "training_l1")["data"]} >= set(STUDIO)
    at.text_input(key="training_folder").set_value(str(tmp_path / "nothing")).run()
    assert "no folder of a run" in warnings_of(at)


def test_the_queue_of_a_watched_folder_is_shown(open_page, run_folder):
    root = run_folder.parent
    config = json.loads((run_folder / runs.CONFIG).read_text())
    config["training"] = {"training_photos": 60}
    (run_folder / runs.CONFIG).write_text(json.dumps(config))
    parts = {"trains": OTHER, "epochs": 10}
    queue = [
        {"name": run_folder.name, "state": "running", **parts},
        {"name": "lost", "state": "failed", "reason": "there is no folder here", **parts},
    ]
    (root / runs.QUEUE).write_text(json.dumps({"process": os.getpid(), "runs": queue}))
    at = open_page("training", root, training_runs="", training_folder=str(root))
    young, lost = at.dataframe[0].value.to_dict("records")
    assert (young["state"], young["done"], young["images"]) == ("running", 50, 300)
    assert young["images/s"] == pytest.approx(100 / 3)
    assert (lost["state"], lost["reason"]) == ("failed", "there is no folder here")
    assert "**Queue**: 1 running, 1 failed" in [caption.value for caption in at.caption]
    (root / runs.QUEUE).write_text("[]")
    at.run()
    assert "queue.json is damaged" in warnings_of(at)
    assert at.get("plotly_chart")


def test_options_change_the_charts(open_page, filled):
    at = open_page("training", filled)
    at.toggle(key="training_log").set_value(True)
    at.slider(key="training_smoothing").set_value(0.5)
    at.slider(key="training_skip").set_value(40)
    at.multiselect(key="training_terms").set_value(["l1", "raw_auc"]).run()
    assert len(at.get("plotly_chart")) == 2
    chart = figure(at, "training_l1")
    assert chart["layout"]["yaxis"]["type"] == "log"
    assert list(trace(chart, f"{OTHER} training")["x"]) == [200, 300]
    assert trace(chart, f"{OTHER} training")["y"][1] > 0.25


def test_what_the_discriminator_takes_for_true_is_drawn_where_it_is_known(
    open_page, filled, run_folder
):
    assert (
        "discriminator_true"
        not in open_page("training", filled).multiselect(key="training_terms").options
    )
    line = json.loads(history_line(5))
    line |= {"val_discriminator_true": 0.75, "val_discriminator_generated": 0.25}
    with (run_folder / runs.HISTORY).open("a") as file:
        file.write(json.dumps(line) + "\n")
    at = open_page("training", filled, training_runs="", training_folder=str(run_folder))
    at.multiselect(key="training_terms").set_value(["discriminator_true"]).run()
    chart = figure(at, "training_discriminator_true")
    assert list(trace(chart, "young validation")["y"]) == [0.75]
    assert "young best" not in {t.get("name") for t in chart["data"]}
    assert chart["layout"]["yaxis"]["title"]["text"] == "True pictures taken for true (share)"


def test_a_discriminator_that_won_is_named(open_page, run_folder):
    config = json.loads((run_folder / runs.CONFIG).read_text())
    config["config"]["real_label"] = 0.9
    (run_folder / runs.CONFIG).write_text(json.dumps(config))
    shares = {"val_discriminator_true": 0.9, "val_discriminator_generated": 0.9}
    for loss, expected in ((0.33, "the discriminator won"), (1.1, "the adversary was alive")):
        lines = [json.loads(history_line(step)) | shares for step in range(1, 5)]
        for line in lines[1:]:
            line["train_discriminator"] = loss
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (run_folder / runs.HISTORY).write_text(text)
        at = open_page("training", run_folder.parent, training_runs="young")
        said = [caption.value for caption in at.caption if "**young**" in caption.value]
        assert len(said) == 1
        assert expected in said[0]


def test_choices_are_taken_from_the_url(open_page, filled):
    at = open_page(
        "training", filled, training_terms="Learning rate", training_x="training time (seconds)"
    )
    assert len(at.get("plotly_chart")) == 1
    assert figure(at, "training_lr")["layout"]["xaxis"]["title"]["text"].startswith("training t")
    assert not open_page("training", filled, training_terms="").get("plotly_chart")
    assert open_page("training", filled, training_x="nonsense").get("plotly_chart")


def test_a_run_that_may_not_be_looked_into_is_named(open_page, filled, tmp_path, monkeypatch):
    for name in ("locked", "open"):
        shutil.copytree(filled / OTHER, tmp_path / "runs" / name)
    lock(monkeypatch, tmp_path / "runs" / "locked")
    at = open_page("training", filled, training_runs="", training_folder=str(tmp_path / "runs"))
    assert "locked cannot be read; change its permissions" in warnings_of(at)
    assert trace(figure(at, "training_raw_auc"), "open validation")
