from __future__ import annotations

import numpy as np
import pytest

from cintel.conversation import Word
from cintel.speech.spans import Home, shared


def test_shared_seconds_and_distances() -> None:
    word = Word("a", 1.0, 2.0)
    assert shared(word, (1.5, 5.0)) == 0.5
    assert shared(word, (0.0, 9.0)) == 1.0
    assert shared(word, (4.0, 5.0)) == -2.0
    assert shared(word, (0.0, 0.5)) == -0.5


@pytest.mark.parametrize("seed", range(5))
def test_the_home_is_the_best_of_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    edges = np.sort(random.uniform(0, 60, 60)).reshape(-1, 2)
    spans = [(float(start), float(end)) for start, end in edges]
    home = Home(spans)
    for start, length in zip(random.uniform(-2, 62, 300), random.exponential(1, 300), strict=True):
        word = Word("a", start, start + length)
        best = max(shared(word, span) for span in spans)
        assert shared(word, spans[home.of(word)]) == best


def test_a_word_without_length_has_a_home_too() -> None:
    home = Home([(1.0, 2.0), (3.0, 4.0)])
    assert [home.of(Word("a", at, at)) for at in (0.0, 1.5, 2.9, 3.0, 9.0)] == [0, 0, 1, 1, 1]
