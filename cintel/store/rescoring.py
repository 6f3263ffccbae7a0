"""Stored conversations to be scored again: which, what is read of them, what is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, func, inspect, select

from cintel.conversation import Analysis, Evaluation, UnitVectors
from cintel.serial import evaluation_to_dict
from cintel.store.repository import Store, insert_evaluations, keep_vectors, mappings
from cintel.store.rows import analysis_from_rows, evaluation_row
from cintel.store.schema import ConversationRow, EvaluationRow, TurnRow, UnitVectorsRow
from cintel.store.selection import SCORED, Filters

_EVERYTHING = Filters()


def stored(store: Store, filters: Filters = _EVERYTHING) -> list[str]:
    """Ids of the conversations that the filters let through, sorted."""
    query = select(ConversationRow.id).select_from(SCORED).where(*filters.clauses())
    with store.database.read() as connection:
        return list(connection.scalars(query.order_by(ConversationRow.id)))


def scored(store: Store, scorecard: str, version: str) -> set[str]:
    """Ids of the conversations that have an evaluation on this version of a scorecard."""
    query = select(EvaluationRow.conversation_id).where(
        EvaluationRow.scorecard == scorecard, EvaluationRow.version == version
    )
    with store.database.read() as connection:
        return set(connection.scalars(query))


def load_many(store: Store, ids: Sequence[str]) -> dict[str, tuple[str, Analysis]]:
    """Analyses with their vectors and without their evaluations, by id, and when each was saved.

    Ids that are not there are left out.

    Raises:
        InputError: one of them cannot be read.
    """
    tables = (ConversationRow, TurnRow, UnitVectorsRow)
    keys = (ConversationRow.id, TurnRow.conversation_id, UnitVectorsRow.conversation_id)
    with store.database.read() as connection:
        found, turns, vectors = (
            mappings(connection, table, key.in_(ids), *inspect(table).primary_key)
            for table, key in zip(tables, keys, strict=True)
        )
    said = defaultdict(list)
    for turn in turns:
        said[turn["conversation_id"]].append(turn)
    kept = {
        row["conversation_id"]: UnitVectors(row["encoder"], row["texts"], row["data"])
        for row in vectors
    }
    return {
        row["id"]: (
            row["created_at"],
            replace(analysis_from_rows(row, said[row["id"]], ()), vectors=kept.get(row["id"])),
        )
        for row in found
    }


def with_others(store: Store, analyses: Sequence[Analysis]) -> list[Analysis]:
    """Fresh analyses with what the store has of the same words on other scorecards.

    Where words or labels differ the answers may, so those evaluations are left out.

    Raises:
        InputError: an earlier analysis cannot be read.
    """
    before = load_many(store, [analysis.id for analysis in analyses])
    return [
        replace(fresh, evaluations=(*fresh.evaluations, *_others(store, fresh)))
        if fresh.id in before and _same_words(before[fresh.id][1], fresh)
        else fresh
        for fresh in analyses
    ]


def _same_words(before: Analysis, now: Analysis) -> bool:
    return (before.conversation.turns, before.labels) == (now.conversation.turns, now.labels)


def _others(store: Store, fresh: Analysis) -> list[Evaluation]:
    names = {evaluation.scorecard for evaluation in fresh.evaluations}
    return [made for made in store.load(fresh.id).evaluations if made.scorecard not in names]


def save_evaluations(
    store: Store,
    found: Mapping[str, tuple[str, Evaluation]],
    vectors: Mapping[str, UnitVectors],
) -> set[str]:
    """Add an evaluation to each of these conversations, in one transaction.

    It takes the place of an earlier one on the same version; all others stay. A conversation that
    was saved anew or deleted since it was loaded is left alone: its words may be others now.

    Args:
        store: is changed in one transaction.
        found: by id, when the conversation had been saved as it was loaded, and its evaluation;
            all of them on the same scorecard.
        vectors: by id, those to keep.

    Returns:
        The ids of those that were written.

    Raises:
        StoreError: the store is locked, read-only or full; nothing was written.
    """
    if not found:
        return set()
    with store.database.write() as connection:
        query = select(ConversationRow.id, ConversationRow.created_at)
        now = connection.execute(
            query.where(ConversationRow.id.in_(found))
            .order_by(ConversationRow.id)
            .with_for_update()
        )
        same = [key for key, saved_at in now if found[key][0] == saved_at]
        keep_vectors(connection, {key: vectors[key] for key in same if key in vectors})
        _append(connection, {key: found[key][1] for key in same})
    return set(same)


def _append(connection: Connection, found: Mapping[str, Evaluation]) -> None:
    table = EvaluationRow
    for card, version in {(item.scorecard, item.version) for item in found.values()}:
        connection.execute(
            delete(table).where(
                table.conversation_id.in_(found),
                table.scorecard == card,
                table.version == version,
            )
        )
    query = select(table.conversation_id, func.max(table.position))
    query = query.where(table.conversation_id.in_(found)).group_by(table.conversation_id)
    last = dict(connection.execute(query).all())
    insert_evaluations(
        connection,
        [
            evaluation_row(key, last.get(key, -1) + 1, evaluation_to_dict(evaluation))
            for key, evaluation in found.items()
        ],
    )
