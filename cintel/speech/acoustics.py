"""What the sound says beside the words: loudness, pitch, music, and how good the recording is.

Nothing here copies a whole channel: samples are read a word or a minute at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cintel.conversation import SIDES, Acoustics, Role, Span, Turn
from cintel.ingest.audio import SAMPLE_RATE, Recording
from cintel.insight.activity import complement, subtract, union
from cintel.runtime import flush_denormals
from cintel.speech.music import find_music
from cintel.speech.quality import (
    Speech,
    complaints,
    frames_power,
    measure_speech,
    median_power,
    noise_power,
    rate,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from swift_f0 import SwiftF0

    Samples = NDArray[np.float32]

# Enough speech for a stable median F0; more costs time and changes nothing.
PITCH_SECONDS = 20.0
PITCH_CONFIDENCE = 0.8
MIN_PITCH_FRAMES = 50
MIN_SECOND_FRAMES = 8
SPOKEN_SHARE = 0.3
# Mains hum holds notes too, but is as loud in every pause: music is this much over that, in power.
MUSIC_OVER_NOISE = 4.0


@dataclass(frozen=True, slots=True)
class _Channel:
    """One row of a recording: its samples, music and background, and the words by role."""

    samples: Samples
    words: dict[Role, list[Span]]
    music: list[Span]
    noise: float


@dataclass(frozen=True, slots=True)
class _Pitch:
    """Median F0 in Hz and the deviation around it in semitones; the median of each second."""

    figures: tuple[float, float]
    seconds: tuple[float | None, ...]


def measure_acoustics(
    recording: Recording, turns: Sequence[Turn], channels: dict[str, int]
) -> Acoustics:
    """Measure a recording whose turns have roles.

    Args:
        recording: the samples.
        turns: with words and roles.
        channels: the row of ``recording.samples`` of each speaker; empty for a mono call.
    """
    rows = recording.samples if channels else (recording.mono,)
    found = [
        _channel(samples, [turn for turn in turns if channels.get(turn.speaker, 0) == row])
        for row, samples in enumerate(rows)
    ]
    loudness: dict[str, tuple[float | None, ...]] = {}
    pitch: dict[str, tuple[float, float]] = {}
    seconds: dict[str, tuple[float | None, ...]] = {}
    heard: list[tuple[Speech, float]] = []
    for role in SIDES:
        for channel in (channel for channel in found if role in channel.words):
            speech = measure_speech(channel.samples, channel.words[role])
            heard.append((speech, channel.noise))
            loudness.setdefault(role, _loudness(speech))
            if (voice := _voice(channel, role)) is not None:
                pitch.setdefault(role, voice.figures)
                seconds.setdefault(role, voice.seconds)
    quality = rate(heard)
    warnings = (*recording.warnings, *(complaints(quality) if quality else ()))
    music = union(span for channel in found for span in channel.music)
    return Acoustics(loudness, pitch, tuple(music), warnings, quality, seconds)


def _channel(samples: Samples, turns: Sequence[Turn]) -> _Channel:
    words: dict[Role, list[Span]] = {}
    for turn in turns:
        words.setdefault(turn.role, []).extend((word.start, word.end) for word in turn.words)
    words = {role: union(spans) for role, spans in words.items() if spans}
    spoken = union(span for spans in words.values() for span in spans)
    tonal = find_music(samples, complement(spoken, 0.0, samples.size / SAMPLE_RATE))
    power = frames_power(samples)
    noise = noise_power(power, [*spoken, *tonal])
    music = [span for span in tonal if median_power(power, span) > MUSIC_OVER_NOISE * noise]
    return _Channel(samples, words, music, noise)


def _loudness(speech: Speech) -> tuple[float | None, ...]:
    """dBFS of the speech in each second, None where the side is not speaking."""
    import numpy as np

    levels = 10 * np.log10(np.maximum(speech.energy / np.maximum(speech.count, 1), 1e-12))
    speaks = speech.count >= SPOKEN_SHARE * SAMPLE_RATE
    return tuple(
        round(float(level), 1) if spoken else None
        for level, spoken in zip(levels, speaks, strict=True)
    )


def _voice(channel: _Channel, role: Role) -> _Pitch | None:
    """A side's F0, from pieces in which it speaks alone."""
    import numpy as np

    others = union(s for name, spans in channel.words.items() if name != role for s in spans)
    spans = _spread(subtract(channel.words[role], others))
    pieces = [
        channel.samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        for start, end in spans
    ]
    if sum(piece.size for piece in pieces) < SAMPLE_RATE:
        return None
    found = _detector().detect(np.concatenate(pieces), SAMPLE_RATE)
    sure = found.confidence >= PITCH_CONFIDENCE
    hertz = found.pitch_hz[sure]
    if hertz.size < MIN_PITCH_FRAMES:
        return None
    median = float(np.median(hertz))
    spread = round(float(np.std(12 * np.log2(hertz / median))), 2)
    ends = np.cumsum([piece.size for piece in pieces]) / SAMPLE_RATE
    places = np.minimum(np.searchsorted(ends, found.timestamps[sure], "right"), len(spans) - 1)
    seconds = np.array([int((start + end) / 2) for start, end in spans])[places]
    track = [hertz[seconds == second] for second in range(int(seconds.max()) + 1)]
    return _Pitch(
        (round(median, 1), spread),
        tuple(
            round(float(np.median(part)), 1) if part.size >= MIN_SECOND_FRAMES else None
            for part in track
        ),
    )


def _spread(spans: Sequence[Span]) -> list[Span]:
    """Pieces of up to a second from all over the spans, ``PITCH_SECONDS`` in all."""
    pieces = [
        (start + second, min(start + second + 1.0, end))
        for start, end in spans
        for second in range(int(end - start) + 1)
    ]
    share = min(PITCH_SECONDS / max(sum(end - start for start, end in pieces), 1e-9), 1.0)
    return [
        piece
        for number, piece in enumerate(pieces)
        if int((number + 1) * share) > int(number * share)
    ]


@cache
def _detector() -> SwiftF0:
    from swift_f0 import SwiftF0

    found = SwiftF0(threads=1)
    flush_denormals()
    return found
