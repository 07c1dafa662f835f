"""The words of the page in every language.

Gradio's own widgets take them by `word`, HTML written here by `spoken`; engine.js fills in those
of the browser's language, as Gradio does. What methods are and do, the lesson and error messages
are in English only.
"""

import html

import gradio as gr

ENGLISH = {
    "tab_compare": "Compare",
    "tab_lab": "Temperature lab",
    "tab_quiz": "Real or colorized?",
    "tab_lesson": "Lesson",
    "slogan": "One grey photo, coloured by three networks side by side: what each was trained to "
    "do decides how it colours.",
    "dashboard": "Dashboard",
    "your_photo": "Your photo",
    "model": "Model",
    "upload": "Upload",
    "paste": "Paste",
    "camera": "Camera",
    "file": "Photo file",
    "drop": "or drop a photo anywhere on this page",
    "uploading": "Uploading…",
    "examples": "Examples",
    "shoot": "Take photo",
    "cancel": "Cancel",
    "full_screen": "Full screen",
    "against": "Against the photo's own colours, which no network has seen",
    "grey": "Plain grey",
    "no_colors": "This photo has no colours of its own to compare the results with.",
    "original_row": "Original",
    "temperature": "Temperature T",
    "saturation": "Saturation of all results",
    "before_after": "Before / after",
    "original": "original colour",
    "vivid": "vivid",
    "calm": "calm",
    "served": "No WebGL 2 in this browser: the server draws.",
    "lead": "For every place of a photo the network names many colours, each with a probability. "
    "The temperature T decides how one colour is made of them: their mean at T = 1, the likeliest "
    "at T = 0. Drag it, and click on the photo.",
    "no_method": "No column of the first tab has a temperature; choose a classification there.",
    "layer": "Show",
    "picture": "Picture",
    "entropy": "Where it is unsure",
    "blotches": "Where colours jump",
    "layer_picture": "Restlessness of the colours",
    "layer_entropy": "Bright: many colours are likely (entropy, 0 to its maximum).",
    "layer_blotches": "Bright: the colour jumps to the next pixel's. Lower T and watch the "
    "blotches grow.",
    "per_pixel": "ab units per pixel",
    "stage": "Photo. Arrow keys move the probe, with Shift by five cells.",
    "probe_title": "What the network thinks here",
    "probe_hint": "Click on the photo, or focus it and use the arrow keys.",
    "mean": "mean, T = 1",
    "annealed": "now",
    "mode": "likeliest, T = 0",
    "truth": "true colour",
    "entropy_value": "Entropy",
    "bits": "bits",
    "of": "of",
    "share": "Share",
    "colour": "Colour",
    "plane": "Colours on the ab plane; larger means likelier",
    "film_title": "One photo, seven temperatures",
    "measuring": "Measuring…",
    "colorfulness": "Colourfulness",
    "chroma": "Mean chroma",
    "difference": "ΔE2000 to the truth",
    "curve_title": "How vivid, how right",
    "curve": "Colourfulness against T, for this photo",
    "true_photo": "the true photo",
    "equal_title": "Saturation is not temperature",
    "equal_lead": "Both pictures are equally colourful. On the left the saturation of one mean "
    "colour per pixel is turned up; on the right the temperature is lowered. Left: every colour "
    "grows, also the wrong one. Right: another colour is chosen.",
    "at_most": "more than saturation can give",
    "no_pale": "No column of the first tab is without a temperature; choose a regression there.",
    "quiz_title": "Real or colorized?",
    "quiz_lead": "Ten pairs: one picture is a true photo, the other was coloured by a network "
    "that saw it in grey. Click on the true one, or press ← or →.",
    "quiz_start": "Start",
    "quiz_again": "Play again",
    "quiz_left": "Left picture",
    "quiz_right": "Right picture",
    "quiz_round": "Round",
    "quiz_right_answer": "Right: that was the true photo.",
    "quiz_fooled": "Fooled: that one was coloured by",
    "quiz_was": "The other was coloured by",
    "quiz_done": "Your result",
    "quiz_method": "Coloured by",
    "quiz_pairs": "Pairs",
    "quiz_taken": "Taken for true",
    "quiz_rate": "Fooling rate",
    "quiz_interval": "95 % interval",
    "quiz_all": "All",
    "quiz_csv": "Download as CSV",
    "quiz_note": "50 % would mean: cannot be told from a true photo. A few rounds leave wide "
    "intervals; a class together does better.",
}
GERMAN = {
    "tab_compare": "Vergleichen",
    "tab_lab": "Temperaturlabor",
    "tab_quiz": "Echt oder koloriert?",
    "tab_lesson": "Lektion (englisch)",
    "slogan": "Ein graues Foto, von drei Netzen gefärbt: Worauf jedes trainiert wurde, "
    "entscheidet, wie es färbt.",
    "dashboard": "Übersicht",
    "your_photo": "Ihr Foto",
    "model": "Modell",
    "upload": "Hochladen",
    "paste": "Einfügen",
    "camera": "Kamera",
    "file": "Fotodatei",
    "drop": "oder ein Foto irgendwo auf diese Seite ziehen",
    "uploading": "Wird hochgeladen …",
    "examples": "Beispiele",
    "shoot": "Foto aufnehmen",
    "cancel": "Abbrechen",
    "full_screen": "Vollbild",
    "against": "Gegen die eigenen Farben des Fotos, die kein Netz gesehen hat",
    "grey": "Nur Grau",
    "no_colors": "Dieses Foto hat keine eigenen Farben, mit denen man vergleichen könnte.",
    "original_row": "Original",
    "temperature": "Temperatur T",
    "saturation": "Sättigung aller Ergebnisse",
    "before_after": "Vorher / nachher",
    "original": "Originalfarben",
    "vivid": "kräftig",
    "calm": "ruhig",
    "served": "Dieser Browser hat kein WebGL 2: Der Server zeichnet.",
    "lead": "Für jede Stelle eines Fotos nennt das Netz viele Farben, jede mit einer "
    "Wahrscheinlichkeit. Die Temperatur T entscheidet, wie daraus eine wird: ihr Mittel bei T = 1, "
    "die wahrscheinlichste bei T = 0. Regler ziehen, ins Foto klicken.",
    "no_method": "Keine Spalte des ersten Reiters hat eine Temperatur; dort eine Klassifikation "
    "wählen.",
    "layer": "Zeigen",
    "picture": "Bild",
    "entropy": "Wo es unsicher ist",
    "blotches": "Wo Farben springen",
    "layer_picture": "Unruhe der Farben",
    "layer_entropy": "Hell: Viele Farben sind wahrscheinlich (Entropie, 0 bis zum Höchstwert).",
    "layer_blotches": "Hell: Die Farbe springt zum Nachbarpixel. T senken und zusehen, wie die "
    "Flecken wachsen.",
    "per_pixel": "ab-Einheiten je Pixel",
    "stage": "Foto. Pfeiltasten bewegen die Sonde, mit Umschalt um fünf Zellen.",
    "probe_title": "Was das Netz hier denkt",
    "probe_hint": "Ins Foto klicken, oder es anwählen und die Pfeiltasten benutzen.",
    "mean": "Mittel, T = 1",
    "annealed": "jetzt",
    "mode": "wahrscheinlichste, T = 0",
    "truth": "wahre Farbe",
    "entropy_value": "Entropie",
    "bits": "Bit",
    "of": "von",
    "share": "Anteil",
    "colour": "Farbe",
    "plane": "Farben auf der ab-Ebene; größer heißt wahrscheinlicher",
    "film_title": "Ein Foto, sieben Temperaturen",
    "measuring": "Wird gemessen …",
    "colorfulness": "Farbigkeit",
    "chroma": "Mittlere Buntheit",
    "difference": "ΔE2000 zur Wahrheit",
    "curve_title": "Wie kräftig, wie richtig",
    "curve": "Farbigkeit über T, für dieses Foto",
    "true_photo": "das wahre Foto",
    "equal_title": "Sättigung ist nicht Temperatur",
    "equal_lead": "Beide Bilder sind gleich farbig. Links wird die Sättigung einer mittleren Farbe "
    "je Pixel aufgedreht, rechts die Temperatur gesenkt. Links wächst jede Farbe, auch die "
    "falsche. Rechts wird eine andere gewählt.",
    "at_most": "mehr, als Sättigung geben kann",
    "no_pale": "Keine Spalte des ersten Reiters ist ohne Temperatur; dort eine Regression wählen.",
    "quiz_title": "Echt oder koloriert?",
    "quiz_lead": "Zehn Paare: Ein Bild ist ein echtes Foto, das andere hat ein Netz gefärbt, das "
    "es nur in Grau sah. Auf das echte klicken, oder ← oder → drücken.",
    "quiz_start": "Los",
    "quiz_again": "Noch einmal",
    "quiz_left": "Linkes Bild",
    "quiz_right": "Rechtes Bild",
    "quiz_round": "Runde",
    "quiz_right_answer": "Richtig: Das war das echte Foto.",
    "quiz_fooled": "Getäuscht: Dieses färbte",
    "quiz_was": "Das andere färbte",
    "quiz_done": "Ihr Ergebnis",
    "quiz_method": "Gefärbt von",
    "quiz_pairs": "Paare",
    "quiz_taken": "Für echt gehalten",
    "quiz_rate": "Täuschungsrate",
    "quiz_interval": "95-%-Intervall",
    "quiz_all": "Alle",
    "quiz_csv": "Als CSV herunterladen",
    "quiz_note": "50 % hieße: von einem echten Foto nicht zu unterscheiden. Wenige Runden lassen "
    "weite Intervalle; eine Klasse zusammen schafft mehr.",
}
WORDS = {"en": ENGLISH, "de": GERMAN}
"""By language, then by key; a test holds that every language has every key."""
word = gr.I18n(**WORDS)
"""`word("temperature")` is a label that the browser translates."""


def spoken(key: str) -> str:
    """A word inside of HTML: English, until engine.js puts the browser's language there."""
    return f'<span data-word="{key}">{html.escape(ENGLISH[key])}</span>'
