"""Any container PyAV opens becomes a :class:`Recording`: float32 at 16 kHz, decoded once.

Files may be truncated, mislabelled or lie about their length: what is whole is kept and said.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel.errors import AudioError
from cintel.ingest.decode import SAMPLE_RATE, decode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

__all__ = [
    "SAMPLE_RATE",
    "Recording",
    "content_hash",
    "frame_levels",
    "frame_power",
    "have_own_voices",
    "level_dbfs",
    "read_audio",
    "read_bytes",
    "tell_parties",
]

# A stretch below this is digital or line silence, not a quiet voice.
SILENT_DBFS = -70.0
DEAD_CHANNEL_DB = 40.0
# Where the level difference of two channels leaves its median by this much for this long, one
# of them carries a voice that the other has not.
OWN_VOICE_DB = 6.0
OWN_VOICE_SECONDS = 0.6
# Frames this far below a channel's loudest one hold its background, not a voice.
ACTIVE_DB = 20.0
_FRAME_SECONDS = 0.2
_BLOCK = 1 << 20


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

    def __post_init__(self) -> None:
        """Refuse samples that a program made in another form."""
        if self.samples.ndim != 2 or self.samples.dtype.name != "float32":
            form = f"{self.samples.dtype.name} of {self.samples.ndim} dimension(s)"
            raise AudioError(
                self.source, f"has samples in {form}", "Give float32, −1…1, (channels, time)"
            )
        if self.sample_rate != SAMPLE_RATE:
            fault = f"has a rate of {self.sample_rate} Hz"
            raise AudioError(self.source, fault, f"Resample to {SAMPLE_RATE} Hz, or use read_audio")

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
        mixed: Samples = self.samples[0] if self.channels == 1 else self.samples.mean(axis=0)
        return mixed


def content_hash(data: bytes) -> str:
    """sha256 of a file's bytes, hex."""
    return hashlib.sha256(data).hexdigest()


def read_audio(source: str | Path | bytes, name: str | None = None) -> Recording:
    """Decode a file or its bytes.

    Args:
        source: a path, or the bytes of a container.
        name: what errors call it; the path by default.

    Raises:
        AudioError: it cannot be read, holds no audio, or holds only silence.
    """
    where = name or ("bytes" if isinstance(source, bytes) else str(source))
    data = source if isinstance(source, bytes) else read_bytes(Path(source), where)
    if not data:
        raise AudioError(where, "is empty (0 bytes)", "Export the recording again")
    channels, rate, warnings = decode(data, where)
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


def level_dbfs(samples: Samples) -> float:
    """Root mean square level in dB relative to full scale; −120 for digital silence."""
    import numpy as np

    # In blocks: the squares of an hour of sound are larger than the sound.
    blocks = (samples[..., i : i + _BLOCK] for i in range(0, samples.shape[-1], _BLOCK))
    total = sum(float(np.sum(np.square(block, dtype=np.float64))) for block in blocks)
    return 10 * float(np.log10(max(total / max(samples.size, 1), 1e-12)))


def tell_parties(channels: Samples) -> tuple[Samples, list[str]]:
    """Which channels are parties of their own: two rows for a true two-channel call, else one.

    A stereo file is not always a two-channel call: of copies of one signal the louder is kept,
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
    alive = [i for i, level in enumerate(levels) if level > max(max(levels) - DEAD_CHANNEL_DB, -90)]
    notes = []
    if len(alive) < len(levels):
        dead = ", ".join(str(i + 1) for i in range(len(levels)) if i not in alive)
        notes.append(f"channel {dead} is dead and was left out")
    kept = channels if len(alive) == len(levels) else channels[alive or [0]]
    if kept.shape[0] == 1 or (kept.shape[0] == 2 and have_own_voices(kept[0], kept[1])):
        return kept, notes
    if kept.shape[0] == 2:
        # Their mean would cancel an inverted copy and hollow out a delayed one.
        row = int(np.argmax([level_dbfs(item) for item in kept]))
        return kept[row : row + 1], [*notes, "2 channels carry one signal, the louder was kept"]
    mixed: Samples = kept.mean(axis=0, keepdims=True)
    return mixed, [*notes, f"{kept.shape[0]} channels are no two parties and were joined to mono"]


def have_own_voices(first: Samples, second: Samples) -> bool:
    """Whether two channels carry a party each, rather than one signal twice.

    Copies differ by a gain that stays, whatever delay, noise or codec lies between them. With a
    party each, the difference of their levels swings whenever the turn changes; that holds for
    one who says little and for lines that leak, where a correlation over the call does not.

    Args:
        first: shape (time,), at 16 kHz.
        second: the same.
    """
    import numpy as np

    frame = round(_FRAME_SECONDS * SAMPLE_RATE)
    levels = np.stack([frame_levels(x, frame) for x in (first, second)])
    if not levels.size:
        return False
    active = (levels > levels.max(axis=1, keepdims=True) - ACTIVE_DB).any(axis=0)
    difference = (levels[0] - levels[1])[active]
    own = np.abs(difference - np.median(difference)) > OWN_VOICE_DB
    run = round(OWN_VOICE_SECONDS / _FRAME_SECONDS)
    together = np.convolve(own, np.ones(run), mode="valid") if own.size >= run else own[:0]
    return bool((together >= run).any())


def frame_power(samples: Samples, frame: int) -> NDArray[np.float64]:
    """Mean square of each whole frame of ``frame`` samples, without a copy of the samples."""
    import numpy as np

    rows = samples[: samples.size // frame * frame].reshape(-1, frame)
    power: NDArray[np.float64] = np.einsum("ij,ij->i", rows, rows).astype(np.float64) / frame
    return power


def frame_levels(samples: Samples, frame: int) -> NDArray[np.float64]:
    """dB relative to full scale of each whole frame; −90 for digital silence."""
    import numpy as np

    levels: NDArray[np.float64] = 10 * np.log10(frame_power(samples, frame) + 1e-9)
    return levels
