"""``cintel show`` and ``cintel export``: results out of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cintel.conversation import Analysis, Answer, Evaluation, Turn
from cintel.errors import MissingExtraError, UsageError
from cintel.serial import dumps
from cintel.settings import load_settings
from cintel.store import Store
from cintel.store.database import parse_url
from cintel.store.frames import to_frame, to_turns_frame

if TYPE_CHECKING:
    import pandas as pd


def missing_file(url: str) -> str | None:
    """The file of an SQLite store that does not exist; None for any other store."""
    parsed = parse_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database is not None
    return parsed.database if is_file and not Path(str(parsed.database)).exists() else None


def opened(url: str) -> Store:
    """A store to read results from; one that is not there is not made.

    Raises:
        UsageError: its file does not exist.
        StoreError: it cannot be opened.
    """
    if (path := missing_file(url)) is not None:
        raise UsageError(path, "is not there", "Name a store with --store, or analyse first")
    return Store(url)


def load(store: str | None, key: str) -> Analysis:
    """One analysis by its id or the first characters of it."""
    with opened(load_settings(store=store).store) as found:
        return found.load(key)


def render(analysis: Analysis, form: str) -> str:
    """An analysis as ``text``, ``json``, ``srt``, ``vtt`` or ``rttm``."""
    return {
        "text": _text, "json": dumps, "srt": _srt, "vtt": _vtt, "rttm": _rttm,
    }[form](analysis)  # fmt: skip


def _clock(seconds: float, comma: str) -> str:
    millis = round(seconds * 1000)
    hours, rest = divmod(millis, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{comma}{rest % 1000:03}"


def _text(analysis: Analysis) -> str:
    talk = analysis.conversation
    intent = analysis.intent.name if analysis.intent else "none"
    lines = [f"{talk.id}  {talk.source}  {talk.duration:.0f} s  intent {intent}", ""]
    for turn in talk.turns:
        minutes, seconds = divmod(int(turn.start), 60)
        lines.append(f"[{minutes:02}:{seconds:02}] {turn.role}: {turn.text}")
    lines += ["", *_summary(analysis), ""]
    for card in analysis.evaluations:
        lines.append(f"{card.scorecard} {card.version}: {_score(card)}")
        lines += [
            f"  {answer.question}: {_answer(answer)}  ({answer.reason})" for answer in card.answers
        ]
    return "\n".join(lines)


def _score(card: Evaluation) -> str:
    """In words; what is left to a person may still move it."""
    waiting = sum(answer.unsure for answer in card.answers)
    later = f", {waiting} answer{'s' * (waiting > 1)} left to a person" if waiting else ""
    if card.score is None:
        return f"not scored: {card.reason}" if card.reason else f"no score yet{later}"
    state = (
        "failed automatically" if card.auto_failed else "passed" if card.passed else "not passed"
    )
    return f"{card.score:g} of 100, {state}{later}"


def _answer(found: Answer) -> str:
    if found.unsure:
        return "unsure" if found.suggested is None else f"unsure, perhaps {found.suggested}"
    return "n/a" if found.answer is None else str(found.answer)


def _summary(analysis: Analysis) -> Iterator[str]:
    """The paragraph, then each part with the starts of the turns it rests on."""
    found, turns = analysis.summary, analysis.conversation.turns

    def starts(places: Sequence[int]) -> str:
        times = [divmod(int(turns[place].start), 60) for place in places if place < len(turns)]
        return "".join(f"  [{minutes:02}:{seconds:02}]" for minutes, seconds in times)

    yield found.text
    if found.reason:
        yield f"  reason: {found.reason}{starts(found.reason_turns)}"
    if found.outcome:
        state = {True: "resolved", False: "not resolved", None: "open"}[found.resolved]
        yield f"  outcome, {state}: {found.outcome}{starts(found.outcome_turns)}"
    for action in found.actions:
        about = ", ".join(filter(None, (action.owner, action.when)))
        yield f"  action{f' ({about})' if about else ''}: {action.text}{starts(action.turns)}"
    if found.note:
        yield f"  language model: {found.note}"


def _cues(analysis: Analysis) -> Iterator[tuple[int, Turn]]:
    return enumerate((turn for turn in analysis.conversation.turns), start=1)


def _srt(analysis: Analysis) -> str:
    return "\n".join(
        f"{number}\n{_clock(turn.start, ',')} --> {_clock(turn.end, ',')}\n"
        f"{turn.role}: {turn.text}\n"
        for number, turn in _cues(analysis)
    )


def _vtt(analysis: Analysis) -> str:
    cues = (
        f"{_clock(turn.start, '.')} --> {_clock(turn.end, '.')}\n<v {turn.role}>{turn.text}\n"
        for _, turn in _cues(analysis)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def _rttm(analysis: Analysis) -> str:
    name = Path(analysis.conversation.source).stem.replace(" ", "_")
    return "\n".join(
        f"SPEAKER {name} 1 {turn.start:.3f} {turn.end - turn.start:.3f} <NA> <NA> {turn.role} "
        "<NA> <NA>"
        for turn in analysis.conversation.turns
    )


def export(store: str | None, folder: Path, form: str) -> list[tuple[Path, int]]:
    """Write ``conversations`` and ``turns`` tables; paths and rows."""
    with opened(load_settings(store=store).store) as found:
        analyses = [found.load(key) for key in found.ids()]
    tables = {"conversations": to_frame(analyses), "turns": to_turns_frame(analyses)}
    written = []
    for name, frame in tables.items():
        path = folder / f"{name}.{form}"
        partial = folder / f".{name}.{form}.partial"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(frame, partial, form)
            partial.replace(path)
        except OSError as error:
            raise UsageError(
                path, f"cannot be written ({error.strerror})", "Give a folder you may write to"
            ) from error
        written.append((path, len(frame)))
    return written


def _write(frame: pd.DataFrame, path: Path, form: str) -> None:
    if form == "csv":
        frame.to_csv(path, index=False)
    elif form == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        try:
            frame.to_parquet(path, index=False)
        except ImportError as error:
            raise MissingExtraError("Parquet support (pyarrow)", "export") from error
