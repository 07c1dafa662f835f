"""The plan of a queue: what it says, and what is refused with which sentence."""

import re
from pathlib import Path

import pytest

from colorize_core.errors import ConfigError
from colorize_core.evaluation.classifiers import CLASSIFIERS
from colorize_core.methods import METHODS
from colorize_core.training.plan import PLAN, Plan, read_plan
from colorize_core.training.recognition import RECIPES


@pytest.fixture
def plan(tmp_path):
    """`plan(text)`: what is read of it."""

    def read(text: str) -> Plan:
        (tmp_path / "plan.toml").write_text(text)
        return read_plan(tmp_path / "plan.toml")

    return read


def run(more: str = "", method: str = "gan") -> str:
    return f'[[run]]\nmethod = "{method}"\n{more}\n'


def test_the_shipped_plan_trains_every_method_and_classifier():
    found = read_plan()
    assert found.faults == {}
    trained = {run.trains for run in found.runs}
    assert trained == {*METHODS, *RECIPES} <= {*METHODS, *CLASSIFIERS}
    assert len({run.seed for run in found.runs if run.trains == "cifar-yuv-l2"}) >= 3
    assert PLAN.suffix == ".toml"


def test_seeds_make_runs_of_their_own(plan):
    found = plan(run("seeds = [0, 1, 7]", "unet-l2") + run('name = "b"\nseeds = [2]', "unet-l2"))
    assert [(run.name, run.seed) for run in found.runs] == [
        ("unet-l2", 0), ("unet-l2-seed1", 1), ("unet-l2-seed7", 7), ("b-seed2", 2)
    ]  # fmt: skip


def test_what_an_entry_leaves_out_is_the_recipes(plan):
    (found,) = plan(run(method="birds-gan")).runs
    assert (found.name, found.data, found.seed) == ("birds-gan", ("birds",), 0)
    assert found.config == METHODS["birds-gan"].config
    assert found.starts_from is None
    (gan,) = plan(run()).runs
    assert gan.starts_from == "regression"


def test_a_method_may_go_on_from_its_own_shipped_weights(plan):
    found = plan(run('starts-from = "regression"', "regression"))
    assert found.parent(found.runs[0]) is None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("epoch = 3", "unknown key 'epoch'; choose from: name, method, data, seeds"),
        ("seeds = [0.5]", r"seeds must be a list of integers, such as \[0, 1, 2\], got \[0.5\]"),
        ("seeds = []", "seeds must be a list of integers"),
        ("seeds = 3", "seeds must be a list of integers"),
        ("seeds = [true]", "seeds must be a list of integers"),
        ("set = {widht = 1}", "GanConfig has no field 'widht'; its fields: backbone"),
        ("set = {width = 9}", r"width must lie in \(0, 4\], got 9"),
        ("set = 3", "set must be a table"),
        ('epochs = "ten"', "epochs must be of type float, got 'ten'"),
        ("epochs = -1", "epochs must be above 0, got -1"),
        ("crop = 32.5", "crop must be of type int, got 32.5"),
        ('data = "photos"', "data must be a list of folder names, got 'photos'"),
        ('name = "../gan"', "name must be that of a folder below --out, got '../gan'"),
        ('name = "/gan"', "name must be that of a folder below --out"),
        ('starts-from = "gna"', "starts-from names 'gna', which is neither a run of plan.toml nor"),
        ('classifier = "cifar10"', "a run needs a method, or else a classifier"),
    ],
)
def test_a_fault_of_an_entry_is_said_and_leaves_the_others(plan, more, sentence):
    found = plan(run(more) + run(method="unet-l2"))
    assert [run.name for run in found.runs] == ["unet-l2"]
    (fault,) = found.faults.values()
    assert re.search(sentence, fault)


def test_faults_of_entries_name_method_and_place(plan):
    found = plan(run() + run(method="gna") + '[[run]]\nclassifier = "clf"\n')
    assert found.faults["gna"].startswith("no method 'gna'; choose from: regression")
    assert found.faults["gna"].endswith("(entry 2 of plan.toml)")
    assert (
        "no classifier 'clf' is trained here; choose from: cifar10, imagenette"
        in (found.faults["run 3"])
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[run]\n", r"cannot be read as a plan \(.*line 1"),
        ("", r"must hold \[\[run\]\] tables and nothing else"),
        ("epochs = 3\n" + run(), r"must hold \[\[run\]\] tables and nothing else"),
        (run() + run(), "has two runs named 'gan'; give one of them another name"),
        (run("seeds = [0, 0]"), "has two runs named 'gan'"),
        (
            run('starts-from = "b"') + run('name = "b"\nstarts-from = "gan"'),
            "the runs gan, b wait for each other; let one of them start from nothing",
        ),
    ],
)
def test_a_fault_of_the_whole_plan_is_refused(plan, text, sentence):
    with pytest.raises(ConfigError, match=sentence):
        plan(text)


def test_a_missing_plan_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere.toml cannot be read as a plan"):
        read_plan(Path(tmp_path / "nowhere.toml"))
