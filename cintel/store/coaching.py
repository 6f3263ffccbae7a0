"""Coaching notes: what an agent should do better on one question, and what became of it.

A note is never altered: it is acknowledged by its agent and closed by somebody else, each once.
While it is open there is no other for the same agent and question. Names are taken on trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Connection, and_, exists, insert, select, update

from cintel.errors import StoreError, UsageError
from cintel.store import rows
from cintel.store.coaching_tables import NoteClipRow, NoteEventRow, NoteRow
from cintel.store.repository import Store, dialect
from cintel.store.schema import ConversationRow
from cintel.store.selection import Filters

_EVERYTHING = Filters()
_GONE = "Load the page anew; it may have been deleted"


def write(
    store: Store,
    agent: str,
    scorecard: str,
    version: str,
    question: str,
    *,
    author: str,
    text: str,
    due: date,
    clips: Sequence[rows.Row] = (),
) -> int:
    """Give an agent a note; its number.

    Args:
        store: where the agent's conversations are.
        agent: who it is for.
        scorecard: its name.
        version: the version whose words of the question the note is about.
        question: the question's name on the scorecard.
        author: who writes it.
        text: what it says.
        due: the day by which the agent should have acknowledged it.
        clips: what to listen to, each ``conversation_id``, ``kind``, ``start`` and ``end``
            (seconds, None where there is no moment).

    Raises:
        UsageError: no author, no text, or due before today.
        StoreError: there is no conversation of this agent, one of the clips is gone, an open note
            is there, or the store cannot be written.
    """
    for name, value in (("author", author), ("text", text)):
        if not value.strip():
            raise UsageError(name, "is empty", "Say who writes, and what the agent should do")
    if due < datetime.now(UTC).date():
        raise UsageError("due", f"is past ({due})", "Give today or a day to come")
    row = {
        "agent_id": agent, "scorecard": scorecard, "version": version, "question": question,
        "author": author.strip(), "text": text.strip(), "due": due, "created_at": rows.now(),
    }  # fmt: skip
    with store.database.write() as connection:
        _check(store, connection, agent, [clip["conversation_id"] for clip in clips])
        statement = dialect(connection).insert(NoteRow).values(row)
        made: int | None = connection.scalar(
            statement.on_conflict_do_nothing().returning(NoteRow.id)
        )
        if made is None:
            raise StoreError(
                store.where,
                f"{agent} has an open note on {question!r} already",
                "Close that one first",
            )
        if clips:
            placed = [{"note": made, "position": at, **clip} for at, clip in enumerate(clips)]
            connection.execute(insert(NoteClipRow), placed)
    return made


def acknowledge(store: Store, note: int, who: str, reply: str = "") -> None:
    """The agent has read a note, and may reply.

    Raises:
        UsageError: it is for somebody else.
        StoreError: no such note, it is acknowledged or closed already, or cannot be written.
    """
    with store.database.write() as connection:
        found = _locked(store, connection, note)
        if found["agent_id"] != who.strip():
            raise UsageError(
                who.strip() or "who", f"is not {found['agent_id']}, whom note {note} is for",
                "Only they can acknowledge it",
            )  # fmt: skip
        _refuse_closed(store, found)
        _record(store, connection, note, "acknowledged", who, reply)


def close(store: Store, note: int, who: str, text: str = "") -> None:
    """Somebody other than the agent ends a note, and may say why.

    Raises:
        UsageError: nobody, or the agent.
        StoreError: no such note, it is closed already, or cannot be written.
    """
    if not who.strip():
        raise UsageError("who", "is empty", "Say who closes it")
    with store.database.write() as connection:
        found = _locked(store, connection, note)
        if found["agent_id"] == who.strip():
            raise UsageError(who.strip(), f"is whom note {note} is for", "Ask who wrote it")
        _refuse_closed(store, found)
        _record(store, connection, note, "closed", who, text)
        connection.execute(update(NoteRow).where(NoteRow.id == note).values(closed=True))


def notes(store: Store, filters: Filters = _EVERYTHING) -> list[rows.Row]:
    """Every note for the agents of ``filters``, its other conditions aside; newest first.

    Each has ``note`` (its number), ``agent_id``, ``scorecard``, ``version``, ``question``,
    ``text``, ``author``, ``created_at``, ``due``, and of its acknowledgement and its end, None
    where there is none yet, ``acknowledged_by``, ``acknowledged_at``, ``reply``, ``closed_by``,
    ``closed_at``, ``outcome``.
    """
    read, ended = (NoteEventRow.__table__.alias(kind) for kind in ("acknowledged", "closed"))
    joined = NoteRow.__table__
    for event in (read, ended):
        joined = joined.outerjoin(
            event, and_(event.c.note == NoteRow.id, event.c.kind == event.name)
        )
    query = (
        select(
            NoteRow.id.label("note"), NoteRow.agent_id, NoteRow.scorecard, NoteRow.version,
            NoteRow.question, NoteRow.text, NoteRow.author, NoteRow.created_at, NoteRow.due,
            read.c.who.label("acknowledged_by"), read.c.created_at.label("acknowledged_at"),
            read.c.text.label("reply"), ended.c.who.label("closed_by"),
            ended.c.created_at.label("closed_at"), ended.c.text.label("outcome"),
        )
        .select_from(joined)
        .order_by(NoteRow.id.desc())
    )  # fmt: skip
    if filters.agents:
        query = query.where(NoteRow.agent_id.in_(filters.agents))
    with store.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def clips(store: Store, note: int) -> list[rows.Row]:
    """What to listen to: ``conversation_id``, ``kind``, ``start`` and ``end``, in order.

    Those of deleted conversations are gone with them.
    """
    table = NoteClipRow
    query = select(table.conversation_id, table.kind, table.start, table.end)
    with store.database.read() as connection:
        found = connection.execute(query.where(table.note == note).order_by(table.position))
        return [dict(row) for row in found.mappings()]


def _check(store: Store, connection: Connection, agent: str, wanted: Sequence[str]) -> None:
    of_agent = exists().where(ConversationRow.agent_id == agent)
    if not connection.scalar(select(of_agent)):
        raise StoreError(store.where, f"holds no conversation of {agent!r}", "Give another agent")
    query = select(ConversationRow.id).where(ConversationRow.id.in_(wanted))
    if gone := sorted(set(wanted) - set(connection.scalars(query))):
        raise StoreError(store.where, f"holds no conversation {gone[0]!r}", _GONE)


def _locked(store: Store, connection: Connection, note: int) -> rows.Row:
    """A note, for its writer alone until the transaction ends."""
    query = select(NoteRow).where(NoteRow.id == note).with_for_update()
    found = connection.execute(query).mappings().first()
    if found is None:
        raise StoreError(store.where, f"holds no note {note}", _GONE)
    return dict(found)


def _refuse_closed(store: Store, found: rows.Row) -> None:
    if found["closed"]:
        raise StoreError(store.where, f"note {found['id']} is closed")


def _record(
    store: Store, connection: Connection, note: int, kind: str, who: str, text: str
) -> None:
    row = {
        "note": note, "kind": kind, "who": who.strip(), "text": text.strip(),
        "created_at": rows.now(),
    }  # fmt: skip
    statement = dialect(connection).insert(NoteEventRow).values(row).on_conflict_do_nothing()
    if connection.scalar(statement.returning(NoteEventRow.note)) is None:
        raise StoreError(store.where, f"note {note} is {kind} already")
