"""Topics of a store: brought up to date, and told with their course and what is new or rising.

from cintel import Analyzer, Store, models, topics

store = Store("sqlite:///cintel.db")
topics.update(store, Analyzer().reader.encoder, models.find("minilm").sha256)
topics.table(store)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from cintel.insight import rising
from cintel.language import topic_names
from cintel.language import topics as matching
from cintel.language.matter import Said, matters, words_of
from cintel.store import topics as kept
from cintel.store.selection import Filters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pandas import DataFrame
    from sqlalchemy import Connection

    from cintel.language.encoder import Encoder
    from cintel.language.topics import Topic
    from cintel.runtime import Hook
    from cintel.store import Store

LANGUAGES = ("en",)
"""What the encoder knows; conversations in another language are left out."""

_BATCH = 256
_LONG = 45  # days from which a trend goes by week
_EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did.

    Attributes:
        read: conversations that gave turns, for the first time or anew for another encoder.
        topics: how many there are now.
        born: how many of them are new.
        placed: turns in a topic.
        left: turns in none.
        foreign: conversations left out because of their language.
    """

    read: int
    topics: int
    born: int
    placed: int
    left: int
    foreign: int


def update(
    store: Store,
    encoder: Encoder,
    fingerprint: str,
    *,
    rebuild: bool = False,
    hook: Hook | None = None,
) -> Updated:
    """Read what is new in a store, place it in the topics there are, find new ones in the rest.

    Each turn is encoded once and its vector kept. A stopped update goes on where it was.

    Args:
        store: is changed in one transaction at the end, and before it by the vectors alone.
        encoder: gives the vectors.
        fingerprint: names its weights; topics of others are found anew and keep their names.
        rebuild: find all topics anew; one that is mostly an old one keeps its id and name.
        hook: ``hook("reading", conversations done, conversations)``.

    Raises:
        StoreError: the store is locked, read-only or full.
    """
    ids, read = kept.unread(store, fingerprint, LANGUAGES), 0
    for start in range(0, len(ids), _BATCH):
        read += _read(store, encoder, fingerprint, ids[start : start + _BATCH])
        if hook:
            hook("reading", min(start + _BATCH, len(ids)), len(ids))
    with store.database.write() as connection:
        before, after, placed = _organise(connection, fingerprint, rebuild)
    return Updated(
        read, len(after), len({topic.id for topic in after} - before),
        sum(item.topic is not None for item in placed),
        sum(item.topic is None for item in placed), kept.foreign(store, LANGUAGES),
    )  # fmt: skip


def table(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a topic that has conversations, most frequent first.

    Columns: ``id``, ``name``, ``conversations``, ``share`` of those read (0…1), ``frustration``
    (0…1) and ``csat`` (1…5), means of its conversations, ``trend`` (a list of counts: by day, or
    by week from 45 days on) and ``signal`` (``new``, ``rising`` or nothing). A signal compares the
    last seven days, or the last quarter of a shorter history, with everything before, also what
    lies before ``filters.since``.
    """
    found, read = kept.topics(store, filters), kept.daily_read(store, filters)
    told = _signals(store, replace(filters, since=None))
    course = _course(read, kept.daily_topics(store, filters))
    total = max(1, int(read["conversations"].sum()))
    found["share"] = found["conversations"] / total
    found["trend"] = [course.get(key, []) for key in found["id"]]
    found["signal"] = [told.get(key, "") for key in found["id"]]
    return found


def _signals(store: Store, filters: Filters) -> dict[str, rising.Signal]:
    from pandas import to_timedelta

    read = kept.daily_read(store, filters).dropna(subset=["day"])
    days = kept.daily_topics(store, filters)
    if read.empty:
        return {}
    last = read["day"].max()
    history = (last - read["day"].min()).days + 1
    begin = last - to_timedelta(rising.recent_days(history) - 1, unit="D")

    def counts(frame: DataFrame) -> dict[str, int]:
        summed = frame.groupby("topic")["conversations"].sum()
        return {str(key): int(value) for key, value in summed.items()}

    return rising.signals(
        counts(days[days["day"] >= begin]),
        counts(days[days["day"] < begin]),
        int(read.loc[read["day"] >= begin, "conversations"].sum()),
        int(read.loc[read["day"] < begin, "conversations"].sum()),
    )


def _course(read: DataFrame, days: DataFrame) -> dict[str, list[int]]:
    """Conversations of each topic by day or week, zeros included, over the days of ``read``."""
    dated = read["day"].dropna()
    if dated.empty:
        return {}
    first, last = dated.min(), dated.max()
    width = 7 if (last - first).days >= _LONG else 1
    # Whole weeks are counted back from the last day, so that the last bar is never a part of one.
    bars = (last - first).days // width + 1
    place = bars - 1 - (last - days["day"]).dt.days // width
    wide = days.assign(place=place).pivot_table(
        "conversations", "topic", "place", aggfunc="sum", fill_value=0
    )
    return {
        str(key): [int(value) for value in row]
        for key, row in zip(
            wide.index, wide.reindex(columns=range(bars), fill_value=0).to_numpy(), strict=True
        )
    }


def _read(store: Store, encoder: Encoder, fingerprint: str, ids: Sequence[str]) -> int:
    """Keep the vectors of these conversations; how many had any."""
    import numpy as np

    found: list[Said] = []
    by_conversation = groupby(kept.customer_turns(store, ids), itemgetter("conversation"))
    for _, rows in by_conversation:
        said = list(rows)
        found += matters([_said(row) for row in said], said[0]["reason"])
    told = [(turn, text) for turn in found if (text := words_of(turn))]
    vectors = encoder.encode([text for _, text in told]).astype(np.float16)
    kept.keep_vectors(
        store,
        [
            {"conversation_id": turn.conversation, "turn": turn.turn, "encoder": fingerprint,
             "vector": vector.tobytes()}
            for (turn, _), vector in zip(told, vectors, strict=True)
        ],
    )  # fmt: skip
    return len({turn.conversation for turn, _ in told})


def _said(row: dict[str, Any]) -> Said:
    return Said(row["conversation"], row["turn"], row["text"], row["pii"], row["intents"])


def _organise(
    connection: Connection, fingerprint: str, rebuild: bool
) -> tuple[set[str], list[Topic], list[matching.Placed]]:
    """Ids of the topics before, the topics after, and where each turn went."""
    kept.drop_others(connection, fingerprint)
    rows = kept.members(connection)
    known = kept.known_topics(connection)
    topics = [matching.Topic(t["id"], t["name"], _vector(t["centroid"])) for t in known]
    vectors = _stacked([row["vector"] for row in rows])
    talks = [row["conversation_id"] for row in rows]

    def name(groups: Sequence[Sequence[int]], taken: Sequence[str]) -> list[str]:
        if not groups:
            return []
        texts = [words_of(Said("", 0, row["text"], row["pii"])) for row in rows]
        own = [[texts[number] for number in group] for group in groups]
        return topic_names.name_groups(own, texts, taken)

    if rebuild or any(topic["encoder"] != fingerprint for topic in known):
        belonged = [row["topic_id"] for row in rows]
        after, placed = matching.rebuild(vectors, talks, topics, belonged, name)
    else:
        after, placed = matching.grow(vectors, talks, topics, name)
    _save(connection, fingerprint, after, rows, placed)
    return {topic.id for topic in topics}, after, placed


def _save(
    connection: Connection,
    fingerprint: str,
    topics: Sequence[Topic],
    rows: Sequence[dict[str, Any]],
    placed: Sequence[matching.Placed],
) -> None:
    kept.save_topics(
        connection,
        [
            {"id": topic.id, "name": topic.name, "encoder": fingerprint,
             "centroid": topic.centroid.astype("float16").tobytes()}
            for topic in topics
        ],
    )  # fmt: skip
    kept.place_members(
        connection,
        [
            row | {"topic_id": item.topic, "similarity": item.similarity}
            for row, item in zip(rows, placed, strict=True)
        ],
    )


def _vector(value: bytes) -> NDArray[np.float32]:
    import numpy as np

    return np.frombuffer(value, dtype=np.float16).astype(np.float32)


def _stacked(values: Sequence[bytes]) -> NDArray[np.float32]:
    import numpy as np

    return np.stack([_vector(value) for value in values]) if values else np.zeros((0, 0), "f4")
