"""Function words, which a mean sentence vector loses and which tell a question from an answer.

Who says "your account" and who says "my account", whether a line opens with "can" or with "okay":
the role and act heads see these beside the sentence vector.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CUES: tuple[str, ...] = (
    *("i", "me", "my", "mine", "i'm", "i've", "i'd", "i'll"),
    *("you", "your", "you're", "you've", "you'll"),
    *("we", "we're", "we've", "we'll", "our", "us"),
    *("they", "them", "he", "she", "it", "that", "this", "it's", "that's"),
    *("can", "could", "may", "would", "will", "do", "does", "did"),
    *("is", "are", "was", "were", "have", "has"),
    *("what", "when", "where", "who", "why", "how", "which"),
    *("please", "thank", "thanks", "sorry", "okay", "yes", "no"),
    *("not", "don't", "can't", "never", "just", "for", "on", "in", "at", "the", "a"),
)
"""The order is part of the trained weights: add nothing without training again."""

SIZE = 2 * len(CUES) + 3
SHORT, LONG = 4, 15
SCALE = 0.3
"""Keeps cues from drowning the entries of a unit vector."""

_PLACE = {cue: index for index, cue in enumerate(CUES)}
_WORD = re.compile(r"[a-z']+|\d")


def cue_features(texts: Sequence[str]) -> NDArray[np.float32]:
    """Mark which cues each text holds and which one opens it.

    Returns:
        Shape ``(n, SIZE)``, each entry 0 or `SCALE`: cues anywhere, the cue at the start, more
        than `LONG` words, a question mark, fewer than `SHORT` words.
    """
    features = np.zeros((len(texts), SIZE), dtype=np.float32)
    for row, text in enumerate(texts):
        words = _WORD.findall(text.lower().replace("’", "'"))
        features[row, [_PLACE[word] for word in words if word in _PLACE]] = SCALE
        if words and words[0] in _PLACE:
            features[row, len(CUES) + _PLACE[words[0]]] = SCALE
        shape = (len(words) > LONG, "?" in text, len(words) < SHORT)
        features[row, -3:] = SCALE * np.array(shape, dtype=np.float32)
    return features
