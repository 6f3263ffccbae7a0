"""Fonts of a PDF, and any text as markup in which each character has a font that draws it.

DejaVu Sans, which comes with matplotlib, is embedded: Latin, Greek, Cyrillic, Hebrew, Arabic
letters and signs. Chinese, Japanese and Korean name Adobe's standard fonts, for which a reader
takes its own. What neither has is an empty box that still copies as the right character; beyond
the basic plane, where a copy would be wrong, an emoji is its name in brackets.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from unicodedata import category, name, normalize
from xml.sax.saxutils import escape

PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
_CHINESE, _JAPANESE, _KOREAN = "STSong-Light", "HeiseiMin-W3", "HYSMyeongJo-Medium"
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BEYOND = re.compile(r"[\U00010000-\U0010ffff]")


@cache
def register() -> None:
    """Make the fonts known to reportlab, once."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    spec = find_spec("matplotlib")
    # Without matplotlib pyannote.audio, which cintel cannot be installed without, is broken too.
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    for face in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(face, str(folder / f"{face}.ttf")))
    pdfmetrics.registerFontFamily(PLAIN, PLAIN, BOLD, PLAIN, BOLD)
    for face in (_CHINESE, _JAPANESE, _KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(face))


@cache
def _drawn() -> frozenset[int]:
    """The code points that DejaVu Sans draws."""
    from reportlab.pdfbase import pdfmetrics

    register()
    return frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph)


def _basic(found: re.Match[str]) -> str:
    """A character beyond the basic plane in characters of it."""
    character = found[0]
    folded = normalize("NFKC", character)
    if not _BEYOND.search(folded):
        return folded
    code = f"U+{ord(character):X}"
    called = name(character, code) if category(character).startswith("S") else code
    return f"[{called.lower() if called != code else code}]"


def markup(text: str) -> str:
    """Text for a paragraph of reportlab: escaped, and in other fonts where it needs them.

    Control characters are left out; a line break stays one.
    """
    clean = _BEYOND.sub(_basic, _UNPRINTABLE.sub("", text))
    han = _JAPANESE if _KANA.search(clean) else _CHINESE
    drawn = _drawn()

    def font(character: str) -> str:
        if ord(character) in drawn or not _WIDE.match(character):
            return ""
        return _KOREAN if _HANGUL.match(character) else han

    runs = ((face, escape("".join(run))) for face, run in groupby(clean, font))
    marked = "".join(f'<font name="{face}">{run}</font>' if face else run for face, run in runs)
    return marked.replace("\n", "<br/>")
