"""Everything a run needs to go on after a kill, in one safetensors file.

Tensors are stored as tensors and the rest as JSON in the file's header, so nothing is pickled.
The file is replaced by rename: a kill leaves the old state or the new one.
"""

import json
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import Tensor

from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.files import write_atomically
from colorize_core.runs import CONFIG, WEIGHTS

FILE = "state.safetensors"


def _flatten(value: Any, name: str, tensors: dict[str, Tensor]) -> Any:
    """Move tensors out of nested dicts and lists; what remains is JSON."""
    if isinstance(value, Tensor):
        tensors[name] = value.detach().cpu().contiguous().clone()
        return {"tensor": name}
    if isinstance(value, dict):
        return {"dict": [[k, _flatten(v, f"{name}/{k}", tensors)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        return {"list": [_flatten(v, f"{name}/{i}", tensors) for i, v in enumerate(value)]}
    return {"value": value}


def _restore(value: dict[str, Any], tensors: dict[str, Tensor]) -> Any:
    if "tensor" in value:
        return tensors[value["tensor"]]
    if "dict" in value:
        return {key: _restore(item, tensors) for key, item in value["dict"]}
    if "list" in value:
        return [_restore(item, tensors) for item in value["list"]]
    return value["value"]


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write nested dicts and lists of tensors and JSON scalars."""
    tensors: dict[str, Tensor] = {}
    layout = json.dumps(_flatten(state, "", tensors))
    write_atomically(folder / FILE, safetensors.torch.save(tensors, {"layout": layout}))


def load_state(folder: Path) -> dict[str, Any]:
    """Read what `save_state` wrote.

    Raises:
        CheckpointError: nothing to resume from, or a damaged file.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        raise CheckpointError(f"nothing to resume at {path}; start without --resume")
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            layout = json.loads(file.metadata()["layout"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return _restore(layout, tensors)
    except (safetensors.SafetensorError, KeyError, TypeError, ValueError) as error:
        raise damaged(folder, error) from error


def damaged(folder: Path, error: Exception) -> CheckpointError:
    """The refusal of a state that cannot be used, with a way out of it."""
    path = Path(folder) / FILE
    return CheckpointError(
        f"{path} is damaged ({error}); remove it and start without --resume, "
        f"or with --init {folder} if its {CONFIG} and {WEIGHTS} are whole"
    )


def check_same(folder: Path, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Refuse to go on with a run that was begun with other options.

    Args:
        folder: of the run, for the message.
        mine: what is asked for now; None and what is not named are the same.
        theirs: what the state was made with.

    Raises:
        ConfigError: the first option that differs, with both values.
    """
    for name in mine | theirs:
        asked, begun = mine.get(name), theirs.get(name)
        if asked != begun:
            raise ConfigError(
                f"the run in {folder} has {name} = {begun!r}, not {asked!r}; "
                "give the same value or another --out"
            )
