"""The dashboard's charts: a table in, a figure out."""

import json

import numpy as np
import pandas as pd
import pytest

from dashboard import charts
from dashboard.charts import base, curves


def metrics_table() -> pd.DataFrame:
    lines = []
    for row, run, variant, kind in (
        ("calm", "calm", "", "method"),
        ("bold T=1", "bold", "T=1", "method"),
        ("bold T=0", "bold", "T=0", "method"),
        ("grey", "grey", "", "grey"),
        ("truth", "truth", "", "truth"),
    ):
        for i, metric in enumerate(("raw_auc", "colorfulness")):
            value = 10.0 * i + len(row)
            lines.append((row, run, variant, kind, metric, value, value - 1, value + 2))
    columns = ["row", "run", "variant", "kind", "metric", "value", "low", "high"]
    return pd.DataFrame(lines, columns=columns)


def history(images: int = 5, **columns: list[float]) -> pd.DataFrame:
    steps = np.arange(images, dtype=float)
    return pd.DataFrame({"images": 100 * steps, "epoch": steps, "seconds": 9 * steps, **columns})


def prior_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "a": [-10.0, 0.0, 0.0, 10.0],
            "b": [0.0, 0.0, 10.0, 10.0],
            "color": ["#00ff00", "#808080", "#ffff00", "#ff8000"],
            "prior": [0.1, 0.7, 0.2, 0.0],
            "smoothed": [0.12, 0.6, 0.2, 0.08],
            "weight": [1.4, 0.8, 1.2, 1.6],
        }
    )


def named(figure, name: str):
    return next(trace for trace in figure.data if trace.name == name)


def curve(**values) -> dict:
    return {"value": [3.0, 2.0, 1.0], "low": [2.5, 1.5, 0.5], "high": [3.5, 2.5, 1.5], **values}


ALL = {
    "scatter": lambda: charts.metric_scatter(
        metrics_table(), "raw_auc", "colorfulness", {"raw_auc": "A (%)", "colorfulness": "C"}
    ),
    "intervals": lambda: charts.metric_intervals(metrics_table(), "raw_auc", "A (%)"),
    "training": lambda: charts.training_curve(
        {"r": history(train_l1=[5.0, 4, 3, 2, 1])}, "l1", "images", "images seen", "L1"
    ),
    "plane": lambda: charts.prior_plane(prior_table(), 10),
    "plane by weight": lambda: charts.prior_plane(prior_table(), 10, by="weight"),
    "ranks": lambda: charts.prior_ranks(prior_table()),
    "weights": lambda: charts.weight_ranks(prior_table()),
    "sweep": lambda: charts.sweep_curve([0.0, 0.5, 1.0], {"m": curve()}, "C"),
    "histogram": lambda: charts.chroma_histogram([0, 2, 4], {"m": [0.4, 0.6]}, [0.5, 0.5], 0.38),
    "map": lambda: charts.heat_map(np.ones((4, 6)), "bits", "entropy"),
}


@pytest.mark.parametrize("name", ALL)
def test_every_chart_has_titles_hover_and_stable_zoom(name):
    figure = ALL[name]()
    assert figure.data
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text or name == "intervals"
    assert figure.layout.uirevision
    assert all(t.hovertemplate or t.hoverinfo == "skip" for t in figure.data)
    json.loads(figure.to_json())


def test_palette_gives_every_name_a_color():
    names = [f"m{i}" for i in range(7)]
    assert len(set(charts.colors_of(names[:6]).values())) == 6
    assert len(charts.colors_of(names)) == 7  # more methods than colours still get one each


def test_metric_scatter_places_rows_with_their_intervals():
    figure = ALL["scatter"]()
    bold = named(figure, "bold T=0")
    assert (bold.x[0], bold.y[0]) == (8.0, 18.0)
    assert (bold.error_x.array[0], bold.error_x.arrayminus[0]) == (2.0, 1.0)
    same_method = named(figure, "bold T=1")
    assert bold.marker.color == same_method.marker.color
    assert bold.marker.symbol != same_method.marker.symbol
    assert named(figure, "grey").marker.color == base.GREY


def test_truth_is_a_line_where_it_is_perfect_by_definition():
    titles = {"raw_auc": "A (%)", "colorfulness": "C"}
    table = metrics_table()
    figure = charts.metric_scatter(table, "raw_auc", "colorfulness", titles, ["raw_auc"])
    assert "truth" not in {trace.name for trace in figure.data}
    assert figure.layout.shapes[0].y0 == 15.0
    rows = charts.metric_intervals(table, "raw_auc", "A (%)", ["raw_auc"]).data
    assert "truth" not in {trace.y[0] for trace in rows}


def test_metric_scatter_says_when_nothing_can_be_shown():
    table = metrics_table()
    figure = charts.metric_scatter(table[table["metric"] == "raw_auc"], "raw_auc", "psnr", {})
    assert "No row" in figure.layout.annotations[0].text


def test_training_curve_draws_validation_beside_training_and_references():
    frame = history(
        train_loss=[5.0, 4, 3, 2, 1],
        val_loss=[5.0, 4, 3.5, 3.6, 4],
        val_grey_loss=[6.0] * 5,
    )
    figure = charts.training_curve(
        {"r": frame}, "loss", "epoch", "epochs", "loss", higher_is_better=False
    )
    assert named(figure, "r training").line.dash == "solid"
    assert named(figure, "r validation").line.dash == "dash"
    assert list(named(figure, "plain grey").y) == [6.0, 6.0]
    best = named(figure, "r best")
    assert (best.x[0], best.y[0]) == (2.0, 3.5)


def test_training_curve_marks_the_shipped_point():
    frame = history(val_raw_auc=[1.0, 2, 3, 4, 5])
    figure = charts.training_curve(
        {"r": frame}, "raw_auc", "seconds", "s", "AuC", shipped={"r": 300.0}
    )
    shipped = named(figure, "r shipped")
    assert (shipped.x[0], shipped.y[0]) == (27.0, 4.0)


def test_training_curve_leaves_the_beginning_out_and_moves_no_mark():
    frame = history(val_raw_auc=[9.0, 2, 3, 4, 5], val_grey_raw_auc=[1.0] * 5)
    figure = charts.training_curve(
        {"r": frame}, "raw_auc", "images", "x", "y", skip=0.5, higher_is_better=True,
        shipped={"r": 300.0},
    )  # fmt: skip
    assert list(named(figure, "r validation").x) == [200, 300, 400]
    assert list(named(figure, "plain grey").x) == [200, 400]
    assert named(figure, "r shipped").x[0] == 300
    assert "r best" not in {t.name for t in figure.data}


def test_training_curve_keeps_the_raw_values_under_smoothed_ones():
    frame = history(train_l1=[1.0, 0, 1, 0, 1])
    figure = charts.training_curve({"r": frame}, "l1", "images", "x", "y", smoothing=0.8, log=True)
    raw, smoothed = figure.data[1], named(figure, "r training")
    assert list(raw.y) == [1, 0, 1, 0, 1]
    assert np.ptp(smoothed.y) < 1
    assert figure.layout.yaxis.type == "log"


def test_training_curve_shows_runs_of_one_grey_as_one_line():
    frame = history(val_raw_auc=[1.0, 2, 3, 4, 5], val_grey_raw_auc=[2.0] * 5)
    same = charts.training_curve({"r": frame, "s": frame}, "raw_auc", "images", "x", "y")
    assert sum(t.name.startswith("plain grey") for t in same.data) == 1
    other = frame.assign(val_grey_raw_auc=3.0)
    figure = charts.training_curve({"r": frame, "s": other}, "raw_auc", "images", "x", "y")
    assert {t.name for t in figure.data if t.name.startswith("plain grey")} == {
        "plain grey (r)",
        "plain grey (s)",
    }


def test_training_curve_without_data_says_so():
    figure = charts.training_curve({"r": history()}, "l1", "images", "x", "y")
    assert figure.layout.annotations


def test_best_point_follows_the_direction():
    frame = history(val_x=[3.0, 1.0, np.nan, 5.0, 2.0])
    assert curves.best_point(frame, "val_x", True) == 3
    assert curves.best_point(frame, "val_x", False) == 1
    assert curves.best_point(frame, "val_x", None) is None
    assert curves.best_point(frame, "val_y", True) is None


def test_smooth_starts_at_the_first_value():
    values = pd.Series([4.0, 4.0, 8.0])
    assert curves.smooth(values, 0.0).tolist() == [4, 4, 8]
    assert curves.smooth(values, 0.9).tolist()[:2] == [4, 4]


def test_prior_plane_puts_each_class_on_its_cell_in_its_color():
    figure = charts.prior_plane(prior_table(), 10)
    unseen, seen = (trace for trace in figure.data if trace.type == "heatmap")
    assert list(seen.x) == [-10, 0, 10]
    assert seen.z[1][1] == 2  # class 2: a = 0, b = 10
    assert np.isnan(seen.z[1][2])
    assert unseen.z[1][2] == 3
    assert unseen.opacity < seen.opacity
    assert seen.colorscale[2][1] == "#ffff00"


def test_prior_ranks_order_classes_by_their_prior():
    bars, line = charts.prior_ranks(prior_table()).data
    assert list(bars.y)[:3] == [0.7, 0.2, 0.1]
    assert bars.marker.color[0] == "#808080"
    assert line.y[0] == 0.6
    assert charts.weight_ranks(prior_table()).data[0].y[0] == 0.8


def test_sweep_curve_has_band_references_and_marks():
    figure = charts.sweep_curve(
        [0.0, 0.5, 1.0], {"m": curve()}, "C", grey=1.0, truth=2.0, marked=(0.09,), chosen=0.4
    )
    band = figure.data[0]
    assert list(band.y) == [3.5, 2.5, 1.5, 0.5, 1.5, 2.5]
    assert list(named(figure, "m").y) == [3.0, 2.0, 1.0]
    assert {t.name for t in figure.data} >= {"plain grey", "originals"}
    assert sorted(shape.x0 for shape in figure.layout.shapes) == [0.09, 0.4]


def test_chroma_histogram_draws_results_beside_the_originals():
    shares = {"m": [0.4, 0.6], "n": [0.1, 0.9]}
    figure = charts.chroma_histogram([0, 2, 4], shares, [0.5, 0.5], 0.38)
    assert [t.name for t in figure.data] == ["m, T = 0.38", "n, T = 0.38", "originals"]
    assert list(figure.data[1].x) == [1, 3]
    assert list(figure.data[1].y) == [10, 90]


def test_heat_map_is_upright_with_square_pixels():
    figure = charts.heat_map(np.arange(6.0).reshape(2, 3), "bits", "entropy", 4.0)
    assert figure.layout.yaxis.autorange == "reversed"
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.data[0].zmax == 4.0
