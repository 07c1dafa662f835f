"""The results in Markdown: made from metrics.json, and the repository's copies are not stale."""

import json
from pathlib import Path

import pytest

from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.evaluation import tables
from colorize_core.evaluation.measured import read_metrics
from colorize_core.evaluation.page import results_page
from colorize_core.evaluation.printed import compare, figures_table
from colorize_core.evaluation.published import OTHER_MEASURES, SOURCES
from colorize_core.evaluation.trained import EXPERIMENTS, read_experiments
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS
from colorize_core.runs import SHIPPED, list_runs

README = Path(__file__).parents[2] / "README.md"
PAGE = README.parent / "docs" / "results.md"
GREY, TRUTH = 5.0, 90.0


def measured(value: float, **others: float) -> dict[str, dict[str, float]]:
    """A row with one value for every metric, but those named."""
    values = dict.fromkeys(METRICS, value) | others
    return {
        name: {"value": value, "low": value - 1, "high": value + 2}
        for name, value in values.items()
    }


def write_metrics(root: Path, name: str, rows: dict, **content) -> Path:
    """metrics.json of a made-up method folder."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    standard = {"method": name, "rows": rows, "n": 7, "data": {"photos": 7}}
    references = {"grey": measured(GREY), "truth": measured(TRUTH)}
    path = folder / "metrics.json"
    path.write_text(json.dumps(standard | references | content))
    return path


def write_config(root: Path, name: str, method: str, **training) -> None:
    """config.json of a made-up method folder."""
    config = METHODS[method].config.to_json()
    content = {"method": method, "config": config, "training": training}
    (root / name / "config.json").write_text(json.dumps(content))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    rows = {"T=1": measured(10), "T=0.38": measured(20)}
    write_metrics(tmp_path / "checkpoints", "classification", rows)
    return tmp_path / "checkpoints"


# --- the README's table -----------------------------------------------------------------------


def test_table_has_grey_truth_and_every_variant(root):
    lines = tables.results_table(root).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:6]] == [
        "the originals",
        "plain grey",
        "`classification` T = 1",
        "`classification` T = 0.38",
    ]
    assert "20.00 ± 1.50" in lines[5]
    assert "7 test photos (7 of photos)" in lines[-1]


def test_table_has_only_the_studio_s_own(root):
    write_metrics(root, "zhang-114", {"T=1": measured(10)})
    assert "zhang-114" not in tables.results_table(root)


def test_table_puts_a_dash_where_an_older_file_lacks_a_metric(root):
    row = measured(10)
    del row["psnr"]
    write_metrics(root, "gan", {"": row})
    line = next(line for line in tables.results_table(root).splitlines() if "`gan`" in line)
    assert line.split("|")[2 + list(METRICS).index("psnr")].strip() == "–"


def test_rewrite_keeps_the_rest_of_the_file(root, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n")
    tables.rewrite(path, tables.results_table(root))
    text = path.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "plain grey" in text
    assert "old" not in text


def test_rewrite_refuses_a_file_without_markers(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("nothing here")
    with pytest.raises(ConfigError, match="lacks the lines"):
        tables.rewrite(path, "table")
    assert path.read_text() == "nothing here"


def test_no_metrics_is_said(tmp_path):
    with pytest.raises(CheckpointError, match="colorize evaluate"):
        tables.results_table(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", '{"rows": 3}', '{"rows": {"": {"psnr": 1}}}'])
def test_damaged_metrics_are_named(root, content):
    path = root / "classification" / "metrics.json"
    path.write_text(content)
    with pytest.raises(CheckpointError, match="damaged"):
        tables.results_table(root)


# --- the page ---------------------------------------------------------------------------------


def test_page_groups_by_photos(root):
    write_metrics(root, "zhang-114", {"T=1": measured(10)})
    write_metrics(root, "cifar-gan", {"": measured(10)}, data={"cifar10": 9}, n=9)
    page = results_page(root)
    photos, cifar = page.index("## Measured on photos"), page.index("## Measured on cifar10")
    assert photos < page.index("| `zhang-114` T = 1 | 10.00") < cifar
    assert cifar < page.index("| `cifar-gan` | 10.00")
    assert "9 test photos (9 of cifar10)" in page
    missing = page[page.index("## Not measured yet") :].splitlines()[2]
    assert "`birds-gan`" in missing
    assert "`cifar-gan`" not in missing


def test_page_says_how_a_method_was_trained(root):
    write_metrics(root, "zhang-114", {"T=1": measured(10)})
    facts = {"data": ["photos", "imagenette"], "images_seen": 20_256, "training_photos": 800}
    write_config(root, "zhang-114", "zhang-114", **facts, crop=80, seconds=90, hardware="cpu")
    line = next(
        line
        for line in results_page(root).splitlines()
        if line.startswith("| `zhang-114` | 001 | zhang")
    )
    for text in ("Lab", "0.125", "photos + imagenette", "20,256", "800", "80 px", "cpu"):
        assert f"| {text} |" in line


def test_page_defines_every_metric_shown(root):
    page = results_page(root)
    section = page[page.index("## The measures") : page.index("## Findings")]
    for metric in METRICS.values():
        line = next(line for line in section.splitlines() if line.startswith(f"| {metric.title}"))
        assert metric.source in line
        assert all(cell.strip() for cell in line.strip("|").split("|")), line


def test_page_marks_what_is_worse_than_grey(root):
    grey = measured(GREY, delta_e2000=10.3, accuracy_5=20)
    write_metrics(root, "cifar-unet-gan", {"": measured(9)}, data={"cifar10": 9}, grey=grey)
    lines = results_page(root).splitlines()
    error = next(x for x in lines if "14.82" in x and "CIFAR" in x)
    share = next(x for x in lines if "36.64" in x and "CIFAR" in x)
    assert error.endswith("| **worse than our grey** |")
    assert "10.30" in error
    assert share.endswith("| better than our grey |")


def test_page_leaves_scales_apart_that_differ(root):
    write_metrics(root, "cifar-gan", {"": measured(97)}, data={"cifar10": 9})
    line = next(x for x in results_page(root).splitlines() if "97.26" in x)
    assert line.endswith("| better than its own grey |")
    assert "| 97.00 | – |" in line


def test_page_gives_the_share_that_a_classifier_regains(root, monkeypatch):
    row = {"classifier_accuracy": {"value": 47.5, "low": 47, "high": 48, "n": 4}}
    ends = {
        kind: {"classifier_accuracy": {"value": value, "low": value, "high": value, "n": 4}}
        for kind, value in (("grey", 20.0), ("truth", 90.0))
    }
    for kind, value in (("grey", GREY), ("truth", TRUTH)):
        ends[kind] = measured(value) | ends[kind]
    rows = {"": measured(30) | row}
    write_metrics(root, "cifar-gan", rows, data={"cifar10": 7}, **ends)
    page = results_page(root)
    line = next(line for line in page.splitlines() if line.startswith("| `cifar-gan` | 30.00"))
    assert line.endswith("| 39 % |")
    assert "| Regained ↑ |" in page
    assert "| 39 % (`cifar-gan`) | no |" in page
    assert "The poster (report 002) regains 82 % with L2." in page


def test_page_shows_the_classifiers_and_whom_they_classifierd(root):
    write_metrics(root, "gan", {"": measured(9)}, classifier={"imagenette": 4})
    folder = root.parent / "classifiers" / "imagenette"
    folder.mkdir(parents=True)
    parts = {"low": 90.5, "high": 92.5}
    true = {"accuracy": {"value": 91.5, **parts}, "confidence": {"value": 0.9, **parts}}
    content = {"classifier": "imagenette", "split": "test", "n": 1000, "data": "imagenette"}
    (folder / "metrics.json").write_text(json.dumps(content | {"true": true, "grey": true}))
    page = results_page(root)
    assert "Evaluation classifierd by `imagenette` (4 pictures)." in page
    assert "| `imagenette` | 1,000 of imagenette, test | 91.50 ± 1.00 | 91.50" in page
    assert "named rightly | 91.50 % | yes |" in page
    (folder / "metrics.json").write_text("[]")
    with pytest.raises(CheckpointError, match="measure the evaluation classifier again"):
        results_page(root)


def test_page_survives_every_missing_piece(root):
    (root.parent / EXPERIMENTS / "zhang-114-few-best").mkdir(parents=True)
    write_metrics(root, "zhang-114", {"T=1": {}}, grey={}, truth={}, data={"birds": 7})
    page = results_page(root)
    assert "Cannot be told yet" in page
    assert "Not measured: validation loss of `zhang-114-few-best`" in page


def test_experiments_read_loss_and_metrics(tmp_path):
    folder = tmp_path / EXPERIMENTS
    write_metrics(folder, "zhang-114-few-best", {"T=0.09": measured(10)})
    write_config(folder, "zhang-114-few-best", "zhang-114", images_seen=200)
    lines = [{"images": i, "val_loss": loss} for i, loss in ((100, 4.0), (200, 3.0), (300, 5.0))]
    text = "\n".join(map(json.dumps, lines)) + "\n{half a li"
    (folder / "zhang-114-few-best" / "history.jsonl").write_text(text)
    found = read_experiments(tmp_path / "checkpoints")["zhang-114-few-best"]
    assert found.validation_loss == 3.0
    assert found.measurement.rows["T=0.09"]["psnr"].value == 10
    assert found.parameters is None


def test_a_damaged_configuration_is_named(root):
    (root / "classification" / "config.json").write_text('{"method": "dream"}')
    with pytest.raises(CheckpointError, match="does not describe a method"):
        results_page(root)


# --- published figures ------------------------------------------------------------------------


def test_published_figures_name_methods_and_measures():
    for source in SOURCES.values():
        assert source.why.endswith(".")
        for figure in source.figures:
            assert figure.method in {*METHODS, "grey", "truth"}
            assert figure.metric in {*METRICS, *OTHER_MEASURES}
            if figure.variant:
                assert METHODS[figure.method].has_temperature


def test_every_report_of_the_registry_has_a_source():
    assert {m.report for m in METHODS.values()} - {None} <= set(SOURCES)


def test_published_grey_is_compared_within_its_own_setting(root):
    verdicts = {
        (c.figure.method, c.figure.variant, c.figure.on): c.verdict
        for c in compare(read_metrics(root))
        if c.source.number == "001"
    }
    assert verdicts["zhang-114", "T=0.09", "VGG-16 on one basset"] == "better than its own grey"
    assert verdicts["zhang-114", "T=0", "VGG-16 on one fig"] == "**worse than its own grey**"
    assert verdicts["grey", "", "VGG-16 on one fig"] == ""


def test_a_figure_from_memory_is_marked(root):
    table = figures_table(["zhang-313"], read_metrics(root))
    assert table.count("(from memory)") == 9
    assert "plain grey" in table


def test_a_method_without_figures_has_none(root):
    assert figures_table(["birds-gan"], read_metrics(root)) == ""


def test_the_command_writes_page_and_table(root, tmp_path, colorize):
    page, readme = tmp_path / "results.md", tmp_path / "readme.md"
    readme.write_text(f"{tables.BEGIN}\n{tables.END}\n")
    words = ("results", "--page", page, "--into", readme, "--checkpoints", root)
    assert colorize(*words) == (0, "")
    assert page.read_text() == results_page(root)
    assert tables.results_table(root) in readme.read_text()
    assert "plain grey" in colorize("results", "--checkpoints", root)[1]


# --- the repository's copies ------------------------------------------------------------------


def test_readme_shows_the_shipped_metrics():
    assert list_runs(), "no checkpoint is shipped"
    table = tables.results_table(SHIPPED)
    assert f"{tables.BEGIN}\n\n{table}\n\n{tables.END}" in README.read_text(encoding="utf-8"), (
        "stale: colorize results --into README.md"
    )


def test_the_page_shows_the_shipped_metrics():
    assert results_page(SHIPPED) == PAGE.read_text(encoding="utf-8"), (
        "stale: colorize results --page docs/results.md"
    )
