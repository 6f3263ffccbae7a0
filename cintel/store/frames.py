"""Analyses as pandas tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cintel.conversation import Analysis
from cintel.serial import to_dict
from cintel.store.rows import Row, conversation_facts, flat_metrics, turn_rows

if TYPE_CHECKING:
    from pandas import DataFrame


def to_frame(analyses: Iterable[Analysis]) -> DataFrame:
    """One row a conversation: facts, labels, every metric, and the evaluations' figures.

    Columns are named as in the store; metrics as ``silence_share`` or ``agent_words``;
    metadata as ``metadata.<key>``; an evaluation as ``<scorecard>.score`` (0…100),
    ``.passed``, ``.auto_failed`` and ``.unsure``, how many answers wait for a person. Times are
    seconds.
    """
    from pandas import DataFrame

    return DataFrame([_conversation(to_dict(analysis)) for analysis in analyses])


def to_turns_frame(analyses: Iterable[Analysis]) -> DataFrame:
    """One row a turn, in order, with its labels.

    ``intents`` are names with scores, ``pii`` types with character offsets, both as lists;
    the single words stay in the JSON.
    """
    from pandas import DataFrame

    rows = [row for analysis in analyses for row in turn_rows(to_dict(analysis))]
    return DataFrame(rows).drop(columns="words", errors="ignore")


def _conversation(value: Row) -> Row:
    talk, made_by = value["conversation"], value["provenance"]
    row = {
        **conversation_facts(value),
        "turns": len(talk["turns"]),
        **flat_metrics(value["metrics"]),
    }
    for evaluation in value["evaluations"]:
        for figure in ("score", "passed", "auto_failed"):
            row[f"{evaluation['scorecard']}.{figure}"] = evaluation[figure]
        unsure = sum(answer["unsure"] for answer in evaluation["answers"])
        row[f"{evaluation['scorecard']}.unsure"] = unsure
    row |= {f"metadata.{key}": item for key, item in talk["metadata"].items()}
    return row | {key: made_by[key] for key in ("cintel", "device")}
