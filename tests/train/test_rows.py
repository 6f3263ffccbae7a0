from __future__ import annotations

import collections

from cintel.conversation import SENTIMENTS
from pipelines.train import rows
from pipelines.train.tasks import ACTS, EMOTIONS, SIDES

OWN = list(rows.own_turns())
INTENTS = list(rows.own_intents())


def test_own_turns_carry_known_labels_only() -> None:
    assert len(OWN) >= 2500
    for row in OWN:
        assert row.role in SIDES
        assert row.sentiment in SENTIMENTS
        assert row.emotion in EMOTIONS
        assert row.act in ACTS
        assert row.text == row.text.strip() != ""


def test_own_turns_are_not_repeated() -> None:
    counts = collections.Counter((row.text.lower(), row.role) for row in OWN)
    assert max(counts.values()) == 1


def test_every_industry_has_both_sides_and_every_feeling() -> None:
    for industry in ("banking", "ecommerce", "health", "insurance", "telecom"):
        part = [row for row in OWN if row.dialogue == industry]
        assert {row.role for row in part} == set(SIDES)
        assert {row.emotion for row in part} == set(EMOTIONS)


def test_the_split_depends_on_the_words_alone() -> None:
    shares = {name: sum(row.split == name for row in OWN) / len(OWN) for name in ("test", "dev")}
    assert 0.17 < shares["test"] < 0.23
    assert 0.07 < shares["dev"] < 0.13
    assert rows.split_of("Thanks  THEN") == rows.split_of("thanks then")
    assert all(rows.split_of(row.text, held_back=False) != "test" for row in OWN)


def test_every_intent_has_twelve_own_lines() -> None:
    counts = collections.Counter(row.intent for row in INTENTS)
    assert len(counts) == 54
    assert min(counts.values()) >= 12


def test_public_intents_map_on_names_that_exist() -> None:
    known = {row.intent for row in INTENTS}
    for mapping in rows.intent_map().values():
        assert set(mapping.values()) <= known
