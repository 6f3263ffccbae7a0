"""The panel beside the transcript: evaluations with their evidence, summary, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cintel.conversation import Analysis, SideMetrics, Stretches, Turn
from cintel.dashboard import formats
from cintel.dashboard.forms import Form, Item

Block = dict[str, Any]
_OWNERS = {"agent": "Agent", "customer": "Customer", None: ""}
_RESOLVED = {True: "Resolved", False: "Not resolved", None: "Open"}
_SIGNS = {"pass": "✓", "part": "◐", "fail": "✗", "na": "–", "unsure": "?"}


def tabs(analysis: Analysis, forms: Sequence[Form]) -> list[dict[str, Any]]:
    """The tabs in order; one an evaluation."""
    names = ["Evaluation"] if len(forms) == 1 else [form.title for form in forms]
    evaluated = [
        {"name": name, "blocks": evaluation_blocks(form)}
        for name, form in zip(names, forms, strict=True)
    ]
    return [
        *evaluated,
        {"name": "Summary", "blocks": summary_blocks(analysis)},
        {"name": "Metrics", "blocks": metric_blocks(analysis)},
    ]


def evaluation_blocks(form: Form) -> list[Block]:
    """The score, then every section with its answers."""
    chips = []
    if form.auto_failed:
        chips.append(("fail", "failed automatically"))
    elif form.passed is not None:
        chips.append(("pass", "passed") if form.passed else ("fail", "not passed"))
    answers = [item for _, items in form.parts for item in items]
    if waiting := sum(item.verdict == "unsure" and item.human is None for item in answers):
        chips.append(("unsure", f"{waiting} unsure"))
    if form.reviewed_score is not None:
        chips.append(("human", f"{formats.decimal(form.reviewed_score, 0)} after review"))
    score = {"kind": "score", "title": form.title, "chips": chips}
    blocks: list[Block] = [score | {"score": formats.decimal(form.score, 0)}]
    if form.reason:
        blocks.append(_text(form.reason, "faint"))
    for title, items in form.parts:
        blocks.append(_heading(title))
        blocks += [answer_block(item) for item in items]
    return blocks


def summary_blocks(analysis: Analysis) -> list[Block]:
    """Intent, why the customer came, how it ended, who does what by when, and warnings."""
    summary, intent = analysis.summary, analysis.intent
    turns = analysis.conversation.turns
    blocks = [_heading("Intent"), _text(formats.intent(intent.name if intent else None))]
    if summary.reason:
        blocks += [_heading("Reason"), part_block(summary.reason, "", summary.reason_turns, turns)]
    if summary.outcome:
        state = _RESOLVED[summary.resolved]
        blocks.append(_heading("Outcome"))
        blocks.append(part_block(summary.outcome, state, summary.outcome_turns, turns))
    if summary.actions:
        blocks.append(_heading("Actions"))
        for action in summary.actions:
            about = " · ".join(filter(None, (_OWNERS[action.owner], action.when)))
            blocks.append(part_block(action.text, about, action.turns, turns))
    blocks += _satisfaction(analysis)
    if summary.text:
        blocks += [_heading("Summary"), _text(summary.text)]
    if summary.source == "llm":
        blocks.append(_text("In the words of the language model.", "faint"))
    if summary.note:
        blocks.append(_text(f"Language model: {summary.note}", "faint"))
    if analysis.acoustics.warnings:
        blocks += [_heading("About the recording"), *map(_text, analysis.acoustics.warnings)]
    return blocks


def _satisfaction(analysis: Analysis) -> list[Block]:
    """What the customer would say, whether the matter was put right, and what moved that."""
    csat, turns = analysis.csat, analysis.conversation.turns
    if csat.predicted is None:
        return []
    told = f"{formats.decimal(csat.predicted, 1)} of 5"
    if csat.resolved is not None:
        told += f" · resolved with a chance of {formats.percent(csat.resolved)}"
    blocks = [_heading("Satisfaction"), _text(told)]
    for pull in csat.pulls:
        effect = f"moved it by {formats.decimal(pull.effect, sign=True)}"
        blocks.append(part_block(turns[pull.turn].text, effect, (pull.turn,), turns))
    return blocks


def part_block(text: str, about: str, places: Sequence[int], turns: Sequence[Turn]) -> Block:
    """A part of the summary, what is known about it, and where the turns it rests on start."""
    starts = [turns[place].start for place in places if place < len(turns)]
    return {"kind": "part", "text": text, "about": about, "starts": starts}


def metric_blocks(analysis: Analysis) -> list[Block]:
    """Both sides beside each other, then the stretches of silence and their like."""
    metrics = analysis.metrics
    sides = [["", "Agent", "Customer"], *_sides(metrics.agent, metrics.customer)]
    stretches = [["", "Count", "Longest", "Total", "Share"]]
    for name, found in (
        ("Silence", metrics.silence),
        ("Dead air", metrics.dead_air),
        ("Hold", metrics.hold),
        ("Overtalk", metrics.overtalk),
    ):
        stretches.append([name, *_stretch(found)])
    whole = [
        ["Agent's share of talk", formats.percent(metrics.talk_ratio)],
        ["Speaker changes a minute", formats.decimal(metrics.interactivity, 1)],
        ["Agent's questions a minute", formats.decimal(metrics.question_rate, 1)],
        ["Frustration, peak", formats.decimal(analysis.frustration.peak)],
        ["Frustration, last quarter", formats.decimal(analysis.frustration.end)],
    ]
    return [
        _heading("Both sides"), _table(sides),
        _heading("Silence and overtalk"), _table(stretches),
        _heading("Whole conversation"), _table(whole),
    ]  # fmt: skip


def _sides(agent: SideMetrics, customer: SideMetrics) -> list[list[str]]:
    rows = (
        ("Talk time", "talk_time", formats.clock),
        ("Words", "words", lambda value: formats.decimal(value, 0)),
        ("Words a minute", "speech_rate", lambda value: formats.decimal(value, 0)),
        ("Response, median", "response_median", _seconds),
        ("Response, 90th percentile", "response_p90", _seconds),
        ("Longest monologue", "monologue", formats.clock),
        ("Interruptions", "interruptions", lambda value: formats.decimal(value, 0)),
        ("Loudness", "loudness", lambda value: formats.decimal(value, 1, unit=" dBFS")),
        ("Pitch, median", "pitch_median", lambda value: formats.decimal(value, 0, unit=" Hz")),
        ("Sentiment", "sentiment", lambda value: formats.decimal(value, 2, sign=True)),
        ("Sentiment, trend", "sentiment_trend", lambda value: formats.decimal(value, sign=True)),
    )
    return [
        [title, write(getattr(agent, name)), write(getattr(customer, name))]
        for title, name, write in rows
    ]


def _stretch(found: Stretches) -> list[str]:
    if not found.count:
        return [formats.NOTHING] * 4
    return [
        str(found.count), _seconds(found.longest), _seconds(found.total),
        formats.percent(found.share),
    ]  # fmt: skip


def _seconds(value: float | None) -> str:
    return formats.decimal(value, 1, unit=" s")


def answer_block(item: Item) -> Block:
    """One answer with its evidence, and the reviewer's beside it."""
    human = ""
    if item.human is not None:
        same = item.human == item.answer
        human = f"{item.reviewer} {'confirms' if same else 'says'}: {item.human}"
        human += f" – {item.comment}" if item.comment else ""
    final = item.verdict if item.human_verdict is None else item.human_verdict
    return {
        "kind": "answer",
        "text": item.text,
        "answer": item.answer,
        "verdict": item.verdict,
        "final": final,
        "sign": _SIGNS[final],
        "confidence": formats.percent(item.confidence),
        "reason": item.reason,
        "human": human,
        "evidence": [{"quote": e["quote"], "start": e["start"]} for e in item.evidence],
    }


def _heading(text: str) -> Block:
    return {"kind": "heading", "text": text}


def _text(text: str, tone: str = "") -> Block:
    return {"kind": "text", "text": text, "tone": tone}


def _table(rows: list[list[str]]) -> Block:
    return {"kind": "table", "rows": rows}
