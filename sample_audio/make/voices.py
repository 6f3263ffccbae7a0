"""Text to speech with Kokoro-82M on one CPU thread, each utterance kept on disk.

`Synthesizer(prepare(cache), cache / "utterances").say("Hello.", "af_heart")` returns its samples.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sample_audio.make.band import RATE, Samples, telephone
from sample_audio.make.carriers import VoiceFiles

VOICES = (
    *(f"af_{name}" for name in ("alloy", "aoede", "bella", "heart", "jessica", "kore", "nicole")),
    *(f"af_{name}" for name in ("nova", "river", "sarah", "sky")),
    *(f"am_{name}" for name in ("adam", "echo", "eric", "fenrir", "liam", "michael", "onyx")),
    *(f"am_{name}" for name in ("puck", "santa")),
    *(f"bf_{name}" for name in ("alice", "emma", "isabella", "lily")),
    *(f"bm_{name}" for name in ("daniel", "fable", "george", "lewis")),
)
"""The 28 English voices: first letter American or British, second letter female or male."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SENTENCE_PAUSE = 0.12
_MAX_PHONEMES = 400
_FRAME = RATE // 100
_SPEECH_FLOOR = 0.025


class Synthesizer:
    """Kokoro behind one method. Loads the model only when an utterance is not in the cache yet."""

    def __init__(self, files: VoiceFiles, cache: Path, threads: int = 1) -> None:
        self._files = files
        self._cache = cache
        self._threads = threads
        self._session: Any = None
        self._phonemisers: dict[bool, Callable[[str], str]] = {}
        self._ids: dict[str, int] = json.loads(files.vocab.read_text(encoding="utf-8"))["vocab"]
        cache.mkdir(parents=True, exist_ok=True)

    def say(self, text: str, voice: str, speed: float = 1.0) -> Samples:
        """Speech for `text`, 24 kHz mono in -1…1, cut to the first and last sound.

        A word may carry its own phonemes, `[Priya](/pɹiə/)`. Raises `ValueError` for a voice
        that is not one of `VOICES`.
        """
        if voice not in VOICES:
            raise ValueError(f"unknown voice {voice!r}; choose one of {', '.join(VOICES)}")
        key = hashlib.sha256(f"{voice}|{speed:.3f}|{text}".encode()).hexdigest()[:32]
        path = self._cache / f"{key}.npy"
        if not path.exists():
            np.save(path, self._synthesise(text, voice, speed).astype(np.float16))
        return trim(np.asarray(np.load(path), dtype=np.float32))

    def _synthesise(self, text: str, voice: str, speed: float) -> Samples:
        pause = np.zeros(int(_SENTENCE_PAUSE * RATE), np.float32)
        parts: list[Samples] = []
        for piece in _pieces(text):
            parts += [self._infer(piece, voice, speed), pause]
        return np.concatenate(parts)

    def _infer(self, text: str, voice: str, speed: float) -> Samples:
        phonemes = self._phonemise(text, british=voice.startswith("b"))
        ids = [self._ids[symbol] for symbol in phonemes if symbol in self._ids]
        table = np.fromfile(self._files.voices / f"{voice}.bin", dtype=np.float32)
        style = table.reshape(-1, 256)[min(len(ids), 509)]
        inputs = {
            "tokens": np.array([[0, *ids[:509], 0]], dtype=np.int64),
            "style": style[np.newaxis],
            "speed": np.array([speed], dtype=np.float32),
        }
        output = self._load().run(None, inputs)[0]
        return np.asarray(output, dtype=np.float32).ravel()

    def _phonemise(self, text: str, british: bool) -> str:
        if british not in self._phonemisers:
            sys.path.insert(0, str(self._files.phonemiser))
            try:
                module = importlib.import_module("hibari.g2p")
            finally:
                sys.path.remove(str(self._files.phonemiser))
            self._phonemisers[british] = module.G2P(british=british)
        return self._phonemisers[british](text)

    def _load(self) -> Any:
        if self._session is None:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = self._threads
            options.inter_op_num_threads = 1
            providers = ["CPUExecutionProvider"]
            model = str(self._files.model)
            self._session = onnxruntime.InferenceSession(model, options, providers=providers)
        return self._session


def trim(samples: Samples) -> Samples:
    """Cut silence from both ends: 10 ms frames 32 dB under the loudest, in the telephone band."""
    active = np.flatnonzero(_active(samples))
    if not len(active):
        return samples[:0]
    return samples[active[0] * _FRAME : (active[-1] + 1) * _FRAME]


def spans(samples: Samples, pause: float = 0.3) -> list[tuple[float, float]]:
    """Where a clip has sound, in seconds, by the rule of `trim`; gaps under `pause` are closed."""
    found: list[tuple[float, float]] = []
    for frame in np.flatnonzero(_active(samples)).tolist():
        start, end = frame * _FRAME / RATE, (frame + 1) * _FRAME / RATE
        if found and start - found[-1][1] < pause:
            start = found.pop()[0]
        found.append((start, end))
    return found


def _active(samples: Samples) -> NDArray[np.bool_]:
    whole = samples[: len(samples) // _FRAME * _FRAME]
    frames = telephone(whole).reshape(-1, _FRAME)
    level = np.sqrt(np.mean(np.square(frames), axis=1))
    return np.asarray(level > _SPEECH_FLOOR * level.max(initial=0.0))


def _pieces(text: str) -> list[str]:
    """Split into sentences, short neighbours joined, each piece one that fits the model."""
    pieces: list[str] = []
    for sentence in _SENTENCE_END.split(text.strip()):
        if pieces and len(pieces[-1]) + len(sentence) < _MAX_PHONEMES // 2:
            pieces[-1] = f"{pieces[-1]} {sentence}"
        else:
            pieces.append(sentence)
    return pieces
