from __future__ import annotations

from copy import deepcopy
from typing import get_args

import pytest

from cintel.quality import load_scorecard
from cintel.quality.draft_mistakes import mistakes, scorecard
from cintel.quality.drafting import (
    Tree,
    add_question,
    add_section,
    begun,
    evened,
    item,
    moved,
    path_of,
    put,
    removed,
    retyped,
    value_at,
    with_value,
)
from cintel.quality.scorecard import QuestionType, to_dict


def three() -> Tree:
    draft = add_section(add_question(begun("card", "Card"), 0))
    return evened(draft)


def ids(draft: Tree) -> list[list[str]]:
    return [[question["id"] for question in part["questions"]] for part in draft["sections"]]


def test_a_new_draft_is_a_scorecard() -> None:
    draft = begun("card", "Card")
    assert mistakes(draft) == []
    card = scorecard(draft)
    assert (card.name, card.title, card.pass_mark) == ("card", "Card", 75.0)
    assert [question.id for question in card.questions] == ["question_1"]


def test_every_edit_leaves_the_old_draft_alone() -> None:
    draft = three()
    before = deepcopy(draft)
    add_section(draft)
    add_question(draft, 1)
    put(draft, (0, 0), {"id": "x"})
    removed(draft, (0,))
    moved(draft, (0, 1), 1)
    evened(put(draft, (0,), item(draft, (0,)) | {"weight": 7}))
    assert draft == before


def test_sections_and_questions_come_and_go() -> None:
    draft = three()
    assert ids(draft) == [["question_1", "question_2"], ["question_3"]]
    assert [part["name"] for part in draft["sections"]] == ["service", "section_1"]
    assert ids(removed(draft, (0, 0))) == [["question_2"], ["question_3"]]
    assert ids(removed(draft, (0,))) == [["question_3"]]
    assert ids(add_question(removed(draft, (0, 0)), 0))[0] == ["question_2", "question_1"]
    assert item(put(draft, (1, 0), {"id": "new"}), (1, 0)) == {"id": "new"}
    half = put(draft, (0,), item(draft, (0,)) | {"weight": 60})
    assert item(add_section(removed(half, (1,))), (1,))["weight"] == 40


def test_moving_over_the_edge_of_a_section() -> None:
    draft = three()
    down, place = moved(draft, (0, 0), 1)
    assert (ids(down), place) == ([["question_2", "question_1"], ["question_3"]], (0, 1))
    over, place = moved(down, place, 1)
    assert (ids(over), place) == ([["question_2"], ["question_1", "question_3"]], (1, 0))
    back, place = moved(over, place, -1)
    assert (ids(back), place) == (ids(down), (0, 1))
    assert moved(draft, (0, 0), -1) == (draft, (0, 0))
    assert moved(draft, (1, 0), 1) == (draft, (1, 0))
    swapped, place = moved(draft, (1,), -1)
    assert ([part["name"] for part in swapped["sections"]], place) == (
        ["section_1", "service"],
        (0,),
    )
    assert moved(draft, (1,), 1) == (draft, (1,))


@pytest.mark.parametrize(
    ("weights", "even"),
    [
        ((100, 0), (99, 1)),
        ((1, 1, 1), (34, 33, 33)),
        ((20, 20, 50), (22, 22, 56)),
        ((0, 0, 0), (34, 33, 33)),
        ((33.4, 66.6), (33, 67)),
        ((150, 50), (75, 25)),
    ],
)
def test_weights_made_to_add_up(weights: tuple[float, ...], even: tuple[int, ...]) -> None:
    draft = begun("card", "Card")
    for _ in weights[1:]:
        draft = add_section(draft)
    for place, weight in enumerate(weights):
        draft = put(draft, (place,), item(draft, (place,)) | {"weight": weight})
    assert tuple(part["weight"] for part in evened(draft)["sections"]) == even


def test_every_type_becomes_every_other_and_is_right() -> None:
    kinds = get_args(QuestionType)
    draft = begun("card", "Card")
    second = add_question(draft, 0)
    for first in kinds:
        for then in kinds:
            start = retyped(item(draft, (0, 0)) | {"critical": "form", "sure": 0.8}, first)
            turned = retyped(start, then)
            assert mistakes(put(second, (0, 0), turned)) == [], (first, then)
            assert turned["type"] == then
            assert turned["sure"] == 0.8
    assert retyped(item(draft, (0, 0)), "scale")["options"][2] == {"answer": "3", "points": 5.0}


def test_the_packaged_card_as_a_draft() -> None:
    card = load_scorecard("general-service")
    draft = to_dict(card)
    assert mistakes(draft) == []
    assert scorecard(draft).version == card.version


def test_values_by_their_path() -> None:
    draft = three()
    path = (*path_of((0, 1)), "judge", "within", "first_turns")
    assert path == ("sections", 0, "questions", 1, "judge", "within", "first_turns")
    assert value_at(draft, path) is None
    assert value_at(draft, path[:5]) == {"kind": "human"}
    near = with_value(draft, path, 2)
    assert value_at(near, path) == 2
    assert with_value(near, path, None) == draft
    sure = (*path_of((0, 0)), "sure")
    assert value_at(with_value(draft, sure, 0.8, 0.65), sure) == 0.8
    assert with_value(with_value(draft, sure, 0.8, 0.65), sure, 0.65, 0.65) == draft
    assert with_value(draft, ("pass_mark",), 80)["pass_mark"] == 80
