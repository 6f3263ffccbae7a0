"""The words of a sentence that say by when: "by Friday", "within five working days".

Rules, not a date parser: what is wanted is the words as they were said. They need no day to
count from, which a transcript often lacks, and lose nothing to a wrong guess at one.
"""

from __future__ import annotations

import re

_SMALL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|sixty|ninety|twenty[- ](?:one|four|eight)|forty[- ]eight|seventy[- ]two|\d+)"
)
_COUNT = rf"(?:half an|(?:a )?(?:couple of|few)|several|an?|{_SMALL})"
_COUNTS = rf"{_COUNT}(?:\s*(?:to|or|[-\u2013])\s*{_COUNT})?"
_UNIT = (
    r"(?:(?:working|business|banking|calendar|billing) )?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|cycles?)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)|(?:twenty[- ]|thirty[- ])?(?:first|second|third|fourth|fifth|sixth|"
    r"seventh|eighth|ninth)|tenth|eleventh|twelfth|\w{3,6}teenth|twentieth|thirtieth)"
)
_PART = r"(?:morning|afternoon|evening|night|lunchtime)"
_HOUR = (
    rf"(?:(?:(?:a )?quarter|half|ten|twenty|five) (?:past|to) {_SMALL}|"
    rf"(?:\d{{1,2}}(?:[:.]\d\d)?|{_SMALL}(?: (?:fifteen|thirty|forty[- ]five|o'clock))?|noon|"
    rf"midnight)"
    r"(?: ?[ap]\.?m\b\.?| o'clock)?(?! ?(?:%|per ?cent|dollars?|pounds?|euros?|cents?|times|"
    r"of\b|(?:\w+ )?(?:minute|hour|day|week|month)s?\b)))"
)
_DATE = (
    rf"(?:(?:the )?(?:end|middle|start|beginning) of (?:the |this |next )?"
    rf"(?:day|week|month|year|{_MONTH})|"
    rf"(?:(?:this|next|coming) )?{_DAY}(?: {_PART})?|"
    rf"(?:first thing )?(?:tomorrow|today)(?: {_PART})?|(?:later |overnight |early )?tonight|"
    r"later today|overnight|close of (?:business|play)|"
    rf"(?:this|next|the next|the following|the same) (?:{_PART}|week(?:end)?|month|year|day|"
    r"working day|business day)|"
    r"(?:this|the|your|our) (?:weekend|morning|afternoon|evening)|"
    r"the (?:day|week|night) (?:after|before)(?: that)?|"
    rf"(?:{_DAY} )?\d{{1,2}} {_MONTH}|(?:the )?{_ORDINAL} of {_MONTH}|"
    rf"{_MONTH} (?:the )?(?:{_ORDINAL}|\d{{1,2}}\b)|"
    rf"the {_ORDINAL}(?! (?:one|time|payment|charge|step|floor|thing|half|party|floor|line))|"
    r"(?:your |the )?next (?:billing cycle|bill|invoice|statement|payday|delivery))"
)
_SPAN = (
    rf"(?:(?:with)?in|after|for|up to|at most|no later than|over|during)?\s*"
    rf"(?:the next|the coming|about|around|roughly|another|up to|at most|just|only|"
    rf"as little as)?\s*"
    rf"{_COUNTS} {_UNIT}(?: from (?:now|today))?(?! (?:ago|old|earlier|late|free|trial|contract))"
)
_CLOCK = rf"(?:at|before|after|by|until|from|between) {_HOUR}(?: (?:and|to|or) {_HOUR})?"
_AT_ONCE = (
    r"(?:straight ?away|right away|right now|just now|immediately|as soon as (?:possible|i can|"
    r"we can)|shortly|as we speak|in (?:a|one) (?:moment|minute|second|bit))"
)
_LEAD = (
    r"(?:by|before|until|till|on|from|with|starting(?: from| on)?|this|for|at|over|after|during|"
    r"no later than|sometime)"
)
_ONE = rf"(?:(?:{_LEAD} )?(?:{_DATE})|{_CLOCK}|{_SPAN}|{_AT_ONCE})"
_WHEN = re.compile(rf"\b{_ONE}(?:,? (?:and )?{_ONE})*(?!\w)", re.IGNORECASE)
_PAST = re.compile(
    r"(?:\b(?:last|since|past|previous|every|yesterday|ago|for the|dated|each|a)\s+)$",
    re.IGNORECASE,
)
_FROM_PAST = re.compile(rf"(?:from|on|for) (?:the )?(?:{_MONTH}|{_DAY}'s)", re.IGNORECASE)
_LONE = re.compile(r"\s*an? \w+", re.IGNORECASE)  # "one a day", "a second one"
_CONDITION = re.compile(
    r"\b(?:as soon as|once|when|after|until) (?:it|it's|its|that|that's|the|we|you|you've|your|i|"
    r"i've|he|she|they|they've|their)\b(?:[^\s,.;!?]|\s(?!(?:and|but|so)\b|(?:you|we|i|they|"
    r"it)(?:'ll| will| get)\b)){2,40}",
    re.IGNORECASE,
)


def find_when(text: str) -> str | None:
    """The first words that say when something is or will be, as they stand in ``text``.

    What is plainly past ("last Friday", "two weeks ago") is passed over. Where there is no time,
    a condition counts: "once it ships", "when you land".
    """
    for match in _WHEN.finditer(text):
        before = text[: match.start()]
        if not (_PAST.search(before) or _FROM_PAST.match(match[0]) or _LONE.fullmatch(match[0])):
            return match[0].strip()
    condition = _CONDITION.search(text)
    return condition[0].strip() if condition else None
