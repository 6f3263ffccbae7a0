"""Turns cut into sentences, also where a recogniser wrote no full stops."""

from __future__ import annotations

import re

_LONG = 30  # words; spoken text without full stops is cut at clause openers beyond this
_END = re.compile(
    r"(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bNo\.)(?<![ap]\.m\.)(?<=[.?!…])\s+|\n+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\s+(?=(?:and then|and|but|so|because)\s+(?:i|i'm|i've|we|you|they|the|it|my|now|when)\b)",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"(?:(?:(?:um|uh|erm|oh|hi|hello|hey|okay|ok|yeah|yep|well|and|but)\b(?: there\b)?(?!['\u2019])"
    r"|so\b(?!['\u2019]| far| much| many| long)"
    r"|(?:yes|no|right|sure|absolutely|certainly|thanks|thank you|lovely|great|perfect|"
    r"good (?:morning|afternoon|evening))(?=[,.!]))[\s,.!-]*)+",
    re.IGNORECASE,
)


def split_sentences(text: str) -> list[str]:
    """The sentences of a turn, each a piece of the text without its leading fillers."""
    pieces: list[str] = []
    for sentence in _END.split(text):
        long = len(sentence.split()) > _LONG
        pieces += _CLAUSE.split(sentence) if long else [sentence]
    stripped = ((_FILLER.match(piece), piece) for piece in pieces)
    cut = (piece[match.end() :] if match else piece for match, piece in stripped)
    return [piece.strip() for piece in cut if piece.strip()]
