"""Run the browser's engine on a page, with numbers going in and out."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

PAGE = "http://localhost/"  # no port: nothing is asked of any server
START = """
async () => {
  const modules = await Promise.all(%s.map((path) => import(path)));
  window.engine = Object.assign({}, ...modules);
  window.TYPES = { Float32Array, Float64Array, Uint8Array, Uint8ClampedArray, Int16Array };
  const revive = (key, value) => {
    if (!value?.type || value.bytes === undefined) return value;
    const bytes = Uint8Array.from(atob(value.bytes), (c) => c.charCodeAt(0));
    return value.type === "Blob" ? new Blob([bytes]) : new TYPES[value.type](bytes.buffer);
  };
  const pack = (key, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768)
      text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return { type: value.constructor.name, bytes: btoa(text) };
  };
  window.call = async ([body, given]) => {
    const values = JSON.parse(given, revive);
    const made = new Function(...Object.keys(values), `return (async () => { ${body} })()`);
    try {
      return JSON.stringify({ result: await made(...Object.values(values)) }, pack);
    } catch (error) {
      return JSON.stringify({ error: [error.name, error.message] });
    }
  };
}
"""
JS_TYPES = {"f4": "Float32Array", "f8": "Float64Array", "u1": "Uint8Array", "i2": "Int16Array"}
DTYPES = {name: dtype for dtype, name in JS_TYPES.items()} | {"Uint8ClampedArray": "u1"}


class EngineError(Exception):
    """What the engine refused: name and message."""


@dataclass
class Engine:
    page: Any

    def __call__(self, body: str, **values: Any) -> Any:
        """Run JavaScript that returns something, with values by name, arrays included.

        An array arrives flat; bytes arrive as a Blob, a picture as {width, height, pixels}.
        """
        answer = json.loads(self.page.evaluate("call", [body, json.dumps(values, default=pack)]))
        if "error" in answer:
            raise EngineError(*answer["error"])
        return unpack(answer.get("result"))


def pack(value: Any) -> Any:
    if isinstance(value, Image.Image):
        pixels = np.asarray(value.convert("RGBA")).ravel()
        content = base64.b64encode(pixels.tobytes()).decode()
        pixels = {"type": "Uint8ClampedArray", "bytes": content}
        return {"width": value.width, "height": value.height, "pixels": pixels}
    if isinstance(value, bytes):
        return {"type": "Blob", "bytes": base64.b64encode(value).decode()}
    if not isinstance(value, np.ndarray):
        value = value.detach().numpy()
    kind = JS_TYPES[value.dtype.str[1:]]
    return {"type": kind, "bytes": base64.b64encode(value.tobytes()).decode()}


def unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [unpack(one) for one in value]
    if isinstance(value, dict) and value.keys() == {"type", "bytes"}:
        return np.frombuffer(base64.b64decode(value["bytes"]), DTYPES[value["type"]])
    return {k: unpack(v) for k, v in value.items()} if isinstance(value, dict) else value


def start(page: Any, root: Path, folder: str) -> Engine:
    """The engine on an empty page: all its exported functions, as `engine.…` in a call's code.

    Args:
        page: of Playwright.
        root: what the page can fetch; there is no server, and nothing else.
        folder: in `root`, with the engine's modules.
    """

    def answer(route: Any) -> None:
        file = root / route.request.url.removeprefix(PAGE)
        kind = {".js": "text/javascript"}.get(file.suffix, "application/octet-stream")
        if file.is_file():
            route.fulfill(path=file, content_type=kind)
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route("**/*", answer)
    page.goto(PAGE)
    scripts = sorted(path.name for path in (root / folder).glob("*.js"))
    page.evaluate(START % [f"/{folder}/{name}" for name in scripts])
    return Engine(page)
