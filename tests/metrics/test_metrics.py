import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from colorize_core.color.conversions import rgb_to_lab
from colorize_core.metrics import scores
from colorize_core.metrics.accuracy import accuracy_within_5_percent
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.bleeding import bleeding
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.faces import face_error, green_or_blue, middle
from colorize_core.metrics.pair import FUNCTIONS, Pair, measure
from colorize_core.metrics.recognition import confidence, named_correctly
from colorize_core.metrics.ssim import ssim
from colorize_core.metrics.table import CLASSIFIER_METRICS, METRICS


@pytest.fixture(scope="module")
def pictures(make_photo) -> tuple[Image.Image, Image.Image]:
    """A photo and another that is close to it."""
    photo = make_photo(48, 40, seed=1)
    noise = np.random.default_rng(0).normal(0, 12, (40, 48, 3))
    other = Image.fromarray((np.asarray(photo) + noise).clip(0, 255).astype(np.uint8))
    return other, photo


@pytest.fixture(scope="module")
def pair(pictures) -> Pair:
    return Pair.of(*map(scores.to_tensor, pictures))


def test_accuracy_area_equals_the_curve_it_stands_for():
    """Zhang et al. 2016, section 3.1: accuracy at thresholds 0…150, area by trapezoids."""
    generator = torch.Generator().manual_seed(0)
    truth = 100 * torch.rand(1, 2, 20, 20, generator=generator) - 50
    guess = truth + 40 * torch.randn(1, 2, 20, 20, generator=generator)
    guess[..., :5] = truth[..., :5]
    guess[..., 5, :] = truth[..., 5, :] + 200  # beyond the last threshold
    distance = (guess - truth).norm(dim=1).numpy()
    curve = [(distance <= threshold).mean() for threshold in range(151)]
    expected = np.trapezoid(curve) / 150
    assert accuracy_area(guess, truth).mean().item() == pytest.approx(expected, abs=1e-6)


def test_accuracy_area_ends_at_zero_and_one():
    truth = torch.zeros(2, 3, 3)
    assert torch.equal(accuracy_area(truth, truth), torch.ones(3, 3))
    assert accuracy_area(truth + 300, truth).max() == 0
    nearer, farther = accuracy_area(truth + 3, truth), accuracy_area(truth + 9, truth)
    assert (nearer > farther).all()


def test_colorfulness_follows_hasler_and_suesstrunk(pictures):
    for picture in pictures:
        r, g, b = np.moveaxis(np.asarray(picture).astype(float), -1, 0)
        rg, yb = r - g, (r + g) / 2 - b
        expected = np.sqrt(rg.var() + yb.var()) + 0.3 * np.sqrt(rg.mean() ** 2 + yb.mean() ** 2)
        found = colorfulness(scores.to_tensor(picture))
        assert found.shape == (1,)
        assert found.item() == pytest.approx(expected, rel=1e-4)


def test_colorfulness_of_a_grey_is_zero():
    grey = torch.rand(2, 1, 8, 8).expand(2, 3, 8, 8)
    assert colorfulness(grey).abs().max() < 1e-3


def test_accuracy_within_5_percent_needs_all_three_channels():
    truth = torch.zeros(3, 1, 4)
    lab = truth.clone()
    lab[:, 0, 0] = torch.tensor([4.9, -10.9, 10.9])  # right
    lab[:, 0, 1] = torch.tensor([5.1, 0.0, 0.0])
    lab[:, 0, 2] = torch.tensor([0.0, 11.1, 0.0])
    lab[:, 0, 3] = torch.tensor([0.0, 0.0, -11.1])
    assert accuracy_within_5_percent(lab, truth).item() == 0.25


def portrait(*rgb: float, around: tuple[float, ...] = (0.0, 0.2, 1.0)) -> torch.Tensor:
    """Lab of a picture with one colour in the middle third and another around it."""
    picture = torch.tensor(around).view(1, 3, 1, 1).repeat(1, 1, 30, 24)
    picture[:, :, 10:20, 8:16] = torch.tensor(rgb).view(3, 1, 1)
    return rgb_to_lab(picture)


def test_faces_are_measured_in_the_middle_alone():
    skin, same_skin = portrait(0.8, 0.6, 0.5), portrait(0.8, 0.6, 0.5, around=(1.0, 1.0, 0.0))
    assert middle(skin).shape == (1, 3, 10, 8)
    assert face_error(skin, same_skin).item() == 0
    assert face_error(portrait(0.5, 0.6, 0.8), skin).item() > 20


@pytest.mark.parametrize(
    ("rgb", "cold"),
    [
        ((0.8, 0.6, 0.5), 0),  # skin
        ((0.3, 0.2, 0.15), 0),
        ((0.9, 0.6, 0.7), 0),  # pink
        ((0.8, 0.75, 0.5), 0),  # in yellow light
        ((0.5, 0.5, 0.5), 0),  # grey
        ((0.50, 0.51, 0.51), 0),
        ((0.5, 0.7, 0.5), 1),
        ((0.5, 0.6, 0.8), 1),
        ((0.4, 0.7, 0.7), 1),
        ((0.5, 0.4, 0.8), 1),  # violet
    ],
)
def test_green_and_blue_faces_are_found(rgb, cold):
    assert green_or_blue(portrait(*rgb, around=(0.2, 0.9, 0.2))).item() == cold


def test_only_portraits_have_measures_of_faces():
    pair = Pair.of(*torch.rand(2, 1, 3, 24, 24))
    with_faces, without = (measure(pair, label).keys() for label in ("faces", None))
    assert with_faces - without == {"face_delta_e2000", "green_or_blue_faces"}
    assert {"raw_auc", "bleeding"} <= without
    assert "classifier_accuracy" not in with_faces


def test_the_table_agrees_with_scikit_image(pictures, pair):
    picture, truth = (np.asarray(p) / 255 for p in pictures)
    measured = measure(pair)
    lab, lab_true = rgb2lab(picture), rgb2lab(truth)
    expected = {
        "psnr": peak_signal_noise_ratio(truth, picture, data_range=1),
        "delta_e2000": deltaE_ciede2000(lab, lab_true).mean(),
        "chroma": np.hypot(lab[..., 1], lab[..., 2]).mean(),
        "ssim": structural_similarity(
            truth, picture, data_range=1, channel_axis=-1, gaussian_weights=True,
            sigma=1.5, use_sample_covariance=False, full=True,
        )[1].mean(),
    }  # fmt: skip
    for name, value in expected.items():  # SSIM mirrors the border in another way
        assert float(measured[name]) == pytest.approx(value, rel=5e-3), name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_metric_prefers_the_truth_as_it_says(name, pair):
    metric = METRICS[name]
    perfect = Pair(pair.rgb_true, pair.rgb_true, pair.lab_true, pair.lab_true)
    best, other = (float(FUNCTIONS[name](one)) for one in (perfect, pair))
    assert np.isfinite([best, other]).all()
    if metric.higher_is_better is not None:
        assert (best > other) == metric.higher_is_better


def test_every_metric_is_declared_and_can_be_had():
    by_pixels = {*FUNCTIONS, "rebalanced_auc"}
    assert METRICS.keys() == by_pixels | set(CLASSIFIER_METRICS)
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.title
        assert metric.source
        assert metric.meaning.endswith(".")


def test_the_declarations_do_not_wait_for_torch():
    code = "import sys, colorize_core.metrics.table; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_perfect_picture_has_perfect_scores(pair):
    perfect = Pair(pair.rgb_true, pair.rgb_true, pair.lab_true, pair.lab_true)
    found = {name: float(value) for name, value in measure(perfect).items()}
    assert found["raw_auc"] == 100
    assert found["delta_e2000"] == 0
    assert found["psnr"] == 100
    assert found["ssim"] == pytest.approx(1, abs=1e-4)
    assert found["accuracy_5"] == 100


def test_score_measures_a_picture_against_its_original(pictures):
    picture, original = pictures
    found = scores.score(picture, original)
    assert found["psnr"] == pytest.approx(
        peak_signal_noise_ratio(np.asarray(original), np.asarray(picture)), abs=0.01
    )
    assert found["delta_e2000"] > 1
    assert found["colorfulness"] > 5
    with pytest.raises(ValueError, match="sizes differ"):
        scores.score(picture, original.crop((0, 0, 20, 20)))


def test_is_grey_knows_old_photos_from_color(make_photo):
    photo = make_photo(64, 48)
    assert not scores.is_grey(photo)
    assert scores.is_grey(photo.convert("L"))
    faint = np.asarray(photo.convert("L").convert("RGB")) + np.array([2, 0, -2])
    assert scores.is_grey(Image.fromarray(faint.clip(0, 255).astype(np.uint8)))
    one_red_thing = photo.convert("L").convert("RGB")
    one_red_thing.paste((200, 30, 30), (0, 0, 16, 12))
    assert not scores.is_grey(one_red_thing)


def test_batches_are_measured_picture_by_picture(pair):
    mixed = [torch.cat(parts) for parts in zip(
        (pair.rgb, pair.rgb_true, pair.lab, pair.lab_true),
        (pair.rgb_true, pair.rgb_true, pair.lab_true, pair.lab_true),
        strict=True,
    )]  # fmt: skip
    perfect = Pair(pair.rgb_true, pair.rgb_true, pair.lab_true, pair.lab_true)
    for name, function in FUNCTIONS.items():
        found = function(Pair(*mixed))
        assert found.shape == (2,), name
        alone = [float(function(one)) for one in (pair, perfect)]
        assert found.tolist() == pytest.approx(alone, rel=1e-4, abs=1e-4), name


def test_ssim_of_tiny_pictures_agrees_with_scikit_image(make_photo):
    truth = make_photo(32, 32, seed=3)
    noise = np.random.default_rng(1).normal(0, 20, (32, 32, 3))
    picture = Image.fromarray((np.asarray(truth) + noise).clip(0, 255).astype(np.uint8))
    found = ssim(scores.to_tensor(picture), scores.to_tensor(truth))
    expected = structural_similarity(
        np.asarray(truth), np.asarray(picture), data_range=255, channel_axis=-1,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False, full=True,
    )[1].mean()  # fmt: skip
    assert found.item() == pytest.approx(expected, rel=0.01)


def test_the_evaluation_test_looks_at_the_likeliest_and_at_the_true_class():
    probabilities = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.5, 0.4]])
    target = torch.tensor([0, 2])
    assert named_correctly(probabilities, target).tolist() == [1, 0]
    assert confidence(probabilities, target).tolist() == pytest.approx([0.7, 0.4])


def two_halves(ab_edge: int, width: int = 40, blur: int = 0) -> torch.Tensor:
    """Dark left, light right, border in the middle; red turns green at `ab_edge`: Lab."""
    lab = torch.zeros(1, 3, 24, width)
    lab[:, 0] = torch.where(torch.arange(width) < width // 2, 30.0, 70.0)
    share = ((torch.arange(width) - ab_edge + blur / 2 + 0.5) / max(blur, 1)).clamp(0, 1)
    share = share if blur else (torch.arange(width) >= ab_edge).float()
    lab[:, 1] = 40 - 80 * share
    return lab


def test_bleeding_is_color_change_beside_strong_edges():
    assert float(bleeding(two_halves(20))) == 0
    assert float(bleeding(two_halves(21))) == 0, "a pixel's step aside is the edge's own"
    assert float(bleeding(two_halves(24))) == 100
    assert float(bleeding(two_halves(34))) == 0, "far from any edge it is another thing"
    smeared = [float(bleeding(two_halves(20, blur=b))) for b in (2, 4, 8)]
    assert smeared == sorted(smeared)
    assert 0 <= smeared[0] < 40 < smeared[2] < 80


def test_nothing_bleeds_without_colors_or_edges():
    flat = two_halves(20)
    flat[:, 0] = 50
    grey = two_halves(20)
    grey[:, 1:] = 0
    assert bleeding(torch.cat((flat, grey))).tolist() == [0, 0]
