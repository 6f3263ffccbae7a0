from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from cintel.errors import AudioError
from cintel.ingest.decode import SAMPLE_RATE, decode


def pcm(seconds: float, rate: int, channels: int = 1) -> bytearray:
    """A 16-bit WAV file of noise at −20 dBFS: a head of 44 bytes, then the samples."""
    shape = (round(seconds * rate), channels)
    noise = np.random.default_rng(0).standard_normal(shape) * 3277
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(noise.round().astype("<i2").tobytes())
    return bytearray(target.getvalue())


@pytest.mark.parametrize("rate", [1, 7, 3999, 768_001, 0x7FFFFFFF])
def test_a_rate_that_no_recording_has(rate: int) -> None:
    data = pcm(2.0, 8000)
    data[24:28] = rate.to_bytes(4, "little")
    with pytest.raises(AudioError, match=rf"no decodable sound \(sound of 1 channels at {rate} Hz"):
        decode(bytes(data), "call.wav")


@pytest.mark.parametrize("rate", [4000, 768_000])
def test_the_slowest_and_the_fastest_rate(rate: int) -> None:
    samples, found, faults = decode(bytes(pcm(1.0, rate)), "call.wav")
    assert samples.shape == (1, SAMPLE_RATE)
    assert (found, faults) == (rate, [])


def test_more_channels_than_can_be_mixed() -> None:
    with pytest.raises(AudioError, match="sound of 255 channels at 8000 Hz was left out"):
        decode(bytes(pcm(1.0, 8000, 255)), "call.wav")


def test_of_many_channels_the_first_eight() -> None:
    samples, _, faults = decode(bytes(pcm(1.0, 8000, 64)), "call.wav")
    assert samples.shape == (8, SAMPLE_RATE)
    assert faults == []
