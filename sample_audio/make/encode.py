"""Write audio to a file with PyAV: telephone WAV, MP3, Opus, AAC."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Codec:
    """A file ending with its container, FFmpeg encoder and bit rate (0: the codec's own)."""

    ending: str
    container: str
    encoder: str
    bit_rate: int = 0


CODECS = {
    "mulaw": Codec("wav", "wav", "pcm_mulaw"),
    "alaw": Codec("wav", "wav", "pcm_alaw"),
    "pcm": Codec("wav", "wav", "pcm_s16le"),
    "mp3": Codec("mp3", "mp3", "libmp3lame", 32_000),
    "mp3-low": Codec("mp3", "mp3", "libmp3lame", 16_000),
    "opus": Codec("ogg", "ogg", "libopus", 24_000),
    "opus-low": Codec("ogg", "ogg", "libopus", 8_000),
    "aac": Codec("m4a", "ipod", "aac", 32_000),
}


def write(path: Path, audio: NDArray[np.float32], rate: int, codec: str) -> None:
    """Write (channels, samples) in -1…1 at `rate`; `codec` is a name of `CODECS`."""
    spec = CODECS[codec]
    channels = audio.shape[0]
    pcm = np.round(np.clip(audio, -1, 1) * 32_767).astype(np.int16)
    interleaved = np.ascontiguousarray(pcm.T).reshape(1, -1)
    layout = "stereo" if channels == 2 else "mono"
    options = {"fflags": "+bitexact"}
    with av.open(str(path), "w", format=spec.container, container_options=options) as output:
        stream = output.add_stream(spec.encoder, rate=rate, options={"flags": "+bitexact"})
        assert isinstance(stream, av.AudioStream)
        stream.layout = layout
        if spec.bit_rate:
            stream.bit_rate = spec.bit_rate
        frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout=layout)
        frame.sample_rate = rate
        frame.time_base = Fraction(1, rate)
        frame.pts = 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def round_trip(audio: NDArray[np.float32], rate: int, codec: str) -> NDArray[np.float32]:
    """Encode and decode each row of (channels, samples) by itself; same shape, codec's marks."""
    heard = np.zeros_like(audio)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sound.{CODECS[codec].ending}"
        for row, sound in zip(heard, audio, strict=True):
            write(path, sound[np.newaxis], rate, codec)
            decoded = read(path, rate)[0][0, : audio.shape[1]]
            row[: len(decoded)] = decoded
    return heard


def read(path: Path, rate: int | None = None) -> tuple[NDArray[np.float32], int]:
    """Decode a file to (channels, samples) in -1…1, at `rate` or the file's own, and the rate."""
    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        rate = rate or stream.rate
        resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=rate)
        frames = [part for frame in source.decode(stream) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
        audio = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
        return np.asarray(audio, dtype=np.float32), rate
