"""Quality: scorecards, automatic answers with their evidence, and the score."""

from cintel.quality.judge import evaluate, evaluate_case
from cintel.quality.llm import LlmJudge
from cintel.quality.meaning import Case, lines_of, read_case
from cintel.quality.packaged import shelf, text_of
from cintel.quality.reading import load_scorecard, loads, mistakes
from cintel.quality.scorecard import Item, Option, Question, Scorecard, Section
from cintel.quality.scoring import points_for, tally
from cintel.quality.verdicts import TextEncoder
from cintel.quality.writing import dumps

__all__ = [
    "Case",
    "Item",
    "LlmJudge",
    "Option",
    "Question",
    "Scorecard",
    "Section",
    "TextEncoder",
    "dumps",
    "evaluate",
    "evaluate_case",
    "lines_of",
    "load_scorecard",
    "loads",
    "mistakes",
    "points_for",
    "read_case",
    "shelf",
    "tally",
    "text_of",
]
