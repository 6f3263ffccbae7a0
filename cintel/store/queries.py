"""What the pages ask of the store, counted, filtered and paged by the database.

Scores in these tables are the machine's own; what reviewers made of them is in
``cintel.store.reviews``. A mean is over the conversations that have the value; "the means" of
a table are ``frustration`` (0…1), ``csat`` (1…5), ``sentiment`` of the customer (−1…1),
``qa_score`` (0…100) and ``auto_failed``, a share of the evaluated conversations (0…1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Double, and_, desc, func, select
from sqlalchemy.orm import InstrumentedAttribute

from cintel.errors import UsageError
from cintel.store.repository import Store
from cintel.store.schema import ConversationRow, TurnRow
from cintel.store.selection import QA, SCORED, Filters, Query, fetch, mean

if TYPE_CHECKING:
    from pandas import DataFrame

_EVERYTHING = Filters()
_FACTS = (
    "id", "started_at", "day", "channel", "source", "duration", "agent_id", "customer_id",
    "queue", "intent", "summary_reason", "summary_outcome", "frustration", "frustration_peak",
    "frustration_end", "frustration_trend", "csat", "agent_sentiment", "customer_sentiment",
    "customer_sentiment_trend", "talk_ratio", "silence_share", "dead_air_total", "hold_total",
    "overtalk_share", "agent_interruptions", "agent_response_median",
)  # fmt: skip
_LISTED: tuple[ColumnElement[Any], ...] = (
    *(ConversationRow.__table__.c[name] for name in _FACTS),
    QA.c.score.label("qa_score"),
    (QA.c.passed == 1).label("passed"),
    (QA.c.auto_failed == 1).label("auto_failed"),
)
COLUMNS = tuple(str(column.key) for column in _LISTED)
"""The columns of :func:`conversations`; each may be sorted by."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures at the head of a page; means are None where nothing has the value.

    Attributes:
        conversations: how many.
        undated: how many of them have no start time, and so no place on a time axis.
        hours: their total duration.
        frustration: mean, 0…1.
        csat: mean predicted satisfaction, 1…5.
        sentiment: mean of the customers' sentiment, −1…1.
        qa_score: mean, 0…100.
        auto_failed: share of the evaluated conversations that failed automatically, 0…1.
    """

    conversations: int
    undated: int
    hours: float
    frustration: float | None
    csat: float | None
    sentiment: float | None
    qa_score: float | None
    auto_failed: float | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What filters can be set to: the values in the store, sorted; None where it has no dates."""

    agents: tuple[str, ...]
    queues: tuple[str, ...]
    channels: tuple[str, ...]
    intents: tuple[str, ...]
    first_day: date | None
    last_day: date | None


def overview(store: Store, filters: Filters = _EVERYTHING) -> Overview:
    """The figures at the head of a page."""
    table = ConversationRow
    query = _about(
        filters,
        func.count(),
        func.count() - func.count(table.day),
        func.coalesce(func.sum(table.duration), 0.0) / 3600,
        *_means(),
    )
    with store.database.read() as connection:
        return Overview(*connection.execute(query).one())


def conversations(
    store: Store,
    filters: Filters = _EVERYTHING,
    *,
    sort: str = "started_at",
    descending: bool = True,
    limit: int = 50,
    offset: int = 0,
) -> tuple[DataFrame, int]:
    """One page of the list, columns :data:`COLUMNS`, and how many conversations there are in all.

    Conversations without the value sorted by come last, either way.

    Raises:
        UsageError: ``sort`` is not one of the columns.
    """
    if sort not in COLUMNS:
        raise UsageError("sort", f"{sort!r} is not a column", f"Take one of {', '.join(COLUMNS)}")
    column = _LISTED[COLUMNS.index(sort)]
    order = (column.desc() if descending else column.asc()).nulls_last()
    page = _about(filters, *_LISTED).order_by(order, ConversationRow.id)
    with store.database.read() as connection:
        total = connection.scalar(_about(filters, func.count()))
    return fetch(store, page.limit(limit).offset(offset)), total or 0


def daily(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a day that has conversations: ``day``, ``conversations`` and the means."""
    return _grouped(store, filters, ConversationRow.day, order=ConversationRow.day)


def intents(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row an intent, most frequent first: ``intent``, ``conversations`` and the means."""
    return _grouped(store, filters, ConversationRow.intent, order=desc("conversations"))


def agents(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row an agent, by id: ``agent_id``, ``conversations``, the means, and how they work.

    Columns beside the means: ``hours``, ``talk_ratio``, ``speech_rate`` (words a minute),
    ``response_median`` (seconds), ``interruptions`` and ``hold`` (seconds), each a mean a
    conversation but the hours, which are a total.
    """
    table = ConversationRow
    return _grouped(
        store,
        filters,
        table.agent_id,
        (func.sum(table.duration, type_=Double()) / 3600).label("hours"),
        mean(table.talk_ratio, "talk_ratio"),
        mean(table.agent_speech_rate, "speech_rate"),
        mean(table.agent_response_median, "response_median"),
        mean(table.agent_interruptions, "interruptions"),
        mean(table.hold_total, "hold"),
        order=table.agent_id,
    )


def worst(store: Store, filters: Filters = _EVERYTHING, n: int = 10) -> DataFrame:
    """The ``n`` most frustrated conversations, each with the turn at its peak.

    Columns: ``id``, ``started_at``, ``agent_id``, ``queue``, ``intent``, ``frustration``,
    ``peak``, ``peak_turn``, ``peak_start`` (seconds), ``peak_text``, and ``peak_pii``, the
    personal data in that text as a list of types with character offsets.
    """
    table = ConversationRow
    at_peak = and_(
        TurnRow.conversation_id == table.id, TurnRow.index == table.frustration_peak_turn
    )
    query = (
        select(
            table.id,
            table.started_at,
            table.agent_id,
            table.queue,
            table.intent,
            table.frustration,
            table.frustration_peak.label("peak"),
            table.frustration_peak_turn.label("peak_turn"),
            TurnRow.start.label("peak_start"),
            TurnRow.text.label("peak_text"),
            TurnRow.pii.label("peak_pii"),
        )
        .select_from(SCORED.outerjoin(TurnRow, at_peak))
        .where(*filters.clauses(), table.frustration.is_not(None))
        .order_by(table.frustration.desc(), table.id)
    )
    return fetch(store, query.limit(n))


def turns_search(
    store: Store, text: str, filters: Filters = _EVERYTHING, limit: int = 100
) -> DataFrame:
    """The turns that contain a text, whatever its case, newest conversations first.

    Columns: ``conversation_id``, ``index``, ``role``, ``start`` (seconds), ``text``,
    ``pii`` (types with character offsets), ``sentiment_score``, ``frustration``, ``agent_id``,
    ``started_at``.
    """
    table = ConversationRow
    query = (
        select(
            TurnRow.conversation_id,
            TurnRow.index,
            TurnRow.role,
            TurnRow.start,
            TurnRow.text,
            TurnRow.pii,
            TurnRow.sentiment_score,
            TurnRow.frustration,
            table.agent_id,
            table.started_at,
        )
        .select_from(SCORED.join(TurnRow, TurnRow.conversation_id == table.id))
        .where(*filters.clauses(), TurnRow.text.icontains(text, autoescape=True))
        .order_by(table.started_at.desc().nulls_last(), table.id, TurnRow.index)
    )
    return fetch(store, query.limit(limit))


def choices(store: Store) -> Choices:
    """What the filters of a page can be set to."""
    table = ConversationRow
    with store.database.read() as connection:

        def values(column: Any) -> tuple[str, ...]:
            query = select(column).where(column.is_not(None)).distinct()
            return tuple(sorted(connection.scalars(query)))

        days = connection.execute(select(func.min(table.day), func.max(table.day))).one()
        return Choices(
            agents=values(table.agent_id),
            queues=values(table.queue),
            channels=values(table.channel),
            intents=values(table.intent),
            first_day=days[0],
            last_day=days[1],
        )


def _about(filters: Filters, *columns: Any) -> Query:
    return select(*columns).select_from(SCORED).where(*filters.clauses())


def _means() -> tuple[ColumnElement[float], ...]:
    table = ConversationRow
    return (
        mean(table.frustration, "frustration"),
        mean(table.csat, "csat"),
        mean(table.customer_sentiment, "sentiment"),
        mean(QA.c.score, "qa_score"),
        mean(QA.c.auto_failed, "auto_failed"),
    )


def _grouped(
    store: Store,
    filters: Filters,
    by: InstrumentedAttribute[Any],
    *more: ColumnElement[Any],
    order: Any,
) -> DataFrame:
    """Counts and means of the conversations that have a value in column ``by``."""
    count = func.count().label("conversations")
    query = _about(filters, by, count, *_means(), *more).where(by.is_not(None))
    return fetch(store, query.group_by(by).order_by(order, by))
