"""Topics in the store: what is to be read for them, what belongs to them, and their figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    distinct,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute

from cintel.store import rows
from cintel.store.repository import Store, dialect
from cintel.store.schema import ConversationRow, TopicMemberRow, TopicRow, TurnRow
from cintel.store.selection import SCORED, Filters, fetch, mean

if TYPE_CHECKING:
    from pandas import DataFrame

_EVERYTHING = Filters()
_NOT_CUSTOMERS = ("agent", "system")
_MEMBER = TopicMemberRow
_JOINED = SCORED.join(_MEMBER, _MEMBER.conversation_id == ConversationRow.id)


def unread(store: Store, encoder: str, languages: Sequence[str]) -> list[str]:
    """Ids of the conversations that no turn was encoded of with this encoder, sorted.

    Args:
        store: where they are.
        encoder: its fingerprint.
        languages: those it knows; conversations of unknown language count as one of them.
    """
    language = ConversationRow.language
    read = exists().where(_MEMBER.conversation_id == ConversationRow.id, _MEMBER.encoder == encoder)
    query = select(ConversationRow.id).where(~read, language.in_(languages) | language.is_(None))
    with store.database.read() as connection:
        return list(connection.scalars(query.order_by(ConversationRow.id)))


def foreign(store: Store, languages: Sequence[str]) -> int:
    """How many conversations are in another language than these."""
    query = select(func.count()).where(ConversationRow.language.not_in(languages))
    with store.database.read() as connection:
        return connection.scalar(query) or 0


def customer_turns(store: Store, ids: Sequence[str]) -> list[rows.Row]:
    """The turns of these conversations that are not the agent's, in order.

    Each has ``conversation``, ``turn``, ``text``, ``pii``, ``intents``, and the ``reason`` that
    the conversation's summary gives.
    """
    query = (
        select(
            TurnRow.conversation_id.label("conversation"),
            TurnRow.index.label("turn"),
            TurnRow.text,
            TurnRow.pii,
            TurnRow.intents,
            ConversationRow.summary_reason.label("reason"),
        )
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(TurnRow.conversation_id.in_(ids), TurnRow.role.not_in(_NOT_CUSTOMERS))
        .order_by(TurnRow.conversation_id, TurnRow.index)
    )
    with store.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def keep_vectors(store: Store, found: Sequence[rows.Row]) -> None:
    """Keep encoded turns: ``conversation_id``, ``turn``, ``encoder`` and ``vector`` (bytes).

    A turn that is there keeps its topic until :func:`place_members` gives it another.
    """
    if not found:
        return
    with store.database.write() as connection:
        statement = dialect(connection).insert(_MEMBER)
        fresh = {name: statement.excluded[name] for name in ("encoder", "vector")}
        key = ["conversation_id", "turn"]
        connection.execute(
            statement.on_conflict_do_update(index_elements=key, set_=fresh), list(found)
        )


def known_topics(connection: Connection) -> list[rows.Row]:
    """Every topic, oldest first: ``id``, ``name``, ``centroid`` (bytes), ``encoder``."""
    table = TopicRow
    query = select(table.id, table.name, table.centroid, table.encoder)
    found = connection.execute(query.order_by(table.created_at, table.id))
    return [dict(row) for row in found.mappings()]


def drop_others(connection: Connection, encoder: str) -> None:
    """Forget the vectors of all encoders but this one."""
    connection.execute(delete(_MEMBER).where(_MEMBER.encoder != encoder))


def members(connection: Connection) -> list[rows.Row]:
    """Every encoded turn, in order: its key, ``topic_id``, ``vector``, ``text`` and ``pii``."""
    query = (
        select(
            _MEMBER.conversation_id, _MEMBER.turn, _MEMBER.topic_id, _MEMBER.vector,
            TurnRow.text, TurnRow.pii,
        )
        .join(
            TurnRow,
            (TurnRow.conversation_id == _MEMBER.conversation_id) & (TurnRow.index == _MEMBER.turn),
        )
        .order_by(_MEMBER.conversation_id, _MEMBER.turn)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def save_topics(connection: Connection, topics: Sequence[rows.Row]) -> None:
    """Make these the topics of the store; those not among them go, their turns stay.

    Each row has ``id``, ``name``, ``centroid`` and ``encoder``; ``created_at`` of one that is
    there stays.
    """
    there = set(connection.scalars(select(TopicRow.id)))
    gone = there - {row["id"] for row in topics}
    if gone:
        connection.execute(delete(TopicRow).where(TopicRow.id.in_(gone)))
    for row in topics:
        if row["id"] in there:
            connection.execute(update(TopicRow).where(TopicRow.id == row["id"]).values(row))
        else:
            connection.execute(insert(TopicRow).values(row | {"created_at": rows.now()}))


def place_members(connection: Connection, placed: Iterable[rows.Row]) -> None:
    """Give turns their topics: ``conversation_id``, ``turn``, ``topic_id``, ``similarity``."""
    table = _MEMBER.__table__
    statement = update(_MEMBER).where(
        table.c.conversation_id == bindparam("conversation"), table.c.turn == bindparam("place")
    )
    found = [
        {"conversation": row["conversation_id"], "place": row["turn"],
         "topic_id": row["topic_id"], "similarity": row["similarity"]}
        for row in placed
    ]  # fmt: skip
    if found:
        connection.execute(statement, found)


def topics(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a topic that has conversations, most frequent first.

    Columns: ``id``, ``name``, ``conversations``, ``frustration`` (mean of theirs, 0…1), and
    ``csat`` (mean, 1…5).
    """
    table = _distinct(filters, ConversationRow.frustration, ConversationRow.csat)
    count = func.count().label("conversations")
    query = (
        select(
            TopicRow.id, TopicRow.name, count,
            mean(table.c.frustration, "frustration"), mean(table.c.csat, "csat"),
        )
        .join(table, table.c.topic_id == TopicRow.id)
        .group_by(TopicRow.id, TopicRow.name)
        .order_by(count.desc(), TopicRow.name)
    )  # fmt: skip
    return fetch(store, query)


def daily_topics(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a day and topic: ``day``, ``topic``, ``conversations``, mean ``frustration``."""
    table = _distinct(filters, ConversationRow.day, ConversationRow.frustration)
    by = (table.c.day, table.c.topic_id)
    query = select(
        table.c.day,
        table.c.topic_id.label("topic"),
        func.count().label("conversations"),
        mean(table.c.frustration, "frustration"),
    ).where(table.c.day.is_not(None))
    return fetch(store, query.group_by(*by).order_by(*by))


def daily_read(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a day: ``day``, the ``conversations`` read for topics, in one or not, and how many
    of them are ``placed`` in one. Those without a date have the day NaT.
    """  # fmt: skip
    day = ConversationRow.day
    placed = distinct(_MEMBER.conversation_id)
    query = (
        select(
            day,
            func.count(placed, type_=Integer()).label("conversations"),
            func.count(placed, type_=Integer())
            .filter(_MEMBER.topic_id.is_not(None))
            .label("placed"),
        )
        .select_from(_JOINED)
        .where(*filters.clauses())
    )
    return fetch(store, query.group_by(day).order_by(day))


def quotes(store: Store, topic: str, filters: Filters = _EVERYTHING, limit: int = 8) -> DataFrame:
    """The most typical turns of a topic, one a conversation.

    Columns: ``conversation_id``, ``turn``, ``start`` (seconds), ``text``, ``pii`` (types with
    character offsets), ``similarity`` (0…1), ``frustration`` of the turn, ``agent_id``,
    ``started_at``.
    """
    place = func.row_number().over(
        partition_by=_MEMBER.conversation_id, order_by=(_MEMBER.similarity.desc(), _MEMBER.turn)
    )
    table = (
        select(
            _MEMBER.conversation_id, _MEMBER.turn, TurnRow.start, TurnRow.text, TurnRow.pii,
            _MEMBER.similarity, TurnRow.frustration, ConversationRow.agent_id,
            ConversationRow.started_at, place.label("place"),
        )
        .select_from(
            _JOINED.join(
                TurnRow,
                (TurnRow.conversation_id == _MEMBER.conversation_id)
                & (TurnRow.index == _MEMBER.turn),
            )
        )
        .where(*filters.clauses(), _MEMBER.topic_id == topic)
        .subquery()
    )  # fmt: skip
    columns = [column for column in table.c if column.key != "place"]
    query = select(*columns).where(table.c.place == 1)
    order = (table.c.similarity.desc(), table.c.conversation_id)
    return fetch(store, query.order_by(*order).limit(limit))


def _distinct(filters: Filters, *columns: InstrumentedAttribute[Any]) -> Any:
    """A row a topic and conversation, however many of its turns belong there."""
    return (
        select(_MEMBER.topic_id, ConversationRow.id, *columns)
        .select_from(_JOINED)
        .where(*filters.clauses(), _MEMBER.topic_id.is_not(None))
        .distinct()
        .subquery()
    )
