"""Scorecards of a store: drafts while they are written, and versions once they are published.

There is one draft a name. Saving and publishing name the state of the draft that was seen: where
somebody saved meanwhile nothing is written, so that no two people overwrite each other.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from cintel.errors import StoreError, UsageError
from cintel.store import Store, rows
from cintel.store.repository import dialect
from cintel.store.schema import EvaluationRow, ScorecardDraftRow, ScorecardRow


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was when it was read.

    Attributes:
        name: of the scorecard.
        content: the plain values of its file; they need not make a scorecard yet.
        revision: how often it was saved.
        based_on: the version it began as, None for one begun from nothing.
        saved_by: who saved it last, empty where nobody said.
        saved_at: when, ISO 8601 in UTC.
    """

    name: str
    content: dict[str, Any]
    revision: int
    based_on: str | None
    saved_by: str
    saved_at: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version that the store keeps; ``published_at`` None: it came with an evaluation."""

    name: str
    version: str
    created_at: str
    published_at: str | None
    published_by: str | None
    evaluations: int


def drafts(store: Store) -> list[Draft]:
    """Every draft, by name."""
    with store.database.read() as connection:
        return _drafts(connection)


def draft(store: Store, name: str) -> Draft | None:
    """The draft of a name, None where there is none."""
    with store.database.read() as connection:
        return next(iter(_drafts(connection, name)), None)


def begin(
    store: Store, name: str, content: dict[str, Any], based_on: str | None = None, who: str = ""
) -> Draft:
    """Keep a new draft.

    Raises:
        UsageError: the name is empty.
        StoreError: there is a draft of that name, which stays as it is.
    """
    if not name.strip():
        raise UsageError("name", "is empty", "Name the scorecard")
    made = Draft(name, content, 1, based_on, who.strip(), rows.now())
    try:
        with store.database.write() as connection:
            connection.execute(insert(ScorecardDraftRow).values(_row(made)))
    except StoreError as error:
        if not isinstance(error.__cause__, IntegrityError):
            raise
        fault = f"there is a draft of {name} already"
        raise StoreError(store.where, fault, "Open that one, or publish or discard it") from error
    return made


def save(store: Store, seen: Draft, content: dict[str, Any], who: str = "") -> Draft:
    """Keep new content of a draft; ``seen`` is the draft that it was made from.

    Raises:
        StoreError: somebody saved, published or discarded it since; nothing was written.
    """
    made = Draft(seen.name, content, seen.revision + 1, seen.based_on, who.strip(), rows.now())
    with store.database.write() as connection:
        _require_unchanged(store, connection, seen)
        connection.execute(
            update(ScorecardDraftRow).where(ScorecardDraftRow.name == seen.name).values(_row(made))
        )
    return made


def discard(store: Store, seen: Draft) -> None:
    """Remove a draft; published versions stay.

    Raises:
        StoreError: as :func:`save`.
    """
    with store.database.write() as connection:
        _require_unchanged(store, connection, seen)
        connection.execute(delete(ScorecardDraftRow).where(ScorecardDraftRow.name == seen.name))


def publish(store: Store, seen: Draft, version: str, text: str, who: str) -> None:
    """Make a draft the newest published version of its name; the draft is done with then.

    A version that was there before, published or not, becomes the newest again.

    Args:
        store: where the draft is.
        seen: the draft, as ``text`` was made from it.
        version: of the scorecard in ``text``.
        text: its YAML.
        who: publishes.

    Raises:
        UsageError: nobody says who publishes.
        StoreError: as :func:`save`.
    """
    if not who.strip():
        raise UsageError("who publishes", "is empty", "Give your name")
    at = rows.now()
    made = {"published_at": at, "published_by": who.strip()}
    row = {"name": seen.name, "version": version, "content": text, "created_at": at} | made
    with store.database.write() as connection:
        _require_unchanged(store, connection, seen)
        statement = dialect(connection).insert(ScorecardRow).values(row)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["name", "version"], set_=made)
        )
        connection.execute(delete(ScorecardDraftRow).where(ScorecardDraftRow.name == seen.name))


def versions(store: Store) -> list[Version]:
    """Every version that is kept: by name, those published last first, then the newest."""
    uses = (
        select(func.count())
        .where(
            EvaluationRow.scorecard == ScorecardRow.name,
            EvaluationRow.version == ScorecardRow.version,
        )
        .scalar_subquery()
    )
    query = select(
        ScorecardRow.name, ScorecardRow.version, ScorecardRow.created_at,
        ScorecardRow.published_at, ScorecardRow.published_by, uses,
    ).order_by(
        ScorecardRow.name, ScorecardRow.published_at.desc().nulls_last(),
        ScorecardRow.created_at.desc(), ScorecardRow.version,
    )  # fmt: skip
    with store.database.read() as connection:
        return [Version(*found) for found in connection.execute(query)]


def newest(store: Store, name: str) -> str | None:
    """The text of the version of a name that was published last; None: none ever was."""
    query = (
        select(ScorecardRow.content)
        .where(ScorecardRow.name == name, ScorecardRow.published_at.is_not(None))
        .order_by(ScorecardRow.published_at.desc())
        .limit(1)
    )
    with store.database.read() as connection:
        return connection.scalar(query)


def _drafts(connection: Connection, name: str | None = None) -> list[Draft]:
    query = select(*ScorecardDraftRow.__table__.columns).order_by(ScorecardDraftRow.name)
    if name is not None:
        query = query.where(ScorecardDraftRow.name == name)
    return [Draft(**found) for found in connection.execute(query).mappings()]


def _require_unchanged(store: Store, connection: Connection, seen: Draft) -> None:
    # Taking the row for writing makes a second writer wait until this one is done.
    query = select(ScorecardDraftRow).where(ScorecardDraftRow.name == seen.name).with_for_update()
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        fault = f"the draft of {seen.name} was published or discarded meanwhile"
        raise StoreError(store.where, fault, "Look at the versions, or begin a new draft")
    if (found["revision"], found["saved_at"]) != (seen.revision, seen.saved_at):
        who = found["saved_by"] or "somebody else"
        raise StoreError(
            store.where,
            f"{who} saved the draft of {seen.name} meanwhile; nothing of yours was written",
            "Keep a copy of yours, load theirs, and make your change again",
        )


def _row(made: Draft) -> rows.Row:
    return {item.name: getattr(made, item.name) for item in fields(made)}
