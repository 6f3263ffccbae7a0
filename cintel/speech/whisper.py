"""Clips to words with times: faster-whisper's model, several clips and several batches at once.

What the library's own pipelines do not offer is why this room exists: the language read off the
first batch instead of a pass of its own, the decoder stopped by a clip's length, and batches
beside each other on single cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel import models
from cintel.conversation import Word
from cintel.runtime import prepare

if TYPE_CHECKING:
    import numpy as np
    from faster_whisper.tokenizer import Tokenizer
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

BEAM = 5
FRAMES = 100
# Fast talk has six; digits that are read out have eight.
TOKENS_A_SECOND = 10
# Thirty seconds, as in training: with less silence after the last word the decoder goes on.
_WINDOW = 3000
_LEADING, _TRAILING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"


@dataclass(frozen=True, slots=True)
class Guess:
    """What was heard in one clip.

    Attributes:
        words: with times from the clip's start.
        logprob: mean log-probability of a token.
        no_speech: probability that nobody speaks.
        repetition: size of the text over its compressed size; loops compress well.
    """

    words: tuple[Word, ...]
    logprob: float
    no_speech: float
    repetition: float


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch of clips after the encoder, and how long each is."""

    frames: tuple[int, ...]
    output: Any


class Whisper:
    """A faster-whisper model whose batches may run beside each other.

    Args:
        folder: a CTranslate2 model.
        device: ``cpu`` or ``cuda``.
        lanes: batches at once.
        hotwords: names and terms to expect, in plain words.
    """

    def __init__(
        self, folder: Path, device: str = "cpu", lanes: int = 1, hotwords: str | None = None
    ) -> None:
        prepare()
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            str(folder), device=device, compute_type="int8" if device == "cpu" else "float16",
            cpu_threads=1, num_workers=lanes,
        )  # fmt: skip
        self._hotwords = hotwords
        self._tokenizer = cache(self._new_tokenizer)

    def encode(self, sounds: Sequence[Floats]) -> Encoded:
        """Run the encoder on a batch of clips, each of 16 kHz samples, of at most 30 s."""
        import numpy as np

        found = [self._model.feature_extractor(sound, padding=0) for sound in sounds]
        frames = tuple(features.shape[1] for features in found)
        batch = np.zeros((len(sounds), len(found[0]), _WINDOW), dtype=np.float32)
        for row, features in zip(batch, found, strict=True):
            row[:, : features.shape[1]] = features[:, :_WINDOW]
        return Encoded(frames, self._model.encode(batch))

    def language(self, encoded: Encoded) -> tuple[str, float]:
        """ISO 639-1 code and probability, by the batch's clips together."""
        if not self._model.model.is_multilingual:
            return "en", 1.0
        found = [dict(clip) for clip in self._model.model.detect_language(encoded.output)]
        mean = {token: sum(clip[token] for clip in found) / len(found) for token in found[0]}
        best = max(mean, key=lambda token: mean[token])
        return best[2:-2], float(mean[best])

    def decode(self, encoded: Encoded, language: str) -> list[Guess]:
        """Words of a batch of clips."""
        tokenizer = self._tokenizer(language)
        prompt = self._model.get_prompt(
            tokenizer, [], without_timestamps=True, hotwords=self._hotwords
        )
        results = self._model.model.generate(
            encoded.output, [list(prompt) for _ in encoded.frames], beam_size=BEAM,
            max_length=min(self._model.max_length, len(prompt) + _most_tokens(encoded)),
            return_scores=True, return_no_speech_prob=True,
            suppress_tokens=_unspoken(tokenizer),
        )  # fmt: skip
        tokens = [[t for t in found.sequences_ids[0] if t < tokenizer.eot] for found in results]
        frames: Any = list(encoded.frames)
        aligned = self._model.find_alignment(tokenizer, tokens, encoded.output, frames)
        return [
            _guess(found, tokenizer.decode(said), words)
            for found, said, words in zip(results, tokens, aligned, strict=True)
        ]

    def _new_tokenizer(self, language: str) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer

        return Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, "transcribe", language
        )


def _most_tokens(encoded: Encoded) -> int:
    """A decoder that loops goes on until it is stopped."""
    return 20 + round(TOKENS_A_SECOND * max(encoded.frames) / FRAMES)


def _unspoken(tokenizer: Tokenizer) -> list[int]:
    """Tokens of notes and symbols, which nobody says."""
    from faster_whisper.transcribe import get_suppressed_tokens

    return list(get_suppressed_tokens(tokenizer, [-1]))


def _guess(found: Any, text: str, aligned: list[dict[str, Any]]) -> Guess:
    from faster_whisper.transcribe import get_compression_ratio, merge_punctuations

    merge_punctuations(aligned, _LEADING, _TRAILING)
    words = tuple(
        Word(item["word"].strip(), *(float(item[key]) for key in ("start", "end", "probability")))
        for item in aligned
        if item["word"].strip()
    )
    length = len(found.sequences_ids[0])
    logprob = float(found.scores[0]) * length / (length + 1)
    ratio = get_compression_ratio(text) if text else 0.0
    return Guess(words, logprob, float(found.no_speech_prob), ratio)


def find_model(name: str) -> Path:
    """The folder of a registry name, a faster-whisper size, a Hugging Face name or a folder.

    Raises:
        ModelError: it is unknown or cannot be fetched.
    """
    from faster_whisper import available_models, download_model

    from cintel.models.sources import gate

    known = name in models.registry() or Path(name).expanduser().is_dir()
    if known or name not in available_models():
        return models.resolve(name)
    try:
        return Path(download_model(name, local_files_only=True))
    except FileNotFoundError:
        with gate(name):
            return Path(download_model(name))
