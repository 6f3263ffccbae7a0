"""The store: analyses in, analyses out, each written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, delete, exists, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from cintel.conversation import Analysis
from cintel.errors import StoreError
from cintel.serial import to_dict
from cintel.store import rows
from cintel.store.database import Database
from cintel.store.schema import (
    AnswerRow,
    Base,
    ConversationRow,
    EvaluationRow,
    ScorecardRow,
    TurnRow,
)
from cintel.store.upgrade import upgrade

_CANDIDATES = 5


class Store:
    """Analyses in a database; created where it does not exist, brought up to date where old.

    Threads may share one store; processes open one each.

    Args:
        url: ``sqlite:///cintel.db``, a file path, or ``postgresql://user@host/database``.
        timeout: seconds to wait while another program holds a lock.

    Raises:
        StoreError: it cannot be opened, is not a database, or is of a newer version.
    """

    def __init__(self, url: str | Path, timeout: float = 30.0) -> None:
        self.database = Database(url, timeout)
        try:
            upgrade(self.database)
        except BaseException:
            self.close()
            raise

    @property
    def where(self) -> str:
        """The file, or the URL without its password."""
        return self.database.where

    def save(self, analysis: Analysis) -> None:
        """Write an analysis; one with the same id is replaced, what reviewers said of it stays.

        Raises:
            StoreError: the store is locked, read-only or full; nothing was written.
        """
        self.save_all([analysis])

    def save_all(self, analyses: Iterable[Analysis]) -> None:
        """Write the analyses of one source file in one transaction: all of them or none.

        Raises:
            StoreError: as :meth:`save`.
        """
        # One order for all writers, so that two of them never wait for each other.
        ordered = sorted(analyses, key=lambda analysis: analysis.id)
        with self.database.write() as connection:
            for analysis in ordered:
                _replace(connection, analysis)

    def load(self, key: str) -> Analysis:
        """The analysis with this id, or the only one whose id starts with ``key``.

        Raises:
            StoreError: none or several fit; names those that do.
        """
        with self.database.read() as connection:
            return _load(connection, self._resolve(connection, key))

    def done(self, content_hash: str, settings_hash: str) -> bool:
        """Whether an input was analysed with these settings and saved."""
        found = exists().where(
            ConversationRow.content_hash == content_hash,
            ConversationRow.settings_hash == settings_hash,
        )
        with self.database.read() as connection:
            return bool(connection.scalar(select(found)))

    def done_hashes(self, settings_hash: str) -> set[str]:
        """The content hash of every input that is done with these settings."""
        query = select(ConversationRow.content_hash).where(
            ConversationRow.settings_hash == settings_hash
        )
        with self.database.read() as connection:
            return set(connection.scalars(query))

    def ids(self) -> list[str]:
        """Every conversation's id, sorted."""
        with self.database.read() as connection:
            return sorted(connection.scalars(select(ConversationRow.id)))

    def ids_of(self, content_hash: str) -> list[str]:
        """The ids of every conversation that one file's bytes gave, sorted."""
        query = select(ConversationRow.id).where(ConversationRow.content_hash == content_hash)
        with self.database.read() as connection:
            return sorted(connection.scalars(query))

    def delete(self, key: str) -> None:
        """Remove a conversation with all that hangs on it, reviews included.

        Raises:
            StoreError: no or several conversations fit ``key``, or the store cannot be written.
        """
        with self.database.write() as connection:
            found = self._resolve(connection, key)
            connection.execute(delete(ConversationRow).where(ConversationRow.id == found))

    def save_scorecard(self, name: str, version: str, content: str) -> None:
        """Keep the text of a scorecard version; a version that is there stays as it is."""
        row = {"name": name, "version": version, "content": content, "created_at": rows.now()}
        with self.database.write() as connection:
            statement = dialect(connection).insert(ScorecardRow).values(row)
            connection.execute(statement.on_conflict_do_nothing())

    def scorecard(self, name: str, version: str) -> str | None:
        """The text of a scorecard version, None where it was never saved."""
        query = select(ScorecardRow.content).where(
            ScorecardRow.name == name, ScorecardRow.version == version
        )
        with self.database.read() as connection:
            return connection.scalar(query)

    def __len__(self) -> int:
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(ConversationRow)) or 0

    def __bool__(self) -> bool:
        return True

    def close(self) -> None:
        """Give back every connection."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _resolve(self, connection: Connection, key: str) -> str:
        ids = ConversationRow.id
        query = select(ids).where(func.substr(ids, 1, len(key)) == key).order_by(ids)
        found = list(connection.scalars(query.limit(_CANDIDATES + 1))) if key else []
        if key in found or len(found) == 1:
            return key if key in found else found[0]
        if not found:
            raise StoreError(self.where, f"holds no conversation {key!r}", "Give another id")
        shown = ", ".join(found[:_CANDIDATES]) + (", …" if len(found) > _CANDIDATES else "")
        raise StoreError(
            self.where, f"{key!r} is the start of several ids: {shown}", "Give more of the id"
        )


def _replace(connection: Connection, analysis: Analysis) -> None:
    """Write one row tree; the conversation's own row is altered in place to keep its reviews."""
    value = to_dict(analysis)
    row = rows.conversation_row(value)
    statement = dialect(connection).insert(ConversationRow).values(row)
    columns = {item.name: item for item in statement.excluded if item.name != "id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=columns))
    _replace_turns(connection, analysis.id, rows.turn_rows(value))
    connection.execute(delete(EvaluationRow).where(EvaluationRow.conversation_id == analysis.id))
    for evaluation, answers in rows.evaluation_rows(value):
        key = connection.scalar(
            insert(EvaluationRow).values(evaluation).returning(EvaluationRow.id)
        )
        if answers:
            connection.execute(
                insert(AnswerRow), [{"evaluation_id": key, **answer} for answer in answers]
            )


def _replace_turns(connection: Connection, key: str, turns: list[rows.Row]) -> None:
    # What hangs on turns goes with them, so those that are the same stay where they are.
    if _mappings(connection, TurnRow, TurnRow.conversation_id == key, TurnRow.index) == turns:
        return
    connection.execute(delete(TurnRow).where(TurnRow.conversation_id == key))
    if turns:
        connection.execute(insert(TurnRow), turns)


def _load(connection: Connection, key: str) -> Analysis:
    row = _mappings(connection, ConversationRow, ConversationRow.id == key)[0]
    turns = _mappings(connection, TurnRow, TurnRow.conversation_id == key, TurnRow.index)
    evaluations = _mappings(
        connection, EvaluationRow, EvaluationRow.conversation_id == key, EvaluationRow.position
    )
    answers = [
        _mappings(connection, AnswerRow, AnswerRow.evaluation_id == found["id"], AnswerRow.position)
        for found in evaluations
    ]
    return rows.analysis_from_rows(row, turns, zip(evaluations, answers, strict=True))


def _mappings(connection: Connection, table: type[Base], where: Any, *order: Any) -> list[rows.Row]:
    """Rows as dictionaries under the names of their columns."""
    query = select(table).where(where).order_by(*order)
    return [dict(found) for found in connection.execute(query).mappings()]


def dialect(connection: Connection) -> Any:
    """The module whose ``insert`` has ON CONFLICT; both databases spell it alike."""
    return sqlite if connection.dialect.name == "sqlite" else postgresql
