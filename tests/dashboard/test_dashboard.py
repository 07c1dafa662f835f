"""Every page of the dashboard, rendered without a browser."""

import base64
import io
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from support.dashboard import CLASSIFIER, FILLED, OTHER, PAGES, SCRIPT, SWEPT, history_line
from support.tiny import STUDIO

from colorize_core import runs
from colorize_core.color.classes import grid_centres, rebalancing_weights, smooth_prior
from colorize_core.data.folders import list_photos
from colorize_core.evaluation.published import SOURCES
from colorize_core.evaluation.temperature_sweep import SWEEP_METRICS
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.methods import METHODS, checkpoint
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.scores import to_tensor
from colorize_core.metrics.table import METRICS
from dashboard import pictures, results


@pytest.fixture(scope="session")
def damaged(filled, tmp_path_factory) -> Path:
    """One folder for each way in which a checkpoint can be broken."""
    root = tmp_path_factory.mktemp("damaged")
    whole, classifier = filled / OTHER, filled / CLASSIFIER
    breaks = {
        "no-history": (whole, runs.HISTORY, None),
        "broken-json": (whole, runs.CONFIG, '{"method": '),
        "unknown": (whole, runs.CONFIG, '{"method": "dream", "config": {}}'),
        "not-a-dict": (whole, runs.CONFIG, "[1]"),
        "no-metrics": (whole, runs.METRICS, None),
        "odd-metrics": (whole, runs.METRICS, '{"rows": 3}'),
        "odd-history": (whole, runs.HISTORY, f"nonsense\n[1]\n{history_line(1)}"),
        "no-weights": (whole, runs.WEIGHTS, None),
        "cut-weights": (
            whole,
            runs.WEIGHTS,
            whole.joinpath(runs.WEIGHTS).read_bytes()[:-100],
        ),
        "odd-sweep": (classifier, results.SWEEP, '{"temperatures": [0, 1]}'),
    }
    for name, (source, file, content) in breaks.items():
        shutil.copytree(source, root / name)
        (root / name / file).unlink()
        if content is not None:
            write = (root / name / file).write_bytes
            write(content if isinstance(content, bytes) else content.encode())
    (root / "empty").mkdir()
    (root / runs.PRIOR).write_text("{")
    return root


@pytest.fixture
def open_page(monkeypatch):
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


def figure(at: AppTest, key: str) -> dict:
    """The chart of that key, with its arrays unpacked."""
    found = next(c for c in at.get("plotly_chart") if c.proto.id.endswith(f"-{key}"))
    return json.loads(found.proto.spec, object_hook=unpacked)


def unpacked(value: dict):
    if value.keys() >= {"dtype", "bdata"}:
        array = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        return array.reshape([int(n) for n in str(value.get("shape", len(array))).split(",")])
    return value


def trace(chart: dict, name: str) -> dict:
    return next(t for t in chart["data"] if t.get("name") == name)


def warnings_of(at: AppTest) -> str:
    return "\n".join(w.value for w in at.warning)


# --- every page -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_with_filled_checkpoints(open_page, filled, page, photo_folder):
    at = open_page(page, filled, gallery_folder=str(photo_folder), gallery_limit="2")
    assert at.title
    assert at.get("latex") or any("$" in m.value for m in at.markdown)
    assert not at.warning
    assert not at.error
    assert page == "photo" or page == "gallery" or at.get("plotly_chart")


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_with_shipped_checkpoints(open_page, page):
    if not checkpoint.list_runs():
        pytest.skip("no checkpoint is shipped yet")
    at = open_page(page, checkpoint.SHIPPED, gallery_limit="1")
    assert not at.error
    assert page == "photo" or page == "gallery" or at.get("plotly_chart")


@pytest.mark.parametrize("page", PAGES)
def test_page_survives_damaged_checkpoints(open_page, damaged, page, photo_folder):
    at = open_page(page, damaged, gallery_folder=str(photo_folder), gallery_limit="1")
    assert not at.error
    assert page == "overview" or at.warning


@pytest.mark.parametrize("page", PAGES)
def test_page_survives_an_empty_folder(open_page, tmp_path, page, photo_folder):
    at = open_page(page, tmp_path / "nowhere", gallery_folder=str(photo_folder), gallery_limit="1")
    assert not at.error
    assert at.info


# --- overview ---------------------------------------------------------------------------------


def test_overview_warns_on_the_row_of_each_damaged_folder(open_page, damaged):
    at = open_page("overview", damaged)
    table = at.dataframe[0].value.set_index("Method")
    expected = {
        "no-history": "history.jsonl is missing",
        "broken-json": "config.json is damaged",
        "unknown": "method 'dream' is not known",
        "not-a-dict": "names no method",
        "no-metrics": "metrics.json is missing",
        "odd-metrics": "metrics.json is damaged",
        "no-weights": "model.safetensors is missing",
        "cut-weights": "model.safetensors is cut short",
        "empty": "config.json is missing",
    }
    for name, text in expected.items():
        assert text in table.loc[name, "Notes"], name
    assert not table.loc["odd-history", "Notes"]


def test_overview_shows_what_metrics_json_says(open_page, filled):
    at = open_page("overview", filled, overview_intervals="true")
    table = at.dataframe[1].value
    stored = json.loads((filled / OTHER / runs.METRICS).read_text())
    assert list(table.index[:2]) == ["truth", "grey"]
    for name in stored["rows"][""]:
        metric = METRICS[name]
        column = next(c for c in table.columns if c.startswith(metric.title) and "95" not in c)
        measured = stored["rows"][""][name]
        assert table.loc[OTHER, column] == pytest.approx(measured["value"])
        text = table.loc[OTHER, f"{metric.title} 95 %"]
        assert text == f"{measured['low']:.2f} … {measured['high']:.2f}"
        arrow = {True: "↑", False: "↓", None: "≈"}[metric.higher_is_better]
        assert column.endswith(arrow)
    assert {f"{CLASSIFIER} T={t}" for t in ("1", "0.38", "0.09", "0")} <= set(table.index)


def test_overview_scatter_follows_the_chosen_metrics(open_page, filled):
    at = open_page("overview", filled, overview_x="psnr")
    at.selectbox(key="overview_y").set_value("chroma").run()
    chart = figure(at, "overview_scatter")
    stored = json.loads((filled / OTHER / runs.METRICS).read_text())["rows"][""]
    point = trace(chart, OTHER)
    assert (point["x"][0], point["y"][0]) == (stored["psnr"]["value"], stored["chroma"]["value"])
    assert "PSNR (dB)" in chart["layout"]["xaxis"]["title"]["text"]


def test_overview_counts_parameters_without_loading_them(filled):
    for run in results.list_runs(filled):
        model = METHODS[run.method].build(METHODS[run.method].configure(**run.config))
        assert run.parameters == sum(p.numel() for p in model.parameters())


def test_overview_leaves_folders_out_that_hold_no_method(open_page, filled):
    table = open_page("overview", filled).dataframe[0].value.set_index("Method")
    assert list(table.index) == list(FILLED)
    assert table.loc["birds-gan", ["Report", "Network", "Colour space"]].tolist() == [
        "004", "unet", "rgb"
    ]  # fmt: skip
    assert table.loc[OTHER, "Report"] == "studio"


@pytest.fixture
def two_sets(filled, tmp_path) -> Path:
    """Birds measured on other photos, some of which an evaluation classifier could name."""
    root = Path(shutil.copytree(filled, tmp_path / "two"))
    path = root / "birds-gan" / runs.METRICS
    content = json.loads(path.read_text()) | {"data": {"cifar10": 3}}
    recognized = {"value": 50.0, "low": 40.0, "high": 60.0, "n": 2}
    for row in (*content["rows"].values(), content["grey"], content["truth"]):
        row["classifier_accuracy"] = recognized
    content["grey"]["delta_e2000"]["value"] = 10.5
    path.write_text(json.dumps(content))
    return root


def test_overview_does_not_mix_data_sets(open_page, two_sets):
    at = open_page("overview", two_sets)
    choice = at.selectbox(key="overview_data")
    assert choice.value.startswith("photos")
    assert not any(row.startswith("birds-gan") for row in at.dataframe[1].value.index)
    assert "An evaluation classifier" not in "".join(c.value for c in at.caption)
    choice.set_value("cifar10 3").run()
    table = at.dataframe[1].value
    assert {row.split()[0] for row in table.index} == {"truth", "grey", "birds-gan"}
    assert table.loc["birds-gan", "Evaluation classifier's accuracy (%) ↑"] == 50
    assert any("named the 2 of them" in c.value for c in at.caption)


def test_published_figures_stand_beside_ours_and_grey(open_page, two_sets):
    figures = [figure for source in SOURCES.values() for figure in source.figures]
    table = open_page("overview", two_sets).dataframe[2].value
    assert len(table) == len(figures)
    cifar = table[table["Method"] == "cifar-unet-gan"].set_index("Metric").loc["ΔE2000"]
    assert (cifar["Published"], cifar["Grey, ours"]) == (14.82, 10.5)
    assert cifar["So the published is"] == "worse than our grey"
    memory = table[table["Report"] == "Zhang 2016"]
    assert memory["On"].str.endswith("(quoted from memory)").all()
    gan = table[table["Method"] == "cifar-gan"].set_index("Metric").loc["Raw AuC"]
    assert np.isnan(gan["Grey, ours"])
    assert gan["So the published is"] == "better than its own grey"


def test_overview_does_not_wait_for_torch():
    code = (
        "import sys\n"
        "from dashboard import overview, results\n"
        "results.methods()\n"
        "overview.wide_table(results.pd.DataFrame(columns=results.METRIC_COLUMNS), False)\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=SCRIPT.parent.parent)
    assert done.returncode == 0


def test_title_does_not_wait_for_pandas():
    code = "import sys, dashboard.heading; sys.exit('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=SCRIPT.parent.parent)
    assert done.returncode == 0


def test_measures_are_those_of_the_core():
    for name, metric in METRICS.items():
        described = (metric.title, metric.unit, metric.higher_is_better)
        assert tuple(results.MEASURES[name]) == described
    assert set(results.MEASURES) - set(METRICS) <= set(results.CLASSIFIERD)
    for name, metric in SWEEP_METRICS.items():
        described = (metric.title, metric.unit, metric.higher_is_better)
        assert tuple(results.SWEPT[name]) == described


def test_readers_agree_with_the_core_on_names():
    # results.py repeats them, since reading them from there would import torch.
    assert results.SHIPPED == checkpoint.SHIPPED
    assert (results.CONFIG, results.WEIGHTS) == (runs.CONFIG, runs.WEIGHTS)
    assert (results.HISTORY, results.METRICS) == (runs.HISTORY, runs.METRICS)


# --- training ---------------------------------------------------------------------------------


@pytest.fixture
def run_folder(filled, tmp_path) -> Path:
    """A run that may be written to."""
    return Path(shutil.copytree(filled / OTHER, tmp_path / "young"))


def test_training_draws_history_and_marks_the_best(open_page, filled):
    at = open_page("training", filled, training_runs=OTHER, training_x="seconds")
    chart = figure(at, "training_raw_auc")
    curve = trace(chart, f"{OTHER} validation")
    assert list(curve["x"]) == [0, 3, 6, 9]
    assert list(curve["y"]) == pytest.approx([90, 90.7, 90.8, 90.3])
    assert trace(chart, f"{OTHER} best")["x"][0] == 6
    assert trace(chart, OTHER)["legendgroup"] == curve["legendgroup"]
    assert list(trace(chart, "plain grey")["y"]) == [89, 89]


def test_training_grows_with_the_file_and_skips_half_a_line(open_page, filled, run_folder):
    at = open_page("training", filled, training_runs="", training_folder=str(run_folder))
    name = f"{run_folder.name} validation"
    assert len(trace(figure(at, "training_raw_auc"), name)["x"]) == 4
    revision = figure(at, "training_raw_auc")["layout"]["uirevision"]
    with (run_folder / runs.HISTORY).open("a") as file:
        file.write(history_line(4)[:30])
    at.run()
    assert len(trace(figure(at, "training_raw_auc"), name)["x"]) == 4
    assert not at.warning
    with (run_folder / runs.HISTORY).open("a") as file:
        file.write(history_line(4)[30:])
    at.run()
    chart = figure(at, "training_raw_auc")
    assert list(trace(chart, name)["x"]) == [0, 100, 200, 300, 400]
    assert chart["layout"]["uirevision"] == revision


def test_training_watches_a_folder_of_runs(open_page, filled, tmp_path):
    at = open_page("training", tmp_path / "nowhere", training_folder=str(filled))
    assert {t["name"].split()[0] for t in figure(at, "training_l1")["data"]} >= set(STUDIO)
    at.text_input(key="training_folder").set_value(str(tmp_path / "nothing")).run()
    assert "no folder of a run" in warnings_of(at)


def test_training_options_change_the_charts(open_page, filled):
    at = open_page("training", filled)
    at.toggle(key="training_log").set_value(True)
    at.slider(key="training_smoothing").set_value(0.5)
    at.multiselect(key="training_terms").set_value(["l1", "lr"])
    at.run()
    assert len(at.get("plotly_chart")) == 2
    chart = figure(at, "training_l1")
    assert chart["layout"]["yaxis"]["type"] == "log"
    assert trace(chart, f"{OTHER} training")["y"][1] > 0.5


def test_training_shows_six_terms_at_first(open_page):
    terms = open_page("training", checkpoint.SHIPPED).multiselect(key="training_terms")
    assert len(terms.value) == 6
    assert {"generator", "raw_auc"} <= set(terms.value)


def test_training_takes_terms_by_name_from_the_url(open_page, filled):
    at = open_page("training", filled, training_terms="lr", training_x="epoch")
    assert len(at.get("plotly_chart")) == 1
    assert figure(at, "training_lr")["layout"]["xaxis"]["title"]["text"].startswith("passes")
    at.multiselect(key="training_terms").set_value(["lr", "l1"]).run()
    at.selectbox(key="training_x").set_value("seconds").run()
    assert at.query_params["training_terms"] == ["lr", "l1"]
    assert at.query_params["training_x"] in ("seconds", ["seconds"])
    at.selectbox(key="training_x").set_value("images").run()
    assert "training_x" not in at.query_params
    at.multiselect(key="training_terms").set_value([]).run()
    assert at.query_params["training_terms"] in ("", [""])
    assert not open_page("training", filled, training_terms="").get("plotly_chart")
    assert open_page("training", filled, training_x="nonsense").get("plotly_chart")


# --- class prior ------------------------------------------------------------------------------


def test_prior_follows_lambda_and_sigma(open_page, filled):
    at = open_page("prior", filled, prior_data="hills")
    counts = json.loads((filled / runs.PRIOR).read_text())["data"]["hills"]["grids"]["10"]["counts"]
    counts = torch.tensor(counts, dtype=torch.float64)
    for share, sigma in ((0.5, 5.0), (0.1, 5.0), (0.1, 12.5)):
        at.slider(key="prior_lambda").set_value(share)
        at.slider(key="prior_sigma").set_value(sigma).run()
        smoothed = smooth_prior(counts, grid_centres(), sigma)
        weights = rebalancing_weights(smoothed, share)
        order = np.argsort(-counts.numpy(), kind="stable")
        drawn = trace(figure(at, "prior_ranks"), "smoothed prior p̃")["y"]
        assert np.sort(drawn) == pytest.approx(np.sort(smoothed.numpy()))
        assert drawn[0] == pytest.approx(smoothed[order[0]].item())
        drawn = figure(at, "prior_weights")["data"][0]["y"]
        assert np.sort(drawn) == pytest.approx(np.sort(weights.numpy()))
        assert at.metric[0].value == "1.000000"


def test_prior_offers_the_grid_of_the_114_classes(open_page, filled):
    at = open_page("prior", filled, prior_data="hills")
    at.selectbox(key="prior_grid").set_value("16").run()
    assert "114" in [m.value for m in at.metric]
    assert figure(at, "prior_plane")["data"][0]["name"] == "the 224 cells of the disk"


def test_prior_explains_impossible_weights(open_page, filled):
    at = open_page("prior", filled, prior_data="hills", prior_lambda="0.0", prior_sigma="0.0")
    assert "No weights for λ = 0" in warnings_of(at)


def test_prior_of_a_classifier_is_read_from_its_weights(open_page, filled):
    at = open_page("prior", filled)
    options = at.selectbox(key="prior_data").options
    assert options[0] == "hills"
    assert options[1].startswith(f"{CLASSIFIER}, as trained")
    at.selectbox(key="prior_data").set_value(options[1]).run()
    # Untrained: every class alike, so smoothing and weights change little.
    assert np.ptp(figure(at, "prior_ranks")["data"][0]["y"]) < 1e-6


# --- temperature ------------------------------------------------------------------------------


def test_temperature_moves_histogram_and_pictures(open_page, filled):
    stored = json.loads((filled / CLASSIFIER / results.SWEEP).read_text())
    at = open_page("temperature", filled)
    for temperature in (0.38, 0.09, 0.97):
        at.slider(key="temperature_T").set_value(temperature).run()
        index = int(np.abs(np.array(SWEPT) - temperature).argmin())
        bars = figure(at, "temperature_histogram")["data"][0]["y"]
        expected = 100 * np.array(stored["chroma_histogram"]["results"][index])
        assert bars == pytest.approx(expected)
        chart = figure(at, "temperature_raw_auc")
        assert temperature in [shape["x0"] for shape in chart["layout"]["shapes"]]
        assert list(trace(chart, CLASSIFIER)["y"]) == stored["measures"]["raw_auc"]["value"]
    photo = pictures.open_photo(pictures.bundled_photos()[0])
    picture = load_colorizer(CLASSIFIER, filled / CLASSIFIER)(photo, temperature=0.97)
    value = float(colorfulness(to_tensor(picture)))
    shown = [c.value for c in at.caption if c.value.startswith("**T = 0.97 ← slider**")]
    assert shown == [f"**T = 0.97 ← slider**  \ncolourfulness {value:.0f}"]


def test_temperature_compares_methods_measured_on_the_same_photos(open_page, filled, tmp_path):
    root = Path(shutil.copytree(filled, tmp_path / "swept"))
    path, other = root / CLASSIFIER / results.SWEEP, "zhang-114"
    at = open_page("temperature", root)
    assert f"No evaluation classifier's accuracy for {CLASSIFIER}" in "".join(
        c.value for c in at.caption
    )
    content = json.loads(path.read_text())
    content["measures"]["classifier_accuracy"] = content["measures"]["raw_auc"]
    content["truth"]["classifier_accuracy"] = {"value": 80.0, "low": 70.0, "high": 90.0, "n": 2}
    path.write_text(json.dumps(content))
    at.multiselect(key="temperature_runs").set_value([CLASSIFIER, other]).run()
    drawn = {t.get("name") for t in figure(at, "temperature_raw_auc")["data"]}
    assert {CLASSIFIER, other} <= drawn
    chart = figure(at, "temperature_classifier_accuracy")
    assert list(trace(chart, "originals")["y"]) == [80, 80]
    assert other not in {t.get("name") for t in chart["data"]}
    text = "".join(c.value for c in at.caption)
    assert f"No evaluation classifier's accuracy for {other}" in text
    assert "An evaluation classifier named the 2 of them" in text
    assert len([c for c in at.caption if c.value.startswith("**original")]) == 2
    content["measures"]["classifier_confidence"] = content["measures"]["raw_auc"]
    path.write_text(json.dumps(content))
    charts = len(at.run().get("plotly_chart"))
    at.toggle(key="temperature_sure").set_value(True).run()
    assert len(at.get("plotly_chart")) == charts + 1
    path.write_text(json.dumps(content | {"data": {"cifar10": 3}}))
    at.run()
    assert other not in {t.get("name") for t in figure(at, "temperature_raw_auc")["data"]}
    assert trace(figure(at, "temperature_raw_auc_1"), other)


def test_temperature_without_sweep_says_how_to_measure(open_page, tiny_checkpoints):
    at = open_page("temperature", tiny_checkpoints)
    assert f"colorize evaluate {CLASSIFIER} --sweep" in warnings_of(at)
    assert len([c for c in at.caption if c.value.startswith("**T =")]) == 7


# --- gallery and upload -----------------------------------------------------------------------


def test_gallery_sorts_by_measures(open_page, filled, photo_folder):
    at = open_page(
        "gallery", filled, gallery_folder=str(photo_folder), gallery_limit="3", gallery_by=OTHER
    )

    def errors(at: AppTest) -> list[float]:
        lines = [c.value for c in at.caption if c.value.startswith(f"**{OTHER}**")]
        return [float(line.split("ΔE ")[1].split()[0]) for line in lines]

    best = errors(at)
    assert len(best) == 3
    assert best == sorted(best)
    at.selectbox(key="gallery_order").set_value("worst").run()
    assert errors(at) == best[::-1]
    for order in ("colourful", "disagreement"):
        at.selectbox(key="gallery_order").set_value(order).run()
        assert not at.exception


def test_gallery_opens_a_large_view_with_maps(open_page, filled, photo_folder):
    at = open_page("gallery", filled, gallery_folder=str(photo_folder), gallery_limit="2")
    title = list_photos(photo_folder)[0].path.name
    at.button(key=next(b.key for b in at.button if title in b.key)).click().run()
    assert at.query_params["gallery_photo"] in (title, [title])
    assert len(at.get("plotly_chart")) == len(STUDIO) + 1
    entropy = figure(at, f"gallery_entropy_{CLASSIFIER}")["data"][0]["z"]
    assert 0 <= np.min(entropy) <= np.max(entropy) <= 8.03
    assert set(at.dataframe[0].value.index) == {"truth", "grey", *STUDIO}
    at.button(key="gallery_back").click().run()
    assert not at.get("plotly_chart")


def test_gallery_names_broken_photos_and_missing_folders(open_page, filled, tmp_path, make_photo):
    (tmp_path / "broken.png").write_bytes(b"x")
    make_photo(40, 40).save(tmp_path / "whole.png")
    at = open_page("gallery", filled, gallery_folder=str(tmp_path))
    assert "broken.png" in warnings_of(at)
    assert len([b for b in at.button if "whole.png" in str(b.key)]) == 1
    at = open_page("gallery", filled, gallery_folder=str(tmp_path / "x"), gallery_limit="1")
    assert "no data folder" in warnings_of(at)


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_upload_in_color_is_measured_against_itself(open_page, filled, make_photo):
    at = open_page("photo", filled)
    at.file_uploader[0].upload("p.png", png(make_photo(70, 50)), "image/png")
    at.run()
    assert not at.exception
    table = at.dataframe[0].value
    assert list(table.index) == ["as uploaded", "grey", *STUDIO]
    expected = pictures.measure(
        load_colorizer(OTHER, filled / OTHER)(make_photo(70, 50)), make_photo(70, 50)
    )
    assert table.loc[OTHER, "ΔE2000 ↓"] == pytest.approx(expected["delta_e2000"], abs=1e-3)
    at.slider(key="photo_saturation").set_value(0.0).run()
    assert at.dataframe[0].value.loc[OTHER, "Mean chroma"] < 1
    assert not [column for column in table.columns if "faces" in column]


def test_upload_in_grey_is_not_compared(open_page, filled, make_photo):
    at = open_page("photo", filled)
    at.file_uploader[0].upload("p.png", png(make_photo(40, 40).convert("L")), "image/png")
    at.run()
    assert any("no true colours" in i.value for i in at.info)
    assert list(at.dataframe[0].value.columns) == ["Colourfulness", "Mean chroma"]


def test_bad_upload_gets_a_sentence(open_page, filled):
    at = open_page("photo", filled)
    at.file_uploader[0].upload("p.png", b"not a picture", "image/png")
    at.run()
    assert not at.exception
    assert "not a picture that can be read" in at.error[0].value


# --- set-up -----------------------------------------------------------------------------------


def test_configuration_keeps_the_dashboard_at_home():
    config = tomllib.loads((SCRIPT.parent / ".streamlit" / "config.toml").read_text())
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["maxUploadSize"] == 15
    assert config["browser"]["gatherUsageStats"] is False
