"""The page of class priors."""

import json

import numpy as np
import pytest
import torch
from support.dashboard import CLASSIFIER, figure, trace, warnings_of

from colorize_core import runs
from colorize_core.color.classes import grid_centres, rebalancing_weights, smooth_prior


def test_weights_follow_lambda_and_sigma(open_page, filled):
    at = open_page("prior", filled, prior_data="hills")
    stored = json.loads((filled / runs.PRIOR).read_text())["data"]["hills"]
    counts = torch.tensor(stored["grids"]["10"]["counts"], dtype=torch.float64)
    for share, sigma in ((0.5, 5.0), (0.1, 5.0), (0.1, 12.5)):
        at.slider(key="prior_lambda").set_value(share)
        at.slider(key="prior_sigma").set_value(sigma).run()
        smoothed = smooth_prior(counts, grid_centres(), sigma)
        weights = rebalancing_weights(smoothed, share)
        order = np.argsort(-counts.numpy(), kind="stable")
        drawn = trace(figure(at, "prior_ranks"), "smoothed prior p̃")["y"]
        assert np.sort(drawn) == pytest.approx(np.sort(smoothed.numpy()))
        assert drawn[0] == pytest.approx(smoothed[order[0]].item())
        drawn = figure(at, "prior_weights")["data"][0]["y"]
        assert np.sort(drawn) == pytest.approx(np.sort(weights.numpy()))
        assert at.metric[0].value == "1.000000"


def test_the_grid_of_the_114_classes_can_be_chosen(open_page, filled):
    at = open_page("prior", filled, prior_data="hills")
    at.selectbox(key="prior_grid").set_value("16 ab units wide").run()
    assert "114" in [m.value for m in at.metric]


def test_impossible_weights_are_explained(open_page, filled):
    at = open_page("prior", filled, prior_data="hills", prior_lambda="0.0", prior_sigma="0.0")
    assert "No weights for λ = 0" in warnings_of(at)


def test_the_prior_of_a_classifier_is_read_from_its_weights(open_page, filled):
    at = open_page("prior", filled)
    options = at.selectbox(key="prior_data").options
    assert options[0] == "hills"
    assert options[1].startswith(f"{CLASSIFIER}, as trained")
    at.selectbox(key="prior_data").set_value(options[1]).run()
    # Untrained: every class alike, so smoothing and weights change little.
    assert np.ptp(figure(at, "prior_ranks")["data"][0]["y"]) < 1e-6


def test_a_damaged_prior_is_named(open_page, copied):
    (copied / runs.PRIOR).write_text('{"data": {"hills": 3}}')
    at = open_page("prior", copied)
    assert "prior.json is damaged" in warnings_of(at)
    assert at.get("plotly_chart")  # of what the classifiers store
