"""Names and addresses that no rule finds: a token classifier, read with onnxruntime.

Rampart (CC-BY-4.0) is BERT with six layers and 4-bit weights. It knows 17 types; numbers are left
to the rules, which know check digits and spoken forms.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cintel.conversation import PiiSpan
from cintel.errors import ModelError
from cintel.language.pii_places import LEAD, TAIL, UNIT
from cintel.language.pii_words import LOOSE_STREET, NO_NAME, STREET
from cintel.runtime import flush_denormals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

WINDOW = 160
"""Word pieces that are read at once; longer texts are read in windows that overlap."""

OVERLAP = 32
PIECES_PER_BATCH = 1024
SURE = 0.25
"""The probability from which a word alone is a part of a name or address."""

SURE_SMALL = 0.15
"""That of a part of a name in a text without capitals."""

SURE_CAPITAL = 0.1
"""That of a word with a capital inside a sentence."""

FAINT = 0.05
"""That of a word beside one that is sure. The four were tuned on dev data."""

_KINDS = {
    "name": ("GIVEN_NAME", "SURNAME"),
    "address": (
        *("BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS"),
        *("CITY", "STATE", "ZIP_CODE"),
    ),
}
_BETWEEN = {
    "name": re.compile(r"[\s.-]*"),
    "address": re.compile(
        rf"[\s,.#/\u2013-]*(?:(?:(?i:in|of|and|number|{UNIT})|[A-Z]\w*)[\s,.#]+){{0,2}}"
    ),
}

_STREET = re.compile(
    rf"[A-Z]|\b(?:{STREET}|{LOOSE_STREET}|\w+(?:stra\u00dfe|strasse|straat|weg))\b"
)
_TOLD = re.compile(
    r"\b(?:address(?:es)?|(?:live|lives|lived) (?:at|on|in)|(?:deliver|post|mail|ship|send|come)\w*"
    r"(?: \w+){0,4}? to|office is (?:at|on))\b\W{0,3}(?:\w+\W{1,3}){0,3}$",
    re.IGNORECASE,
)

_OWNED = re.compile(r"\b(?:my|your|our|their|the|an?|this|that|every|each|any|no) $", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:mr|mrs|ms|miss|dr|doctor|husband|wife|partner|son|daughter|mother|mum|mom|father|dad|"
    r"brother|sister|neighbou?r|friend|colleague|boss|tenant|landlord|flatmate|housemate|nurse|"
    r"called|named|this is|speak to)[.,]? $",
    re.IGNORECASE,
)


class _Word(NamedTuple):
    """A word of a text that is a part of something personal; ``label`` is Rampart's own."""

    kind: str
    label: str
    start: int
    end: int
    sure: bool


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
        options.intra_op_num_threads = 1  # a second one costs twice the time and gains nothing
        self._lanes = threads or os.cpu_count() or 1
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
        self._columns = {
            kind: [place for place, label in enumerate(self._labels) if label in names]
            for kind, names in _KINDS.items()
        }
        self._inputs = {item.name for item in self._session.get_inputs()}

    def tag(self, texts: Sequence[str]) -> list[tuple[PiiSpan, ...]]:
        """Names and addresses in each text, in order; offsets are characters of the text."""
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        scores = self._scores([item.ids for item in encoded])
        return [
            tuple(_spans(text, list(self._words(text, item.word_ids, item.offsets, probabilities))))
            for text, item, probabilities in zip(texts, encoded, scores, strict=True)
        ]

    def _scores(self, tokens: Sequence[list[int]]) -> list[Scores]:
        """Probabilities of shape (word pieces, labels), one array a text."""
        found = [np.zeros((len(ids), len(self._labels)), np.float32) for ids in tokens]
        windows = [(text, start) for text, ids in enumerate(tokens) for start in _starts(len(ids))]
        lengths = [min(WINDOW, len(tokens[text]) - start) for text, start in windows]
        batches = list(_batches(lengths))
        rows = [
            [tokens[windows[i][0]][windows[i][1] :][:WINDOW] for i in batch] for batch in batches
        ]
        with ThreadPoolExecutor(self._lanes) as lanes:
            read = list(lanes.map(self._forward, rows))
        for batch, scored in zip(batches, read, strict=True):
            for i, row in zip(batch, scored, strict=True):
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
        text: str,
        numbers: Sequence[int | None],
        offsets: Sequence[tuple[int, int]],
        probabilities: Scores,
    ) -> Iterator[_Word]:
        """Words whose pieces, taken together, may be of a kind."""
        places = [place for place, number in enumerate(numbers) if number is not None]
        for _, group in groupby(places, key=numbers.__getitem__):
            pieces = list(group)
            mean = probabilities[pieces].mean(axis=0)
            start, end = offsets[pieces[0]][0], offsets[pieces[-1]][1]
            for kind, columns in self._columns.items():
                score = float(mean[columns].sum())
                if score >= FAINT and not _plain_word(text, start, end, kind):
                    label = self._labels[max(columns, key=mean.__getitem__)]
                    yield _Word(kind, label, start, end, score >= _bar(text, start, kind))


def _plain_word(text: str, start: int, end: int, kind: str) -> bool:
    """Whether it is a word that names nobody: "um", or the "bill" of "It's my bill"."""
    word = text[start:end]
    if word.casefold() in NO_NAME:
        return True
    small = word.islower() and not text.islower()
    return small and kind == "name" and _OWNED.search(text, 0, start) is not None


def _bar(text: str, start: int, kind: str) -> float:
    inside = start > 1 and text[start - 1] == " " and text[start - 2].isalnum()
    if inside and text[start].isupper() and not text.isupper():
        return SURE_CAPITAL
    return SURE_SMALL if kind == "name" and text.islower() else SURE


def _spans(text: str, words: Sequence[_Word]) -> Iterator[PiiSpan]:
    """Words of a kind with little between them, as one, where at least one of them is sure."""
    runs: list[list[_Word]] = []
    for word in words:
        last = runs[-1][-1] if runs else None
        if last and last.kind == word.kind and _near(text, last, word):
            runs[-1].append(word)
        else:
            runs.append([word])
    for run in runs:
        start, end = run[0].start, run[-1].end
        if not any(word.sure for word in run) or text[start:end].isdigit():
            continue
        if run[0].kind == "name":
            yield PiiSpan("name", start, end)
        elif _is_address(text, run):
            lead = LEAD.search(text, 0, start)
            tail = TAIL.match(text, end)
            yield PiiSpan("address", lead.start() if lead else start, tail.end() if tail else end)
        elif _PERSON.search(text, 0, start):
            yield PiiSpan("name", start, end)


def _near(text: str, last: _Word, word: _Word) -> bool:
    return _BETWEEN[word.kind].fullmatch(text, last.end, word.start) is not None


def _is_address(text: str, run: Sequence[_Word]) -> bool:
    """Whether a street is named, with a number, a town or a second word: a town alone is none.

    After words that ask for or tell an address any name beside a number is a street; elsewhere
    two words in small letters are one only if they say so.
    """
    said = text[run[0].start : run[-1].end]
    numbered = any(map(str.isdigit, said)) or LEAD.search(text, 0, run[0].start) is not None
    if numbered and _TOLD.search(text, 0, run[0].start):
        return len(run) > 1
    street = any(
        word.label == "STREET_NAME" and any(map(str.isalpha, text[word.start : word.end]))
        for word in run
    )
    placed = any(word.label in ("CITY", "STATE", "ZIP_CODE") for word in run)
    return street and len(run) > 1 and (numbered or placed or _STREET.search(said) is not None)


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
