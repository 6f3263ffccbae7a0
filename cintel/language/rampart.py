"""Names and addresses that no rule finds: a token classifier, read with onnxruntime.

Rampart (CC-BY-4.0) is BERT with six layers and 4-bit weights. It knows 17 types; numbers are left
to the rules, which know check digits and spoken forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cintel.conversation import PiiSpan
from cintel.errors import ModelError
from cintel.runtime import flush_denormals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

WINDOW = 160
"""Word pieces that are read at once; longer texts are read in windows that overlap."""

OVERLAP = 32
PIECES_PER_BATCH = 4096
SURE = {"name": 0.5, "address": 0.5}
"""The probability from which a word is a part of a name or address, tuned on dev data."""

_KINDS = {
    "name": ("GIVEN_NAME", "SURNAME"),
    "address": (
        *("BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS"),
        *("CITY", "STATE", "ZIP_CODE"),
    ),
}
# A town alone is no address: one of these must stand beside it.
_TELLING = frozenset({"BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS", "ZIP_CODE"})
_LINK = re.compile(r"[\s,.#/\u2013-]*(?:(?:in|and|at|of|number|apartment|flat)\s+)?")


class _Word(NamedTuple):
    """A word of a text that is a part of something personal; ``label`` is Rampart's own."""

    kind: str
    label: str
    start: int
    end: int


class Rampart:
    """Marks names and addresses in texts of any length and language.

    Args:
        folder: with ``model_q4.onnx``, ``tokenizer.json`` and ``config.json``.
        threads: of the processor; 0 takes every core.

    Raises:
        ModelError: the folder holds no such model.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        import json

        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / "model_q4.onnx"), options, providers=["CPUExecutionProvider"]
            )
            labels = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
        except Exception as error:  # onnxruntime and tokenizers raise their own, without a base
            raise ModelError(
                folder, f"is not the rampart model ({error})", "Run: cintel models pull rampart"
            ) from error
        flush_denormals()
        self._labels = [labels[str(place)][2:] for place in range(len(labels))]
        self._inputs = {item.name for item in self._session.get_inputs()}

    def tag(self, texts: Sequence[str]) -> list[tuple[PiiSpan, ...]]:
        """Names and addresses in each text, in order; offsets are characters of the text."""
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        scores = self._scores([item.ids for item in encoded])
        return [
            tuple(_spans(text, list(self._words(item.word_ids, item.offsets, probabilities))))
            for text, item, probabilities in zip(texts, encoded, scores, strict=True)
        ]

    def _scores(self, tokens: Sequence[list[int]]) -> list[Scores]:
        """Probabilities of shape (word pieces, labels), one array a text."""
        found = [np.zeros((len(ids), len(self._labels)), np.float32) for ids in tokens]
        windows = [(text, start) for text, ids in enumerate(tokens) for start in _starts(len(ids))]
        lengths = [min(WINDOW, len(tokens[text]) - start) for text, start in windows]
        for batch in _batches(lengths):
            rows = [tokens[windows[i][0]][windows[i][1] :][:WINDOW] for i in batch]
            for i, row in zip(batch, self._forward(rows), strict=True):
                text, start = windows[i]
                # Each side of an overlap is read by the window that knows more around it.
                cut = OVERLAP // 2 if start else 0
                found[text][start + cut : start + lengths[i]] = row[cut : lengths[i]]
        return found

    def _forward(self, rows: Sequence[list[int]]) -> Scores:
        width = max(map(len, rows)) + 2
        first, last = (self._tokenizer.token_to_id(mark) or 0 for mark in ("[CLS]", "[SEP]"))
        ids = np.zeros((len(rows), width), np.int64)
        mask = np.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, : len(row) + 2] = (first, *row, last)
            mask[place, : len(row) + 2] = 1
        every = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        given = {name: value for name, value in every.items() if name in self._inputs}
        logits: Scores = self._session.run(None, given)[0][:, 1:-1]
        shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
        probabilities: Scores = shifted / shifted.sum(axis=-1, keepdims=True)
        return probabilities

    def _words(
        self,
        numbers: Sequence[int | None],
        offsets: Sequence[tuple[int, int]],
        probabilities: Scores,
    ) -> Iterator[_Word]:
        """Words whose pieces, taken together, are more likely of a kind than its bar."""
        places = [place for place, number in enumerate(numbers) if number is not None]
        for _, group in groupby(places, key=numbers.__getitem__):
            pieces = list(group)
            mean = probabilities[pieces].mean(axis=0)
            total = dict.fromkeys(self._labels, 0.0)
            for label, probability in zip(self._labels, mean, strict=True):
                total[label] += float(probability)
            for kind, labels in _KINDS.items():
                if sum(total[label] for label in labels) >= SURE[kind]:
                    label = max(labels, key=total.__getitem__)
                    yield _Word(kind, label, offsets[pieces[0]][0], offsets[pieces[-1]][1])


def _spans(text: str, words: Sequence[_Word]) -> Iterator[PiiSpan]:
    """Words of a kind with little between them, as one."""
    runs: list[list[_Word]] = []
    for word in words:
        near = runs and runs[-1][-1].kind == word.kind
        if near and _LINK.fullmatch(text, runs[-1][-1].end, word.start):
            runs[-1].append(word)
        else:
            runs.append([word])
    for run in runs:
        kind = run[0].kind
        told = kind == "name" or any(word.label in _TELLING for word in run)
        if told and any(character.isalnum() for character in text[run[0].start : run[-1].end]):
            yield PiiSpan(kind, run[0].start, run[-1].end)


def _starts(length: int) -> list[int]:
    """Where the windows of a text of that many pieces begin; no window for an empty text."""
    return (
        [0, *range(WINDOW - OVERLAP, max(length - OVERLAP, 0), WINDOW - OVERLAP)] if length else []
    )


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices from short to long, so that a batch holds little padding."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (lengths[index] + 2) * (len(batch) + 1) > PIECES_PER_BATCH:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
