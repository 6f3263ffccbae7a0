from __future__ import annotations

import runpy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cintel.conversation import UnitVectors
from cintel.language.encoder import Encoder
from cintel.quality import (
    evaluate,
    evaluate_case,
    judge,
    lines_of,
    load_scorecard,
    loads,
    read_case,
)
from cintel.quality.meaning import digest, encode_units, kept_case, vectors_of
from cintel.quality.units import units_of
from cintel.quality.verdicts import Vectors
from cintel.testing import HashingEncoder, analysis_of, conversation_of

DEV = Path(__file__).parents[2] / "benchmarks" / "quality.py"
TALK = analysis_of(
    "agent: Thank you for calling, my name is Kim. How can I help you?",
    "customer: My parcel has not arrived, I have been waiting for a week now.",
    "agent: I am sorry to hear that. Is there anything else? Goodbye.",
)
UNITS = units_of(TALK.conversation)


class Fixed:
    """Two vectors by hand."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([[0.6, -0.8, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32)[: len(texts)]


class Remembering:
    """The real encoder, which is asked for each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known |= zip(new, self.encoder.encode(new), strict=True)
        return np.stack([self.known[text] for text in texts])


def test_how_vectors_are_kept():
    units = units_of(conversation_of("agent: Good morning", "customer: Hi there"))
    assert len(units) == 2
    found = encode_units(units, Fixed(), "minilm-1")
    assert (found.encoder, found.texts) == ("minilm-1", digest(units))
    assert np.frombuffer(found.data, "<f4", 2) == pytest.approx([0.8 / 127, 0.0])
    assert list(np.frombuffer(found.data, np.int8, offset=8)) == [95, -127, 0, 0, 0, 0]
    back = vectors_of(found, units)
    assert back == pytest.approx(np.array([[0.6, -0.8, 0.0], [0, 0, 0]]), abs=0.004)
    assert back.dtype == np.float32


def test_nothing_said_is_no_vectors():
    found = encode_units((), HashingEncoder(), "x")
    assert found.data == b""
    assert vectors_of(found, ()).shape == (0, 0)


def test_rounding_moves_a_cosine_by_less_than_the_second_decimal():
    dice = np.random.default_rng(0)
    vectors = dice.standard_normal((len(UNITS), 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

    class Given:
        def encode(self, texts: Sequence[str]) -> Vectors:
            return vectors

    back = vectors_of(encode_units(UNITS, Given()), UNITS)
    moved = np.abs(back @ vectors.T - vectors @ vectors.T)
    assert 0 < moved.max() < 0.005
    assert moved.std() < 0.0006


def test_kept_vectors_serve_only_the_words_and_the_encoder_they_are_of():
    vectors = encode_units(UNITS, HashingEncoder(), "minilm-1")
    stored = replace(TALK, vectors=vectors)
    case = kept_case(stored, "minilm-1")
    assert case is not None
    assert (case.vectors, case.units) == (vectors, UNITS)
    assert kept_case(stored, "minilm-2") is None
    assert kept_case(TALK, "minilm-1") is None
    redacted = conversation_of("agent: Hello, [NAME] here", *["customer: I have lost my card"] * 2)
    assert kept_case(replace(stored, conversation=redacted), "minilm-1") is None


def test_what_cannot_be_scored_needs_no_vectors():
    short = analysis_of("agent: Hello", "customer: Hi")
    case = kept_case(short, "minilm-1")
    assert case is not None
    assert (case.vectors, case.units) == (None, ())

    class Never:
        def encode(self, texts: Sequence[str]) -> Vectors:
            raise AssertionError

    read = read_case(short.conversation, short.labels, short.metrics, Never())
    card = load_scorecard("general-service")
    assert evaluate_case(card, {}, read).reason == "only 2 words, 10 are needed"


def test_a_rule_has_a_row_for_each_of_its_lines():
    card = loads(
        "{name: c, title: C, pass_mark: 50, sections: [{name: s, title: S, weight: 100, questions: "
        "[{id: q, text: Q, points: 1, judge: {any_of: [{kind: phrases, phrases: [b b, a]}, "
        "{kind: phrases, phrases: [a], not_like: [c]}, {kind: pattern, regex: x}]}}]}]}"
    )
    encoder = HashingEncoder(64)
    b, a, c = encoder.encode(["b b", "a", "c"])
    (first, none), (second, other) = lines_of(card, encoder).values()
    if len(first) == 1:
        (first, none), (second, other) = (second, other), (first, none)
    assert (first == np.stack([b, a])).all()
    assert none.shape == (0, 64)
    assert (second == a[None]).all()
    assert (other == c[None]).all()


def test_answers_from_kept_vectors_are_those_of_fresh_ones(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
):
    """Equal on every dev conversation; and rounding changes none of them, only confidences."""
    card, known = load_scorecard("general-service"), Remembering(encoder)
    lines = lines_of(card, known)
    moved = []
    for case in runpy.run_path(str(DEV))["read_cases"]():
        given = (case.conversation, case.labels, case.metrics)
        fresh = evaluate(card, *given, known)
        analysis = replace(TALK, conversation=given[0], labels=given[1], metrics=given[2])
        kept = read_case(*given, known, "m").vectors
        assert kept is not None
        stored = UnitVectors(kept.encoder, kept.texts, bytes(bytearray(kept.data)))
        again = kept_case(replace(analysis, vectors=stored), "m")
        assert again is not None
        assert evaluate_case(card, lines, again) == fresh
        with monkeypatch.context() as patch:
            exact = known.encode([unit.text for unit in again.units])
            patch.setattr(judge, "vectors_of", lambda *_, exact=exact: exact)
            unrounded = evaluate(card, *given, known)
        for one, other in zip(fresh.answers, unrounded.answers, strict=True):
            assert (one.answer, one.unsure, one.suggested) == (
                other.answer, other.unsure, other.suggested,
            ), one.question  # fmt: skip
            moved.append(abs(one.confidence - other.confidence))
    assert len(moved) == 507
    assert 0 < max(moved) < 0.01
