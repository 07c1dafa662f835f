"""What a training run writes, and that it is the same run again."""

import json

import pytest
from support.tiny import STUDIO
from support.training import (
    assert_same_run,
    options,
    small_config,
)

from colorize_core.inference.colorizer import load_colorizer
from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import load_model, read_checkpoint
from colorize_core.runs import CONFIG, HISTORY, WEIGHTS, read_history, training_totals
from colorize_core.training.engine import BEST, train
from colorize_core.training.options import TrainingOptions
from colorize_core.training.state import FILE

every_kind = pytest.mark.parametrize("name", STUDIO)


@every_kind
def test_a_run_writes_history_line_by_line(name, finished):
    text = (finished(name) / HISTORY).read_text()
    lines = [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()]
    assert text.endswith("\n")
    assert [line["images"] for line in lines] == [0, 8, 16, 24]
    seconds = [line["seconds"] for line in lines]
    assert seconds == sorted(seconds)
    measures = {"raw_auc", "rebalanced_auc", "chroma", "colorfulness", "loss"}
    for line in lines:
        assert {f"val_{measure}" for measure in measures} <= line.keys()
        assert {"val_grey_raw_auc", "val_grey_rebalanced_auc", "val_true_chroma"} <= line.keys()
        assert all(isinstance(value, int | float) for value in line.values())
    terms = {
        "regression": {"train_huber"},
        "gan": {"train_generator", "train_discriminator", "train_l1"},
        "classification": {"train_cross_entropy"},
    }[name]
    assert all(terms <= line.keys() for line in lines[1:])
    assert not terms & lines[0].keys(), "nothing was learnt yet"
    assert len({line["val_grey_raw_auc"] for line in lines}) == 1


@every_kind
def test_a_run_writes_a_checkpoint_that_colorizes(name, finished, make_photo):
    assert {p.name for p in finished(name).iterdir()} == {CONFIG, WEIGHTS, HISTORY, FILE, BEST}
    found = read_checkpoint(finished(name))
    assert found.config == small_config(name)
    assert found.training["images_seen"] == 24
    assert found.training["training_photos"] == 11
    assert found.training["validation_photos"] == 1
    assert load_colorizer(name, finished(name))(make_photo(50, 40)).size == (50, 40)


def test_a_run_notes_what_it_started_from(finished, photo_folder, tmp_path):
    start = finished("regression")
    run = options(photo_folder, tmp_path / "run", init=start, epochs=1e-9)
    again = options(photo_folder, tmp_path / "again", init=run.out, epochs=1e-9)
    for one in (run, again):
        train(METHODS["regression"], small_config("regression"), one)
    seen = [read_checkpoint(o.out).training["images_seen"] for o in (run, again)]
    found = read_checkpoint(again.out).training
    assert (found["init"], found["before"]["images_seen"]) == ("run", 24 + seen[0])
    assert training_totals(again.out).images == 24 + sum(seen)
    assert "before" not in read_checkpoint(start).training


def test_a_classification_run_stores_prior_and_weights(finished):
    model = load_model(read_checkpoint(finished("classification")))
    assert model.prior.sum().item() == pytest.approx(1, abs=1e-4)
    assert (model.prior > 0).sum() < 261, "twelve photos do not show all colours"
    assert model.weights.max() > 2 * model.weights.min()


@every_kind
def test_a_run_learns(name, photo_folder, tmp_path):
    """Not much in a minute of nothing, but the loss falls."""
    run = options(photo_folder, tmp_path / "run", epochs=30, evaluate_every=110, lr=5e-3)
    train(METHODS[name], small_config(name, width=0.1), run)
    term = {"gan": "l1", "regression": "huber", "classification": "cross_entropy"}[name]
    values = [line[f"train_{term}"] for line in read_history(tmp_path / "run")[1:]]
    assert values[-1] < 0.95 * values[0]


@every_kind
def test_the_same_seed_gives_the_same_run(name, finished, photo_folder, tmp_path):
    other = train(METHODS[name], small_config(name), options(photo_folder, tmp_path / "again"))
    assert_same_run(other, finished(name))


def test_minutes_end_a_run(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", epochs=None, minutes=1e-3)
    train(METHODS["regression"], small_config("regression"), run)
    assert len(read_history(tmp_path / "run")) >= 2


def test_one_broken_picture_is_left_out(photo_folder, tmp_path, caplog):
    data = tmp_path / "data"
    data.mkdir()
    for i, path in enumerate(sorted(photo_folder.rglob("*.png"))):
        (data / f"{i:02}.png").write_bytes(path.read_bytes()[: 100 if i == 5 else None])
    train(METHODS["regression"], small_config("regression"), options(data, tmp_path / "run"))
    assert "05.png" in caplog.text
    assert read_checkpoint(tmp_path / "run").training["training_photos"] == 10


def test_the_best_checkpoint_is_that_of_the_least_validation_loss(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path / "run", lr=0.3)  # so high that the loss jumps about
    train(METHODS["unet-l2"], small_config("unet-l2"), run)
    losses = {line["images"]: line["val_loss"] for line in read_history(run.out)}
    kept = read_checkpoint(run.out / BEST).training["images_seen"]
    assert losses[kept] == min(losses.values())


def test_a_recipe_fills_what_the_options_leave_open(tmp_path):
    given = TrainingOptions((tmp_path,), tmp_path, epochs=1, crop=64)
    filled = given.completed(METHODS["resnet18-mse"].recipe)
    assert (filled.crop, filled.lr, filled.batch_size) == (64, 0.01, 32)
