"""The list of metrics: names, units, directions, meanings; no torch, so that menus stay light.

How each is computed from pixels stands in `metrics.pair`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One measure of a picture against its original."""

    name: str
    title: str
    unit: str
    higher_is_better: bool | None
    """None: neither; compare with the originals."""
    source: str
    meaning: str
    """What it is, in one sentence for readers of a table."""
    label: str | None = None
    """Only photos in a folder of this name are measured; None: all."""

    @property
    def heading(self) -> str:
        """Title and unit."""
        return f"{self.title}, {self.unit}" if self.unit else self.title


FACES = "faces"
"""Folder whose photos are portraits: one face, in the middle."""

METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            "raw_auc", "Raw AuC", "%", True, "Zhang et al. 2016, section 3.1",
            "Share of pixels whose ab lies within t of the true one, averaged over t = 0…150.",
        ),
        Metric(
            "rebalanced_auc", "Rebalanced AuC", "%", True, "Zhang et al. 2016, section 3.1, λ = 0",
            "The same for each class of true colours, averaged over the classes present, so that "
            "rare colours count as much as grey; it falls as the number of photos grows.",
        ),
        Metric(
            "delta_e2000", "ΔE2000", "", False, "Sharma, Wu, Dalal 2005",
            "Mean colour difference per pixel; about 1 can just be seen.",
        ),
        Metric(
            "psnr", "PSNR", "dB", True, "20 log10(1 / RMSE) on sRGB",
            "Peak signal-to-noise ratio of the RGB picture; the originals' is cut off at 100.",
        ),
        Metric(
            "ssim", "SSIM", "", True, "Wang et al. 2004",
            "Structural similarity of the RGB picture; 1 for the originals.",
        ),
        Metric(
            "accuracy_5", "acc@5", "%", True, "Nazeri et al. 2018, section 4",
            "Share of pixels with L, a and b each within 5 % of their range: 5, 11 and 11.",
        ),
        Metric(
            "colorfulness", "Colourfulness", "", None, "Hasler, Süsstrunk 2003",
            "Spread and distance from grey of R − G and (R + G) / 2 − B: 0 is grey, 33 moderately, "
            "59 quite colourful.",
        ),
        Metric(
            "chroma", "Mean chroma", "", None, "CIE 15:2004, C*ab",
            "Mean distance from grey in ab.",
        ),
        Metric(
            "a_cast", "Mean error of a", "ab units", None, "metrics/cast.py",
            "What the picture's mean a is too high: above 0 a reddish cast, below a green one.",
        ),
        Metric(
            "b_cast", "Mean error of b", "ab units", None, "metrics/cast.py",
            "What the picture's mean b is too high: above 0 a yellow cast, below a blue one.",
        ),
        Metric(
            "sharpness", "Sharpness of ab", "%", None, "metrics/sharpness.py",
            "Steps of ab between neighbouring pixels that the picture shares with the original, "
            "as a share of the original's.",
        ),
        Metric(
            "roughness", "Roughness of ab", "ab units per pixel", None,
            "total variation, metrics/roughness.py",
            "Mean step of ab between neighbouring pixels; speckles and patches raise it.",
        ),
        Metric(
            "blotches", "Blotchy area", "%", None, "metrics/blotches.py",
            "Share of the picture in regions of smooth L whose hue turns by more than 60°.",
        ),
        Metric(
            "bleeding", "Bleeding over edges", "%", None, "metrics/bleeding.py",
            "Of the steps of ab within 5 pixels of strong edges of L, the share that misses them "
            "by more than 1 pixel.",
        ),
        Metric(
            "face_delta_e2000", "ΔE2000 in faces", "", False, "metrics/faces.py",
            "ΔE2000 in the middle third of portraits: photos in a folder named faces.", FACES,
        ),
        Metric(
            "green_or_blue_faces", "Green or blue faces", "%", False, "metrics/faces.py",
            "Share of portraits whose middle has, on average, a hue that no skin has, between −40° "
            "and 110° being skin's.", FACES,
        ),
        Metric(
            "classifier_accuracy", "Classifier accuracy", "%", True,
            "Zhang et al. 2016, section 3.1; metrics/recognition.py",
            "Share of pictures that a classifier trained on colour pictures still names rightly; "
            "of photos in folders named after its classes.",
        ),
        Metric(
            "classifier_confidence", "Classifier confidence", "", True,
            "report 001, table 1; metrics/recognition.py",
            "The probability that this classifier gives the right name, on average.",
        ),
    )
}  # fmt: skip
CLASSIFIER_METRICS = ("classifier_accuracy", "classifier_confidence")
"""Missing from a row whose photos have no labels that an evaluation classifier knows."""
