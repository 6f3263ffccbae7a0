"""Any container PyAV opens becomes a :class:`Recording`: float32 at 16 kHz, decoded once.

Files may be truncated, mislabelled or lie about their length: what is whole is kept and said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.errors import AudioError

if TYPE_CHECKING:
    import numpy as np
    from av.audio.frame import AudioFrame
    from av.container import InputContainer
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000
MAX_CHANNELS = 8
# A stretch below this is digital or line silence, not a quiet voice.
SILENT_DBFS = -70.0
# Two copies of one signal correlate above this even through different codecs.
SAME_SIGNAL = 0.95
DEAD_CHANNEL_DB = 40.0


@dataclass(frozen=True, slots=True)
class Recording:
    """Decoded sound.

    Attributes:
        samples: float32, −1…1, shape (channels, time) at ``sample_rate``. One row is a mono
            call; two rows are the two parties of a two-channel call.
        sample_rate: Hz, always 16 000 after :func:`read_audio`.
        source: the file's path, or ``bytes``.
        content_hash: sha256 of the file's bytes, hex.
        warnings: what was wrong with the file, in plain words.
    """

    samples: Samples
    sample_rate: int
    source: str
    content_hash: str
    warnings: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def duration(self) -> float:
        """Seconds."""
        return int(self.samples.shape[1]) / self.sample_rate

    @property
    def channels(self) -> int:
        """Rows of ``samples``."""
        return int(self.samples.shape[0])

    @property
    def mono(self) -> Samples:
        """All channels mixed, shape (time,)."""
        mixed: Samples = self.samples.mean(axis=0)
        return mixed


def content_hash(data: bytes) -> str:
    """sha256 of a file's bytes, hex."""
    return hashlib.sha256(data).hexdigest()


def read_audio(source: Path | bytes, name: str | None = None) -> Recording:
    """Decode a file or its bytes.

    Args:
        source: a path, or the bytes of a container.
        name: what errors call it; the path by default.

    Raises:
        AudioError: it cannot be read, holds no audio, or holds only silence.
    """
    where = name or (str(source) if isinstance(source, Path) else "bytes")
    data = read_bytes(source, where) if isinstance(source, Path) else source
    if not data:
        raise AudioError(where, "is empty (0 bytes)", "Export the recording again")
    channels, rate, warnings = _decode(data, where)
    if channels.shape[1] < SAMPLE_RATE // 10:
        raise AudioError(where, "holds less than 0.1 s of sound", "Export the recording again")
    parties, notes = tell_parties(channels)
    if level_dbfs(parties) < SILENT_DBFS:
        raise AudioError(where, "holds only silence", "Check the recorder's input")
    metadata = {"sample_rate": rate, "channels": int(channels.shape[0])}
    return Recording(parties, SAMPLE_RATE, where, content_hash(data), (*warnings, *notes), metadata)


def read_bytes(path: Path, where: str | None = None) -> bytes:
    """A file's bytes, or one AudioError that says why not."""
    try:
        return path.read_bytes()
    except PermissionError:
        raise AudioError(
            where or str(path), "cannot be read (permission denied)", "Check its access rights"
        ) from None
    except OSError as error:
        raise AudioError(
            where or str(path), f"cannot be read ({error.strerror})", "Check the path"
        ) from error


def _decode(data: bytes, where: str) -> tuple[Samples, int, list[str]]:
    """All channels at 16 kHz, the file's own rate, and what was wrong on the way."""
    import av
    import numpy as np

    try:
        container = av.open(BytesIO(data), mode="r", metadata_errors="ignore")
    except av.FFmpegError as error:
        raise AudioError(
            where, f"is not audio that can be decoded ({error.strerror})",
            "Convert it to WAV, MP3, M4A, Ogg or FLAC",
        ) from error  # fmt: skip
    with container:
        if not container.streams.audio:
            raise AudioError(where, "has no audio stream", "Export it with its sound track")
        stream = container.streams.audio[0]
        promised = _promised_seconds(container)
        blocks, fault = _frames(container)
        if not blocks:
            raise AudioError(
                where, f"holds no decodable sound{f' ({fault})' if fault else ''}",
                "Export the recording again",
            )  # fmt: skip
        rate = int(stream.rate)
    samples = np.concatenate(blocks, axis=1)[:MAX_CHANNELS]
    return samples, rate, _length_warnings(samples.shape[1] / SAMPLE_RATE, promised, fault)


def _promised_seconds(container: InputContainer) -> float | None:
    return container.duration / 1_000_000 if container.duration else None


def _length_warnings(kept: float, promised: float | None, fault: str | None) -> list[str]:
    warnings = []
    if fault:
        warnings.append(f"damaged: decoding stopped after {kept:.1f} s ({fault})")
    if promised and promised - kept > max(1.0, 0.02 * promised):
        warnings.append(f"the header promises {promised:.1f} s, {kept:.1f} s are there")
    return warnings


def _frames(container: InputContainer) -> tuple[list[Samples], str | None]:
    """Planar float blocks (channels, time) at 16 kHz, and the fault that ended decoding early."""
    import av

    resampler: av.AudioResampler | None = None
    blocks: list[Samples] = []
    damaged = 0
    for packet in container.demux(audio=0):
        try:
            decoded = packet.decode()
        except av.FFmpegError:
            # A damaged packet costs its own milliseconds; the rest of the file is still good.
            damaged += 1
            continue
        for frame in decoded:
            resampler = resampler or _resampler(frame)
            blocks.extend(_arrays(resampler, frame))
    if resampler is not None:
        blocks.extend(_arrays(resampler, None))
    return blocks, f"{damaged} damaged packets skipped" if damaged else None


def _resampler(first: AudioFrame) -> Any:
    import av

    return av.AudioResampler(format="fltp", layout=first.layout, rate=SAMPLE_RATE)


def _arrays(resampler: Any, frame: AudioFrame | None) -> Iterator[Samples]:
    for out in resampler.resample(frame):
        yield out.to_ndarray().astype("float32", copy=False)


def level_dbfs(samples: Samples) -> float:
    """Root mean square level in dB relative to full scale; −120 for digital silence."""
    import numpy as np

    power = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    return 10 * float(np.log10(max(power, 1e-12)))


def tell_parties(channels: Samples) -> tuple[Samples, list[str]]:
    """Which channels are parties of their own: two rows for a true two-channel call, else one.

    A stereo file is not always a two-channel call: copies of one signal are mixed to mono, and
    a channel that is 40 dB below the loudest one is dead and left out.

    Args:
        channels: shape (channels, time).

    Returns:
        The kept rows, shape (1 or 2, time), and what was decided, in plain words.
    """
    import numpy as np

    if channels.shape[0] == 1:
        return channels, []
    levels = [level_dbfs(row) for row in channels]
    loudest = max(levels)
    alive = [i for i, level in enumerate(levels) if level > max(loudest - DEAD_CHANNEL_DB, -90)]
    notes = []
    if len(alive) < len(levels):
        dead = ", ".join(str(i + 1) for i in range(len(levels)) if i not in alive)
        notes.append(f"channel {dead} is dead and was left out")
    kept = channels[alive] if alive else channels[:1]
    if kept.shape[0] == 1:
        return kept, notes
    if kept.shape[0] == 2 and envelope_correlation(kept[0], kept[1]) < SAME_SIGNAL:
        return kept, notes
    mixed: Samples = np.ascontiguousarray(kept.mean(axis=0, keepdims=True), dtype=np.float32)
    return mixed, [*notes, f"{kept.shape[0]} channels carry one mix and were joined to mono"]


def envelope_correlation(first: Samples, second: Samples, frame: int = SAMPLE_RATE // 50) -> float:
    """Pearson correlation of two signals' 20 ms energies in dB; 1 for copies, low for two parties.

    Energies are compared because codecs and delays spoil a correlation of the samples themselves.
    """
    import numpy as np

    count = min(first.size, second.size) // frame
    energies = [
        10 * np.log10(np.mean(np.square(x[: count * frame].reshape(count, frame)), axis=1) + 1e-9)
        for x in (first, second)
    ]
    if count < 2 or min(float(np.std(e)) for e in energies) < 1e-6:
        return 0.0
    return float(np.corrcoef(*energies)[0, 1])
