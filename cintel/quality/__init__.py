"""Quality: scorecards, automatic answers with their evidence, and the score."""

from cintel.quality.judge import evaluate
from cintel.quality.llm import LlmJudge
from cintel.quality.reading import load_scorecard, loads
from cintel.quality.scorecard import Item, Option, Question, Scorecard, Section, dumps
from cintel.quality.scoring import points_for, tally
from cintel.quality.verdicts import TextEncoder

__all__ = [
    "Item",
    "LlmJudge",
    "Option",
    "Question",
    "Scorecard",
    "Section",
    "TextEncoder",
    "dumps",
    "evaluate",
    "load_scorecard",
    "loads",
    "points_for",
    "tally",
]
