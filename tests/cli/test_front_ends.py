"""What `colorize app` hands to the page."""

import importlib.util
import os

import pytest


@pytest.fixture
def handed(monkeypatch) -> dict[str, str]:
    """The environment that the page would get."""
    found = {}

    def become(program: str, words: list[str], environment: dict[str, str]) -> None:
        found.update(environment)
        raise SystemExit(0)

    monkeypatch.delenv("GRADIO_MCP_SERVER", raising=False)
    monkeypatch.setattr(os, "execve", become)
    return found


@pytest.mark.parametrize(("words", "expected"), [(["--mcp"], "true"), ([], None)])
def test_the_tool_for_agents_is_offered_when_asked_for(colorize, handed, words, expected):
    assert colorize("app", "--port", "7901", *words)[0] == 0
    assert handed.get("GRADIO_MCP_SERVER") == expected
    assert handed["GRADIO_SERVER_PORT"] == "7901"


def test_without_the_package_one_sentence_says_what_to_install(colorize, handed, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    code, text = colorize("app", "--mcp")
    assert code == 1
    assert "pip install -e '.[mcp]'" in text
    assert handed == {}
