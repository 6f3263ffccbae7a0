from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cintel.conversation import Labels, PiiSpan
from cintel.quality import Question, loads
from cintel.quality.examples import Example, Remembering
from cintel.quality.learning import Figures, Lesson, figures, folds, learn
from cintel.quality.rules import Phrases
from cintel.testing import HashingEncoder, analysis_of

PLACES = ("madrid", "oslo", "lima", "cairo", "delhi", "quito")
ENCODER = HashingEncoder()


def question(judge: str, text: str = "the agent welcomes") -> Question:
    card = loads(
        "{name: n, title: t, pass_mark: 50, sections: [{name: s, title: S, weight: 100, "
        f"questions: [{{id: q, text: {text}, points: 2, judge: {judge}}}]}}]}}"
    )
    return card.question("q")


def example(yes: bool, *lines: str, labels: dict[int, Labels] | None = None) -> Example:
    found = analysis_of(*lines)
    marked = tuple((labels or {}).get(turn.index, Labels()) for turn in found.conversation.turns)
    return Example(found.conversation, marked, found.metrics, yes)


def said(yes: str, no: str, customer: str = "fine") -> list[Example]:
    """Six conversations a kind; ``{}`` in a line is a place."""
    return [
        example(kind, f"agent: {line.format(place)}", f"customer: {customer} {place}")
        for place in PLACES
        for kind, line in ((True, yes), (False, no))
    ]


def test_a_threshold_that_is_too_high_comes_down() -> None:
    judge = "{kind: phrases, phrases: [welcome to our office], threshold: 0.95}"
    lesson = learn(question(judge), said("welcome to our {}", "you must go away {}"), ENCODER)
    assert (lesson.question, lesson.yes, lesson.no, lesson.refused) == ("q", 6, 6, "")
    # Always no: F1 of yes 0 and of no 2/3; precision 0 and 1/2; recall 0 and 1; kappa 0.
    assert lesson.before == Figures(pytest.approx(1 / 3), 0.25, 0.5, 0.0)
    assert lesson.after == Figures(1.0, 1.0, 1.0, 1.0)
    assert lesson.given == Phrases(("welcome to our office",), threshold=0.95)
    # The cosine of four words of which three are shared is 0.75; nothing else comes near.
    assert lesson.fitted is not None
    assert 0.3 <= lesson.fitted.threshold <= 0.75
    assert lesson.fitted.phrases[0] == "welcome to our office"


def test_a_threshold_that_is_too_low_goes_up() -> None:
    judge = "{kind: phrases, phrases: [welcome to our office], threshold: 0.2}"
    lesson = learn(question(judge), said("welcome to our {}", "walk to the {}"), ENCODER)
    assert lesson.before is not None
    assert lesson.after is not None
    assert (lesson.before.kappa, lesson.after.kappa) == (0.0, 1.0)
    assert lesson.fitted is not None
    assert 0.25 < lesson.fitted.threshold <= 0.75  # "walk to the lima" shares one word of four


def test_a_wrong_phrase_gives_way_to_what_was_said() -> None:
    judge = "{kind: phrases, phrases: [red zebra stripes], threshold: 0.6}"
    examples = said("lovely that the agent welcomes {}", "stripes of a red car {}")
    lesson = learn(question(judge), examples, ENCODER)
    assert lesson.after == Figures(1.0, 1.0, 1.0, 1.0)
    assert lesson.fitted is not None
    assert "red zebra stripes" not in lesson.fitted.phrases
    assert set(lesson.fitted.phrases) <= {f"lovely that the agent welcomes {p}" for p in PLACES}


def test_a_counter_example_is_learned_where_a_threshold_cannot_help() -> None:
    judge = "{kind: phrases, phrases: [anything else today], threshold: 0.5}"
    examples = said("anything else maybe {}", "anything else is wrong today {}")
    lesson = learn(question(judge), examples, ENCODER)
    assert lesson.after is not None
    assert lesson.after.f1 == 1.0
    assert lesson.fitted is not None
    assert len(lesson.fitted.not_like) == 1
    assert lesson.fitted.not_like[0].startswith("anything else is wrong today ")


def test_only_the_side_that_is_asked_about_is_quoted() -> None:
    judge = "{kind: phrases, phrases: [red zebra stripes], who: customer}"
    examples = [
        example(yes, "agent: the agent welcomes everybody", f"customer: {line} {place}")
        for place in PLACES
        for yes, line in ((True, "what a lovely welcome in"), (False, "nobody says hello in"))
    ]
    fitted = learn(question(judge), examples, ENCODER).fitted
    assert fitted is not None
    own, *new = fitted.phrases
    assert own == "red zebra stripes"  # it does no harm, so it stays
    assert new
    assert set(new) <= {f"what a lovely welcome in {place}" for place in PLACES}


def test_what_must_not_be_said_is_learned_from_noes() -> None:
    judge = "{kind: phrases, phrases: [red zebra stripes], must: not_say}"
    examples = said("this is no bother at all {}", "do not shout at me {}")
    lesson = learn(question(judge, "shout at me"), examples, ENCODER)
    assert lesson.after == Figures(1.0, 1.0, 1.0, 1.0)
    assert lesson.fitted is not None
    assert lesson.fitted.must == "not_say"
    new = set(lesson.fitted.phrases) - {"red zebra stripes"}
    assert new
    assert new <= {f"do not shout at me {place}" for place in PLACES}


PERSONAL = {0: Labels(pii=(PiiSpan("name", 26, 31),))}


def test_no_line_holds_personal_data() -> None:
    judge = "{kind: phrases, phrases: [red zebra stripes]}"
    lines = ("the agent welcomes with a smile", "nobody says hello")

    def examples(ending: str, labels: dict[int, Labels] | None) -> list[Example]:
        return [
            example(yes, f"agent: {line} {ending}", f"customer: fine {place}", labels=labels)
            for place in PLACES
            for yes, line in ((True, lines[0]), (False, lines[1]))
        ]

    clean = learn(question(judge), examples("today", None), ENCODER).fitted
    assert clean is not None
    assert clean.phrases == ("red zebra stripes", "the agent welcomes with a smile today")
    for ending, labels in (("gate 9", None), ("mail kim@example.org", None), ("today", PERSONAL)):
        found = learn(question(judge), examples(ending, labels), ENCODER)
        taken = () if found.fitted is None else found.fitted.phrases
        assert not any("smile" in line and ending in line for line in taken)
        assert not any("kim@" in line or "9" in line for line in taken)


def test_a_pattern_beside_the_phrases_keeps_its_say() -> None:
    judge = (
        "{any_of: [{kind: pattern, regex: lima}, "
        "{kind: phrases, phrases: [welcome to our office], threshold: 0.95}]}"
    )
    lesson = learn(question(judge), said("welcome to our {}", "you must go away {}"), ENCODER)
    # Both calls about Lima are a yes whatever the phrases find; one of them is wrong.
    assert lesson.before is not None
    assert lesson.before.kappa == 0.0
    assert lesson.after is not None
    assert lesson.after.kappa == pytest.approx(5 / 6)
    assert lesson.given == Phrases(("welcome to our office",), threshold=0.95)


@pytest.mark.parametrize(
    ("judge", "examples", "reason"),
    [
        (
            "{kind: phrases, phrases: [welcome to our office]}",
            said("welcome to our {}", "no {}")[:9],
            "needs 5 reviewed answers of each kind, has 5 yes and 4 no",
        ),
        (
            "{kind: phrases, phrases: [welcome to our office]}",
            said("welcome to our {}", "you must go away {}"),
            "a refit does not answer better than the question as it is",
        ),
        (
            "{kind: phrases, phrases: [red zebra stripes]}",
            said("the same for everybody", "the same for everybody"),
            "a refit does not answer better than the question as it is",
        ),
        (
            "{kind: pattern, regex: zebra}",
            said("welcome to our {}", "you must go away {}"),
            "has no judge of kind phrases that answers yes or no",
        ),
    ],
)
def test_what_cannot_be_learned_is_refused_in_words(
    judge: str, examples: list[Example], reason: str
) -> None:
    lesson = learn(question(judge), examples, ENCODER)
    assert (lesson.refused, lesson.fitted, lesson.given) == (reason, None, None)


def test_no_examples_at_all() -> None:
    lesson = learn(question("{kind: phrases, phrases: [welcome]}"), [], ENCODER)
    told = "needs 5 reviewed answers of each kind, has 0 yes and 0 no"
    assert lesson == Lesson("q", 0, 0, refused=told)


def test_a_side_that_says_nothing_is_an_example_too() -> None:
    judge = "{kind: phrases, phrases: [welcome to our office], threshold: 0.95}"
    examples = said("welcome to our {}", "you must go away {}")
    silent = [example(False, f"customer: nobody there {place}") for place in PLACES]
    lesson = learn(question(judge), [*examples, *silent], ENCODER)
    assert (lesson.no, lesson.after) == (12, Figures(1.0, 1.0, 1.0, 1.0))


def test_the_same_answers_teach_the_same() -> None:
    judge = "{kind: phrases, phrases: [red zebra stripes], threshold: 0.6}"
    examples = said("lovely that the agent welcomes {}", "lovely that {} is far away")
    assert learn(question(judge), examples, ENCODER) == learn(question(judge), examples, ENCODER)


def test_figures_of_answers() -> None:
    truth, given = np.array([1, 1, 1, 0, 0]), np.array([1, 1, 2, 0, 1])
    # yes: 2 of 3 found and 2 of 3 right; no: 1 of 2 found and 1 of 1 right.
    # kappa: seen 3/5; by chance 3/5 * 3/5 + 2/5 * 1/5 = 11/25.
    found = figures(truth, given)
    assert found == Figures(
        pytest.approx((2 / 3 + 2 / 3) / 2),
        pytest.approx((2 / 3 + 1) / 2),
        pytest.approx((2 / 3 + 1 / 2) / 2),
        pytest.approx((15 - 11) / (25 - 11)),
    )
    assert replace(figures(truth * 0 + 1, truth * 0 + 1), f1=0.0).kappa is None


def test_every_fold_has_its_share_of_each_answer() -> None:
    answers = np.array([1] * 11 + [0] * 5)
    fold = folds(answers, np.random.default_rng(1))
    assert np.bincount(fold[answers == 1]).tolist() == [3, 2, 2, 2, 2]
    assert np.bincount(fold[answers == 0]).tolist() == [1, 1, 1, 1, 1]
    assert fold.tolist() != folds(answers, np.random.default_rng(2)).tolist()


def test_a_text_is_encoded_once() -> None:
    class Counting:
        seen: list[str]

        def __init__(self) -> None:
            self.seen = []

        def encode(self, texts: Sequence[str]) -> Any:
            self.seen += texts
            return ENCODER.encode(texts)

    counting = Counting()
    encoder = Remembering(counting)
    first = encoder.encode(["a b", "c", "a b"])
    second = encoder.encode(["c", "d"])
    assert counting.seen == ["a b", "c", "d"]
    assert np.array_equal(first, ENCODER.encode(["a b", "c", "a b"]))
    assert np.array_equal(second, ENCODER.encode(["c", "d"]))
