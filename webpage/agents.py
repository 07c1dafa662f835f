"""The endpoint `/colorize` as a tool for agents: Gradio's MCP server made fit for strangers."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote

from gradio.mcp import GradioMCPServer

from colorize_core.errors import PhotoError
from webpage import storage
from webpage.edge import FILE, NO_ROOM, UPLOAD

NO_FETCH = (
    "A photo must be sent as data:image/...;base64,... (up to 1 MB), or uploaded here first by a "
    f"form to {UPLOAD} and named as that answers; addresses elsewhere are not followed."
)


class Tools(GradioMCPServer):
    """One tool. Photos come as data or as uploads of this server: nothing is fetched or opened."""

    def get_tool_to_endpoint(self) -> dict[str, str]:
        """Without /recolor: all agents share one session, and it would show others' photos."""
        found = super().get_tool_to_endpoint()
        return {tool: endpoint for tool, endpoint in found.items() if endpoint == "/colorize"}

    def convert_strings_to_filedata(
        self, value: dict[str, Any], filedata_positions: list[list[str | int]]
    ) -> dict[str, Any]:
        """Gradio's would write data where they stay for ever."""
        return {
            name: receive(one) if [name] in filedata_positions else one
            for name, one in value.items()
        }

    def postprocess_output_data(self, data: Any, root_url: str) -> list:
        """The picture's address, and what there is to say; where Gradio took both for one."""
        answers = data[0] if isinstance(data[0], tuple) else data
        return super().postprocess_output_data([one for one in answers if one != ""], root_url)


def receive(photo: Any) -> dict[str, str]:
    """A photo as an agent sends it -> as the page's own client would name it.

    Without Gradio's mark of files: its client opens what bears it, by any path.

    Raises:
        PhotoError: neither data nor an upload of this server, or no room for it.
    """
    if not isinstance(photo, str):
        raise PhotoError(NO_FETCH)
    if photo.startswith("data:"):
        return {"path": keep(photo), "orig_name": "photo"}
    # The tool that Gradio gives agents for uploads answers with an address of this server.
    name = unquote(photo.partition(FILE)[2]) if FILE in photo else photo
    if storage.locate(name) is None:
        raise PhotoError(NO_FETCH)
    return {"path": name}


def keep(data: str) -> str:
    """Write what a data: address holds among the uploads, where it ages; its public name."""
    head, _, body = data.partition(",")
    try:
        content = base64.b64decode(body, validate=True) if head.endswith(";base64") else b""
    except binascii.Error as error:
        raise PhotoError(NO_FETCH) from error
    if not content:
        raise PhotoError(NO_FETCH)
    if not storage.make_room():
        raise PhotoError(NO_ROOM)
    path = storage.root() / storage.random_name() / "photo"
    path.parent.mkdir()
    path.write_bytes(content)
    return storage.public_name(str(path))
