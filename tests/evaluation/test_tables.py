"""The results in Markdown: made from metrics.json, and the repository's copies are not stale."""

import json
from pathlib import Path

import pytest

from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.evaluation import tables
from colorize_core.evaluation.page import results_page
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS
from colorize_core.runs import SHIPPED, list_runs

ROOT = Path(__file__).parents[2]
GREY, TRUTH = 5.0, 90.0


def measured(value: float) -> dict[str, dict[str, float]]:
    """A row with one value for every metric."""
    return {name: {"value": value, "low": value - 1, "high": value + 2} for name in METRICS}


def block(rows: dict[str, dict], **changes) -> dict:
    """What metrics.json says of one set of photos."""
    references = {"grey": measured(GREY), "truth": measured(TRUTH)}
    return {"split": "test", "data": {"photos": 7}, "n": 7, "rows": rows} | references | changes


def write_metrics(root: Path, name: str, content: dict) -> None:
    """metrics.json of a made-up method folder."""
    (root / name).mkdir(parents=True, exist_ok=True)
    (root / name / "metrics.json").write_text(json.dumps({"method": name, **content}))


def write_config(root: Path, name: str, method: str, **training) -> None:
    """config.json of a made-up method folder."""
    (root / name).mkdir(parents=True, exist_ok=True)
    config = METHODS[method].config.to_json()
    content = {"method": method, "config": config, "training": training}
    (root / name / "config.json").write_text(json.dumps(content))


def write_sweep(root: Path, **changes) -> None:
    """sweep.json of a made-up classification."""
    values = {"value": [4.0, 3.0, 2.0, 1.0]}
    content = {
        "split": "val",
        "data": {"photos": 5},
        "n": 5,
        "temperatures": [0.0, 0.09, 0.38, 1.0],
        "measures": dict.fromkeys(("colorfulness", "delta_e2000", "roughness"), values),
        "truth": measured(TRUTH),
    }
    (root / "classification").mkdir(parents=True, exist_ok=True)
    (root / "classification" / "sweep.json").write_text(json.dumps(content | changes))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    rows = {"T=1": measured(10), "T=0.38": measured(20)}
    write_metrics(tmp_path / "checkpoints", "classification", block(rows))
    return tmp_path / "checkpoints"


# --- the README's table -----------------------------------------------------------------------


def test_the_table_has_grey_the_originals_and_every_variant(root):
    lines = tables.results_table(root).splitlines()
    assert lines[0] == "*Photos from the same sources*: 7 test photos (photos)."
    assert [line.split("|")[1].strip() for line in lines[4:8]] == [
        "the originals",
        "plain grey",
        "`classification` T = 1",
        "`classification` T = 0.38",
    ]
    assert "20.00 ± 1.50" in lines[7]
    titles = [cell.strip() for cell in lines[2].split("|")[2:-1]]
    assert len(titles) == len(tables.README_METRICS)
    assert titles[:2] == ["Raw AuC, % ↑", "Rebalanced AuC, % ↑"]


def test_photos_from_elsewhere_have_a_block_of_their_own(root):
    there = {"data": {"streets": 3}, "n": 3, "grey": measured(1)}
    content = block({"": measured(30)}) | {"elsewhere": block({"": measured(40)}, **there)}
    write_metrics(root, "gan", content)
    same, elsewhere = tables.results_table(root).split("*Photos from elsewhere*")
    assert "`gan` | 30.00" in same
    assert elsewhere.startswith(": 3 test photos (streets).")
    assert "`gan` | 40.00" in elsewhere
    assert "plain grey | 1.00" in elsewhere
    assert "classification" not in elsewhere, "it was not measured there"
    assert "plain grey | 5.00" in same


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ("test", "7 test photos ("),
        ("val", "7 validation photos ("),
        ("train", "7 training photos ("),
        ("all", "7 photos ("),
        (None, "7 photos ("),
    ],
)
def test_the_words_for_the_photos_come_from_the_file(root, split, words):
    rows = {"T=1": measured(10)}
    write_metrics(root, "classification", block(rows, split=split, data={"a": 3, "b": 4}))
    for text in (tables.results_table(root), results_page(root)):
        assert f"{words}3 of a, 4 of b)" in text


def test_methods_of_other_photos_have_a_table_of_their_own(root):
    write_metrics(root, "gan", block({"": measured(30)}, split="val"))
    assert tables.results_table(root).count("plain grey") == 2


def test_the_table_has_only_the_studio_s_own(root):
    write_metrics(root, "zhang-114", block({"T=1": measured(10)}))
    assert "zhang-114" not in tables.results_table(root)


def test_a_dash_stands_where_an_older_file_lacks_a_metric(root):
    row = measured(10)
    del row["rebalanced_auc"]
    write_metrics(root, "gan", block({"": row}))
    line = next(line for line in tables.results_table(root).splitlines() if "`gan`" in line)
    assert line.split("|")[3].strip() == "–"


def test_no_metrics_is_said(tmp_path):
    with pytest.raises(CheckpointError, match="colorize evaluate"):
        tables.results_table(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", '{"rows": 3}', '{"rows": {"": {"psnr": 1}}}'])
def test_damaged_metrics_are_named(root, content):
    (root / "classification" / "metrics.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"metrics\.json is damaged"):
        tables.results_table(root)


# --- the lesson's table -----------------------------------------------------------------------


def test_the_temperature_table_is_that_of_the_sweep(root):
    write_sweep(root)
    lines = tables.temperature_table(root).splitlines()
    assert lines[0] == "Measured on 5 validation photos (photos):"
    assert lines[4:] == [
        "| 1 | 1.0 | 1.0 | 1.00 |",
        "| 0.38 | 2.0 | 2.0 | 2.00 |",
        "| 0.09 | 3.0 | 3.0 | 3.00 |",
        "| 0 | 4.0 | 4.0 | 4.00 |",
        "| true photos | 90.0 | 90.0 | 90.00 |",
    ]


def test_a_missing_or_damaged_sweep_is_named(root):
    with pytest.raises(CheckpointError, match=r"no sweep\.json in .*--sweep"):
        tables.temperature_table(root)
    write_sweep(root, temperatures=[0.5])
    with pytest.raises(CheckpointError, match=r"sweep\.json is damaged .*--sweep"):
        tables.temperature_table(root)


# --- between markers --------------------------------------------------------------------------


def test_rewrite_keeps_the_rest_of_the_file(root, tmp_path):
    write_sweep(root)
    path = tmp_path / "page.md"
    places = [f"{tables.begin(name)}\nold\n{tables.end(name)}" for name in tables.TABLES]
    path.write_text("before\n" + "\nbetween\n".join(places) + "\nafter\n")
    tables.rewrite(path, root)
    text = path.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert text.count("between") == 1
    assert "old" not in text
    for table in tables.TABLES.values():
        assert table(root) in text
    tables.rewrite(path, root)
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["nothing", "<!-- results: written by `colorize results` -->"])
def test_rewrite_refuses_a_file_without_both_markers(root, tmp_path, text):
    path = tmp_path / "page.md"
    path.write_text(text)
    with pytest.raises(ConfigError, match="lacks the line"):
        tables.rewrite(path, root)
    assert path.read_text() == text


# --- the page ---------------------------------------------------------------------------------


def test_the_page_has_a_table_for_each_set_of_photos(root):
    write_metrics(root, "zhang-114", block({"T=1": measured(10)}))
    write_metrics(root, "cifar-gan", block({"": measured(10)}, data={"cifar10": 9}, n=9))
    page = results_page(root)
    photos, cifar = page.index("## On photos"), page.index("## On cifar10")
    assert photos < page.index("| `zhang-114` T = 1 | 10.00") < cifar
    assert cifar < page.index("| `cifar-gan` | 10.00")
    assert "9 test photos (cifar10)" in page
    missing = page[page.index("## Not measured yet") :].splitlines()[2]
    assert "`birds-gan`" in missing
    assert "`cifar-gan`" not in missing


def test_the_page_names_the_classifier_and_shows_elsewhere(root):
    other = block({"": measured(40)}, data={"streets": 3}, n=3)
    content = block({"": measured(30)}, classifier={"imagenette": 4}, elsewhere=other)
    write_metrics(root, "gan", content)
    page = results_page(root)
    assert "The evaluation classifier is `imagenette` (4 photos)." in page
    assert "From elsewhere: 3 test photos (streets)." in page
    assert page.index("`gan` | 30.00") < page.index("From elsewhere") < page.index("`gan` | 40.00")


def training_line(root: Path, name: str) -> str:
    page = results_page(root)
    lines = page[page.index("## How the weights were made") :].splitlines()
    return next(line for line in lines if line.startswith(f"| `{name}` |"))


def test_the_page_says_how_a_method_was_trained(root):
    write_metrics(root, "zhang-114", block({"T=1": measured(10)}))
    facts = {"data": ["photos", "imagenette"], "images_seen": 20_256, "training_photos": 800}
    write_config(root, "zhang-114", "zhang-114", **facts, crop=80, seconds=90, hardware="cpu")
    line = training_line(root, "zhang-114")
    for text in ("001", "zhang", "Lab", "0.125", "photos + imagenette", "20,256", "2", "800"):
        assert f"| {text} |" in line


def test_the_page_counts_what_a_run_started_from(root):
    write_metrics(root, "gan", block({"": measured(10)}))
    write_config(root, "gan", "gan", init="regression", images_seen=2_000, seconds=60)
    assert "| at least 2,000 | at least 1 |" in training_line(root, "gan")
    write_config(root, "regression", "regression", init=None, images_seen=5_000, seconds=600)
    assert "| 7,000 | 11 |" in training_line(root, "gan")


def test_the_page_defines_every_metric_shown(root):
    page = results_page(root)
    section = page[page.index("## What is measured") :]
    for metric in METRICS.values():
        line = next(line for line in section.splitlines() if line.startswith(f"| {metric.title}"))
        assert metric.source in line
        assert all(cell.strip() for cell in line.strip("|").split("|")), line


def test_the_page_survives_what_is_missing(root):
    write_metrics(root, "zhang-114", block({"T=1": {}}, grey={}, truth={}, data={"birds": 7}))
    write_config(root, "zhang-114", "zhang-114")
    assert "| – | – |" in training_line(root, "zhang-114")


def test_a_damaged_configuration_is_named(root):
    (root / "classification" / "config.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"config\.json is damaged"):
        results_page(root)


# --- the command, and the repository's copies -------------------------------------------------


def test_the_command_writes_page_and_tables(root, tmp_path, colorize):
    page, readme = tmp_path / "results.md", tmp_path / "readme.md"
    readme.write_text(f"{tables.begin('results')}\n{tables.end('results')}\n")
    words = ("results", "--page", page, "--into", readme, "--checkpoints", root)
    assert colorize(*words) == (0, "")
    assert page.read_text() == results_page(root)
    assert tables.results_table(root) in readme.read_text()
    assert "plain grey" in colorize("results", "--checkpoints", root)[1]


@pytest.mark.parametrize("path", ["README.md", "docs/lesson.md"])
def test_the_tables_are_those_of_the_shipped_metrics(path, tmp_path):
    assert list_runs(), "no checkpoint is shipped"
    text = (ROOT / path).read_text(encoding="utf-8")
    (tmp_path / "copy.md").write_text(text, encoding="utf-8")
    tables.rewrite(tmp_path / "copy.md", SHIPPED)
    stale = f"stale: colorize results --into {path}"
    assert (tmp_path / "copy.md").read_text(encoding="utf-8") == text, stale


def test_the_page_shows_the_shipped_metrics():
    assert results_page(SHIPPED) == (ROOT / "docs" / "results.md").read_text(encoding="utf-8"), (
        "stale: colorize results --page docs/results.md"
    )
