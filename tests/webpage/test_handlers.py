"""The first tab's handlers, called as functions: what they answer, and how much work they do."""

from itertools import groupby
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio.data_classes import FileData
from PIL import Image
from support.page import KNOBS, METHODS, event

import app
from colorize_core import Colorizer
from colorize_core.errors import CheckpointError, PhotoError
from colorize_core.image.sandbox import Pool
from colorize_core.methods import METHODS as REGISTRY
from webpage import api, handlers, networks, page, strings
from webpage.events import explained
from webpage.session import jpeg


def open_by_link(**query):
    """What the page opens with, as `show_link` answers."""
    return handlers.show_link(event(query_params=query), *KNOBS, 2, *METHODS)


def test_recolor_renders_its_column_without_a_network(session, count):
    predictions = count(Colorizer, "predict")
    value = handlers.recolor(2, session, 0.9, 0.7)
    assert Path(value["image"]["path"]).read_bytes() == jpeg(session.render(2, 0.9, 0.7))
    assert predictions == []


def test_only_methods_with_a_temperature_move_with_it(session):
    assert [handlers.recolor(i, session, *KNOBS)["moves"] for i in range(3)] == [False, False, True]


def test_change_model_leaves_the_other_columns(session):
    changed, *_ = handlers.change_model(1, session, "zhang-114", *KNOBS)
    names = ["regression", "zhang-114", "classification"]
    assert [column.name for column in changed.columns] == names
    assert changed.columns[0] is session.columns[0]
    assert [column.name for column in session.columns] == list(METHODS)  # the old one is untouched


def test_temperature_moves_a_classification_in_any_column(session):
    changed, *_, slider = handlers.change_model(0, session, "zhang-114", *KNOBS)
    assert "Classification" in slider["label"]
    assert "Zhang, 114 classes" in slider["label"]
    assert [handlers.recolor(i, changed, *KNOBS)["moves"] for i in range(3)] == [True, False, True]


def test_temperature_rests_where_no_column_has_one(session):
    changed, *_, slider = handlers.change_model(2, session, "birds-gan", *KNOBS)
    assert slider["interactive"] is False
    assert slider["label"] == "Temperature T"
    assert not any(handlers.recolor(i, changed, *KNOBS)["moves"] for i in range(3))


@pytest.mark.parametrize("family", ["regression", "gan", "classification"])
def test_menu_is_grouped_by_family_with_the_studio_first(family):
    names = page.menu(family, list(REGISTRY))
    assert sorted(names) == sorted(REGISTRY)
    assert names[0] == family
    families = [REGISTRY[name].family for name in names]
    assert len(list(groupby(families))) == 3
    assert [strings.label(name).split(" · ")[0] for name in names] == [
        strings.FAMILIES[family] for family in families
    ]
    assert len({strings.label(name) for name in names}) == len(names)


def test_expired_session_is_explained():
    with pytest.raises(gr.Error, match="choose one"):
        handlers.recolor(0, None, *KNOBS)


def test_explained_shows_the_sentence_of_a_bad_photo():
    with pytest.raises(gr.Error, match="is empty"), explained():
        raise PhotoError("the photo is empty")


def test_explained_hides_the_folder_of_a_bad_checkpoint():
    with pytest.raises(gr.Error) as caught, explained():
        raise CheckpointError("no weights at /srv/secret")
    assert "/srv" not in caught.value.message


def test_build_refuses_a_folder_without_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tmp_path))
    with pytest.raises(CheckpointError, match="train"):
        app.build()


# --- work once -----------------------------------------------------------------------------


def test_opening_the_page_renders_three_pictures(fresh, count):
    renders = count(Colorizer, "render")
    open_by_link()
    assert len(renders) == 3


def test_resting_slider_renders_only_what_it_has_moved(fresh, count):
    session = open_by_link()[0]
    renders = count(Colorizer, "render")
    for knobs, expected in ((KNOBS, 0), ((0.2, 1.0), 1), ((0.2, 1.5), 3), ((0.2, 1.5), 0)):
        renders.clear()
        handlers.follow(session, *knobs, 2)
        assert len(renders) == expected, knobs


def test_upload_is_decoded_once(fresh, photo, count):
    decoded = count(Pool, "read")
    handlers.show_upload(FileData(path=str(photo)), *KNOBS, 2, *METHODS)
    assert len(decoded) == 1


def test_api_decodes_once(fresh, photo, count):
    decoded = count(Pool, "read")
    request = event(session_hash="one")
    file, notes = api.colorize(request, str(photo), "gan", *KNOBS, "")
    assert len(decoded) == 1
    with Image.open(file) as picture:
        assert picture.size == (150, 100)
    assert Path(file).name == "hill-gan.png"
    assert notes == ""


def test_columns_of_one_checkpoint_share_a_prediction(fresh, photo, count):
    predictions = count(Colorizer, "predict")
    methods = ("gan", "gan", "classification")
    session = handlers.show_upload(FileData(path=str(photo)), *KNOBS, 2, *methods)[0]
    assert len(predictions) == 2
    assert session.columns[0] is session.columns[1]
    session = handlers.change_model(0, session, "classification", *KNOBS)[0]
    assert len(predictions) == 2
    assert session.columns[0] is session.columns[2]


def test_example_is_predicted_once_for_all_visitors(fresh, count):
    predictions = count(Colorizer, "predict")
    for _ in range(2):
        session = handlers.show_example("camera", *KNOBS, 2, *METHODS)[0]
        handlers.change_model(0, session, "zhang-114", *KNOBS)
    assert len(predictions) == len(METHODS) + 1


def test_download_is_made_of_the_whole_photo(fresh, make_photo, tmp_path):
    path = tmp_path / "large.png"
    make_photo(700, 530).save(path)
    session = handlers.show_upload(FileData(path=str(path)), *KNOBS, 2, *METHODS)[0]
    with Image.open(handlers.download(1, session, *KNOBS)) as picture:
        expected = networks.colorizer("gan")(make_photo(700, 530))
        np.testing.assert_array_equal(picture, expected)
