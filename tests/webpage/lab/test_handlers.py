"""The lab's answers, called as functions."""

from itertools import pairwise
from pathlib import Path

import gradio as gr
import pytest
from support.page import event

from colorize_core.inference.lightness import grey_picture
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.scores import to_tensor
from webpage.lab import handlers
from webpage.lab.measures import FILM, GAINS, TEMPERATURES, gain_curve, measure
from webpage.session import jpeg, open_session


@pytest.mark.parametrize(
    "data", [{}, {"x": "0.5", "y": 0.5}, {"x": True, "y": 0}, {"x": 2, "y": 0}]
)
def test_answer_probe_explains_what_is_no_place(session, data):
    with pytest.raises(gr.Error, match="must"):
        handlers.answer_probe(session, event(**data))


def test_answer_probe_without_colors_or_a_distribution(session):
    grey = open_session(None, "a", grey_picture(session.preview), session.columns)
    assert handlers.answer_probe(grey, event(x=0.5, y=0.5))["truth"] is None
    pale = open_session(None, "a", session.preview, session.columns[:2])
    with pytest.raises(gr.Error, match="classification"):
        handlers.answer_probe(pale, event(x=0.5, y=0.5))
    assert handlers.open_lab(pale)["sharp"] is None
    assert handlers.measure_lab(pale)["numbers"] is None


def test_film_has_the_measures_of_the_servers_pictures(session):
    numbers = handlers.measure_lab(session)["numbers"]
    assert len(numbers["film"]) == len(FILM) == 7
    for T in (0.0, 0.38):
        picture = session.render(2, T, 1)
        row = numbers["measured"][numbers["temperatures"].index(T)]
        expected = float(colorfulness(to_tensor(picture)))
        assert row["colorfulness"] == pytest.approx(expected, abs=0.006)
        assert row == measure(picture, session.preview)


def test_film_shows_temperatures_that_are_measured():
    assert set(FILM) <= set(TEMPERATURES)


def test_measure_of_the_truth_itself_is_0(make_photo):
    photo = make_photo()
    assert measure(photo, photo)["delta_e2000"] == 0
    assert measure(photo)["delta_e2000"] is None


def test_gain_curve_is_the_colorfulness_at_each_gain(session):
    column = session.columns[0]
    curve = gain_curve(column, session.preview)
    assert all(a <= b for a, b in pairwise(curve))
    picture = column.colorizer.render(session.preview, column.prediction, saturation=GAINS[2])
    assert curve[2] == pytest.approx(float(colorfulness(to_tensor(picture))))


def test_pictures_for_a_browser_without_webgl(session):
    value = handlers.draw_both(session, event(temperature=0.2, gain=1.5))
    for key, index, knobs in (("sharp", 2, (0.2, 1)), ("pale", 0, (1, 1.5))):
        assert Path(value[key]["path"]).read_bytes() == jpeg(session.render(index, *knobs))
