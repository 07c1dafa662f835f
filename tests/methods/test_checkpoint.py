import hashlib
import json
import random
from pathlib import Path

import pytest
import safetensors.torch
import torch
from support.tiny import TINY, build_tiny, tiny_config

from colorize_core import files
from colorize_core.errors import CheckpointError, ColorizeError, UnknownMethodError
from colorize_core.evaluation.measured import read_measurement
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import load_model, read_checkpoint, save_checkpoint
from colorize_core.runs import CONFIG, DIGEST, HISTORY, WEIGHTS, list_runs, read_history

every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A regression checkpoint that a test may damage."""
    method = METHODS["regression"]
    save_checkpoint(tmp_path / "mine", method, tiny_config(method), build_tiny(method), {"seed": 3})
    return tmp_path / "mine"


def refused(folder: Path) -> str:
    with pytest.raises(CheckpointError) as error:
        load_model(read_checkpoint(folder))
    return str(error.value)


def rewrite_weights(folder: Path, change) -> None:
    """Other tensors, in a folder that is older than the digest of its weights."""
    path = folder / WEIGHTS
    rewrite_config(folder, **{DIGEST: None})
    state = safetensors.torch.load_file(path)
    change(state)
    safetensors.torch.save_file(state, path)


def rewrite_config(folder: Path, **changes) -> None:
    path = folder / CONFIG
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@every_method
def test_a_checkpoint_round_trips(method, tmp_path):
    model, config = build_tiny(method), tiny_config(method)
    if method.has_temperature:
        model.set_prior(torch.rand(len(model.centres)), config)
    save_checkpoint(tmp_path / "new" / "one", method, config, model, {"seed": 3})
    found = read_checkpoint(tmp_path / "new" / "one")
    assert (found.method, found.config, found.training) == (method, config, {"seed": 3})
    loaded = load_model(found)
    assert not loaded.training
    for name, tensor in model.state_dict().items():
        again = loaded.state_dict()[name]
        assert again.dtype == tensor.dtype
        torch.testing.assert_close(again, tensor, rtol=1e-3, atol=1e-6)
    for name, buffer in model.named_buffers():  # prior, weights, batch statistics
        assert torch.equal(loaded.get_buffer(name), buffer), name


@every_method
def test_parameters_are_stored_in_half_precision(method, tiny_checkpoints):
    path = tiny_checkpoints / method.name / WEIGHTS
    state = safetensors.torch.load_file(path)
    parameters = dict(build_tiny(method).named_parameters())
    assert parameters.keys() <= state.keys()
    assert {state[name].dtype for name in parameters} == {torch.float16}
    assert {p.name for p in path.parent.iterdir()} == {CONFIG, WEIGHTS}


def test_a_missing_folder_is_named(tmp_path):
    assert refused(tmp_path / "nowhere") == (
        f"no checkpoint at {tmp_path / 'nowhere'}: config.json is missing"
    )


def test_missing_weights_are_named(folder):
    (folder / WEIGHTS).unlink()
    assert refused(folder) == (f"no weights at {folder / WEIGHTS}; train them or restore the file")


@pytest.mark.parametrize("content", [b"", b"not safetensors at all", b"\xff" * 64])
def test_damaged_weights_are_named(folder, content):
    (folder / WEIGHTS).write_bytes(content)
    assert str(folder / WEIGHTS) in refused(folder)
    assert "is damaged" in refused(folder)


def test_weights_cut_short_are_named(folder):
    path = folder / WEIGHTS
    path.write_bytes(path.read_bytes()[:-1000])
    assert "is damaged" in refused(folder)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b"{}", b'{"method": ["gan"], "config": {}}',
     b'{"method": "gan", "config": null}', b'{"method": "gan", "config": {"colour": 1}}',
     b'{"method": "gan", "config": {"side": "big"}}', b'{"method": "gan"}'],
)  # fmt: skip
def test_a_damaged_config_is_named(folder, content):
    (folder / CONFIG).write_bytes(content)
    assert str(folder / CONFIG) in refused(folder)


def test_a_checkpoint_of_an_unknown_method_is_refused(folder):
    rewrite_config(folder, method="magic")
    message = refused(folder)
    assert str(folder / CONFIG) in message
    assert "no method 'magic'; choose from: regression, gan, classification" in message


def test_weights_of_another_width_are_refused_with_the_difference(folder):
    rewrite_config(folder, config={**TINY, "width": 0.1})
    message = refused(folder)
    assert str(folder / WEIGHTS) in message
    assert "has shape (8, " in message
    assert "the network needs (22, " in message


def test_weights_of_another_method_are_refused_with_the_difference(tiny_checkpoints, folder):
    stolen = tiny_checkpoints / "classification" / WEIGHTS
    (folder / WEIGHTS).write_bytes(stolen.read_bytes())
    rewrite_config(folder, **{DIGEST: None})
    assert f"{folder / WEIGHTS} holds centres, which this network does not have" == refused(folder)


def test_missing_and_extra_tensors_are_refused_by_name(folder):
    rewrite_weights(folder, lambda state: state.pop("network.head.bias"))
    assert refused(folder) == f"{folder / WEIGHTS} lacks network.head.bias (2,)"
    rewrite_weights(folder, lambda state: state.update({"network.head.bias": torch.zeros(3)}))
    assert refused(folder) == (
        f"{folder / WEIGHTS}: network.head.bias has shape (3,), the network needs (2,)"
    )


def test_weights_of_the_same_shape_are_refused_where_they_are_not_its_own(folder, tmp_path):
    """As of two methods with one network, or with flipped bits."""
    method = METHODS["regression"]
    model = build_tiny(method)
    model.network.head.bias.data += 1
    save_checkpoint(tmp_path / "other", method, tiny_config(method), model, {})
    own, other = (path / WEIGHTS for path in (folder, tmp_path / "other"))
    content = own.read_bytes()
    flipped = bytearray(content)
    flipped[-100] ^= 1
    for wrong in (other.read_bytes(), bytes(flipped)):
        own.write_bytes(wrong)
        assert refused(folder) == (
            f"the weights in {own} are not those that its config.json describes; restore both "
            "files, or train them again"
        )
    own.write_bytes(content)
    load_model(read_checkpoint(folder))


def test_a_folder_that_is_older_than_the_digest_still_loads(folder):
    content = json.loads((folder / CONFIG).read_text())
    del content[DIGEST]
    (folder / CONFIG).write_text(json.dumps(content))
    load_model(read_checkpoint(folder))


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_refused(value, folder):
    rewrite_weights(folder, lambda state: state["network.head.bias"].fill_(value))
    assert "network.head.bias holds numbers that are not finite" in refused(folder)


def test_every_shipped_checkpoint_names_its_weights():
    root = Path(__file__).parents[2]
    folders = [path.parent for path in root.glob("c*/*/config.json") if "runs" not in path.parts]
    assert len(folders) > 10
    for folder in folders:
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
        assert json.loads((folder / CONFIG).read_text())[DIGEST] == digest, folder


def test_damage_of_any_kind_ends_in_a_sentence(folder):
    """Bits, pieces and whole values of every file of a run are changed, a hundred times."""
    (folder / HISTORY).write_text('{"images": 0, "val_loss": 1.5}\n{"images": 8, "lr": 0.1}\n')
    measures = {"value": 1.0, "low": 0.5, "high": 2}
    block = {"rows": {"": {"auc": measures}}, "grey": {}, "truth": {}, "n": 3, "data": {"a": 3}}
    (folder / "metrics.json").write_text(json.dumps({"method": "regression", **block}))
    chance, whole = random.Random(7), {path: path.read_bytes() for path in folder.iterdir()}
    sentences = []
    for _ in range(100):
        path = chance.choice(sorted(whole))
        path.write_bytes(damage(whole[path], chance))
        for read in (lambda: load_model(read_checkpoint(folder)),
                     lambda: read_measurement(folder), lambda: read_history(folder)):  # fmt: skip
            try:
                read()
            except ColorizeError as error:
                sentences.append(str(error))
        path.write_bytes(whole[path])
    assert len(sentences) > 40
    assert all(str(folder) in sentence for sentence in sentences)


def damage(content: bytes, chance: random.Random) -> bytes:
    """One of: flipped bits, a piece gone, a piece of anything, other values in the JSON."""
    kind, place = chance.randrange(4), chance.randrange(len(content))
    if kind == 0:
        flipped = bytearray(content)
        for _ in range(8):
            flipped[chance.randrange(min(len(content), 4000))] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    if kind == 1:
        return content[:place]
    values = (b"null", b"-1", b"1e999", b"NaN", b'"a"', b"[]", b"{}", b"[" * 9000, b"9" * 50)
    if kind == 2 or not content.startswith(b"{"):
        return content[:place] + chance.choice(values) + content[place + 4 :]
    head, _, rest = content.partition(b": ")
    for _ in range(chance.randrange(8)):
        more, _, rest = rest.partition(b": ")
        head += b": " + more
    return head + b": " + chance.choice(values) + b"," + rest.partition(b",")[2]


def test_load_colorizer_refuses_another_methods_folder(folder):
    with pytest.raises(CheckpointError, match=r"mine holds 'regression', not 'gan'"):
        load_colorizer("gan", folder)
    with pytest.raises(UnknownMethodError, match="no method 'magic'"):
        load_colorizer("magic", folder)


def test_list_runs_finds_folders_with_a_config(tiny_checkpoints, tmp_path):
    assert set(list_runs(tiny_checkpoints)) == set(METHODS)
    (tmp_path / "gan").mkdir()
    assert list_runs(tmp_path) == {}
    assert list_runs(tmp_path / "nowhere") == {}


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(folder, monkeypatch):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    method = METHODS["regression"]
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(folder, method, tiny_config(method), build_tiny(method), {"seed": 4})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
