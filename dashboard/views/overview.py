"""Overview: the methods, their measures with intervals, and what the reports published."""

from dashboard.heading import header


def main() -> None:
    """Draw the page, its title before anything that takes long to import."""
    header(
        "Colorization, compared",
        "A grey photo fixes how light every pixel is, but not its colour: a shirt may be red or "
        "blue. Each method here settles that question in its own way, and is measured against "
        "the true colours of photos that it never saw in training. **Plain grey** and the "
        "**truth** are measured as if they were methods, so that a number can be read: a method "
        "is exact if it beats grey, and vivid if its colourfulness comes near that of the "
        "truth. Being exact and being vivid pull in different directions; that tension is what "
        "this dashboard shows. Raw AuC is the share P of pixels whose colour (a, b) is right "
        "within t, averaged over all t; CF is the colourfulness.",
        r"\text{raw AuC} = \tfrac{1}{150}\int_0^{150} "
        r"P\big(\lVert ab - ab^* \rVert \le t\big)\, dt",
        r"\text{CF} = \sqrt{\sigma_{rg}^2 + \sigma_{yb}^2} + 0.3\sqrt{\mu_{rg}^2 + \mu_{yb}^2}",
    )
    from dashboard import overview  # pandas and Plotly, while the browser draws the title

    overview.show()


main()
