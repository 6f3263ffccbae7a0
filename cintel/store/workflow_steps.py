"""One step of a review: who may take it, in which state, and the record it leaves.

All writers of one conversation's reviews wait for the lock of :func:`hold`, the only one they
take before their first write, so no two of them can wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, and_, insert, select, update

from cintel.errors import StoreError, UsageError
from cintel.store import rows
from cintel.store.repository import Store
from cintel.store.schema import ConversationRow
from cintel.store.workflow_tables import ReviewEventRow, ReviewRow

State = Literal["draft", "shared", "acknowledged", "appealed", "final"]
Kind = Literal[
    "assigned", "reassigned", "rescheduled", "answered", "commented on", "shared", "acknowledged",
    "appealed", "decided", "made final",
]  # fmt: skip
OPEN: tuple[State, ...] = ("draft", "shared", "acknowledged", "appealed")
ALLOWED: dict[Kind, tuple[State, ...]] = {
    "reassigned": ("draft",),
    "rescheduled": ("draft", "shared", "appealed"),
    "answered": ("draft", "appealed"),
    "commented on": OPEN,
    "shared": ("draft",),
    "acknowledged": ("shared",),
    "appealed": ("shared", "acknowledged", "final"),
    "decided": ("appealed",),
    "made final": ("shared", "acknowledged"),
}
"""The states in which each kind of step may be taken."""


@dataclass(frozen=True, slots=True)
class Key:
    """Names an evaluation, and so its review."""

    conversation_id: str
    scorecard: str
    version: str

    def __str__(self) -> str:
        return f"review of {self.conversation_id} on {self.scorecard}"


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it stands; ``agent`` is None where the conversation names none."""

    key: Key
    agent: str | None
    reviewer: str
    state: State
    revision: int
    deadline: Any
    score: float | None
    passed: bool | None
    auto_failed: bool
    appealed_by: str | None
    created_at: str

    @property
    def decided(self) -> bool:
        """Whether an appeal was decided: there is no second one."""
        return self.appealed_by is not None and self.state == "final"

    @property
    def next(self) -> str:
        """What it waits for, in words."""
        if self.decided:
            return "Its appeal was decided, so it stays as it is"
        return {
            "draft": f"It waits for {self.reviewer} to share it",
            "shared": f"It waits for {self.agent or 'the agent'} to acknowledge or appeal",
            "acknowledged": "It waits to be made final",
            "appealed": f"It waits for somebody other than {self.reviewer} to decide the appeal",
            "final": f"Only an appeal of {self.agent or 'the agent'} opens it again",
        }[self.state]


def hold(store: Store, connection: Connection, conversation_id: str) -> None:
    """Have a conversation's reviews for oneself until the transaction ends.

    Raises:
        StoreError: there is no such conversation.
    """
    query = select(ConversationRow.id).where(ConversationRow.id == conversation_id)
    # SQLite has one writer at a time anyway; key_share lets foreign keys be checked meanwhile.
    if connection.scalar(query.with_for_update(key_share=True)) is None:
        raise StoreError(store.where, f"holds no conversation {conversation_id!r}")


def keyed(table: type[ReviewRow | ReviewEventRow], key: Key) -> Any:
    """The condition that a row is of one review."""
    return and_(
        table.conversation_id == key.conversation_id,
        table.scorecard == key.scorecard,
        table.version == key.version,
    )


def find(connection: Connection, key: Key) -> Review | None:
    """A review as it stands, None where nobody was assigned."""
    query = (
        select(ReviewRow, ConversationRow.agent_id)
        .join(ConversationRow, ConversationRow.id == ReviewRow.conversation_id)
        .where(keyed(ReviewRow, key))
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    names = (
        "reviewer", "state", "revision", "deadline", "score", "passed", "auto_failed",
        "appealed_by", "created_at",
    )  # fmt: skip
    return Review(key, row["agent_id"], **{name: row[name] for name in names})


class Step:
    """A step that may be taken: the review is held, as it was seen, and in a fitting state."""

    def __init__(self, connection: Connection, review: Review, who: str, kind: Kind) -> None:
        self.connection, self.review, self.who, self.kind = connection, review, who, kind

    def only(self, name: str | None, role: str) -> None:
        """Refuse everybody but one person.

        Raises:
            UsageError: somebody else takes the step.
        """
        if name is not None and not same(self.who, name):
            raise self.refusal(f"only {role} {name} may do that")

    def never(self, *people: str | None) -> None:
        """Refuse people whose own matter it is.

        Raises:
            UsageError: one of them takes the step.
        """
        if any(name is not None and same(self.who, name) for name in people):
            raise self.refusal("it is your own matter")

    def refusal(self, why: str) -> UsageError:
        """That this person may not take the step, in words."""
        return UsageError(
            f"{self.review.key}", f"cannot be {self.kind} by {self.who}: {why}", self.review.next
        )

    def take(
        self, state: State | None = None, *, text: str = "", detail: dict[str, Any] | None = None,
        moment: float | None = None, turn: int | None = None, **changed: Any,
    ) -> int:  # fmt: skip
        """Record the step and what it changes; the new revision."""
        review, key = self.review, self.review.key
        after, revision = state or review.state, review.revision + 1
        alter = update(ReviewRow).where(keyed(ReviewRow, key))
        self.connection.execute(alter.values(state=after, revision=revision, **changed))
        record(
            self.connection, key, revision, self.kind, after, self.who,
            text=text.strip(), detail=detail, moment=moment, turn=turn,
        )  # fmt: skip
        return revision


def record(
    connection: Connection, key: Key, revision: int, kind: Kind, state: State, who: str,
    **more: Any,
) -> None:  # fmt: skip
    """Write one event."""
    event = {
        "conversation_id": key.conversation_id, "scorecard": key.scorecard,
        "version": key.version, "revision": revision, "kind": kind, "state": state, "who": who,
        "at": rows.now(), "text": "", **more,
    }  # fmt: skip
    connection.execute(insert(ReviewEventRow).values(event))


@contextmanager
def step(store: Store, key: Key, revision: int, who: str, kind: Kind) -> Iterator[Step]:
    """A step inside its transaction, which ends with the block.

    Args:
        store: where the review is.
        key: which review.
        revision: the one that was looked at.
        who: takes the step.
        kind: of step.

    Raises:
        UsageError: nobody takes it.
        StoreError: no such review, it was changed since, or its state does not allow the step.
    """
    name = person(who)
    with store.database.write() as connection:
        hold(store, connection, key.conversation_id)
        yield begun(connection, key, revision, name, kind)


def begun(connection: Connection, key: Key, revision: int, who: str, kind: Kind) -> Step:
    """As :func:`step`, inside a transaction that holds the conversation already."""
    review = find(connection, key)
    if review is None:
        raise StoreError(f"{key}", "does not exist", "Assign it to somebody first")
    if review.revision != revision:
        raise _stale(connection, review)
    if review.state not in ALLOWED[kind]:
        raise StoreError(f"{key}", f"cannot be {kind} while it is {review.state}", review.next)
    return Step(connection, review, who, kind)


def answered(
    connection: Connection, key: Key, revision: int | None, who: str, question: str,
    answer: str | float | None,
) -> int | None:  # fmt: skip
    """The step of a review that an answer is; None where there is no review, and none was seen.

    A draft is answered by its reviewer, an appeal by whoever decides it.
    """
    if revision is None:
        if (review := find(connection, key)) is not None:
            raise StoreError(f"{key}", f"is {review.state}, with {review.reviewer}", review.next)
        return None
    taken = begun(connection, key, revision, who, "answered")
    review = taken.review
    if review.state == "draft":
        taken.only(review.reviewer, "its reviewer")
    else:
        taken.never(review.reviewer, review.agent, review.appealed_by)
    return taken.take(detail={"question": question, "answer": answer})


def _stale(connection: Connection, review: Review) -> StoreError:
    last = select(ReviewEventRow.who, ReviewEventRow.at, ReviewEventRow.kind).where(
        keyed(ReviewEventRow, review.key), ReviewEventRow.revision == review.revision
    )
    found = connection.execute(last).one()
    at = f"{found.at[:19].replace('T', ' ')} UTC"
    return StoreError(
        f"{review.key}",
        f"was {found.kind} by {found.who} at {at} after you had loaded it, "
        "so your change was not saved",
        "Look at it as it stands now, then change it again if you still want to",
    )


def person(who: str, field: str = "who") -> str:
    """A name without blanks around it.

    Raises:
        UsageError: it is empty.
    """
    if not who.strip():
        raise UsageError(field, "is empty", "Write a name")
    return who.strip()


def same(one: str, other: str) -> bool:
    """Whether two names are of one person, however they are written."""
    return one.strip().casefold() == other.strip().casefold()
