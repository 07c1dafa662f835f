import re

import pytest
import safetensors.torch
import timm
import torch
from huggingface_hub.errors import EntryNotFoundError
from support.tiny import tiny_config
from timm.models import PretrainedCfg, _builder, _hub
from torchvision.models import resnet18, squeezenet1_1

from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.methods import METHODS
from colorize_core.models.backbone import DEFAULT
from colorize_core.models.classifiers import SqueezeClassifier
from colorize_core.models.studio import StudioNet
from colorize_core.training import pretrained
from colorize_core.training.pretrained import copy_network, load_pretrained


@pytest.mark.parametrize("name", [DEFAULT, "convnext_atto"])
def test_a_backbone_takes_a_file_of_timms_names(name, tmp_path):
    torch.manual_seed(5)
    donor, path = timm.create_model(name), tmp_path / "whole.safetensors"
    safetensors.torch.save_file(donor.state_dict(), path)
    network = StudioNet(2, 0.02, name)
    load_pretrained(network, str(path))
    given = donor.state_dict()
    for own, tensor in network.backbone.body.state_dict().items():
        # Feature maps of some networks have stages_0 for stages.0.
        assert torch.equal(tensor, given[re.sub(r"^(stem|stages)_", r"\1.", own)]), own


@pytest.fixture
def hub(monkeypatch, tmp_path) -> dict[str, list]:
    """A hub with timm's networks at random, as safetensors and as pickles; what is asked of it."""
    asked = {"places": [], "given": []}

    def download(repository, filename, revision=None, **_):
        asked["places"].append((repository, filename, revision))
        torch.manual_seed(5)
        donor = timm.create_model(repository.partition("/")[2]).state_dict()
        asked["given"].append(donor)
        path = tmp_path / "model.safetensors"
        safetensors.torch.save_file(donor, path)
        return str(path)

    monkeypatch.setattr(pretrained, "hf_hub_download", download)
    for module in (_builder, _hub):  # timm's own way falls back to a pickle
        monkeypatch.setattr(module, "load_state_dict_from_hf", lambda *_, **__: pytest.fail("timm"))
    return asked


def test_imagenets_weights_come_from_where_timm_has_them(hub):
    network = StudioNet(2, 0.02)
    load_pretrained(network, "imagenet")
    ((repository, name, revision),) = hub["places"]
    assert (repository, name) == ("timm/tf_efficientnet_lite0.in1k", "model.safetensors")
    assert re.fullmatch("[0-9a-f]{40}", revision), "a branch may move"
    stem = network.backbone.body.conv_stem.weight
    assert torch.equal(stem, hub["given"][0]["conv_stem.weight"])
    assert not stem.requires_grad, "loading thaws nothing"


def test_weights_of_another_backbone_need_their_revision(hub):
    network = StudioNet(2, 0.02, "convnext_atto")
    for source in ("imagenet", "imagenet@main", "imagenet@1234567"):
        with pytest.raises(ConfigError, match="--encoder-weights imagenet@REVISION, or give"):
            load_pretrained(network, source)
    assert hub["places"] == []
    load_pretrained(network, f"imagenet@{'0123456789' * 4}")
    assert hub["places"] == [("timm/convnext_atto.d2_in1k", "model.safetensors", "0123456789" * 4)]
    found = network.backbone.body.state_dict()["stem_0.weight"]
    assert torch.equal(found, hub["given"][0]["stem.0.weight"])


def test_a_repository_without_safetensors_is_refused(monkeypatch):
    def missing(*_, **__):
        raise EntryNotFoundError("404: model.safetensors")

    monkeypatch.setattr(pretrained, "hf_hub_download", missing)
    with pytest.raises(CheckpointError, match=r"model\.safetensors.*--encoder-weights PATH"):
        load_pretrained(StudioNet(2, 0.02), "imagenet")


def test_a_backbone_without_a_repository_is_refused(monkeypatch):
    monkeypatch.setattr(pretrained.timm, "get_pretrained_cfg", lambda _: PretrainedCfg(url="x.pth"))
    with pytest.raises(
        CheckpointError, match=r"no model\.safetensors for .* no other file is read"
    ):
        load_pretrained(StudioNet(2, 0.02), "imagenet")


def test_torchvisions_files_are_checked_and_not_unpickled(monkeypatch):
    asked, donor = {}, squeezenet1_1().state_dict()

    def download(_, **how):
        asked.update(how)
        return donor

    monkeypatch.setattr(pretrained.SqueezeNet1_1_Weights, "get_state_dict", download)
    load_pretrained(SqueezeClassifier(3), "imagenet")
    assert asked["check_hash"]
    assert asked["weights_only"]


def test_a_file_of_another_network_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    state = timm.create_model(DEFAULT).state_dict()
    del state["blocks.2.0.bn2.bias"]
    safetensors.torch.save_file(state, path)
    with pytest.raises(CheckpointError, match=r"other\.safetensors lacks blocks\.2\.0\.bn2\.bias"):
        load_pretrained(StudioNet(2, 0.02), str(path))
    with pytest.raises(CheckpointError, match=r"no weights at .*nowhere"):
        load_pretrained(StudioNet(2, 0.02), str(tmp_path / "nowhere"))


@pytest.mark.parametrize("part", ["network", "features"])
def test_the_squeezenet_takes_torchvisions_names(part, tmp_path):
    torch.manual_seed(5)
    donor, path = squeezenet1_1(weights=None), tmp_path / "squeezenet.safetensors"
    given = donor.state_dict() if part == "network" else donor.features.state_dict()
    safetensors.torch.save_file(given, path)
    network = SqueezeClassifier(10)
    load_pretrained(network, str(path))
    for name, tensor in donor.features.state_dict().items():
        assert torch.equal(network.features.state_dict()[name], tensor), name


def test_resnet_weights_fit_at_width_one_only(tmp_path):
    torch.manual_seed(5)
    donor, path = resnet18(weights=None), tmp_path / "resnet18.safetensors"
    safetensors.torch.save_file(donor.state_dict(), path)
    method = METHODS["resnet18-mse"]
    full = method.build(method.configure(width=1.0)).network
    load_pretrained(full, str(path))
    assert torch.equal(full.layer2[1].conv2.weight, donor.layer2[1].conv2.weight)
    slim = method.build(method.config).network
    load_pretrained(slim, "imagenet")  # there are none: it starts blank
    with pytest.raises(ConfigError, match="fit ResNet-18 at width 1 only; add --set width=1"):
        load_pretrained(slim, str(path))


def test_a_start_from_another_network_is_refused_with_the_remedy(tiny_checkpoints):
    method = METHODS["gan"]
    model = method.build(tiny_config(method, backbone="mobilenetv3_small_050"))
    with pytest.raises(CheckpointError, match=r"regression.*same network with --init"):
        copy_network(tiny_checkpoints / "regression", model)


def test_none_leaves_the_random_start():
    network = StudioNet(2, 0.02)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    load_pretrained(network, "none")
    assert all(torch.equal(before[name], t) for name, t in network.state_dict().items())


def test_without_a_network_the_remedy_is_named(monkeypatch):
    def offline(*_, **__):
        raise OSError("Name or service not known")

    monkeypatch.setattr(pretrained.SqueezeNet1_1_Weights, "get_state_dict", offline)
    monkeypatch.setattr(pretrained, "hf_hub_download", offline)
    for network in (SqueezeClassifier(10), StudioNet(2, 0.02)):
        with pytest.raises(CheckpointError, match="--encoder-weights PATH, or 'none'"):
            load_pretrained(network, "imagenet")
