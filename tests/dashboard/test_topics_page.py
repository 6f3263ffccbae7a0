"""The page of topics: what it says of the thirty-two conversations, and in Streamlit's bench."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pandas import DataFrame, Timestamp
from streamlit.testing.v1 import AppTest

from cintel.conversation import Analysis
from cintel.dashboard import topics as page
from cintel.store import Store
from cintel.store import topics as kept
from cintel.store.selection import Filters
from cintel.topics import table


def _draw(url: str) -> None:
    from cintel.dashboard import topics
    from cintel.dashboard.view import View
    from cintel.store import Store
    from cintel.store.selection import Filters

    topics.page(View(Store(url), Filters(), None, lambda key, at: None))


def _run(url: str) -> AppTest:
    return AppTest.from_function(_draw, args=(url,), default_timeout=60).run()


def test_topics_are_the_matters_of_the_store(store: Store) -> None:
    found = page.worded(table(store))
    assert list(found["conversations"]) == [9, 5, 5, 5, 4, 4]
    assert found["topic"][0] == "Lost card"
    assert found["share"].sum() == 1.0
    assert page.coverage(kept.daily_read(store)) == "32 of 32 conversations have a topic (100 %)"


def test_those_with_a_signal_come_first() -> None:
    rows = DataFrame({"name": ["a", "b", "c"], "signal": ["", "rising", "new"]})
    found = page.worded(rows)
    assert list(found["topic"]) == ["B", "C", "A"]
    assert list(found["badge"]) == [["RISING"], ["NEW"], []]


def test_a_topic_goes_by_day_or_over_a_long_time_by_week() -> None:
    days = DataFrame(
        {"day": [Timestamp(2026, 3, day) for day in (1, 2, 4)], "topic": ["t", "t", "u"],
         "conversations": [1, 3, 5], "frustration": [0.2, 0.6, 0.9]}
    )  # fmt: skip
    own = page.course(days, "t")
    assert own.to_numpy().tolist() == [
        [Timestamp(2026, 3, 1), 1, 0.2], [Timestamp(2026, 3, 2), 3, 0.6],
    ]  # fmt: skip
    later = days.assign(day=[Timestamp(2026, 3, 2), Timestamp(2026, 3, 3), Timestamp(2026, 5, 1)])
    weeks = page.course(later, "t")
    assert list(weeks["week"]) == [Timestamp(2026, 3, 2)]
    assert list(weeks["conversations"]) == [4]
    assert weeks["frustration"][0] == pytest.approx((0.2 + 3 * 0.6) / 4)
    assert page.course(days.head(0), "t").empty


def test_quotes_lead_to_the_moment_without_personal_data() -> None:
    found = page.quoted(
        DataFrame(
            {"started_at": ["2026-08-20T09:00:00+00:00"], "start": [64.2],
             "text": ["I am Ada Byron and my card is lost."],
             "pii": [[{"type": "name", "start": 5, "end": 14}]]}
        )
    )  # fmt: skip
    assert found[["when", "at", "said"]].to_numpy().tolist() == [
        ["20 Aug 2026, 09:00", "1:04", "I am [name] and my card is lost."]
    ]


def test_filters_count_only_what_passes_them(store: Store) -> None:
    found = table(store, Filters(since=date(2026, 11, 1), agents=("tom.walker",)))
    assert found[["name", "conversations", "share", "trend"]].to_numpy().tolist() == [
        ["cancel plan, expensive", 1, 1.0, [1]]
    ]


def test_a_chosen_topic_is_shown(filled: str) -> None:
    drawn = _run(filled)
    names = drawn.selectbox(key="topic").options
    assert names[0] == "Lost card"
    drawn.selectbox(key="topic").select_index(3).run()
    assert not drawn.exception
    quotes = drawn.dataframe[1].value
    assert list(quotes["said"].unique()) == ["There is a payment on my statement that isn't mine."]


def test_a_store_without_topics_says_how_to_find_them(
    analyses: list[Analysis], tmp_path: Path
) -> None:
    path = tmp_path / "new.db"
    with Store(path) as store:
        store.save_all(analyses[:3])
    drawn = _run(f"sqlite:///{path}")
    assert not drawn.exception
    assert drawn.subheader[0].value == "No topics yet"
    assert drawn.code[0].value == f"cintel topics --store {path}"
