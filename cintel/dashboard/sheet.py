"""The sheet of a review as plain values for ``web/sheet.js``, and what comes back from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cintel.conversation import Analysis
from cintel.dashboard import formats, forms
from cintel.dashboard.forms import AnswerValue, Form, Item
from cintel.errors import CintelError
from cintel.quality import Question, Scorecard
from cintel.quality import review as scored
from cintel.store import Store, rows, workflow
from cintel.store.workflow_steps import OPEN, Key, Review, same

Said = list[dict[str, Any]]
_TONES = {"draft": "", "shared": "human", "acknowledged": "pass", "appealed": "fail", "final": ""}


def may_answer(review: Review, who: str) -> bool:
    """Whether a person may change answers: the reviewer a draft, somebody else an appeal."""
    if not who.strip():
        return False
    if review.state == "draft":
        return same(who, review.reviewer)
    own = (review.reviewer, review.agent, review.appealed_by)
    return review.state == "appealed" and not any(name and same(who, name) for name in own)


def payload(
    analysis: Analysis, review: Review, form: Form, card: Scorecard | None,
    human: dict[str, AnswerValue], events: Sequence[rows.Row], who: str,
) -> dict[str, Any]:  # fmt: skip
    """Everything of the sheet but how many changes were applied.

    Args:
        analysis: the conversation under review.
        review: its state.
        form: the evaluation beside what people said of it.
        card: what it was made with; without it nothing can be answered.
        human: the latest answer of a person by question, unworded.
        events: of the review.
        who: looks at it.
    """
    items = [
        {"heading": title if place == 0 else ""} | _item(item, card, human)
        for title, found in form.parts
        for place, item in enumerate(found)
    ]
    settled = review.score is not None and review.state not in ("draft", "appealed")
    now = review.score if settled else form.reviewed_score
    chips: list[tuple[str, str]] = [(_TONES[review.state], review.state)]
    chips.append(("", f"AI {formats.decimal(form.score, 1)}"))
    if settled and review.auto_failed:
        chips.append(("fail", "failed automatically"))
    elif settled and review.passed is not None:
        chips.append(("pass", "passed") if review.passed else ("fail", "not passed"))
    return {
        "key": f"{review.key} {review.key.version}",
        "title": form.title,
        "score": formats.decimal(form.score if now is None else now, 1),
        "chips": chips,
        "editable": card is not None and may_answer(review, who),
        "open": review.state in OPEN and bool(who.strip()),
        "items": items,
        "comments": comments(events, analysis),
    }


def comments(events: Sequence[rows.Row], analysis: Analysis) -> list[dict[str, Any]]:
    """What was said of a moment: ``who``, ``text`` and ``start`` in seconds."""
    turns = analysis.conversation.turns
    return [
        {"who": event["who"], "text": event["text"],
         "start": _start(event, [turn.start for turn in turns])}
        for event in events
        if event["kind"] == "commented on"
    ]  # fmt: skip


def options(question: Question | None) -> list[dict[str, Any]]:
    """What may be answered by click or key: ``key``, ``label`` and ``value``; None is n/a."""
    names = question.answers if question else ()
    known: list[dict[str, Any]]
    if names == ("yes", "no"):
        known = [{"key": name[0], "label": name, "value": name} for name in names]
    else:
        scale = question is not None and question.type == "scale"
        known = [
            {"key": str(place), "label": name, "value": float(name) if scale else name}
            for place, name in enumerate(names, 1)
        ]
    return [*known, {"key": "a", "label": "n/a", "value": None}]


def apply(store: Store, key: Key, who: str, seen: int, said: Said) -> tuple[int, str]:
    """Keep what was said on a sheet, in order.

    Args:
        store: where the review is.
        key: which review.
        who: says it.
        seen: the revision that was looked at.
        said: changes: ``question`` and ``answer``, or ``comment`` and ``moment``.

    Returns:
        The revision it led to, and why a change was refused, "" where none was. Those after a
        refused one are dropped with it: they were made on what is not so any more.
    """
    for change in said:
        try:
            if "comment" in change:
                seen = workflow.comment(
                    store, key, seen, who, change["comment"], moment=change["moment"]
                )
            else:
                seen = scored.answer(store, key, seen, who, change["question"], change["answer"])
        except CintelError as error:
            return seen, str(error)
    return seen, ""


def _item(item: Item, card: Scorecard | None, human: dict[str, AnswerValue]) -> dict[str, Any]:
    question = forms.question_of(card, item.question)
    free = {"number": "number", "text": "text"}.get(question.type) if question else None
    critical = " (critical)" if question is not None and question.critical else ""
    said = f"{item.reviewer}: {item.human}" if item.human is not None else ""
    said += f" – {item.comment}" if said and item.comment else ""
    told: dict[str, Any] = {
        "id": item.question,
        "text": item.text + critical,
        "ai": item.answer,
        "verdict": item.verdict,
        "confidence": formats.percent(item.confidence),
        "reason": item.reason,
        "evidence": [{"quote": e["quote"], "start": e["start"]} for e in item.evidence],
        "options": options(question),
        "free": free,
        "said": said,
    }
    if item.question in human:
        told["human"] = human[item.question]
    return told


def _start(event: rows.Row, starts: Sequence[float]) -> float:
    if event["moment"] is not None:
        return float(event["moment"])
    return starts[event["turn"]] if event["turn"] < len(starts) else 0.0
