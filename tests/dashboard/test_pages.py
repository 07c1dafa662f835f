"""Every page of the dashboard in every state of the checkpoints, without a browser."""

import subprocess
import sys
import tomllib

import pytest
from support.dashboard import PAGES, SCRIPT, warnings_of
from support.tiny import STUDIO

from colorize_core.runs import SHIPPED, list_runs


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_with_filled_checkpoints(open_page, filled, page, photo_folder):
    at = open_page(page, filled, gallery_folder=str(photo_folder), gallery_limit="2")
    assert at.title
    assert at.get("latex")
    assert not at.warning
    assert not at.error
    assert page == "gallery" or at.get("plotly_chart")


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_with_shipped_checkpoints(open_page, page):
    if not set(STUDIO) <= set(list_runs()):
        pytest.skip("the studio's checkpoints are not here")
    at = open_page(page, SHIPPED, gallery_limit="1")
    assert not at.error
    assert page == "gallery" or at.get("plotly_chart")


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


@pytest.mark.parametrize("page", ["temperature", "gallery"])
def test_a_network_that_cannot_be_loaded_is_named(open_page, damaged, page):
    text = warnings_of(open_page(page, damaged, gallery_limit="1"))
    assert "**cut-weights** is left out: model.safetensors is damaged" in text


def test_overview_does_not_wait_for_torch():
    code = "import sys, dashboard.results, dashboard.charts, dashboard.widgets\n"
    code += "sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=SCRIPT.parent.parent)
    assert done.returncode == 0


def test_configuration_keeps_the_dashboard_at_home():
    config = tomllib.loads((SCRIPT.parent / ".streamlit" / "config.toml").read_text())
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
