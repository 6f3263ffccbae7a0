"""What follows from turns, labels and sound alone: metrics and frustration.

``measure`` gives every figure of ``docs/metrics.md``. ``turn_frustration`` scores each customer
turn, ``score_frustration`` the conversation from those scores, ``explain_frustration`` names the
cues behind each, ``label_frustration`` does both. Nothing here loads a model or reads a file.
"""

from __future__ import annotations

from cintel.insight.frustration import ENDED_FRUSTRATED, label_frustration, turn_frustration
from cintel.insight.frustration import explain as explain_frustration
from cintel.insight.frustration import score as score_frustration
from cintel.insight.hours import BusinessHours
from cintel.insight.metrics import measure
from cintel.insight.wording import Cue

__all__ = [
    "ENDED_FRUSTRATED",
    "BusinessHours",
    "Cue",
    "explain_frustration",
    "label_frustration",
    "measure",
    "score_frustration",
    "turn_frustration",
]
