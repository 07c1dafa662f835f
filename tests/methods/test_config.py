import dataclasses
import json

import pytest

from colorize_core.errors import ColorizeError, ConfigError
from colorize_core.methods.config import (
    ClassificationConfig,
    GanConfig,
    MethodConfig,
    RegressionConfig,
)
from colorize_core.training.options import TrainingOptions

CONFIGS = (MethodConfig, RegressionConfig, GanConfig, ClassificationConfig)


def changed(config):
    """A config with every number moved a little, so that a field left out shows."""
    values = {
        field.name: getattr(config, field.name) + {int: 1, float: 0.01}[field.type]
        for field in dataclasses.fields(config)
        if field.type in (int, float)
    }
    for bounded in ("real_label", "rebalancing"):
        if bounded in values:
            values[bounded] -= 0.02
    return dataclasses.replace(config, **values)


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_config_round_trips_through_json(kind):
    for config in (kind(), changed(kind())):
        assert kind.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_config_cannot_be_changed(kind):
    config = kind()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.side = 128


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (MethodConfig, {"side": 31}),
        (MethodConfig, {"side": 1025}),
        (MethodConfig, {"width": 0.0}),
        (MethodConfig, {"width": float("nan")}),
        (RegressionConfig, {"loss": "l3"}),
        (RegressionConfig, {"huber_delta": 0.0}),
        (GanConfig, {"l1_weight": -1.0}),
        (GanConfig, {"real_label": 0.5}),
        (GanConfig, {"real_label": 1.01}),
        (GanConfig, {"discriminator_width": 2}),
        (GanConfig, {"discriminator_lr": 0.0}),
        (GanConfig, {"discriminator_rest": -0.1}),
        (GanConfig, {"r1": float("inf")}),
        (ClassificationConfig, {"cell": 1}),
        (ClassificationConfig, {"neighbours": 0}),
        (ClassificationConfig, {"sigma": 0.0}),
        (ClassificationConfig, {"uniform_share": 1.5}),
        (ClassificationConfig, {"temperature": -0.1}),
        (ClassificationConfig, {"temperature": 1.1}),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(kind, values):
    ((name, value),) = values.items()
    with pytest.raises(ConfigError, match=name) as refused:
        kind(**values)
    assert str(value) in str(refused.value)
    with pytest.raises(ConfigError):
        kind.from_json(values)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (MethodConfig, {"side": "256"}),
        (MethodConfig, {"side": 64.5}),
        (MethodConfig, {"width": None}),
        (RegressionConfig, {"loss": 2}),
        (GanConfig, {"discriminator_width": 64.0}),
        (ClassificationConfig, {"neighbours": [5]}),
        (ClassificationConfig, {"temperature": True}),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(kind, values):
    with pytest.raises(ConfigError, match=next(iter(values))):
        kind.from_json(values)


def test_an_integer_will_do_for_a_number():
    assert ClassificationConfig.from_json({"temperature": 1}).temperature == 1


def test_an_unknown_field_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match="'colour'") as refused:
        RegressionConfig.from_json({"colour": 1})
    assert "huber_delta" in str(refused.value)


def test_config_errors_are_both_ours_and_value_errors():
    assert issubclass(ConfigError, ColorizeError)
    assert issubclass(ConfigError, ValueError)


# Training options


def options(tmp_path, **changes) -> TrainingOptions:
    return TrainingOptions(**{"data": (tmp_path,), "out": tmp_path / "run", "epochs": 1, **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"data": ()}, "--data"),
        ({"epochs": None}, "--epochs or --minutes"),
        ({"minutes": 1.0}, "--epochs or --minutes"),
        ({"epochs": 0}, "epochs must be above 0, got 0"),
        ({"lr": -1.0}, "lr must be above 0"),
        ({"limit": 0}, "limit must be above 0"),
        ({"batch_size": 1}, "batch_size must be 2 or more"),
        ({"evaluate_every": 0}, "evaluate_every must be 1 or more"),
        ({"store_side": 16}, "store_side must be 32 or more"),
        ({"crop": 16}, "crop must be 32 or more"),
    ],
)
def test_training_options_refuse_what_cannot_be(tmp_path, changes, reason):
    with pytest.raises(ConfigError, match=reason):
        options(tmp_path, **changes)


def test_stored_training_options_hold_no_paths(tmp_path):
    stored = options(tmp_path, init=tmp_path / "other", encoder_weights=str(tmp_path / "trunk.st"))
    text = json.dumps(stored.to_json())
    assert str(tmp_path.parent) not in text
    assert stored.to_json()["data"] == [tmp_path.name]
    assert stored.to_json()["init"] == "other"
    assert stored.to_json()["encoder_weights"] == "trunk.st"
