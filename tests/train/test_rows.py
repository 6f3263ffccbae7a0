from __future__ import annotations

import collections

from cintel.conversation import SENTIMENTS
from pipelines.train import rows
from pipelines.train.heads import ACTS, EMOTIONS, SIDES

OWN = list(rows.own_turns())
INTENTS = list(rows.own_intents())


def test_own_turns_carry_known_labels_only() -> None:
    assert len(OWN) >= 1200
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


def test_the_held_back_fifth_depends_on_the_words_alone() -> None:
    share = sum(row.split == "test" for row in OWN) / len(OWN)
    assert 0.15 < share < 0.25
    assert rows.held_back("Thanks  THEN") == rows.held_back("thanks then")


def test_every_intent_has_twelve_own_lines() -> None:
    counts = collections.Counter(row.intent for row in INTENTS)
    assert len(counts) == 54
    assert min(counts.values()) >= 12


def test_public_intents_map_on_names_that_exist() -> None:
    known = {row.intent for row in INTENTS}
    for mapping in rows.intent_map().values():
        assert set(mapping.values()) <= known
