"""The seven emotions, in the one order every array in the project uses.

Imports nothing of ours. The order is FER2013's index order (Goodfellow et al. 2013,
"Challenges in Representation Learning"), which is also the emotion network's output order.
"""

from enum import StrEnum


class Emotion(StrEnum):
    """A visible expression as FER2013 names it."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"


EMOTIONS: tuple[Emotion, ...] = tuple(Emotion)
"""All emotions in FER2013 index order; `EMOTIONS[i]` is output `i` of the network."""


class LabelSet(StrEnum):
    """Whose labels of the same faces: they disagree about one face in three.

    `crowd` is the view of ten people, FER+ (Barsoum et al. 2016); `fer2013` is the one label that
    FER2013 came with.
    """

    CROWD = "crowd"
    FER2013 = "fer2013"


LABEL_SETS: tuple[LabelSet, ...] = tuple(LabelSet)
"""All label sets, in the order of a network's heads; the product uses the first."""


class UnknownEmotion(ValueError):
    """A name that is none of the seven emotions."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}” is not an emotion Roomtone knows. Use one of: {', '.join(EMOTIONS)}."
        )


_SYNONYMS = {
    "anger": Emotion.ANGRY,
    "disgusted": Emotion.DISGUST,
    "fearful": Emotion.FEAR,
    "scared": Emotion.FEAR,
    "happiness": Emotion.HAPPY,
    "joy": Emotion.HAPPY,
    "sadness": Emotion.SAD,
    "surprised": Emotion.SURPRISE,
}


def parse_emotion(name: str) -> Emotion:
    """Read an emotion as public datasets spell it (`Anger`, `happiness`, `3`).

    Raises `UnknownEmotion` for anything else.
    """
    word = name.strip().lower()
    if word.isdigit() and int(word) < len(EMOTIONS):
        return EMOTIONS[int(word)]
    try:
        return _SYNONYMS.get(word) or Emotion(word)
    except ValueError:
        raise UnknownEmotion(name) from None
