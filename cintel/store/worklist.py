"""Reviews read back: one as it stands, its events, and who has what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from cintel.store import rows
from cintel.store.repository import Store
from cintel.store.schema import ConversationRow
from cintel.store.selection import SCORED, Filters, fetch
from cintel.store.workflow_steps import Key, Review, find, keyed
from cintel.store.workflow_tables import ReviewEventRow, ReviewRow

if TYPE_CHECKING:
    from pandas import DataFrame

_EVERYTHING = Filters()


def review(store: Store, key: Key) -> Review | None:
    """A review as it stands, None where nobody was assigned."""
    with store.database.read() as connection:
        return find(connection, key)


def events(store: Store, key: Key) -> list[rows.Row]:
    """Every step of a review, oldest first.

    Each has ``revision``, ``kind``, ``state`` (after it), ``who``, ``at`` (ISO 8601, UTC),
    ``text`` (a comment or a reason), ``moment`` (seconds), ``turn`` and ``detail``.
    """
    table = ReviewEventRow
    query = (
        select(
            table.revision, table.kind, table.state, table.who, table.at, table.text,
            table.moment, table.turn, table.detail,
        )
        .where(keyed(table, key))
        .order_by(table.revision)
    )  # fmt: skip
    with store.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def listed(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """Every review of the conversations that pass the filters, the most urgent first.

    Columns: ``conversation_id``, ``started_at``, ``agent_id``, ``scorecard``, ``version``,
    ``reviewer``, ``state``, ``revision``, ``deadline``, ``score``, ``passed``, ``created_at``.
    """
    return _listed(store, *filters.clauses())


def waiting_for(store: Store, who: str) -> DataFrame:
    """As :func:`listed`, those in which a person has the next step.

    That is: drafts to score, scores shared with them, acknowledged ones to make final, and
    appeals of other people's scores to decide.
    """
    agent, reviewer = _is(ConversationRow.agent_id, who), _is(ReviewRow.reviewer, who)
    own = or_(reviewer, func.coalesce(agent, False), _is(ReviewRow.appealed_by, who))
    return _listed(
        store,
        or_(
            and_(ReviewRow.state.in_(("draft", "acknowledged")), reviewer),
            and_(ReviewRow.state == "shared", agent),
            and_(ReviewRow.state == "appealed", ~own),
        ),
    )


def shared_with(store: Store, agent: str) -> DataFrame:
    """As :func:`listed`, those an agent may see: all but drafts."""
    return _listed(store, _is(ConversationRow.agent_id, agent), ReviewRow.state != "draft")


def _is(column: Any, who: str) -> ColumnElement[bool]:
    return func.lower(column) == who.strip().lower()


def _listed(store: Store, *where: ColumnElement[bool]) -> DataFrame:
    table = ReviewRow
    query = (
        select(
            table.conversation_id, ConversationRow.started_at, ConversationRow.agent_id,
            table.scorecard, table.version, table.reviewer, table.state, table.revision,
            table.deadline, table.score, table.passed, table.created_at,
        )
        .select_from(SCORED.join(table, table.conversation_id == ConversationRow.id))
        .where(*where)
        .order_by(table.deadline.nulls_last(), table.created_at, table.conversation_id)
    )  # fmt: skip
    return fetch(store, query)
