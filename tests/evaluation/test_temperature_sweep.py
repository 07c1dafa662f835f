"""The temperature sweep, and the measures that it adds."""

import json

import pytest
import torch

from colorize_core.data.folders import list_photos
from colorize_core.errors import ConfigError, DataError
from colorize_core.evaluation.evaluate import evaluate
from colorize_core.evaluation.temperature_sweep import SWEEP_METRICS, TEMPERATURES, sweep
from colorize_core.inference.colorizer import Colorizer, load_colorizer
from colorize_core.methods import METHODS
from colorize_core.metrics.roughness import roughness
from colorize_core.metrics.table import CLASSIFIER_METRICS
from colorize_core.runs import SWEEP

CLASSIFIERS = [name for name, method in METHODS.items() if method.has_temperature]


@pytest.fixture(scope="module")
def colorizer(tiny_checkpoints) -> Colorizer:
    return load_colorizer(CLASSIFIERS[0], tiny_checkpoints / CLASSIFIERS[0])


@pytest.fixture(scope="module")
def files(photo_folder):
    return list_photos(photo_folder)[:3]


@pytest.fixture(scope="module")
def report(colorizer, files):
    steps = []
    result = sweep(colorizer, files, "val", advance=lambda: steps.append(1))
    assert len(steps) == len(files)
    return result


def test_sweep_covers_temperatures_that_others_chose():
    assert len(TEMPERATURES) >= 21
    assert {0.0, 0.09, 0.38, 1.0} <= set(TEMPERATURES)
    assert list(TEMPERATURES) == sorted(TEMPERATURES)


def test_sweep_agrees_with_evaluate_where_they_meet(report, colorizer, files):
    table = evaluate([colorizer], files).rows
    name = colorizer.method.name
    for temperature in (1.0, 0.38, 0.09, 0.0):
        row = table[name][f"T={temperature:g}"].summary()
        at = report["temperatures"].index(temperature)
        for metric in set(SWEEP_METRICS) - set(CLASSIFIER_METRICS):
            for part in ("value", "low", "high"):
                assert report["measures"][metric][part][at] == pytest.approx(row[metric][part])
    for reference in ("grey", "truth"):
        expected = table[reference][""].summary()
        for metric in set(SWEEP_METRICS) - set(CLASSIFIER_METRICS):
            assert report[reference][metric] == pytest.approx(expected[metric])


def test_sweep_runs_the_network_once_per_photo(colorizer, files):
    calls = []
    handle = colorizer.module.register_forward_hook(lambda *_: calls.append(1))
    try:
        sweep(colorizer, files, "val", temperatures=(0.0, 0.5, 1.0))
    finally:
        handle.remove()
    assert len(calls) == len(files)


def test_sweep_shows_vivid_rough_pictures_at_low_temperature(report):
    chroma = report["measures"]["chroma"]["value"]
    rough = report["measures"]["roughness"]["value"]
    assert chroma[0] > chroma[-1]
    assert rough[0] > rough[-1]
    assert report["grey"]["roughness"]["value"] < rough[-1]


def test_sweep_states_what_it_was_measured_on(report, files):
    assert report["n"] == len(files)
    assert report["split"] == "val"
    assert sum(report["data"].values()) == len(files)
    for measure in report["measures"].values():
        triples = zip(measure["low"], measure["value"], measure["high"], strict=True)
        assert all(low <= value <= high for low, value, high in triples)
    json.dumps(report, allow_nan=False)


def test_chroma_histograms_are_shares(report):
    histogram = report["chroma_histogram"]
    for shares in (histogram["truth"], *histogram["results"]):
        assert len(shares) == len(histogram["edges"]) - 1
        assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_sweep_refuses_methods_without_temperature(tiny_checkpoints, files):
    name = next(name for name in METHODS if name not in CLASSIFIERS)
    with pytest.raises(ConfigError, match="no temperature"):
        sweep(load_colorizer(name, tiny_checkpoints / name), files, "val")


def test_sweep_without_a_readable_photo_is_refused(colorizer, tmp_path):
    (tmp_path / "a.png").write_bytes(b"broken")
    reported = []
    with pytest.raises(DataError, match=r"none of 1 photos"):
        sweep(colorizer, list_photos(tmp_path), "val", reported.append)
    assert len(reported) == 1


def test_command_writes_sweeps_and_leaves_metrics_alone(
    colorize, tiny_checkpoints, photo_folder, tmp_path
):
    words = ("--data", photo_folder, "--checkpoints", tiny_checkpoints, "--out", tmp_path)
    other = next(name for name in METHODS if name not in CLASSIFIERS)
    code, output = colorize("evaluate", *CLASSIFIERS[:2], other, "--sweep", "--limit", 1, *words)
    assert code == 0, output
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json"))
    assert found == sorted(f"{name}/{SWEEP}" for name in CLASSIFIERS[:2])
    code, output = colorize("evaluate", other, "--sweep", *words)
    assert code == 1
    assert "temperature" in output


def test_roughness_is_the_mean_step_between_neighbours():
    flat = torch.full((1, 2, 4, 5), 7.0)
    assert roughness(flat).item() == 0
    stripes = torch.zeros(1, 2, 4, 6)
    stripes[:, 0, :, ::2] = 3
    stripes[:, 1, :, ::2] = 4
    # Steps of 5 across (4 · 5 pairs), none down (3 · 6 pairs).
    assert roughness(stripes).item() == pytest.approx(5 * 20 / 38)
