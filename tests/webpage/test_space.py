"""The repository as a Hugging Face Space: it starts there, and its pins agree with each other."""

import json
import re
import shutil
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from support.serving import ROOT, fetch, serve

SPACE = {"SYSTEM": "spaces", "SPACE_ID": "u/s", "GRADIO_SERVER_NAME": "0.0.0.0"}


@pytest.fixture(scope="module")
def space(tiny_checkpoints, tmp_path_factory) -> Iterator[str]:
    """The app with a Space's environment; with server-side rendering where Node is there."""
    ssr = {"GRADIO_SSR_MODE": "true"} if shutil.which("node") else {}
    log = tmp_path_factory.mktemp("space") / "log.txt"
    with serve(tiny_checkpoints, log, **SPACE, **ssr) as url:
        yield url


def pins() -> dict[str, str]:
    """Package -> exact version, as requirements.txt has them."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return dict(line.split("==") for line in wanted)


def ranges() -> dict[str, SpecifierSet]:
    """Package -> range, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(line) for line in project["dependencies"]]
    return {requirement.name: requirement.specifier for requirement in wanted}


def front_matter() -> dict[str, str]:
    """The scalar settings at the head of README.md."""
    head = (ROOT / "README.md").read_text(encoding="utf-8").split("---")[1]
    return dict(re.findall(r'^(\w+): *"?([^"\n]+)"?$', head, re.MULTILINE))


def test_space_answers(space):
    status, page = fetch(f"{space}/")
    assert status == 200
    assert b"Colorize Studio" in page


def test_space_names_its_endpoints(space):
    status, body = fetch(f"{space}/gradio_api/info")
    assert status == 200
    endpoints = json.loads(body)["named_endpoints"]
    assert set(endpoints) == {"/colorize", "/recolor"}
    parameters = [p["parameter_name"] for p in endpoints["/colorize"]["parameters"]]
    assert parameters == ["photo", "method", "temperature", "saturation", "hints"]
    parameters = [p["parameter_name"] for p in endpoints["/recolor"]["parameters"]]
    assert parameters == ["temperature", "saturation"]


def test_pins_are_what_the_space_can_run():
    assert pins()["torch"] == "2.11.0"
    assert pins()["torchvision"] == "0.26.0"
    assert "gradio" not in pins()  # sdk_version decides


@pytest.mark.parametrize("package", sorted(pins()))
def test_pin_lies_in_the_range_of_the_package(package):
    assert ranges()[package].contains(pins()[package])


def test_front_matter_agrees_with_the_package():
    head = front_matter()
    assert head["sdk"] == "gradio"
    assert ranges()["gradio"].contains(head["sdk_version"])
    assert head["python_version"] == "3.12.12"
    assert (ROOT / head["app_file"]).is_file()
