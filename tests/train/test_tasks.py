from __future__ import annotations

from collections import Counter

import pytest

from pipelines.train import tasks
from pipelines.train.rows import Row

CARD = Row("i lost my card", "examples", "train", "customer", intent="card.lost_or_stolen")
ASIDE = Row("hello there", "own", "train", "customer", "neutral", "neutral", "greeting", "none")
AGENT = Row("one moment", "own", "train", "agent", "neutral", "neutral", "pausing")
COMMENT = Row("ugh no", "goemotions", "train", ekman=("anger", "disgust"))
QUERY = Row("pay my bill", "clinc150", "train", "customer", named="pay_bill")
STRANGE = Row("who won", "clinc150", "train", "customer", intent="none", named="oos")
MOVES = [
    Row("hi ann here what is it", "moves", "train", "agent", moves=("greeting", "offer_help")),
    Row("the red one", "moves", "train", "agent", moves=()),
]
ROWS = [CARD, ASIDE, AGENT, COMMENT, QUERY, STRANGE, *MOVES]
LABELS = tasks.label_names(ROWS)


def test_labels_are_those_of_the_rows_and_the_fixed_ones() -> None:
    assert LABELS["intent"] == ("card.lost_or_stolen", "none")
    assert LABELS["clinc150"] == ("pay_bill",)
    assert LABELS["sentiment"] == ("negative", "neutral", "positive")
    assert len(LABELS["ekman"]) == 7


@pytest.mark.parametrize(
    ("row", "targets"),
    [
        (CARD, {"role": 1, "intent": 0}),
        (AGENT, {"sentiment": 1, "emotion": 0, "act": 12, "role": 0}),
        (COMMENT, {"ekman": (0, 1), "clinc150": ()}),
        (QUERY, {"clinc150": 0}),
        (STRANGE, {"intent": 1, "clinc150": ()}),
        (MOVES[0], {"role": 0, "move": (0, 1)}),
        (MOVES[1], {"role": 0, "move": ()}),
    ],
)
def test_a_row_teaches_the_heads_of_its_labels(row: Row, targets: dict[str, object]) -> None:
    assert tasks.Showings(ROWS, LABELS).plain(row).targets == targets


def test_rows_are_shown_as_often_as_their_source_says() -> None:
    showings = tasks.Showings(ROWS, LABELS)
    seen = Counter(
        example.source for number in range(4) for example in showings.epoch(number, of=4)
    )
    assert seen["examples"] == tasks.EPOCHS["examples"]
    assert seen["own"] == 2 * tasks.EPOCHS["own"]
    assert abs(seen["goemotions"] - tasks.EPOCHS["goemotions"]) < 1


def test_an_epoch_is_the_same_each_time() -> None:
    first, second = (tasks.Showings(ROWS, LABELS).epoch(1, of=3) for _ in range(2))
    assert first == second
    assert first != tasks.Showings(ROWS, LABELS).epoch(2, of=3)


def test_told_lines_teach_no_feeling() -> None:
    felt = Row(
        "refund me now", "own", "train", "customer", "negative", "anger", "request",
        "billing.refund",
    )  # fmt: skip
    labels = tasks.label_names([felt, ASIDE])
    showings = tasks.Showings([felt, ASIDE], labels)
    shown = [e for number in range(40) for e in showings.epoch(number, of=40)]
    told = [e for e in shown if "refund me" in e.text.lower() and "hello there" in e.text.lower()]
    assert not told or all("emotion" not in e.targets and "intent" in e.targets for e in told)


def test_lines_shown_together_do_all_that_their_parts_do() -> None:
    both = [*MOVES, Row("be right back", "moves", "train", "agent", moves=("hold_order",))]
    showings = tasks.Showings(both, tasks.label_names(both))
    shown = [e for number in range(30) for e in showings.epoch(number, of=30)]
    words = {"what is it": 0, "be right back": tasks.MOVES.index("hold_order")}
    joined = [e for e in shown if all(part in e.text.lower() for part in words)]
    assert joined
    assert all(set(words.values()) <= set(e.targets["move"]) for e in joined)
    assert {e.targets["move"] for e in shown if e.text.lower().startswith("the red one")} >= {()}
