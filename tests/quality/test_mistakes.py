from __future__ import annotations

import pytest

from cintel.errors import ScorecardError
from cintel.quality.draft_mistakes import Mistake, mistakes, scorecard
from cintel.quality.drafting import (
    Tree,
    add_question,
    add_section,
    begun,
    evened,
    item,
    put,
    removed,
)


def three() -> Tree:
    return evened(add_section(add_question(begun("card", "Card"), 0)))


def test_mistakes_are_placed() -> None:
    draft = three()
    assert mistakes(draft) == []
    two = put(draft, (0, 1), item(draft, (0, 1)) | {"text": " "})
    two = put(two, (1, 0), {"id": "a", "text": "b", "points": 1,
                            "judge": {"kind": "pattern", "regex": "("}})  # fmt: skip
    first, second = mistakes(two)
    assert first == Mistake((0, 1), "text: is empty. Write a text", inside=True)
    assert second.place == (1, 0)
    assert second.text.startswith("regex: not a regular expression: missing )")
    with pytest.raises(ScorecardError, match="is empty"):
        scorecard(two)


def test_mistakes_of_the_whole_are_placed_too() -> None:
    draft = three()
    heavy = put(draft, (0,), item(draft, (0,)) | {"weight": 70})
    (found,) = mistakes(heavy)
    assert found.place == ()
    assert "the weights add up to 71, not 100" in found.text
    twice = put(draft, (1, 0), item(draft, (1, 0)) | {"id": "question_2"})
    (found,) = mistakes(twice)
    assert found.place == (1, 0)
    assert "'question_2' is used twice" in found.text
    (found,) = mistakes(removed(draft, (1, 0)))
    assert found.place == (1,)
    assert found.text.startswith("questions: must be a list of at least one")
    asked = {"kind": "answer", "question": "nobody", "values": ["yes"]}
    (found,) = mistakes(put(draft, (0, 1), item(draft, (0, 1)) | {"when": asked}))
    assert found.place == (0, 1)
    (found,) = mistakes({**draft, "pass_mark": 101})
    assert (found.place, found.text) == (
        (), "pass_mark: is outside 0 to 100. Write a percentage",
    )  # fmt: skip
