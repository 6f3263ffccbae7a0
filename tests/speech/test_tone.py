from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cintel.errors import UsageError
from cintel.ingest.audio import SAMPLE_RATE, Recording, level_dbfs, read_audio
from cintel.speech.tone import LEVEL_DBFS, cover, write_covered


def noise(channels: int, seconds: float = 4.0) -> Recording:
    rows = np.random.default_rng(1).normal(0, 0.1, (channels, int(seconds * SAMPLE_RATE)))
    return Recording(rows.astype(np.float32), SAMPLE_RATE, "noise", "0" * 64)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_tone_on_every_channel_and_the_rest_as_it_was(channels: int) -> None:
    recording = noise(channels)
    before = recording.samples.copy()
    covered = cover(recording, [(1.0, 2.0), (3.5, 9.0)]).samples
    assert np.array_equal(recording.samples, before)
    first, last, tail = SAMPLE_RATE, 2 * SAMPLE_RATE, int(3.5 * SAMPLE_RATE)
    assert np.array_equal(covered[:, :first], before[:, :first])
    assert np.array_equal(covered[:, last:tail], before[:, last:tail])
    for row in covered:
        assert level_dbfs(row[first:last]) == pytest.approx(LEVEL_DBFS, abs=0.3)
        strongest = np.argmax(np.abs(np.fft.rfft(row[first:last])))
        assert strongest == 1000  # one second, so bins are hertz
        assert np.abs(row[[first, last - 1]]).max() == 0.0  # it does not click


def test_nothing_to_cover() -> None:
    recording = noise(1)
    assert np.array_equal(cover(recording, []).samples, recording.samples)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_copy_is_as_long_and_stands_in_time(channels: int, tmp_path: Path) -> None:
    target = tmp_path / "new" / "copy.mp3"
    write_covered(noise(channels), [(1.0, 2.0)], target)
    copy = read_audio(target)
    assert copy.duration == pytest.approx(4.0, abs=0.05)
    inside = copy.mono[int(1.1 * SAMPLE_RATE) : int(1.9 * SAMPLE_RATE)]
    assert np.argmax(np.abs(np.fft.rfft(inside))) == 800
    assert [path.name for path in target.parent.iterdir()] == ["copy.mp3"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"copy\.mp3: cannot be written .*--redacted"):
        write_covered(noise(1), [], tmp_path / "file" / "copy.mp3")
