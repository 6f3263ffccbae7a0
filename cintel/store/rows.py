"""The JSON value of an analysis (``cintel.serial.to_dict``) as the rows of the store, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from cintel.conversation import Analysis
from cintel.errors import StoreError
from cintel.serial import SCHEMA, from_dict

Row = dict[str, Any]
_PLAIN = (
    "id", "channel", "source", "duration", "started_at", "language", "agent_id", "customer_id",
    "queue",
)  # fmt: skip
_WHOLE = ("metrics", "acoustics", "provenance")
_FRUSTRATION = ("peak", "peak_turn", "end", "trend", "reason")
_SUMMARY = (
    "reason", "outcome", "actions", "text", "reason_turns", "outcome_turns", "resolved", "source",
    "note",
)  # fmt: skip
_SCORED = ("sentiment", "emotion", "act")
_TURN = ("index", "role", "speaker", "start", "end", "text", "frustration")
_TURN_LISTS = ("words", "intents", "moves", "pii")
_EVALUATION = ("scorecard", "version", "score", "passed", "auto_failed", "reason", "tokens")
_ANSWER = (
    "question", "answer", "points", "possible", "confidence", "reason", "evidence", "source",
    "unsure", "suggested", "fingerprint",
)  # fmt: skip
_METRICS = (
    "talk_ratio", "interactivity", "silence_share", "dead_air_total", "dead_air_longest",
    "hold_total", "overtalk_share", "overtalk_agent_rate", "agent_interruptions",
    "agent_speech_rate", "agent_response_median", "agent_first_response", "agent_sentiment",
    "customer_sentiment", "customer_sentiment_trend",
)  # fmt: skip


def now() -> str:
    """This moment in UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def conversation_facts(value: Row) -> Row:
    """What an analysis says of its conversation as a whole, figures of its metrics left out."""
    intent = value["intent"] or {"name": None, "score": None, "turn": None}
    frustration, csat = value["frustration"], value["csat"]
    return {
        **_pick(value["conversation"], _PLAIN),
        "day": _day(value["conversation"]),
        "intent": intent["name"],
        "intent_score": intent["score"],
        "intent_turn": intent["turn"],
        **{f"summary_{name}": item for name, item in value["summary"].items()},
        "frustration": frustration["score"],
        **{f"frustration_{name}": frustration[name] for name in _FRUSTRATION},
        "csat": csat["predicted"],
        "csat_confidence": csat["confidence"],
        "csat_reason": csat["reason"],
        "csat_resolved": csat["resolved"],
        "csat_pulls": csat["pulls"],
    }


def flat_metrics(metrics: Row) -> Row:
    """Every figure of the metrics under one name: ``silence_share``, ``agent_words``, ….

    Quarters become ``agent_sentiment_q1`` … ``q4``; left out are the spans of stretches, and
    ``duration``, which the conversation has.
    """
    flat: Row = {}
    for name, value in metrics.items():
        if not isinstance(value, dict):
            flat[name] = value
            continue
        for key, item in value.items():
            if key == "sentiment_quarters":
                flat |= {f"{name}_sentiment_q{place}": part for place, part in enumerate(item, 1)}
            elif key != "spans":
                flat[f"{name}_{key}"] = item
    del flat["duration"]
    return flat


def conversation_row(value: Row) -> Row:
    """The row of table ``conversations``."""
    return {
        **conversation_facts(value),
        **_pick(flat_metrics(value["metrics"]), _METRICS),
        **_pick(value["provenance"], ("content_hash", "settings_hash")),
        **_pick(value, _WHOLE),
        "metadata": value["conversation"]["metadata"],
        "created_at": now(),
    }


def turn_rows(value: Row) -> list[Row]:
    """The rows of table ``turns``, in order."""
    key = value["conversation"]["id"]
    rows = []
    for turn in value["conversation"]["turns"]:
        row = {"conversation_id": key, **_pick(turn, _TURN)}
        for name in _SCORED:
            scored = turn[name] or {"label": None, "score": None}
            row |= {name: scored["label"], f"{name}_score": scored["score"]}
        rows.append(row | _pick(turn, _TURN_LISTS))
    return rows


def evaluation_rows(value: Row) -> list[tuple[Row, list[Row]]]:
    """Rows of table ``evaluations``, each with its rows of ``answers`` that lack its id."""
    key = value["conversation"]["id"]
    return [
        evaluation_row(key, place, evaluation)
        for place, evaluation in enumerate(value["evaluations"])
    ]


def evaluation_row(key: str, place: int, evaluation: Row) -> tuple[Row, list[Row]]:
    """One evaluation of the conversation with this id, and its answers, as above."""
    return (
        {"conversation_id": key, "position": place, **_pick(evaluation, _EVALUATION)},
        [
            {"position": number, **_pick(answer, _ANSWER)}
            for number, answer in enumerate(evaluation["answers"])
        ],
    )


def analysis_from_rows(
    row: Mapping[str, Any],
    turns: Iterable[Mapping[str, Any]],
    evaluations: Iterable[tuple[Mapping[str, Any], Iterable[Mapping[str, Any]]]],
) -> Analysis:
    """The analysis that :func:`conversation_row` and its sisters were given."""

    def part(prefix: str, *names: str) -> Row:
        return {name: row[f"{prefix}_{name}"] for name in names}

    intent = row["intent"] and {"name": row["intent"], **part("intent", "score", "turn")}
    turns_json = [_turn(turn) for turn in turns]
    value = {
        "schema": SCHEMA,
        "conversation": {**_pick(row, (*_PLAIN, "metadata")), "turns": turns_json},
        "intent": intent,
        "summary": part("summary", *_SUMMARY),
        "frustration": {"score": row["frustration"], **part("frustration", *_FRUSTRATION)},
        "csat": {
            "predicted": row["csat"],
            **part("csat", "confidence", "reason", "resolved", "pulls"),
        },
        "evaluations": [
            {
                **_pick(evaluation, _EVALUATION),
                "answers": [_pick(answer, _ANSWER) for answer in answers],
            }
            for evaluation, answers in evaluations
        ],
        **_pick(row, _WHOLE),
    }
    return from_dict(value, where=row["id"])


def _turn(row: Mapping[str, Any]) -> Row:
    turn = _pick(row, _TURN + _TURN_LISTS)
    for name in _SCORED:
        label = row[name]
        turn[name] = None if label is None else {"label": label, "score": row[f"{name}_score"]}
    return turn


def _pick(row: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: row[name] for name in names}


def _day(conversation: Row) -> date | None:
    started_at = conversation["started_at"]
    if started_at is None:
        return None
    try:
        return datetime.fromisoformat(started_at).date()
    except ValueError as error:
        raise StoreError(
            f"{conversation['source']}, field started_at",
            f"{started_at!r} is not a date and time",
            "Write it as ISO 8601, for example 2026-03-01T09:30:00",
        ) from error
