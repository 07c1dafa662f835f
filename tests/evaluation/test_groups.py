import pytest
from PIL import Image

from colorize_core.data.folders import list_photos
from colorize_core.evaluation import evaluate, groups
from colorize_core.evaluation.groups import by_group
from colorize_core.metrics.bootstrap import resample_mean


@pytest.fixture
def results(tmp_path):
    """Three red and two nearly grey pictures, and one of a group of its own."""
    for group, count, color in (("red", 3, (200, 60, 40)), ("dull", 2, (90, 100, 90)),
                                ("lone", 1, (0, 0, 255))):  # fmt: skip
        (tmp_path / "set" / group).mkdir(parents=True)
        for i in range(count):
            picture = Image.new("RGB", (16, 16 + i), tuple(max(0, c - 5 * i) for c in color))
            picture.save(tmp_path / "set" / group / f"{i}.png")
    return evaluate.evaluate([], list_photos(tmp_path / "set"))


def test_every_group_has_its_own_means(results, monkeypatch):
    monkeypatch.setattr(groups, "LEAST", 2)
    grey, truth = results.rows["grey"], results.rows["truth"]
    found = by_group(truth, grey[""], results.photos.groups)
    assert {name: group["n"] for name, group in found.items()} == {"set/dull": 2, "set/red": 3}
    for group in found.values():
        assert group["rows"][""]["delta_e2000"]["value"] == 0
        assert group["rows"][""]["a_cast"]["value"] == 0
    assert found["set/red"]["grey"]["a_cast"]["value"] < -30, "grey lacks the red"
    assert abs(found["set/dull"]["grey"]["a_cast"]["value"]) < 10
    mine = [i for i, group in enumerate(results.photos.groups) if group == "set/red"]
    expected = resample_mean([grey[""].values["delta_e2000"][i] for i in mine]).summary()
    assert found["set/red"]["grey"]["delta_e2000"] == expected


def test_small_groups_are_left_out(results):
    assert by_group(results.rows["truth"], results.rows["grey"][""], results.photos.groups) == {}


def test_a_report_holds_the_groups(results, monkeypatch):
    monkeypatch.setattr(groups, "LEAST", 1)
    block = evaluate._block("truth", "test", results)
    assert block["groups"].keys() == {"set/dull", "set/lone", "set/red"}
