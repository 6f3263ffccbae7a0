"""Colours that people with any colour vision can tell apart, on light and on dark ground.

Roles and sentiments are from Okabe and Ito (2008); frustration is Tol's purple. The player's
style sheet repeats them.
"""

from __future__ import annotations

AGENT = "#3B82C4"
CUSTOMER = "#E69F00"
SYSTEM = "#8B95A3"
NEGATIVE = "#D55E00"
NEUTRAL = "#A3ADBA"
POSITIVE = "#009E73"
FRUSTRATION = "#AA4499"
QUALITY = "#3B82C4"
VOLUME = "#7C93AD"

WORSE_TO_BETTER = [
    (0.0, "#E0813F"),
    (0.35, "#EFB58A"),
    (0.6, "#EFE8DC"),
    (0.8, "#BFE0D3"),
    (1.0, "#86CDB6"),
]
# Low ends are see-through, so that they recede on a light ground and on a dark one.
CALM_TO_FRUSTRATED = [(0.0, "rgba(170, 68, 153, 0.15)"), (1.0, "rgba(150, 45, 135, 1)")]
FEW_TO_MANY = [(0.0, "rgba(59, 130, 196, 0.12)"), (1.0, "rgba(45, 110, 175, 1)")]
SERIES = ("#3B82C4", "#E69F00", "#009E73", "#AA4499", "#8C6D31", "#6B7785")
