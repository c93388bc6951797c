"""How each emotion looks: the same order, colour and pattern on every screen and on paper.

Imports `model.emotions` only. Colours are those of Okabe and Ito ("Color Universal Design",
2008), with grey for neutral and a deeper yellow for happy so that both hold on white.
"""

from model.emotions import Emotion

TOP_TO_BOTTOM: tuple[Emotion, ...] = (
    Emotion.HAPPY,
    Emotion.SURPRISE,
    Emotion.NEUTRAL,
    Emotion.SAD,
    Emotion.FEAR,
    Emotion.ANGRY,
    Emotion.DISGUST,
)
"""The one order on screen. Neutral lies in the middle, so that what is light grows from the
upper edge, what is heavy from the lower one, and both have a straight edge to be read from."""

COLOURS: dict[Emotion, str] = {
    Emotion.NEUTRAL: "#999999",
    Emotion.HAPPY: "#E6B800",
    Emotion.SURPRISE: "#56B4E9",
    Emotion.SAD: "#0072B2",
    Emotion.ANGRY: "#D55E00",
    Emotion.FEAR: "#CC79A7",
    Emotion.DISGUST: "#009E73",
}

PATTERNS: dict[Emotion, str] = {
    Emotion.NEUTRAL: "",
    Emotion.HAPPY: ".",
    Emotion.SURPRISE: "-",
    Emotion.SAD: "\\",
    Emotion.ANGRY: "x",
    Emotion.FEAR: "|",
    Emotion.DISGUST: "+",
}
"""Patterns as Plotly names them. Plain is neutral's; `GAP_PATTERN` is nobody's."""

GAP_PATTERN = "/"
