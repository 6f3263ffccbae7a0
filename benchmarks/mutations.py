"""Recordings damaged on purpose: each follows from a seed and its number alone."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cintel.ingest.audio import read_audio
from sample_audio.make.encode import CODECS, Codec, write

CALLS = Path(__file__).parents[1] / "sample_audio" / "calls"
# The sample calls have none in FLAC, recorders do.
CODECS["flac"] = Codec("flac", "flac", "flac")
TELEPHONE = ("pcm", "mulaw", "alaw")
FORMATS = (*TELEPHONE, "mp3", "opus", "aac", "flac")
CLIP_SECONDS = (6.0, 10.0)
ENDINGS = ("wav", "WAV", "mp3", "m4a", "ogg", "flac", "mp4", "xyz", "txt", "csv", "json", "jsonl")
_TALK = b"agent: Thank you for calling, how can I help?\ncustomer: My kettle is broken.\n"
# Offset and length of the fields behind the name and size of a `fmt ` chunk.
_FIELDS = {
    "format tag": (0, 2), "channels": (2, 2), "rate": (4, 4), "byte rate": (8, 4),
    "block size": (12, 2), "bits": (14, 2),
}  # fmt: skip
_ODD = (0, 1, 2, 3, 7, 9, 32, 100, 255, 1000, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF,
        0xFFFFFFFF)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A damaged file.

    Attributes:
        name: a file name, with the ending it claims.
        damage: what was done to which codec.
    """

    name: str
    damage: str
    data: bytes


def originals(seed: int) -> dict[str, list[bytes]]:
    """A clip of every sample call, by format: telephone WAV at 8 kHz, the others at 16 kHz."""
    chance = random.Random(seed)
    found: dict[str, list[bytes]] = {name: [] for name in FORMATS}
    with tempfile.TemporaryDirectory() as folder:
        for truth in sorted(CALLS.glob("*.truth.json")):
            recording = read_audio(CALLS / json.loads(truth.read_text())["file"])
            seconds = chance.uniform(*CLIP_SECONDS)
            start = chance.uniform(0, recording.duration - seconds)
            first, last = (round(at * recording.sample_rate) for at in (start, start + seconds))
            clip = recording.samples[:, first:last]
            for name in FORMATS:
                step = 2 if name in TELEPHONE else 1
                path = Path(folder) / "clip"
                write(path, clip[:, ::step], recording.sample_rate // step, name)
                found[name].append(path.read_bytes())
    return found


def mutant(seed: int, number: int, clips: dict[str, list[bytes]]) -> Mutant:
    """The damaged file of a number; kinds of damage take turns."""
    chance = random.Random(f"{seed} {number}")
    kind = list(KINDS)[number % len(KINDS)]
    form = chance.choice(TELEPHONE if kind.startswith("header:") else FORMATS)
    clip, other = chance.choice(clips[form]), chance.choice(clips[chance.choice(FORMATS)])
    ending = chance.choice(ENDINGS) if kind == "wrong ending" else CODECS[form].ending
    data = KINDS[kind](bytearray(clip), other, chance)
    return Mutant(f"{number:03}.{ending}", f"{kind}, {form}", bytes(data))


def _cut(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data))]


def _cut_in_head(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    return data[: chance.randrange(200)]


def _flip(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    """Between one bit in a million and one in fifty."""
    rate = 10 ** chance.uniform(-6, -1.7)
    for _number in range(max(1, round(len(data) * 8 * rate))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def _flip_head(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    for _number in range(chance.randint(1, 20)):
        data[chance.randrange(min(len(data), 120))] ^= 1 << chance.randrange(8)
    return data


def _odd_numbers(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    """Odd 32-bit numbers over the head, where containers keep sizes and counts."""
    for _number in range(chance.randint(1, 4)):
        at, order = chance.randrange(4, 400), chance.choice(("little", "big"))
        data[at : at + 4] = chance.choice(_ODD).to_bytes(4, order)  # type: ignore[arg-type]
    return data


def _hole(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    start, end = sorted(chance.randrange(len(data)) for _number in range(2))
    data[start:end] = bytes(end - start)
    return data


def _burst(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    data[start : start + 4000] = chance.randbytes(4000)
    return data


def _lost(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    del data[start : start + chance.randrange(1, 20_000)]
    return data


def _joined(data: bytearray, other: bytes, chance: random.Random) -> bytearray:
    return data[: chance.choice((len(data), len(data) // 2))] + other


def _junk_before(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    return bytearray(chance.randbytes(chance.randrange(1, 5000))) + data


def _junk_behind(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    return data + chance.randbytes(chance.randrange(1, 50_000))


def _same(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    return data


def _no_sound(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
    """Not a recording at all: nothing, text, or noise."""
    texts = (b"", b"\0", b"RIFF", _TALK * 50, bytes(10_000), b"ID3" + b"\x7f" * 50)
    return bytearray(chance.choice((*texts, chance.randbytes(20_000))))


def _field(name: str) -> Callable[[bytearray, bytes, random.Random], bytearray]:
    def falsify(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
        offset, length = _FIELDS[name]
        at = data.index(b"fmt ") + 8 + offset
        data[at : at + length] = (chance.choice(_ODD) % 256**length).to_bytes(length, "little")
        return data

    return falsify


def _size(name: bytes) -> Callable[[bytearray, bytes, random.Random], bytearray]:
    def falsify(data: bytearray, _: bytes, chance: random.Random) -> bytearray:
        at = data.index(name) + 4
        odd = chance.choice((*_ODD, len(data) * 2, len(data) // 2))
        data[at : at + 4] = odd.to_bytes(4, "little")
        return data

    return falsify


KINDS: dict[str, Callable[[bytearray, bytes, random.Random], bytearray]] = {
    "cut short": _cut,
    "cut in its head": _cut_in_head,
    "bits flipped": _flip,
    "bits of its head flipped": _flip_head,
    "odd numbers in its head": _odd_numbers,
    "a hole of zeros": _hole,
    "a burst of noise": _burst,
    "a piece lost": _lost,
    "two files joined": _joined,
    "junk before": _junk_before,
    "junk behind": _junk_behind,
    "wrong ending": _same,
    "no sound": _no_sound,
    "header: RIFF size": _size(b"RIFF"),
    "header: fmt size": _size(b"fmt "),
    "header: data size": _size(b"data"),
    **{f"header: {name}": _field(name) for name in _FIELDS},
}
