"""Your photo: one upload, the chosen methods, the same measures."""

import streamlit as st
from PIL import Image

from colorize_core.errors import ColorizeError
from dashboard import pictures, results, uploads, widgets
from dashboard.heading import header
from dashboard.results import Run

WIDTH = 264


def main() -> None:
    """Draw the page."""
    header(
        "Your photo",
        "Give a photo, old and grey or new and in colour. Only its lightness L reaches the "
        "networks; each predicts the colours (a, b) on a small copy, which are enlarged along "
        "the edges and joined to your photo's own L, so every detail stays. A photo in colour is "
        "turned to grey first and then serves as its own truth. Nothing leaves this computer.",
        r"\text{picture} = \text{RGB}\big(L,\; s \cdot ab(L)\big)",
    )
    runs = widgets.usable_runs(results.list_runs())
    if not runs:
        widgets.no_checkpoints()
        return
    upload = st.file_uploader(
        "Photo (up to 15 MB)",
        key="photo_upload",
        help="JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC",
    )
    left, middle, right = st.columns(3)
    with left:
        chosen = widgets.choose_runs("photo_runs", runs)
    with middle:
        temperature = widgets.temperature_slider("photo_T")
    with right:
        saturation = st.slider(
            "Saturation s", 0.0, 2.0, 1.0, 0.05, key="photo_saturation", bind="query-params"
        )
    if upload is None:
        st.info("Choose a photo above; nothing is needed after that.", icon="📷")
        return
    try:
        photo = uploads.uploaded(upload.getvalue())
    except ColorizeError as error:
        st.error(str(error))
        return
    show(photo, chosen, temperature, saturation)


def show(photo: uploads.Upload, runs: list[Run], temperature: float, saturation: float) -> None:
    """All pictures, then the measures if there are true colours to compare with."""
    preview = photo.preview
    made = {"as uploaded": preview, "grey": uploads.grey(preview)}
    with st.container(horizontal=True):
        show_picture("as uploaded", preview, f"{photo.size[0]} × {photo.size[1]} px")
        for run in runs:
            try:
                picture, seconds = uploads.colorize_upload(photo, run, temperature, saturation)
            except ColorizeError as error:
                st.error(f"{run.name}: {error}")
                continue
            made[run.name] = picture
            show_picture(
                run.name, picture, f"network {seconds:.2f} s", (photo, run, temperature, saturation)
            )
    show_measures(photo, made)


def show_picture(name: str, picture: Image.Image, text: str, full: tuple | None = None) -> None:
    """A preview, and the full size on request."""
    with st.container(width=WIDTH):
        st.image(pictures.to_jpeg(picture), width="stretch", alt=name)
        st.caption(f"**{name}** · {text}")
        if full is not None:
            st.download_button(
                "Full size (PNG)",
                lambda: uploads.full_png(*full),
                f"{name}.png",
                "image/png",
                key=f"photo_download_{name}",
                on_click="ignore",
            )


def show_measures(photo: uploads.Upload, made: dict[str, Image.Image]) -> None:
    """The measures of the gallery, against the upload's own colours."""
    st.subheader("Measures")
    if photo.is_grey:
        st.info("Your photo is grey, so there are no true colours to compare with.", icon="ℹ️")
    measures = {name: pictures.measure(picture, photo.preview) for name, picture in made.items()}
    if photo.is_grey:
        kept = ("colorfulness", "chroma")
        measures = {n: {k: v for k, v in m.items() if k in kept} for n, m in measures.items()}
    st.dataframe(
        pictures.metric_frame(measures), column_config={"_index": "Picture"}, key="photo_measures"
    )
    st.caption(
        f"Measured on the preview ({photo.preview.width} × {photo.preview.height} px). ↑ higher is "
        "better, ↓ lower is better; colourfulness and chroma are best near those of the truth."
    )


main()
