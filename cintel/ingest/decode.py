"""Bytes of any container PyAV opens to planar float32 at 16 kHz; what is whole is kept and said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
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
# A header may promise anything; memory beyond this is only asked for when the sound is there.
_TRUSTED_SECONDS = 4 * 3600
# Outside of these a header lies: no voice fits below, no recorder goes above, and a few bytes
# "at 1 Hz" would become hours. FFmpeg resamples 64 channels at most.
_RATES = range(4_000, 768_001)
_CHANNELS = range(1, 65)
_UNKNOWN = 0x7FFF0000  # programs that write to a pipe claim at least this
_CHUNK = 8  # bytes of a RIFF chunk's head: four letters and a size


def decode(data: bytes, where: str) -> tuple[Samples, int, list[str]]:
    """All channels at 16 kHz, shape (channels, time), the file's own rate, and what was wrong.

    Raises:
        AudioError: it is no container that can be read, or holds no sound.
    """
    import av

    data, claim = mend_wav(data)
    faults = [claim] if claim else []
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
        promised = container.duration / 1_000_000 if container.duration else 0.0
        frames = _possible(_frames(container, faults), faults)
        tape, rate = _record(frames, promised, faults)
    if tape is None:
        reason = f" ({'; '.join(faults)})" if faults else ""
        raise AudioError(where, f"holds no decodable sound{reason}", "Export the recording again")
    kept = tape.length / SAMPLE_RATE
    if promised - kept > max(1.0, 0.02 * promised):
        faults.append(f"the header promises {promised:.1f} s, {kept:.1f} s are there")
    return tape.samples, rate, faults


def _frames(container: InputContainer, faults: list[str]) -> Iterator[AudioFrame]:
    """Decoded frames; a damaged packet costs its own milliseconds, the rest is still good."""
    import av

    damaged = 0
    try:
        for packet in container.demux(audio=0):
            try:
                yield from packet.decode()
            except av.FFmpegError:
                damaged += 1
    except av.FFmpegError as error:
        faults.append(f"it cannot be read to its end ({error.strerror})")
    if damaged:
        faults.append(f"{damaged} damaged packets were skipped")


def _possible(frames: Iterable[AudioFrame], faults: list[str]) -> Iterator[AudioFrame]:
    """Frames of a form that sound can have; the others are said once a form."""
    impossible: dict[str, None] = {}
    for frame in frames:
        channels, rate = len(frame.layout.channels), frame.sample_rate
        if channels in _CHANNELS and rate in _RATES:
            yield frame
        else:
            impossible[f"sound of {channels} channels at {rate} Hz was left out"] = None
    faults.extend(impossible)


def _record(
    frames: Iterator[AudioFrame], promised: float, faults: list[str]
) -> tuple[_Tape | None, int]:
    """Resample frames onto one tape; the first frame decides the channels and names the rate."""
    import av

    resampler: Any = None
    tape: _Tape | None = None
    form: tuple[str, str, int] | None = None
    rate, layout = 0, None
    for frame in frames:
        found = (frame.format.name, frame.layout.name, frame.sample_rate)
        if found != form:
            if tape is not None:
                tape.extend(resampler, None)
            form, rate, layout = found, rate or frame.sample_rate, layout or frame.layout
            # Packed, not planar: PyAV walks past the end of a frame of eight planes.
            resampler = av.AudioResampler(format="flt", layout=layout, rate=SAMPLE_RATE)
        if tape is None:
            tape = _Tape(min(len(frame.layout.channels), MAX_CHANNELS), promised)
        tape.extend(resampler, frame)
    if tape is not None:
        tape.extend(resampler, None)
        if tape.broken:
            faults.append(f"{tape.broken} samples were not numbers and were silenced")
    return tape, rate


class _Tape:
    """Samples that arrive in small blocks and are held once.

    Pages of an array that nobody has written to cost nothing, so the whole promised length is
    asked for at once; joining blocks at the end would hold every sample twice.
    """

    def __init__(self, channels: int, seconds: float) -> None:
        import numpy as np

        size = int((min(seconds, _TRUSTED_SECONDS) + 1) * SAMPLE_RATE)
        self._array = np.empty((channels, size), dtype=np.float32)
        self.length = 0
        self.broken = 0

    @property
    def samples(self) -> Samples:
        """What was recorded, shape (channels, time)."""
        return self._array[:, : self.length]

    def extend(self, resampler: Any, frame: AudioFrame | None) -> None:
        """Append a frame; None appends what the resampler still holds."""
        for block in resampler.resample(frame):
            channels = len(block.layout.channels)
            self._append(block.to_ndarray().reshape(-1, channels).T[: len(self._array)])

    def _append(self, block: Samples) -> None:
        import numpy as np

        end = self.length + block.shape[1]
        if end > self._array.shape[1]:
            longer = np.empty((len(self._array), end + end // 2), dtype=np.float32)
            longer[:, : self.length] = self.samples
            self._array = longer
        finite = np.isfinite(block)
        if not finite.all():
            self.broken += int(block.size - finite.sum())
            block = np.where(finite, block, np.float32(0))
        self._array[:, self.length : end] = block
        self.length = end


def mend_wav(data: bytes) -> tuple[bytes, str | None]:
    """A RIFF file whose header claims less sound than follows gets its true length.

    A recorder that is cut off leaves such a header, and decoders believe it. Lengths that stand
    for "unknown" are left to the decoder, as is a claim of too much.

    Returns:
        The bytes, and the false claim in words or None.
    """
    at = 12
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return data, None
    while at + _CHUNK <= len(data) and data[at : at + 4] != b"data":
        at += _CHUNK + _size(data, at) + _size(data, at) % 2
    start, claimed = at + _CHUNK, _size(data, at)
    end, there = start + claimed, len(data) - start
    if claimed == 0 or claimed >= _UNKNOWN or there <= 0:
        return data, None
    if claimed > there:
        return data, f"the header claims {claimed} bytes of sound, {there} are there"
    if there - claimed < _CHUNK or _chunks(data, end) or _chunks(data, end + 1):
        return data, None
    claim = f"the header claims {claimed} bytes of sound, all {there} that follow were read"
    return b"".join((data[: at + 4], there.to_bytes(4, "little"), data[start:])), claim


def _size(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 4 : at + _CHUNK], "little")


def _chunks(data: bytes, at: int) -> bool:
    """Whether only well-formed chunks follow."""
    while at + _CHUNK <= len(data):
        name = data[at : at + 4]
        if not (name.isascii() and name.decode("ascii").isprintable()):
            return False
        at += _CHUNK + _size(data, at) + _size(data, at) % 2
    return at <= len(data) + 1
