"""The overview: methods, both blocks of measures, charts."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.dashboard import CLASSIFIER, FILLED, OTHER, captions_of, figure, trace

from colorize_core import runs
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS
from dashboard import results


def rewrite(root: Path, name: str, change) -> dict:
    """Change a metrics.json: `change(content)`."""
    path = root / name / runs.METRICS_FILE
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    return content


def test_a_damaged_folder_has_its_reason_on_its_row(open_page, damaged):
    table = open_page("overview", damaged).dataframe[0].value.set_index("Method")
    expected = {
        "no-history": "history.jsonl is missing",
        "broken-json": "config.json is damaged",
        "unknown": "names no method that this version knows",
        "not-a-dict": "config.json is damaged",
        "no-metrics": "metrics.json is missing",
        "odd-metrics": "metrics.json is damaged",
        "no-weights": "model.safetensors is missing",
        "cut-weights": "model.safetensors is damaged",
    }
    for name, text in expected.items():
        assert text in table.loc[name, "Notes"], name
    assert not table.loc["odd-history", "Notes"]


def test_numbers_are_those_of_metrics_json(open_page, filled):
    table = open_page("overview", filled, overview_intervals="true").dataframe[1].value
    stored = json.loads((filled / OTHER / runs.METRICS_FILE).read_text())["rows"][""]
    assert list(table.index[:2]) == ["truth", "grey"]
    for name, measured in stored.items():
        column = next(c for c in table if c.startswith(METRICS[name].title) and c[-1] in "↑↓≈")
        assert table.loc[OTHER, column] == pytest.approx(measured["value"])
        assert table.loc[OTHER, f"{METRICS[name].title} from"] == pytest.approx(measured["low"])
        assert table.loc[OTHER, f"{METRICS[name].title} to"] == pytest.approx(measured["high"])
        arrow = {True: "↑", False: "↓", None: "≈"}[METRICS[name].higher_is_better]
        assert column.endswith(arrow)
    assert {f"{CLASSIFIER} T={t}" for t in ("1", "0.38", "0.09", "0")} <= set(table.index)


def test_what_was_not_measured_is_empty_among_numbers(open_page, copied):
    rewrite(copied, OTHER, lambda content: content["rows"][""].pop("psnr"))
    shown = open_page("overview", copied).dataframe[1]
    column = shown.value["PSNR, dB ↑"]
    assert np.isnan(column[OTHER])
    assert pd.api.types.is_float_dtype(column)
    assert shown.proto.placeholder == ""
    assert shown.proto.HasField("placeholder")


def test_photos_from_elsewhere_stand_in_a_second_block(open_page, copied):
    def add(content: dict) -> None:
        block = json.loads(json.dumps(content)) | {"data": {"people": 2, "things": 5}, "n": 7}
        block["rows"][""]["psnr"]["value"] = 12.5
        content["elsewhere"] = block

    rewrite(copied, OTHER, add)
    at = open_page("overview", copied)
    same, elsewhere = at.dataframe[1].value, at.dataframe[2].value
    assert CLASSIFIER in {row.split()[0] for row in same.index}
    assert list(elsewhere.index) == ["truth", "grey", OTHER]
    assert elsewhere.loc[OTHER, "PSNR, dB ↑"] == 12.5 != same.loc[OTHER, "PSNR, dB ↑"]
    text = "\n".join(m.value for m in at.markdown)
    assert "**Photos from the same sources:** 3 test photos" in text
    assert "**Photos from elsewhere:** 7 test photos (2 of people, 5 of things)." in text


def test_a_file_with_one_block_gives_one_table(open_page, filled):
    at = open_page("overview", filled)
    assert len(at.dataframe) == 2
    assert "elsewhere" not in "\n".join(m.value for m in at.markdown)


def test_scatter_follows_the_chosen_metrics(open_page, filled):
    at = open_page("overview", filled)
    at.selectbox(key="overview_x").set_value("psnr")
    at.selectbox(key="overview_y").set_value("chroma").run()
    chart = figure(at, "overview_scatter")
    stored = json.loads((filled / OTHER / runs.METRICS_FILE).read_text())["rows"][""]
    point = trace(chart, OTHER)
    assert (point["x"][0], point["y"][0]) == (stored["psnr"]["value"], stored["chroma"]["value"])
    assert "PSNR, dB" in chart["layout"]["xaxis"]["title"]["text"]


def test_parameters_are_counted_without_loading_them(filled):
    for run in results.list_runs(filled):
        model = run.method.build(run.method.configure(**run.config))
        assert run.parameters == sum(p.numel() for p in model.parameters())


def test_methods_stand_in_the_order_of_the_registry(open_page, filled):
    table = open_page("overview", filled).dataframe[0].value.set_index("Method")
    assert list(table.index) == [name for name in METHODS if name in FILLED]
    assert table.loc["birds-gan", ["Report", "Network", "Colour space"]].tolist() == [
        "004", "unet", "rgb"
    ]  # fmt: skip
    assert table.loc[OTHER, "Report"] == "studio"


def test_data_sets_do_not_mix(open_page, copied):
    def change(content: dict) -> None:
        content |= {"data": {"cifar10": 3}, "classifier": {"cifar10": 2}}
        named = {"value": 50.0, "low": 40.0, "high": 60.0}
        for row in (*content["rows"].values(), content["grey"], content["truth"]):
            row["classifier_accuracy"] = named

    rewrite(copied, "birds-gan", change)
    at = open_page("overview", copied)
    choice = at.selectbox(key="overview_photos")
    assert choice.value.startswith("3 test photos (photos")
    assert not any(row.startswith("birds-gan") for row in at.dataframe[1].value.index)
    choice.set_value("3 test photos (cifar10)").run()
    table = at.dataframe[1].value
    assert {row.split()[0] for row in table.index} == {"truth", "grey", "birds-gan"}
    assert table.loc["birds-gan", results.column_title("classifier_accuracy")] == 50
    assert any("named the 2 that have a label" in m.value for m in at.markdown)
    assert "95 % bootstrap" in captions_of(at)
