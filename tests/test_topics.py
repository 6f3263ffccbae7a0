"""The topics of a store from first run to rebuild, with an encoder that knows four words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cintel import topics
from cintel.conversation import Analysis, Frustration, Labels, PiiSpan
from cintel.language.encoder import Encoder
from cintel.store import Store
from cintel.store import topics as kept
from cintel.store.selection import Filters
from cintel.testing import analysis_of

WORDS = ("kettle", "password", "parcel", "invoice")


class WordEncoder(Encoder):
    """One axis a known word, one for all other texts; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.dimensions = len(WORDS) + 1

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        places = [next((k for k, w in enumerate(WORDS) if w in t), len(WORDS)) for t in texts]
        vectors: NDArray[np.float32] = np.eye(self.dimensions, dtype=np.float32)[places]
        return vectors


def call(number: int, text: str, day: int = 1, **fields: Any) -> Analysis:
    made = analysis_of("agent: Hello, this is support.", f"customer: {text}", "agent: I see.")
    talk = replace(
        made.conversation, id=f"c{number:03d}", started_at=f"2026-03-{day:02d}T10:00:00",
        language=fields.pop("language", "en"),
    )  # fmt: skip
    return replace(made, conversation=talk, frustration=Frustration(score=0.5), **fields)


def calls(word: str, count: int, first: int, day: int = 1) -> list[Analysis]:
    texts = ("it is a broken {} again", "a broken {} is what i have", "this broken {} is not mine")
    return [
        call(first + n, texts[n % 3].format(word) + " really", day) for n in range(count)
    ]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as opened:
        yield opened


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


def told(store: Store) -> list[tuple[str, int]]:
    found = topics.table(store)
    return list(zip(found["name"], found["conversations"], strict=True))


def test_an_empty_store_has_no_topics(store: Store, encoder: WordEncoder) -> None:
    assert topics.update(store, encoder, "e1") == topics.Updated(0, 0, 0, 0, 0, 0)
    assert told(store) == []


def test_one_conversation_is_read_and_has_no_topic(store: Store, encoder: WordEncoder) -> None:
    store.save(call(1, "the kettle you sent me is broken"))
    assert topics.update(store, encoder, "e1") == topics.Updated(1, 0, 0, 0, 1, 0)
    assert told(store) == []


def test_new_conversations_join_and_the_rest_makes_new_topics(
    store: Store, encoder: WordEncoder
) -> None:
    store.save_all([*calls("kettle", 4, 1), *calls("parcel", 2, 11)])
    assert topics.update(store, encoder, "e1") == topics.Updated(6, 1, 1, 4, 2, 0)
    assert told(store) == [("broken kettle", 4)]
    before = kept.topics(store)
    store.save_all([*calls("kettle", 1, 21), *calls("parcel", 1, 31)])
    assert topics.update(store, encoder, "e1") == topics.Updated(2, 2, 1, 8, 0, 0)
    assert told(store) == [("broken kettle", 5), ("broken parcel", 3)]
    assert kept.topics(store)["id"].iloc[0] == before["id"].iloc[0]
    assert len(encoder.asked) == 8


def test_running_again_changes_nothing_and_encodes_nothing(
    store: Store, encoder: WordEncoder
) -> None:
    store.save_all([*calls("kettle", 4, 1), *calls("parcel", 3, 11)])
    topics.update(store, encoder, "e1")
    found = topics.table(store)
    assert topics.update(store, encoder, "e1") == topics.Updated(0, 2, 0, 7, 0, 0)
    assert topics.update(store, encoder, "e1", rebuild=True).born == 0
    assert topics.table(store).equals(found)
    assert len(encoder.asked) == 7


def test_the_order_of_saving_changes_no_topic(encoder: WordEncoder, tmp_path: Path) -> None:
    made = [*calls("kettle", 4, 1), *calls("parcel", 5, 11), *calls("password", 3, 21)]
    found = []
    for name, order in (("a", made), ("b", made[::-1])):
        with Store(tmp_path / f"{name}.db") as store:
            for analysis in order:
                store.save(analysis)
            topics.update(store, encoder, "e1")
            found.append(topics.table(store))
    assert found[0].equals(found[1])
    assert len(found[0]) == 3


def test_other_weights_read_everything_anew_and_keep_names(
    store: Store, encoder: WordEncoder
) -> None:
    store.save_all(calls("kettle", 4, 1))
    topics.update(store, encoder, "e1")
    before = kept.topics(store)
    assert topics.update(store, encoder, "e2") == topics.Updated(4, 1, 0, 4, 0, 0)
    assert kept.topics(store).equals(before)
    assert len(encoder.asked) == 8


def test_other_languages_and_turns_without_words_are_left_out(
    store: Store, encoder: WordEncoder
) -> None:
    store.save_all(
        [
            call(1, "mein kettle ist leider schon kaputt", language="de"),
            call(2, "1234 5678 . . . ! ? 😀"),
            call(3, "the kettle is broken once again", language=None),
        ]
    )
    done = topics.update(store, encoder, "e1")
    assert (done.read, done.foreign) == (2, 1)
    assert not [text for text in encoder.asked if "kaputt" in text]


def test_personal_data_reaches_neither_vectors_nor_names(
    store: Store, encoder: WordEncoder
) -> None:
    text = "Ada Byron here and the kettle is broken"
    pii = (Labels(), Labels(pii=(PiiSpan("person", 0, 9),)), Labels())
    store.save_all([call(n, text, labels=pii) for n in range(3)])
    topics.update(store, encoder, "e1")
    assert encoder.asked == ["here and the kettle is broken"] * 3
    assert told(store) == [("kettle broken", 3)]


def test_what_is_deleted_is_gone_and_what_is_saved_unchanged_stays(
    store: Store, encoder: WordEncoder
) -> None:
    made = calls("kettle", 4, 1)
    store.save_all(made)
    topics.update(store, encoder, "e1")
    store.delete("c001")
    store.save(made[1])
    assert told(store) == [("broken kettle", 3)]
    store.save(call(3, "the password you sent me is broken really"))
    assert told(store) == [("broken kettle", 2)]
    assert topics.update(store, encoder, "e1") == topics.Updated(1, 1, 0, 2, 1, 0)


def test_share_trend_frustration_and_signals(store: Store, encoder: WordEncoder) -> None:
    store.save_all(
        [
            *calls("parcel", 12, 1, day=1), *calls("kettle", 4, 101, day=5),
            *calls("kettle", 6, 201, day=9), *calls("password", 3, 301, day=10),
        ]
    )  # fmt: skip
    topics.update(store, encoder, "e1")
    found = topics.table(store).set_index("name")
    assert list(found["conversations"]) == [12, 10, 3]
    assert list(found["share"]) == [12 / 25, 10 / 25, 3 / 25]
    assert list(found["frustration"]) == [0.5] * 3
    assert found["trend"]["broken kettle"] == [0, 0, 0, 0, 4, 0, 0, 0, 6, 0]
    # The last two of ten days against the eight before: 6 of 9 against 4 of 16, p = 0.055.
    assert list(found["signal"]) == ["", "", "new"]
    store.save_all(calls("kettle", 3, 401, day=10))
    topics.update(store, encoder, "e1")
    assert list(topics.table(store)["signal"]) == ["rising", "", "new"]
    late = topics.table(store, Filters(since=topics_day(9)))
    assert list(late["signal"]) == ["rising", "new"]
    assert list(late["trend"]) == [[6, 3], [0, 3]]


def topics_day(day: int) -> Any:
    from datetime import date

    return date(2026, 3, day)


def test_long_histories_go_by_week_counted_back_from_the_last_day(
    store: Store, encoder: WordEncoder
) -> None:
    made = calls("kettle", 3, 1)
    days = ("2026-01-01", "2026-03-02", "2026-03-08")
    store.save_all(
        [
            replace(item, conversation=replace(item.conversation, started_at=day))
            for item, day in zip(made, days, strict=True)
        ]
    )
    topics.update(store, encoder, "e1")
    assert topics.table(store)["trend"][0] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
