import json
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage import data as bundled
from skimage.color import rgb2lab

from colorize_core.color.classes import grid_centres
from colorize_core.data.folders import list_photos
from colorize_core.errors import DataError
from colorize_core.evaluation import evaluate
from colorize_core.image.read import load_image
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.inference.lightness import grey_picture
from colorize_core.methods import METHODS
from colorize_core.metrics.table import CLASSIFIER_METRICS, METRICS
from colorize_core.runs import METRICS_FILE, SHIPPED, WEIGHTS, list_runs

FACE_METRICS = {"face_delta_e2000", "green_or_blue_faces"}
TEMPERATURES = {f"T={t:g}" for t in evaluate.TEMPERATURES}


def variants(name: str) -> set[str]:
    """What is measured of a method."""
    if METHODS[name].has_temperature:
        return TEMPERATURES
    return {"", "as generated"} if METHODS[name].config.color_space == "rgb" else {""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, make_photo) -> Path:
    """Four photos in a test split, one of them broken, and one photo that is not for testing."""
    folder = tmp_path_factory.mktemp("evaluation")
    (folder / "test").mkdir()
    for i in range(3):
        make_photo(40, 30 + i, seed=i).save(folder / "test" / f"{i}.png")
    (folder / "test" / "broken.png").write_bytes(b"broken")
    make_photo(40, 30, seed=9).save(folder / "other.png")
    return folder


@pytest.fixture(scope="module")
def files(folder):
    return evaluate.collect([folder], "test", None)


@pytest.fixture(scope="module")
def colorizers(tiny_checkpoints):
    return [load_colorizer(name, tiny_checkpoints / name) for name in METHODS]


@pytest.fixture(scope="module")
def table(colorizers, files):
    return evaluate.evaluate(colorizers, files).rows


# What is measured


def test_collect_takes_the_split_evenly_thinned(folder):
    assert [f.path.name for f in evaluate.collect([folder], "test", None)] == [
        "0.png", "1.png", "2.png", "broken.png"
    ]  # fmt: skip
    thinned = evaluate.collect([folder, folder], "test", 4)
    assert [f.path.name for f in thinned] == ["0.png", "2.png", "0.png", "2.png"]
    with pytest.raises(DataError, match="--data"):
        evaluate.collect([], "test", None)


def test_evaluate_measures_every_method_and_temperature(table):
    assert table.keys() == {"truth", "grey", *METHODS}
    for name in METHODS:
        assert table[name].keys() == variants(name)
    for rows in table.values():
        for row in rows.values():
            assert row.summary().keys() == METRICS.keys() - set(CLASSIFIER_METRICS) - FACE_METRICS
            assert len(row) == 3, "the broken photo is left out"


def test_faces_are_measured_on_portraits_alone(tmp_path, make_photo):
    for i, group in enumerate(("faces", "faces", "dogs")):
        (tmp_path / group).mkdir(exist_ok=True)
        make_photo(40, 30, seed=i).save(tmp_path / group / f"{i}.png")
    table = evaluate.evaluate([], list_photos(tmp_path)).rows
    for who in ("truth", "grey"):
        found = table[who][""].summary()
        assert {name for name, measure in found.items() if measure.get("n") == 2} == FACE_METRICS
    assert found["face_delta_e2000"]["value"] > 1
    assert found["green_or_blue_faces"]["value"] == 0
    assert table["truth"][""].summary()["face_delta_e2000"]["value"] == 0


def test_the_truth_is_perfect_and_grey_has_no_color(table):
    truth, grey = (
        {name: m["value"] for name, m in table[who][""].summary().items()}
        for who in ("truth", "grey")
    )
    assert truth["raw_auc"] == truth["rebalanced_auc"] == truth["psnr"] == 100
    assert truth["accuracy_5"] == 100
    assert truth["delta_e2000"] == 0
    assert grey["chroma"] < 0.2
    assert grey["colorfulness"] < 1
    for name in ("raw_auc", "rebalanced_auc", "psnr", "accuracy_5"):
        assert grey[name] < 99


def test_values_lie_in_their_intervals(table):
    for rows in table.values():
        for row in rows.values():
            for name, m in row.summary().items():
                assert m["low"] <= m["value"] <= m["high"], name


def test_rebalanced_auc_is_the_mean_over_classes(table, files):
    """Zhang et al. 2016 with λ = 0, computed the long way: by class, then the mean."""
    centres = grid_centres().numpy()
    areas: dict[int, list[float]] = {}
    for file in files[:3]:
        photo = load_image(file.path)
        ab = rgb2lab(np.asarray(photo))[..., 1:].reshape(-1, 2)
        grey_ab = rgb2lab(np.asarray(grey_picture(photo)))[..., 1:].reshape(-1, 2)
        distance = np.linalg.norm(grey_ab - ab, axis=1)
        curve = [(distance <= t).astype(float) for t in range(151)]
        classes = np.linalg.norm(ab[:, None] - centres, axis=-1).argmin(1)
        for kind, area in zip(classes, np.trapezoid(curve, axis=0) / 150, strict=True):
            areas.setdefault(int(kind), []).append(area)
    expected = 100 * np.mean([np.mean(values) for values in areas.values()])
    assert table["grey"][""].summary()["rebalanced_auc"]["value"] == pytest.approx(
        expected, abs=0.05
    )


def test_means_are_over_pictures(table, files):
    for name in ("raw_auc", "chroma"):
        row = table["gan"][""]
        assert row.summary()[name]["value"] == pytest.approx(np.mean(row.values[name]), abs=1e-3)
    photo = load_image(files[0].path)
    ab = rgb2lab(np.asarray(photo))[..., 1:]
    assert table["truth"][""].values["chroma"][0] == pytest.approx(
        np.linalg.norm(ab, axis=-1).mean(), abs=0.01
    )


def test_every_photo_is_counted_once_by_data_set(colorizers, make_photo, tmp_path):
    for name, count in (("hills", 3), ("towns", 2)):
        (tmp_path / name).mkdir()
        for i in range(count):
            make_photo(40 + i, 36, seed=i).save(tmp_path / name / f"{i}.png")
    (tmp_path / "towns" / "broken.png").write_bytes(b"broken")
    files = [file for name in ("hills", "towns") for file in list_photos(tmp_path / name)]
    results = evaluate.evaluate(colorizers[:1], files)
    found = evaluate.method_metrics(colorizers[0], "val", results)
    assert (found["split"], found["data"], found["n"]) == ("val", {"hills": 3, "towns": 2}, 5)
    assert "elsewhere" not in found


def test_photos_from_elsewhere_do_not_mix_with_the_others(colorizers, make_photo, tmp_path):
    for name in ("hills", "towns"):
        (tmp_path / name).mkdir()
        make_photo(40, 36, seed=len(name)).save(tmp_path / name / "0.png")
        make_photo(40, 36, seed=9).save(tmp_path / name / "1.png")
    here, there = (
        evaluate.evaluate(colorizers[:1], list_photos(tmp_path / name))
        for name in ("hills", "towns")
    )
    found = evaluate.method_metrics(colorizers[0], "val", here, there)
    alone = evaluate.method_metrics(colorizers[0], "test", there)
    assert found["data"] == {"hills": 2}
    assert found["elsewhere"].items() <= alone.items()
    assert found["elsewhere"]["data"] == {"towns": 2}
    assert found["elsewhere"].keys() >= {"split", "n", "rows", "grey", "truth", "classifier"}


def test_photos_without_splits_are_all_there_are(folder, tmp_path):
    assert evaluate.split_of([folder, tmp_path], "val") == "val"
    assert evaluate.split_of([tmp_path], "test") == "all"


def test_broken_photos_are_reported(colorizers, files):
    lines, steps = [], []
    evaluate.evaluate(colorizers[:1], files, lines.append, lambda: steps.append(1))
    assert len(lines) == 1
    assert "broken.png" in lines[0]
    assert len(steps) >= 3


def test_nothing_but_broken_photos_is_refused(colorizers, files):
    with pytest.raises(DataError, match="none of 1 photos could be read"):
        evaluate.evaluate(colorizers[:1], files[3:])


@pytest.mark.parametrize("size", [(8, 8), (9, 300)])
def test_the_smallest_photos_can_be_measured(size, colorizers, make_photo, tmp_path):
    make_photo(*size).save(tmp_path / "small.png")
    table = evaluate.evaluate(colorizers[:1], list_photos(tmp_path)).rows
    assert all(np.isfinite(m["value"]) for m in table["regression"][""].summary().values())


def test_measuring_together_is_measuring_one_by_one(colorizers, make_photo, tmp_path, monkeypatch):
    """Photos of one size share a batch; no number depends on it."""
    for i, size in enumerate([(16, 16), (16, 16), (16, 12), (16, 16), (16, 16)]):
        make_photo(*size, seed=i).save(tmp_path / f"{i}.png")
    files = list_photos(tmp_path)
    together = evaluate.evaluate(colorizers[:1], files).rows
    monkeypatch.setattr(evaluate, "BATCH_PIXELS", 1)
    alone = evaluate.evaluate(colorizers[:1], files).rows
    for method, rows in together.items():
        for variant, row in rows.items():
            for name, numbers in row.values.items():
                expected = alone[method][variant].values[name]
                assert numbers == pytest.approx(expected, rel=1e-4, abs=1e-4), name


def test_batches_keep_the_order_and_the_limit(monkeypatch, make_photo):
    monkeypatch.setattr(evaluate, "BATCH_PIXELS", 200)
    photos = [
        evaluate.TestPhoto(Path(str(i)), "data", None, make_photo(*size))
        for i, size in enumerate([(8, 8)] * 5 + [(20, 20)] * 2 + [(8, 8)])
    ]
    found = [[photo.path.name for photo in batch] for batch in evaluate.batches(photos)]
    assert found == [["0", "1", "2"], ["3", "4"], ["5"], ["6"], ["7"]]


# The command


def test_evaluate_writes_a_report_for_each_method(colorize, folder, tiny_checkpoints, tmp_path):
    code, text = colorize("evaluate", "--data", folder, "--out", tmp_path / "out",
                          "--checkpoints", tiny_checkpoints)  # fmt: skip
    assert code == 0
    assert "broken.png" in text
    for name in METHODS:
        report = json.loads((tmp_path / "out" / name / METRICS_FILE).read_text())
        assert report["method"] == name
        assert report["rows"].keys() == variants(name)
        assert report["grey"]["raw_auc"]["value"] < report["truth"]["raw_auc"]["value"] == 100
        assert report["n"] == 3
        assert report["split"] == "test"
        assert sum(report["data"].values()) == 3
        assert report["classifier"] == {}, "there are no labels"
        assert report["picture_side"] == {"least": 40, "most": 40}
        assert str(tmp_path.parent) not in json.dumps(report), "no paths of this machine"
        assert name in text
    assert "truth" in text
    assert "grey" in text
    assert not any((tiny_checkpoints / name / METRICS_FILE).exists() for name in METHODS)


def test_evaluate_takes_named_methods_and_a_limit(colorize, folder, tiny_checkpoints, tmp_path):
    words = ("--data", folder, "--out", tmp_path, "--checkpoints", tiny_checkpoints)
    assert colorize("evaluate", "gan", *words, "--limit", 2)[0] == 0
    assert [p.name for p in tmp_path.iterdir()] == ["gan"]
    assert json.loads((tmp_path / "gan" / METRICS_FILE).read_text())["n"] == 2
    assert colorize("evaluate", "gan", *words, "--limit", 0)[0] == 2
    code, text = colorize("evaluate", "magic", *words)
    assert (code, "no method 'magic'" in text) == (1, True)
    code, text = colorize("evaluate", "gan", "--out", tmp_path)
    assert (code, "--data FOLDER" in text) == (1, True)


def test_evaluate_measures_elsewhere_apart(colorize, folder, tiny_checkpoints, tmp_path):
    words = ("evaluate", "gan", "--data", folder, "--checkpoints", tiny_checkpoints,
             "--out", tmp_path, "--elsewhere", folder, "--device", "cpu")  # fmt: skip
    code, text = colorize(*words)
    assert code == 0, text
    assert "3 photos from elsewhere" in text
    report = json.loads((tmp_path / "gan" / METRICS_FILE).read_text())
    assert report["elsewhere"]["rows"] == report["rows"]
    for more, sentence in (
        (("--sweep",), "leave --sweep"),
        (("--split", "tset"), "--split must be one of train, val, test"),
        (("--device", "tpu"), "device must be auto"),
        (("--elsewhere", tmp_path / "nowhere"), "no data folder"),
    ):
        code, text = colorize(*words, *more)
        assert (code, sentence in text) == (1, True), text


def test_evaluate_says_what_is_missing(colorize, folder, tiny_checkpoints, tmp_path):
    empty, broken = tmp_path / "empty", tmp_path / "broken"
    empty.mkdir()
    broken.mkdir()
    (broken / "a.jpg").write_bytes(b"broken")
    words = ("--checkpoints", tiny_checkpoints, "--out", tmp_path / "out")
    for data, sentence in (
        (empty, "no image files"),
        (broken, "none of 1 photos could be read"),
        (tmp_path / "nowhere", "no data folder"),
    ):
        code, text = colorize("evaluate", "gan", "--data", data, *words)
        assert (code, sentence in text) == (1, True)
    code, text = colorize("evaluate", "--data", folder, "--checkpoints", empty)
    assert (code, "no trained method below" in text) == (1, True)
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "gan").symlink_to(tiny_checkpoints / "gan")
    code, text = colorize("evaluate", "regression", "--data", folder, "--checkpoints",
                          tmp_path / "some")  # fmt: skip
    assert code == 1
    assert "regression is not trained" in text
    assert "choose from: gan" in text


# What is shipped

ABSENT = [name for name in METHODS if name not in list_runs(SHIPPED)]


def shipped(name: str):
    if name in ABSENT:
        pytest.skip(f"checkpoints/{name} is not trained yet")
    return load_colorizer(name)


@pytest.fixture(scope="module")
def everyday(tmp_path_factory) -> list:
    """Colour photographs bundled with scikit-image, at 256 px."""
    folder = tmp_path_factory.mktemp("bundled")
    for name in ("astronaut", "coffee", "chelsea", "rocket"):
        photo = load_image(getattr(bundled, name)())
        photo.thumbnail((256, 256))
        photo.save(folder / f"{name}.png")
    return list_photos(folder)


@pytest.fixture(scope="module")
def scores(everyday) -> dict[str, dict[str, dict[str, float]]]:
    """Measures of the studio's methods on the bundled photographs: method, variant, measure."""
    studio = ("regression", "gan", "classification")
    colorizers = [load_colorizer(name) for name in studio if name not in ABSENT]
    table = evaluate.evaluate(colorizers, everyday).rows
    return {
        method: {
            variant: {name: m["value"] for name, m in row.summary().items()}
            for variant, row in variants.items()
        }
        for method, variants in table.items()
    }


@pytest.mark.parametrize("name", METHODS)
def test_a_shipped_checkpoint_is_small_and_sound(name):
    colorizer = shipped(name)
    folder = SHIPPED / name
    assert (folder / WEIGHTS).stat().st_size < 8e6
    assert all(torch.isfinite(p).all() for p in colorizer.module.parameters())
    assert sum(p.numel() for p in colorizer.module.parameters()) <= 3_500_000


def test_shipped_regression_beats_grey(scores):
    shipped("regression")
    found, grey = scores["regression"][""], scores["grey"][""]
    assert found["raw_auc"] > grey["raw_auc"]
    assert found["rebalanced_auc"] > grey["rebalanced_auc"]
    assert found["delta_e2000"] < grey["delta_e2000"]
    assert found["psnr"] > grey["psnr"]


def test_shipped_classification_beats_grey_on_rare_colors(scores):
    shipped("classification")
    rows, grey = scores["classification"], scores["grey"][""]
    assert rows["T=1"]["rebalanced_auc"] > grey["rebalanced_auc"]
    vivid = [rows[f"T={t:g}"]["colorfulness"] for t in (1.0, 0.38, 0.0)]
    assert vivid == sorted(vivid), "lower temperatures are more vivid"


def test_shipped_gan_is_colorful(scores):
    shipped("gan")
    found, grey, truth = scores["gan"][""], scores["grey"][""], scores["truth"][""]
    assert found["rebalanced_auc"] > grey["rebalanced_auc"]
    assert 0.4 * truth["colorfulness"] < found["colorfulness"] < 1.6 * truth["colorfulness"]
