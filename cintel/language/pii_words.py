"""Personal data that is made of words: names, addresses, e-mail, postcodes, passwords."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cintel.language.pii_numbers import Found

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")

STREET = r"street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|crescent|terrace|gardens|grove|mews"
LOOSE_STREET = r"drive|dr|close|court|ct|way|place|pl|park|hill|row|square|walk"
_NO_STREET_NAME = (
    r"(?!(?:in|on|the|by|of|a|an|to|at|and|my|your|this|that|is|was|it|for|days?|weeks?|hours?|"
    r"minutes?|months?|pounds|dollars|euros|people|times|per|more|items|or|from|with)\b)"
)
_ADDRESS = re.compile(
    r"\b(?:(?:flat|apartment|apt|unit|suite) \w{1,4},? )?"
    rf"\d{{1,5}}(?:[ -]\d{{1,4}}){{0,4}}[a-z]?,? (?:{_NO_STREET_NAME}[a-z][\w'.-]*,? ){{1,3}}?"
    rf"(?:(?P<street>{STREET})|(?P<loose>{LOOSE_STREET}))\b",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"\b(?:p\.? ?o\.? ?box|postfach|apartado|(?:psc|unit) \d+,? box) \d+"
    r"(?:,?\s+[fad]po,? a[aep] \d{5})?\b"
    r"|(?:\bus\w{1,3} \w+\s+)?\b[fad]po,? a[aep] \d{5}\b",
    re.IGNORECASE,
)
_ADDRESS_CUE = re.compile(
    r"\b(?:address|live (?:at|on)|deliver(?:ed)? to|moved to)\b", re.IGNORECASE
)
_POSTCODE = re.compile(
    r"\b[a-z](?: ?[a-z])? ?\d(?: ?[a-z\d])? ?\d ?(?!gb)[abd-hjlnp-uw-z] ?[abd-hjlnp-uw-z]\b",
    re.IGNORECASE,
)
_POSTCODE_CUE = re.compile(r"\bpost ?code\b", re.IGNORECASE)
_STATE_ZIP = re.compile(
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|"
    r"S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? (\d{5}(?:-\d{4})?)\b"
)

_PASSWORD = re.compile(
    r"\b(?:pass ?(?:word|phrase)|memorable word) *(?:is|was|:|=) *(?:it's )?[\"'\u201c]?"
    r"(?P<token>[^\s\"'\u201d,]+[^\s\"'\u201d,.;!?])(?P<rest>[^\w]*\w*)",
    re.IGNORECASE,
)
_PASSWORD_ASKED = re.compile(
    r"\b(?:pass ?(?:word|phrase)|memorable word)\b[^.!?]*(?:\?|please|$)", re.IGNORECASE
)
_PLAIN_NEXT = frozenset({"", "and", "with", "but", "if"})
_NO_SECRET = frozenset(
    [
        *("not", "wrong", "incorrect", "expired", "reset", "working", "correct", "needed", "yes"),
        *("required", "invalid", "secure", "safe", "fine", "no", "sure", "okay", "ok", "changed"),
        *("forgotten", "locked", "blocked", "that", "this", "it", "know", "remember", "right"),
        *("ready", "different", "password", "one", "please", "sent", "forgot", "moment", "again"),
    ]
)

NO_NAME = frozenset(
    [
        *("a", "an", "the", "is", "it's", "its", "it", "i", "i'm", "im", "and", "but", "not", "on"),
        *("in", "at", "to", "for", "with", "calling", "speaking", "from", "here", "so", "spelled"),
        *("wrong", "under", "also", "just", "that's", "that", "my", "your", "we", "you", "how"),
        *("going", "really", "about", "because", "who", "yes", "no", "please", "thanks", "what"),
        *("misspelled", "correct", "right", "same", "this", "or", "of", "can", "could", "hello"),
        *("okay", "ok", "sure", "thank", "hi", "sorry", "well", "one", "yeah", "and", "incorrect"),
        *(
            "customer",
            "support",
            "service",
            "billing",
            "was",
            "where",
            "unacceptable",
            "ridiculous",
        ),
        *("lovely", "brilliant", "perfect", "great", "cheers", "bye", "goodbye", "sir", "madam"),
        *("ma'am", "mum", "mom", "dad", "mate", "love", "darling", "god", "everyone", "mr", "mrs"),
        *("ms", "miss", "dr", "doctor", "then", "old", "new", "okay", "oh", "lord", "jesus"),
        *("um", "uh", "er", "erm", "ah", "eh", "hm", "hmm", "mm", "mhm", "huh", "ugh", "whoa"),
        *("yeah", "yep", "nope", "hello", "hi", "hey", "please", "okey"),
    ]
)
_PART = r"[^\W\d_][^\W\d_'\u2019-]*(?:['\u2019-][^\W\d_]+)*"
_NAME_CUE = re.compile(
    r"\b(?:my (?:(?:full|first|last|middle) )?name(?:'s| is)|"
    r"(?:first|last|full|middle|maiden) name(?:'s| is)|surname(?:'s| is)|the name(?:'s| is)|"
    r"you(?:'re| are) (?:(?:speaking|talking|chatting) (?:to|with)|through to)|"
    r"name on the (?:account|card|order) is)"
    rf"(?::|,)? +(?:mr|mrs|ms|miss|dr)?\.? ?(?P<name>{_PART}(?: {_PART}){{0,2}})",
    re.IGNORECASE,
)
_NAME_CLOSED = re.compile(
    rf"\bthis is (?:(?:mr|mrs|ms|miss|dr)\.? )?(?P<name>{_PART}(?: {_PART})?),? "
    r"(?:speaking|calling)\b",
    re.IGNORECASE,
)
_NAME_SELF = re.compile(
    rf"\b(?i:this is|i'm|i am) (?P<name>(?=[A-Z]){_PART}(?: (?=[A-Z]){_PART})?)[,.!]? "
    r"(?:speaking|calling|from|here|and I(?:'ll| will|'m| am)|[Hh]ow (?:can|may)|[Ww]hat can)\b"
)
_NAME_HERE = re.compile(
    rf"(?:^|[,.!?] )(?P<name>(?=[A-Z]){_PART}(?: (?=[A-Z]){_PART})?) (?:speaking|here)(?=[,.!]|$)"
)
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Doctor)\.? (?P<name>(?=[A-Z]){_PART}(?: (?=[A-Z]){_PART}){{0,1}})"
)
_NAME_ASKED = re.compile(
    r"\b(?:(?:full|first|last|your) (?:and last )?name|surname|who am i speaking)\b[^.!?]*"
    r"(?:\?|please|$)",
    re.IGNORECASE,
)
_NAME_ANSWER = re.compile(
    r"\W*(?:(?:yes|yeah|sure|of course|okay),? )?(?:it's |it is |that's |i'm )?"
    rf"(?P<name>(?:{_PART})(?: {_PART}){{0,2}})\W*",
    re.IGNORECASE,
)
_NAME_FIRST = re.compile(
    r"\W*(?i:(?:yes|yeah|sure|of course|okay)[,.]? )?(?i:it's |it is |that's |i'm )?"
    rf"(?P<name>(?=[A-Z]){_PART}(?: (?=[A-Z]){_PART}){{1,2}})(?=[,.;]|$)"
)
_SPELLED = re.compile(
    r"(?P<cue>\b(?:spell(?:ed|t|ing)?|name(?:'s| is))\W{1,3}(?:that |it |is )?)?"
    r"(?<!['\u2019])\b(?P<name>(?:[a-z][\s.,-]{1,2}){2,}[a-z])\b",
    re.IGNORECASE,
)
_SPELLING_ASKED = re.compile(r"\b(?:spell|name)\b", re.IGNORECASE)


def find_words(text: str, previous: str) -> Iterator[Found]:
    """E-mail, addresses and postcodes in normalised text."""
    for match in _EMAIL.finditer(text):
        yield "email", *match.span()
    both = f"{previous} {text}"
    told = _ADDRESS_CUE.search(both) is not None
    for match in _ADDRESS.finditer(text):
        if told or match["street"] or match["loose"][0].isupper():
            yield "address", *match.span()
    for match in _BOX.finditer(text):
        yield "address", *match.span()
    told = _POSTCODE_CUE.search(both) is not None
    for match in _POSTCODE.finditer(text):
        if told or (match[0].isupper() and match[0].count(" ") < 2):
            yield "postcode", *match.span()
    for match in _STATE_ZIP.finditer(text):
        yield "postcode", *match.span(1)


def find_names(text: str, previous: str) -> Iterator[Found]:
    """Names in the original text: only where a phrase says that a name follows."""
    for pattern in (_NAME_CUE, _NAME_CLOSED, _NAME_SELF, _NAME_HERE, _TITLED):
        for match in pattern.finditer(text):
            yield from _name(text, match)
    for match in _SPELLED.finditer(text):
        if match["cue"] or _SPELLING_ASKED.search(previous):
            yield "name", *match.span("name")
    answer = _NAME_FIRST.match(text) or _NAME_ANSWER.fullmatch(text)
    if answer and _NAME_ASKED.search(previous):
        yield from _name(text, answer)


def _name(text: str, match: re.Match[str]) -> Iterator[Found]:
    """The words of a name up to the first that cannot be one; in small letters at most two."""
    start = end = match.start("name")
    capital = text[start].isupper()
    for place, part in enumerate(re.finditer(_PART, match["name"])):
        small = not part[0][0].isupper()
        if part[0].casefold() in NO_NAME or (capital and small) or (small and place == 2):
            break
        end = start + part.end()
    if end - start > 1:
        yield "name", start, end


def find_passwords(text: str, previous: str) -> Iterator[Found]:
    """Passwords in the original text, told outright or as a short answer to a question."""
    for match in _PASSWORD.finditer(text):
        token = match["token"]
        following = re.sub(r"\W", "", match["rest"]).casefold()
        closed = following in _PLAIN_NEXT or re.match(r"\W*[.,;!?]", match["rest"])
        if not token.isalpha() or (closed and token.casefold() not in _NO_SECRET):
            yield "password", *match.span("token")
    words = list(re.finditer(r"[^\s,.!?]+", text))
    if words and len(words) <= 4 and _PASSWORD_ASKED.search(previous):
        last = words[-1]
        if last[0].casefold() not in _NO_SECRET and "'" not in last[0]:
            yield "password", *last.span()
