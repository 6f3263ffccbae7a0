"""Names for groups of texts: the words that are frequent in one and rare in the others."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

PHRASES = 3
"""Phrases of a name."""

SHARED = 2
"""Texts of a group that must share a phrase, so that a name is nobody's own words."""

TOGETHER = 0.5
"""Share of a word's texts in which it has the same neighbour, above which both are one phrase."""

_ROOT = 5
"""Letters that two forms of one word have in common."""

_NEXT = 2
"""Places from a word to the next of a pair: ``cancel my plan`` is ``cancel plan``."""

_CLAUSE = re.compile(r"[.,;:!?()\"…–—]+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_STOP = frozenset(
    """
    a about above across actually after again all along already also always am an and another
    any anybody anyone anything anyway are aren't around as ask asked asking at away b back
    basically be because been before being believe bit both bunch but by bye c call called
    calling came can can't cannot come coming could couldn't course d day days did didn't
    different do does doesn't doing don't done down during e each easy either else even ever
    every everything exactly f far few figure find fine first for from g get gets getting give
    given go goes going gonna good got gotta great guess guys h had half happen happened
    happening has hasn't have haven't having he he's hello help her here hey hi him his hmm
    how however i i'd i'll i'm i've if in into is isn't it it'd it'll it's its j just k keep
    kind kinda know l last later least let let's like liked little long look looked looking
    looks lot m make makes making many maybe me mean might mine minute moment more morning
    most much must my myself n name near need needed needs never new next nice no nobody not
    nothing now o of off oh ok okay old on once one ones only or other our out over p perhaps
    please possible possibly pretty probably put q question questions quick quite r rather
    really reason right s said same saw say saying says see seem seems seen set shall she
    should shouldn't show since so some somebody somehow someone something somewhere soon
    sorry sort still stuff such sure t take taken taking talk talking tell telling than thank
    thanks that that'd that'll that's the their them then there there's these they they'd
    they'll they're they've thing things think thinking this those though thought through time
    times to today together told too took tried true try trying two u uh uhh uhm um under
    understand until up us use used using v very w wait want wanted wanting wants was wasn't
    way we we'd we'll we're we've week weeks well went were weren't what what's whatever when
    where where's whether which while who who's why will wish with without won't wonder
    wondering work would wouldn't x y yeah year years yep yes yesterday yet you you'd you'll
    you're you've your yours yourself z
    """.split()  # noqa: SIM905 - a list of words reads better as lines
)


def name_groups(
    groups: Sequence[Sequence[str]], background: Sequence[str], taken: Sequence[str]
) -> list[str]:
    """A name such as ``refund, broken kettle, lid`` for each group of texts.

    A phrase weighs its share of the group's texts times the logarithm of one plus the mean size of
    a group over the texts that have it anywhere: class-based TF-IDF (Grootendorst, 2022) with texts
    in place of word counts, so that one talker does not outweigh many. A name that is taken gets
    another phrase; a group without words is ``topic`` and a number.

    Args:
        groups: the texts of each group.
        background: all texts, those of the groups among them.
        taken: names that others have.
    """
    everywhere = Counter(phrase for text in background for phrase in _phrases(text))
    mean = len(background) / max(1, len(groups) + len(taken))
    used, names = set(taken), []
    for group in groups:
        ranked = _ranked(group, everywhere, mean)
        name = next(
            (name for count in range(PHRASES, len(ranked) + 1)
             if (name := ", ".join(ranked[:count])) not in used),
            ", ".join(ranked[:PHRASES]),
        )  # fmt: skip
        name = name if name and name not in used else _numbered(name or "topic", used)
        used.add(name)
        names.append(name)
    return names


def _numbered(name: str, used: set[str]) -> str:
    number = 2
    while f"{name} {number}" in used:
        number += 1
    return f"{name} {number}"


def _ranked(group: Sequence[str], everywhere: Counter[str], mean: float) -> list[str]:
    """The phrases of a group, the most telling first, none with a word of one before it."""
    here = Counter(phrase for text in group for phrase in _phrases(text))
    fewest = SHARED if max(here.values(), default=0) >= SHARED else 1

    def weight(phrase: str) -> float:
        return here[phrase] / len(group) * math.log(1 + mean / max(1, everywhere[phrase]))

    words = [phrase for phrase in here if " " not in phrase and here[phrase] >= fewest]
    pairs = [phrase for phrase in here if " " in phrase and here[phrase] >= fewest]
    chosen: list[str] = []
    for word in sorted(words, key=lambda phrase: (-weight(phrase), phrase)):
        if any(_kin(word, part) for phrase in chosen for part in phrase.split()):
            continue
        fixed = [
            pair for pair in pairs
            if word in pair.split() and here[pair] > TOGETHER * here[word]
            and not any(_kin(a, b) for a in pair.split() for c in chosen for b in c.split())
        ]  # fmt: skip
        chosen.append(max(fixed, key=lambda pair: (here[pair], pair), default=word))
    return chosen


def _kin(one: str, other: str) -> bool:
    """Whether two words are forms of one: ``charge`` and ``charged``, ``card`` and ``cards``."""
    short, long = sorted((one, other), key=len)
    same = len(short) if len(short) < _ROOT else max(_ROOT, len(short) - 2)
    return len(long) - len(short) <= _ROOT and short[:same] == long[:same]


def _phrases(text: str) -> set[str]:
    """The content words of a text, and pairs of them with at most one other word in between."""
    found: set[str] = set()
    for clause in _CLAUSE.split(text.lower().replace("’", "'")):
        words = _WORD.findall(clause)
        telling = [(place, word) for place, word in enumerate(words) if word not in _STOP]
        found |= {word for _, word in telling}
        found |= {
            f"{one} {other}"
            for (first, one), (second, other) in pairwise(telling)
            if second - first <= _NEXT and not _kin(one, other)
        }
    return found
