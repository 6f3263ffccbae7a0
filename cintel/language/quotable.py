"""The sentences of a conversation that are worth quoting, and the words that carry them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cintel.conversation import Conversation, Labels, Role
from cintel.language.sentences import split_sentences
from cintel.language.summary_cues import PROCEDURE, addresses_a_model, plain

if TYPE_CHECKING:
    import numpy as np

_SHORTEST = 2  # words of a sentence worth quoting
_LONGEST = 60
_RUN_ON = 12  # words from which a stretch without marks is taken for several sentences
_SPELLED = 0.4  # share of numbers from which a sentence only reads something out
_NUMBER = re.compile(
    r"\b(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|\d+)\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"[,;:.?!]")
_OPENER = re.compile(
    r"\s+(?=(?:(?:and|so|but|okay|then)\s+(?:i|ive|ill|im|i'm|i've|i'll|we|weve|you|youll|you'll|"
    r"they|theres|there's|the|it|its|it's|a new|nobody|my)|is there (?:anything|something)|do you|"
    r"any other|please|ive|i've|ill|i'll|youll|you'll|what|can i|could i|would you)\b)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:(?:alright|all right|okay|so|perfect|thanks?(?: you)?(?: so much)?(?: for (?:holding|"
    r"waiting|your patience|bearing with me))?)\b[\s,.!-]*)+",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\b(?:a|an|the|i|we|you|your|its?|to|of|in|on|at|for|with|and|or|so|that|this|is|be|will|"
    r"have|has|also|just|now|then|our|my|me|us|as|by|from|was|were|are|been|it's|not|do|does|did|"
    r"had|can|could|would|should|they|he|she|his|her|their|there|which|who|when|if|but|because)"
    r"(?:['\u2019]\w+)?\b"
)


class Sentence(NamedTuple):
    """A quotable sentence.

    ``turn`` is the place of its turn, ``plain`` its text as cues expect it, ``position`` where in
    the conversation its turn stands, 0…1, and ``weight`` how central that turn is.
    """

    text: str
    plain: str
    turn: int
    role: Role
    act: str
    position: float
    weight: float


def quotable(
    conversation: Conversation, labels: Sequence[Labels], vectors: np.ndarray | None
) -> Iterator[Sentence]:
    """All sentences worth quoting: not short, long, broken off, quoting or procedural.

    Turns that instruct a language model are passed over: they speak to no one on the call.
    """
    turns = conversation.turns
    weights = [0.0] * len(turns)
    if vectors is not None and len(turns):
        weights = [float(value) for value in vectors @ vectors.mean(axis=0)]
    for place, (turn, label) in enumerate(zip(turns, labels, strict=True)):
        act = label.act.label if label.act else ""
        position = place / max(1, len(turns) - 1)
        for text in () if addresses_a_model(turn.text) else _pieces(turn.text):
            read = plain(text)
            if _fits(text) and not PROCEDURE.search(read):
                yield Sentence(text, read, place, turn.role, act, position, weights[place])


def _pieces(text: str) -> Iterator[str]:
    """Sentences without thanks before them; what has no marks is cut at openers too."""
    bare = _MARK.search(text) is None
    for sentence in split_sentences(text):
        run_on = bare and len(sentence.split()) > _RUN_ON
        for piece in _OPENER.split(sentence) if run_on else [sentence]:
            thanks = _THANKS.match(piece)
            yield piece[thanks.end() :] if thanks else piece


def _fits(text: str) -> bool:
    whole = not text.endswith(("\u2014", "\u2013", "-", "\u2026", "..."))
    own = not text.startswith(('"', "\u201c"))
    words = len(text.split())
    spelled = len(_NUMBER.findall(text)) > _SPELLED * words
    return whole and own and not spelled and _SHORTEST <= words <= _LONGEST


def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry it, in lower case."""
    return frozenset(re.findall(r"[\w']+", _STOP.sub(" ", text.casefold())))


def closed(text: str) -> str:
    """A sentence with a capital and an end."""
    capital = text[:1].upper() + text[1:]
    return capital if capital[-1] in ".?!" else f"{capital.rstrip(',;:')}."
