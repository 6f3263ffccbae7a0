"""The score of 1,000 scorecards and sets of answers against a sheet of plain columns.

An answer is steered by what the agent says: his turn holds the words that patterns look for. The
sheet knows nothing of that. It has one row a line that is answered, with the answer that was
meant, and works out conditions, points and the score by the rules of ``docs/scorecards.md``, in
exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cintel.conversation import Conversation, Labels, Metrics, SideMetrics, Stretches, Turn
from cintel.quality import Item, Option, Question, Scorecard, Section, evaluate
from cintel.quality.rules import AnswerIs, Human, Judge, Metric, Pattern
from cintel.testing import HashingEncoder

UNSURE, NA = "unsure", "n/a"
NONE, SIDE = Stretches(), SideMetrics()
METRICS = Metrics(60.0, None, None, None, None, NONE, NONE, NONE, NONE, SIDE, SIDE)
NOT_MEASURED = Metric("talk_ratio", at_least=0.5)
ENCODER = HashingEncoder(8)

POINTS = st.sampled_from([0.1, 0.5, 1.0, 2.5, 3.0, 7.0, 10.0])
MARKS = st.sampled_from(["yes", "yes", "no", "no", NA, UNSURE])
KINDS = st.sampled_from(["yes_no", "yes_no", "choice", "scale", "number", "text", "checklist"])
CRITICAL = st.sampled_from([None, None, None, "section", "form"])
COUNTS = st.integers(1, 4)
COIN = st.booleans()
SHARES = st.lists(st.integers(1, 50), min_size=1, max_size=3)


@dataclass(frozen=True)
class Row:
    """A line of the sheet; ``earns`` has the points of each of its answers.

    ``when`` names the line and the answer that it waits for.
    """

    section: int
    name: str
    meant: str
    earns: dict[str, Fraction]
    possible: Fraction
    critical: str | None
    bonus: bool
    when: tuple[str, str] | None


@dataclass
class Made:
    """A scorecard in the making: its rows, and the words that lead to the answers meant."""

    draw: Any
    rows: list[Row] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def judge(self, name: str, meant: str) -> Judge:
        if meant == "yes":
            self.words.append(name)
        return {NA: NOT_MEASURED, UNSURE: Human()}.get(meant, Pattern(rf"\b{name}\b"))

    def question(self, section: int, name: str) -> Question:
        draw, kind = self.draw, self.draw(KINDS)
        shared: dict[str, Any] = {"critical": draw(CRITICAL), "bonus": draw(COIN) and draw(COIN)}
        when = self.condition() if self.rows and draw(COIN) else None
        kept = (shared["critical"], shared["bonus"], when)
        if when is not None:
            shared["when"] = AnswerIs(when[0], (when[1],))
        match kind:
            case "choice" | "scale":
                return self.choice(kind, section, name, shared, kept)
            case "checklist":
                return self.checklist(section, name, shared, kept)
            case "text":
                self.rows.append(Row(section, name, UNSURE, {}, Fraction(0), *kept))
                return Question(name, "?", "text", judge=Human(), **shared)
        meant, points = draw(MARKS), draw(POINTS)
        if kind == "number" and meant != UNSURE:
            least = 100.0 if meant == "no" else 10.0
            judge: Judge = NOT_MEASURED if meant == NA else Metric("duration", at_least=least)
            earns = {"60": Fraction(points if meant == "yes" else 0)}
            meant = NA if meant == NA else "60"
        else:
            kind, judge = "yes_no", self.judge(name, meant)
            earns = {"yes": Fraction(points), "no": Fraction(0)}
        self.rows.append(Row(section, name, meant, earns, Fraction(points), *kept))
        return Question(name, "?", kind, points=points, judge=judge, **shared)

    def choice(self, kind: Any, section: int, name: str, shared: Any, kept: Any) -> Question:
        """Options of any points, the last one without a judge; which of them is meant."""
        points = [self.draw(POINTS), *(self.draw(POINTS) * self.draw(COIN) for _ in range(2))]
        meant = self.draw(st.integers(0, 2))
        self.words += [f"{name}x{meant}"] if meant < 2 else []
        options = tuple(
            Option(str(place), worth, Pattern(rf"\b{name}x{place}\b") if place < 2 else None)
            for place, worth in enumerate(points)
        )
        earns = {str(place): Fraction(worth) for place, worth in enumerate(points)}
        self.rows.append(Row(section, name, str(meant), earns, max(earns.values()), *kept))
        return Question(name, "?", kind, options=options, **shared)

    def checklist(self, section: int, name: str, shared: Any, kept: Any) -> Question:
        points, count = self.draw(POINTS), self.draw(COUNTS)
        items = []
        for number in range(count):
            meant = self.draw(MARKS)
            share = Fraction(points) / count
            earns = {"yes": share, "no": Fraction(0)}
            self.rows.append(Row(section, f"{name}.i{number}", meant, earns, share, *kept))
            items.append(Item(f"i{number}", "?", self.judge(f"{name}i{number}", meant)))
        return Question(name, "?", "checklist", points=points, items=tuple(items), **shared)

    def condition(self) -> tuple[str, str]:
        """An earlier line of any section, and one of its answers."""
        row = self.draw(st.sampled_from(self.rows))
        return row.name, self.draw(st.sampled_from(sorted(row.earns) or ["yes"]))


def answers(rows: list[Row]) -> dict[str, str]:
    """The answer column: what was meant, unless the condition says that it is not asked."""
    column: dict[str, str] = {}
    for row in rows:
        column[row.name] = row.meant
        if row.when is not None:
            other = column[row.when[0]]
            if other == UNSURE:
                column[row.name] = UNSURE
            elif other != row.when[1]:
                column[row.name] = NA
    return column


def sheet(rows: list[Row], weights: list[int]) -> tuple[Fraction | None, bool]:
    """The score, None where nothing counts, and whether the form fails."""
    column = answers(rows)
    counted = [row for row in rows if column[row.name] not in (NA, UNSURE)]
    earned = {row.name: row.earns[column[row.name]] for row in counted}
    possible = {row.name: 0 if row.bonus else row.possible for row in counted}
    failed = {row.critical for row in counted if earned[row.name] == 0}
    top, bottom = Fraction(0), 0
    for number, weight in enumerate(weights):
        mine = [row for row in counted if row.section == number]
        whole = sum(possible[row.name] for row in mine)
        if whole:
            zero = any(row.critical == "section" and earned[row.name] == 0 for row in mine)
            top += 0 if zero else weight * sum(earned[row.name] for row in mine) / whole
            bottom += weight
    if not bottom:
        return None, False
    score = 0 if "form" in failed else min(Fraction(100), 100 * top / bottom)
    return Fraction(score), "form" in failed


@given(st.data())
@settings(
    max_examples=1000,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_the_score_is_that_of_a_sheet(data: st.DataObject):
    made = Made(data.draw)
    weights = data.draw(SHARES)
    sections = tuple(
        Section(f"s{number}", "S", float(weight), tuple(
            made.question(number, f"q{number}n{place}") for place in range(data.draw(COUNTS))
        ))
        for number, weight in enumerate(weights)
    )  # fmt: skip
    mark = data.draw(st.sampled_from([0.0, 50.0, 75.0]))
    card = Scorecard("card", "Card", mark, sections)
    said = " ".join(("well", *made.words))
    turns = (
        Turn(0, "agent", "a", 0.0, 30.0, said),
        Turn(1, "customer", "c", 30.0, 60.0, "one two three four five six seven eight nine ten"),
    )
    talk = Conversation("c", "call", "c", 60.0, turns, language="en")
    found = evaluate(card, talk, (Labels(), Labels()), METRICS, ENCODER)
    score, failed = sheet(made.rows, weights)
    assert found.auto_failed == failed
    assert {item.question: item.unsure for item in found.answers} == {
        name: answer == UNSURE for name, answer in answers(made.rows).items()
    }
    if score is None:
        assert (found.score, found.passed) == (None, None)
        assert found.reason is not None
        assert ("left to a person" in found.reason) == (UNSURE in answers(made.rows).values())
    else:
        assert found.score is not None
        assert abs(Fraction(found.score) - score) <= Fraction(5_000_001, 1_000_000_000)
        assert found.passed == (found.score >= mark and not failed)
