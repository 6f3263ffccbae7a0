"""What is kept of the meaning of a conversation's words, so that they are encoded once.

The names are those of ``cintel.conversation``, which passes them on.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitVectors:
    """The vectors of a conversation's units, in the order of ``cintel.quality.units.units_of``.

    Attributes:
        encoder: fingerprint of the weights that gave them.
        texts: digest of the units' texts; other words, or words cut otherwise, have another.
        data: one float32 scale a unit, then one row of int8 a unit; a row times its scale is the
            vector.
    """

    encoder: str
    texts: str
    data: bytes
