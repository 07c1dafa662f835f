"""The quiz: its rounds, its handlers, and a game in Chromium."""

import random
from pathlib import Path

import gradio as gr
import pytest
from support.page import event

from colorize_core import load_image
from colorize_core.errors import DataError
from colorize_core.image.sandbox import Pool
from colorize_core.inference.lightness import grey_picture
from webpage.quiz import handlers, rounds


@pytest.mark.parametrize(
    ("fooled", "pairs", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_interval_equals_published_values(fooled, pairs, low, high):
    """Newcombe 1998, table I, method 3 (Wilson without continuity correction)."""
    row = rounds.row("gan", [True] * fooled + [False] * (pairs - fooled))
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-4)


def test_plan_has_ten_rounds_of_different_parts_and_even_contestants(session):
    game = rounds.plan(random.Random(0))
    assert len(game.rounds) == 10
    assert len({(id(one.photo), one.box) for one in game.rounds}) == 10
    counts = [sum(r.contestant == who for r in game.rounds) for who in rounds.contestants()]
    assert max(counts) - min(counts) <= 1
    assert {one.true_side for one in game.rounds} == {"left", "right"}


def test_plan_uses_the_lecturers_folder_and_skips_what_it_cannot(
    session, monkeypatch, photo_folder, tmp_path
):
    for i, path in enumerate(sorted(photo_folder.rglob("*.png"))[:3]):
        (tmp_path / f"{i}.png").write_bytes(path.read_bytes())
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    grey_picture(session.preview).save(tmp_path / "grey.png")
    monkeypatch.setenv(rounds.FOLDER, str(tmp_path))
    game = rounds.plan(random.Random(0))
    sizes = [load_image(path).size for path in sorted(tmp_path.glob("?.png"))]
    assert sorted(one.photo.size for one in game.rounds) == sorted(sizes)


@pytest.mark.parametrize("content", ["missing", "grey"])
def test_plan_without_photos_says_so_without_the_servers_path(
    session, monkeypatch, tmp_path, content
):
    place = tmp_path / "class"
    if content == "grey":
        place.mkdir()
        grey_picture(session.preview).save(place / "grey.png")
    monkeypatch.setenv(rounds.FOLDER, str(place))
    with pytest.raises(DataError, match="photos") as caught:
        rounds.plan(random.Random(0))
    assert str(tmp_path) not in str(caught.value)


def test_quiz_counts_who_was_fooled(session):
    game, value = handlers.start()
    assert set(value) == {"round", "rounds", "left", "right"}  # nothing gives it away
    for i, one in enumerate(game.rounds):
        side = one.true_side if i % 2 else ({"left", "right"} - {one.true_side}).pop()
        game, value = handlers.choose(game, event(side=side, round=i))
        assert value["verdict"]["fooled"] == (i % 2 == 0)
    *each, everyone = value["result"]
    assert (everyone["pairs"], everyone["fooled"], everyone["rate"]) == (10, 5, 0.5)
    assert sum(row["pairs"] for row in each) == 10
    assert value["csv"].splitlines()[-1].startswith("All,10,5,0.5,")
    assert handlers.choose(game, event(side="left", round=10)) == (game, gr.skip())


def test_quiz_ignores_a_double_click_and_refuses_other_sides(session):
    game, _ = handlers.start()
    assert handlers.choose(game, event(side="left", round=3)) == (game, gr.skip())
    with pytest.raises(gr.Error, match="up"):
        handlers.choose(game, event(side="up", round=0))
    with pytest.raises(gr.Error, match="expired"):
        handlers.choose(None, event(side="left", round=0))


def test_photo_is_decoded_once_in_a_game(session, monkeypatch, photo, count):
    monkeypatch.setenv(rounds.FOLDER, str(photo.parent))
    decoded = count(Pool, "read")
    game, _ = handlers.start()
    handlers.choose(game, event(side="left", round=0))
    assert len(decoded) == 1


@pytest.mark.browser
def test_quiz_played_through_by_keyboard(open_page):
    page = open_page()
    page.get_by_role("tab").nth(2).click()
    page.get_by_role("button", name="Start").press("Enter")
    for i in range(10):
        page.wait_for_function(
            f"document.querySelector('#quiz .count').textContent.endsWith(' {i + 1} / 10')"
        )
        page.keyboard.press(("ArrowLeft", "ArrowRight")[i % 2])
    page.wait_for_selector("#quiz .outcome td")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "title,pairs,fooled,rate,low,high"
    assert lines[-1].startswith("All,10,")
