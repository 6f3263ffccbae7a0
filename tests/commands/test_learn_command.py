"""``cintel learn``: which answers count, what is printed, and the file it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from rich.console import Console

from cintel.commands.learn import changes, rendered, reviewed, write
from cintel.conversation import Answer, Evaluation
from cintel.errors import UsageError
from cintel.quality import Scorecard, dumps, loads
from cintel.quality.learning import Figures, Lesson
from cintel.quality.rules import Phrases
from cintel.store import Store
from cintel.store.reviews import override
from cintel.testing import analysis_of

Cintel = Callable[..., CompletedProcess[str]]
CARD = """\
# Ours.
name: card
title: Card
pass_mark: 50
sections:
  - name: s
    title: S
    weight: 100
    questions:
      - id: welcome
        text: Does the agent welcome the customer?
        points: 5
        judge: {kind: phrases, phrases: [thank you for calling us today], threshold: 0.95}
      - id: parcel
        text: Does the agent name a day?
        points: 5
        judge: {kind: phrases, phrases: [it arrives on Monday]}
"""
LESSON = Lesson(
    "welcome", 7, 5, Figures(0.25, 0.2, 0.5, 0.0), Figures(0.875, 0.9, 0.85, None),
    Phrases(("thank you for calling us today",), threshold=0.95),
    Phrases(("thanks for ringing",), ("thanks for nothing",), 0.5),
)  # fmt: skip
REFUSED = Lesson("parcel", 3, 0, refused="needs more")


def put(store: Store, card: Scorecard, place: str, said: str) -> str:
    """A stored conversation with the machine's "no" to both questions."""
    answers = tuple(Answer(q.id, "no", 0.0, 5.0, 0.9, "not said") for q in card.questions)
    made = Evaluation(card.name, card.version, 0.0, False, False, answers)
    found = analysis_of(
        f"agent: {said}", f"customer: Hello, I am writing about my order to {place}, please."
    )
    store.save(replace(found, evaluations=(made,)))
    return found.id


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as opened:
        yield opened


def test_which_answers_count(store: Store) -> None:
    card = loads(CARD)
    older = loads(CARD.replace("threshold: 0.95", "threshold: 0.8").replace("name a day", "lie"))
    lost = loads(CARD.replace("pass_mark: 50", "pass_mark: 60"))
    store.save_scorecard(older.name, older.version, dumps(older))
    new, old, gone = (
        put(store, version, place, "Hi.")
        for version, place in ((card, "Lima"), (older, "Oslo"), (lost, "Rome"))
    )

    def answer(
        version: Scorecard, key: str, question: str, given: str | None, who: str = "Ann"
    ) -> None:
        override(store, key, "card", version.version, question, reviewer=who, answer=given)

    answer(card, new, "welcome", "yes")
    answer(card, new, "welcome", "no", "Bob")  # the latest of anybody's counts
    answer(card, new, "parcel", None)  # not applicable says nothing about the judge
    answer(older, old, "welcome", "yes")  # the same words on an earlier version
    answer(older, old, "parcel", "yes")  # other words
    answer(lost, gone, "welcome", "yes")  # a version whose text nobody kept
    assert reviewed(store, card, None) == {"welcome": {new: "no", old: "yes"}}
    assert reviewed(store, card, "welcome") == {"welcome": {new: "no", old: "yes"}}
    with pytest.raises(UsageError, match="card, question parcel: has no reviewed answers in"):
        reviewed(store, card, "parcel")
    with pytest.raises(UsageError, match=r"'zebra' is not on card\. Use one of: welcome, parcel"):
        reviewed(store, card, "zebra")


def test_figures_and_changes_as_text() -> None:
    console = Console(width=140)
    with console.capture() as captured:
        console.print(rendered([LESSON, REFUSED]))
    lines = [" ".join(line.replace("│", " ").split()) for line in captured.get().splitlines()]
    assert "welcome 7 5 0.25 -> 0.88 0.20 -> 0.90 0.50 -> 0.85 0.00 -> – better" in lines
    assert "parcel 3 0 needs more" in lines
    assert [*changes(LESSON)] == [
        "welcome: threshold 0.95 -> 0.5",
        "  + thanks for ringing",
        "  + not like: thanks for nothing",
        "  - thank you for calling us today",
    ]
    assert [*changes(REFUSED)] == []


def test_the_new_version_tells_its_figures(tmp_path: Path) -> None:
    write(tmp_path / "new.yaml", CARD, "card.yaml", [LESSON, REFUSED])
    first, *rest = (tmp_path / "new.yaml").read_text(encoding="utf-8").splitlines()
    assert first[:2] == "# "
    assert first[13:] == (
        "learned welcome from 7 yes and 5 no: F1 0.25 -> 0.88, kappa 0.00 -> – (cross-validated)"
    )
    assert [line for line in rest if line not in CARD.splitlines()] == [
        '        judge: {kind: phrases, not_like: ["thanks for nothing"], '
        'phrases: ["thanks for ringing"], threshold: 0.5}'
    ]
    assert len(rest) == len(CARD.splitlines())
    card, new = loads(CARD), loads("\n".join(rest))
    assert new.question("welcome").judge == LESSON.fitted
    assert new.question("parcel") == card.question("parcel")
    assert list(tmp_path.iterdir()) == [tmp_path / "new.yaml"]


def test_nothing_learned_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "new.yaml", CARD, "card.yaml", [REFUSED])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "none" / "new.yaml", CARD, "card.yaml", [LESSON])


def test_a_store_without_reviews(store: Store) -> None:
    with pytest.raises(UsageError, match=r"card: has no reviewed answers in .*s\.db\. Review some"):
        reviewed(store, loads(CARD), None)


@pytest.mark.models
def test_from_reviews_to_a_new_version_in_use(cintel: Cintel, tmp_path: Path) -> None:
    (tmp_path / "card.yaml").write_text(CARD, encoding="utf-8")
    card = loads(CARD)
    places = ("Madrid", "Oslo", "Lima", "Cairo", "Delhi", "Quito")
    with Store(tmp_path / "s.db") as store:
        for place in places:
            for said, given in (
                (f"Thank you for calling our shop in {place} today.", "yes"),
                (f"The lorry to {place} broke down on its way.", "no"),
            ):
                key = put(store, card, place, said)
                override(store, key, "card", card.version, "welcome", reviewer="Ann", answer=given)
    run = cintel(
        "learn", "--store", "s.db", "--scorecard", "card.yaml", "--out", "new.yaml",
        cwd=tmp_path, COLUMNS="140",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    again = cintel("learn", "--scorecard", "card.yaml", "--out", "card.yaml", cwd=tmp_path)
    assert again.returncode == 2
    assert "card.yaml: is there already. Name a new file" in again.stderr
    row = next(line for line in run.stdout.splitlines() if "better" in line)
    name, yes, no, before, _, after, *_ = row.replace("│", " ").split()
    assert (name, yes, no, before) == ("welcome", "6", "6", "0.33")
    assert float(after) >= 0.33 + 0.15
    assert "welcome: threshold 0.95 -> " in run.stdout
    new = loads((tmp_path / "new.yaml").read_text(encoding="utf-8"))
    assert f"new.yaml: card, version {card.version} -> {new.version}." in run.stderr
    assert new.question("parcel") == card.question("parcel")
    used = cintel("evaluate", "--scorecard", "new.yaml", "--store", "s.db", cwd=tmp_path)
    assert used.returncode == 0, used.stderr
    right = 0
    with Store(tmp_path / "s.db") as store:
        for key in store.ids():
            found = store.load(key)
            (answer,) = (
                item
                for evaluation in found.evaluations
                if evaluation.version == new.version
                for item in evaluation.answers
                if item.question == "welcome"
            )
            greets = found.conversation.turns[0].text.startswith("Thank")
            right += (answer.suggested or answer.answer) == ("yes" if greets else "no")
    assert right >= 10
