from __future__ import annotations

from collections.abc import Callable

from pandas import isna

from cintel.conversation import Analysis
from cintel.store import to_frame, to_turns_frame


def test_one_row_a_conversation(rich: Analysis, make: Callable[..., Analysis]) -> None:
    frame = to_frame(item for item in (rich, make("bare")))
    assert list(frame["id"]) == ["3fa9c1d2", "bare"]
    first, bare = frame.iloc[0], frame.iloc[1]
    expected = {
        "duration": 9.0,
        "agent_id": "agent-7",
        "intent": "card.lost_or_stolen",
        "frustration": 0.7,
        "frustration_peak": 0.81,
        "csat": 2.25,
        "turns": 3,
        "talk_ratio": 0.6,
        "silence_count": 2,
        "silence_share": 1 / 3,
        "agent_words": 20,
        "agent_sentiment_q2": 0.1,
        "agent_sentiment_q4": 0.25,
        "service.score": 78.571428,
        "service.passed": True,
        "service.unsure": 1,
        "sales.unsure": 0,
        "sales.auto_failed": False,
        "metadata.tags": ["a", "b"],
        "cintel": "0.1.0",
    }
    assert {name: first[name] for name in expected} == expected
    assert str(first["day"]) == "2026-03-01"
    assert isna(first["agent_sentiment_q1"])
    assert isna(bare["service.score"])
    assert not [name for name in frame.columns if "spans" in name or "quarters" in name]


def test_one_row_a_turn(rich: Analysis) -> None:
    frame = to_turns_frame([rich])
    assert list(frame["conversation_id"]) == [rich.id] * 3
    assert list(frame["role"]) == ["agent", "customer", "system"]
    assert list(frame["sentiment_score"])[:2] == [0.0, -0.7]
    assert frame["emotion"][1] == "anger"
    assert frame["frustration"][1] == 0.81
    assert frame["pii"][1] == [{"type": "card", "start": 7, "end": 11}]
    assert "words" not in frame.columns


def test_no_analyses() -> None:
    assert to_frame([]).empty
    assert to_turns_frame([]).empty
