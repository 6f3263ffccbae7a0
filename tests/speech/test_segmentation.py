from __future__ import annotations

import numpy as np
import pytest
from pyannote.core import SlidingWindow, SlidingWindowFeature

from cintel.ingest.audio import SAMPLE_RATE
from cintel.runtime import prepare
from cintel.speech.segmentation import Windows, _starts

FRAME = 0.02


def _windows(*spans: tuple[float, float], seconds: float = 10.0) -> Windows:
    prepare()
    activity = np.zeros((1, 500, 3), dtype=np.float32)
    for number, (start, end) in enumerate(spans):
        activity[0, round(start / FRAME) : round(end / FRAME), number % 3] = 1
    heard = SlidingWindowFeature(activity, SlidingWindow(duration=10.0, step=5.0))
    return Windows(heard, SlidingWindow(duration=FRAME, step=FRAME), seconds)


def test_speech_is_anybody_s_with_a_pad_around_it() -> None:
    found = _windows((1.0, 2.0), (1.5, 3.0), (4.0, 5.0)).speech()
    assert found == (pytest.approx((0.95, 3.05)), pytest.approx((3.95, 5.05)))


def test_pads_that_meet_join() -> None:
    assert len(_windows((1.0, 2.0), (2.08, 3.0)).speech()) == 1
    assert len(_windows((1.0, 2.0), (2.12, 3.0)).speech()) == 2


def test_speech_ends_with_the_recording() -> None:
    assert _windows((6.0, 10.0), seconds=8.0).speech() == (pytest.approx((5.95, 8.0)),)
    assert _windows((0.0, 1.0)).speech()[0][0] == 0.0


@pytest.mark.parametrize(
    ("seconds", "windows"), [(0, 1), (3, 1), (10, 1), (10.1, 2), (12.5, 2), (60, 21)]
)
def test_windows_reach_the_end_and_not_further(seconds: float, windows: int) -> None:
    starts = _starts(round(seconds * SAMPLE_RATE), 2.5, 10.0)
    assert len(starts) == windows
    assert starts[-1] / SAMPLE_RATE + 10.0 >= seconds
    assert starts[-1] / SAMPLE_RATE + 7.5 < max(seconds, 10.0)
