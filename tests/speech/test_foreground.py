from __future__ import annotations

import numpy as np
import pytest

from cintel.ingest.audio import SAMPLE_RATE
from cintel.speech.foreground import foreground


def _channel(*levels: float) -> np.ndarray:
    """Two seconds of noise at each level, in dBFS."""
    random = np.random.default_rng(5)
    parts = [random.normal(0, 10 ** (level / 20), 2 * SAMPLE_RATE) for level in levels]
    return np.concatenate(parts).astype(np.float32)


def test_voices_of_the_room_are_left_out() -> None:
    samples = _channel(-20, -45, -26, -45)
    found = foreground(samples, [(0.0, 3.5), (4.0, 6.0), (6.5, 7.5)])
    assert found == (
        pytest.approx((0.0, 2.4), abs=0.06),
        pytest.approx((4.0, 6.0), abs=0.06),
    )


def test_speech_at_one_level_is_kept_whole() -> None:
    speech = [(0.5, 3.0), (3.2, 4.0)]
    found = foreground(_channel(-30, -36), speech)
    assert found == tuple(pytest.approx(span, abs=1e-9) for span in speech)


def test_nothing_stays_nothing() -> None:
    assert foreground(_channel(-20), []) == ()
