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
"""Texts of a group that must have a phrase, so that a name is nobody's own words."""

FLOOR = 0.1
"""Share of a group's texts from which a phrase comes before all rarer ones."""

WORTH = 0.3
"""What the third phrase must weigh, as a share of the first one, to stand beside it."""

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
    a able about above across actually after again ago ahead all along already also always am
    an and another any anybody anyone anything anyway appreciate are aren't around as ask
    asked asking assist assistance at away awesome b back basically be because been before
    being believe bit both bunch but by bye c call called calling came can can't cannot come
    coming could couldn't course currently d darling day days did didn't different do does
    doesn't doing don't done down during e each earlier easy eight eighty either eleven else
    especially even ever every everything exactly f far few fifteen fifty figure find fine
    first five for forty four friday from g generally gentleman get gets getting give given go
    goes going gonna good got gotta great guess guys h had half happen happened happening has
    hasn't have haven't having he he's hello help her here hey hi him his hmm hope hoping how
    how's however hundred i i'd i'll i'm i've if in info information interested into is isn't
    it it'd it'll it's its j just k keep kind kinda kindly know l lady last later least let
    let's like liked little long look looked looking looks lot love m ma'am main make makes
    making many may maybe me mean might million mine minute miss mom's moment monday more
    morning most mr mrs much must my myself n name near need needed needs never new next nice
    nine ninety no nobody not nothing now o of off oh ok okay old on once one ones only or
    other our out over p perfect perhaps please possible possibly pretty probably put q
    question questions quick quite r rather really reason regarding regards right s said same
    saturday saw say saying says see seem seems seen set seven seventy shall she she's should
    shouldn't show simply since sir six sixty so some somebody somehow someone something
    somewhere soon sorry sort start still stuff such sunday sure t take taken taking talk
    talking tell telling ten than thank thanks that that'd that'll that's the their them then
    there there's these they they'd they'll they're they've thing things think thinking
    thirteen thirty this those though thought thousand three through thursday time times to
    today together told too took tried true try trying tuesday twelve twenty two u uh uhh uhm
    um under understand until up us use used using usually v very w wait want wanted wanting
    wants was wasn't way we we'd we'll we're we've wednesday week weeks well went were weren't
    what what's whatever when where where's whether which while who who's whole why will wish
    with within without won't wonder wonderful wondering work would wouldn't x y yeah year
    years yep yes yesterday yet you you'd you'll you're you've your yours yourself z
    """.split()  # noqa: SIM905 - a list of words reads better as lines
)


def name_groups(
    groups: Sequence[Sequence[str]], background: Sequence[str], taken: Sequence[str]
) -> list[str]:
    """A name such as ``refund, broken kettle, lid`` for each group of texts.

    A phrase weighs ``s · log(1 + s / a)``, where ``s`` is the share of the group's texts that have
    it and ``a`` that of all texts. This is class-based TF-IDF (Grootendorst, 2022) with texts in
    place of word counts, so that one talker does not outweigh many, and with shares in place of
    sums, so that words of a few, such as a caller's name, do not outweigh those of most. A name
    that is taken gets another phrase; a group without words is ``topic`` and a number.

    Args:
        groups: the texts of each group.
        background: all texts, those of the groups among them.
        taken: names that others have.
    """
    everywhere = Counter(phrase for text in background for phrase in _phrases(text))
    used, names = set(taken), []
    for group in groups:
        ranked, good = _ranked(group, everywhere, len(background))
        name = next(
            (name for count in range(good, len(ranked) + 1)
             if (name := ", ".join(ranked[:count])) not in used),
            ", ".join(ranked[:good]),
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


def _ranked(group: Sequence[str], everywhere: Counter[str], total: int) -> tuple[list[str], int]:
    """The phrases of a group, the most telling first, and how many of them make a good name.

    No phrase has a word of one before it.
    """
    here = Counter(phrase for text in group for phrase in _phrases(text))
    fewest = SHARED if max(here.values(), default=0) >= SHARED else 1

    def weight(phrase: str) -> float:
        share = here[phrase] / len(group)
        telling = share * math.log1p(share * total / max(1, everywhere[phrase]))
        return telling if share >= FLOOR else telling - 1

    words = [phrase for phrase in here if " " not in phrase and here[phrase] >= fewest]
    pairs = [phrase for phrase in here if " " in phrase and here[phrase] >= fewest]
    chosen: dict[str, float] = {}
    for word in sorted(words, key=lambda phrase: (-weight(phrase), phrase)):
        if any(_kin(word, part) for phrase in chosen for part in phrase.split()):
            continue
        fixed = [
            pair for pair in pairs
            if word in pair.split() and here[pair] > TOGETHER * here[word]
            and not any(_kin(a, b) for a in pair.split() for c in chosen for b in c.split())
        ]  # fmt: skip
        chosen[max(fixed, key=lambda pair: (here[pair], pair), default=word)] = weight(word)
    weights = list(chosen.values())[:PHRASES]
    good = sum(value >= WORTH * weights[0] for value in weights)
    return list(chosen), max(good, min(2, len(chosen)))


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
