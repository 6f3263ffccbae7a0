"""Write audio to a file with PyAV: telephone WAV, MP3, Opus, AAC."""

from __future__ import annotations

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
    "opus": Codec("ogg", "ogg", "libopus", 24_000),
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


def read(path: Path) -> tuple[NDArray[np.float32], int]:
    """Decode a file to (channels, samples) in -1…1 and its sample rate."""
    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=stream.rate)
        frames = [part for frame in source.decode(stream) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
        audio = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
        return np.asarray(audio, dtype=np.float32), stream.rate
