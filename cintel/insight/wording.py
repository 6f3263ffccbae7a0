"""Words that show frustration: patterns with weights, and what must not set them off.

A cue that is denied ("that is not ridiculous", "a complaint? No") does not count: a negator among
the three words before it, within its clause, or a "no" that answers it. "Can't" and "won't" are no
negators here, for "I can't believe how ridiculous this is" denies nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """One reason to think a turn is frustrated; ``weight`` 0…1, ``quote`` what shows it."""

    name: str
    weight: float
    quote: str


_ORDINAL = (
    r"(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|umpteenth|hundredth"
    r"|\d{1,2}(?:nd|rd|th))"
)
_MANY = r"(?:three|four|five|six|seven|eight|nine|ten|several|a dozen|so many|too many)"
_LONG = (
    r"(?:an? hour|hours|days|weeks|months|ages|forever|so long|(?:\w+ )?(?:hours|days|weeks|months)"
    r"|(?:twenty|thirty|forty|fifty|[2-9]\d)(?:[ -]\w+)? min(?:ute)?s)"
)
_AGENCY = r"(?:bank|company|provider|shop|store|insurer|network|competitors?)"
_LAWYER = r"(?:lawyers?|solicitors?|attorneys?)"
_NOBODY = r"(?:nobody|no one|none of you)"
_HURT = r"(?:angry|furious|frustrated|annoyed|upset|disappointed|livid|fuming|disgusted)"

# Name, weight, and the patterns that show it; each is matched whole, in any case.
_WORDING: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    (
        "repeats a request",
        0.45,
        (
            r"already (?:said|explained|mentioned|asked|been through|gone through)(?! me\b)",
            r"already told (?:you|him|her|them|your|the|someone|somebody|two|three|everyone)",
            r"(?:already|just) (?:gave|given|sent|did|done|tried)(?: \w+){1,6} (?:twice|already)",
            r"(?:told|asked|sent|given)(?: (?:you|him|her|them|your|people|\w+ people|this)){1,2}"
            r" (?:already|twice|before|\w+ times)",
            r"(?:said|done|tried) (?:that|this|so|it) (?:already|twice|before)",
            r"(?:called|emailed|rung|phoned|written|complained|chased)(?: \w+){0,2} twice",
        ),
    ),
    (
        "counts the times",
        0.4,
        (
            rf"{_ORDINAL} time(?! (?:slot|zone|lucky))",
            rf"said no {_MANY} times",
            rf"{_MANY} times(?! (?:a|an|per|each|the|as|daily)\b)",
        ),
    ),
    (
        "how many times",
        0.5,
        (
            r"how many (?:more )?times(?=\W*$)",
            r"how many (?:more )?times (?:do|must|will|would) (?:i|we) (?:have|need) to (?:say|tell"
            r"|call|ring|explain|repeat|ask|go|give|send|do)",
            r"how many (?:more )?times (?:(?:have|must) (?:i|we)|is this|has this)",
        ),
    ),
    (
        "again",
        0.35,
        (
            r"yet again|again and again|over and over|time and again|time after time",
            r"not again|never again(?! will)|here we go again|(?:all over|from the start) again",
            r"(?:happens?|happened|happening|broken?|failed|fails|down|wrong|charged|late|missing"
            r"|delayed|declined|cancelled|crashed|dropped|locked out|calling|back)"
            r"(?: (?:to|with|on|for) (?:me|us|you))? again",
            r"(?:have|having) to (?:explain|repeat|say|tell|go|start|wait|call)(?: \w+){0,5} again",
        ),
    ),
    (
        "same thing every time",
        0.35,
        (
            r"same (?:question|story|excuse|problem|issue|nonsense) again",
            r"same \w+ (?:over|every)|(?:every|each)(?: single)? time i (?:call|ask|check|come)",
            r"(?:you|they)(?: all| people)?(?: just)? keep (?:asking|telling|saying|sending|passing"
            r"|putting|changing)",
            r"keep (?:getting the same|having to|being)|why do i have to (?:repeat|keep)",
            r"(?:passed|bounced|transferred|sent)(?: \w+){0,2} (?:around|round|in circles)",
            r"stop (?:transferring|asking|telling|sending|passing)",
        ),
    ),
    (
        "asks for a supervisor",
        0.5,
        (
            r"(?:speak|talk|put|get|give|want|need|transfer|connect|escalate|pass|see|where)"
            r"(?: (?!my\b|password\b|account\b|ask\b|told\b)\w+){0,6} "
            r"(?:supervisor|manager|superior|boss|someone (?:senior|higher up|in charge|above))",
            r"someone who (?:actually|really) (?:\w+)",
        ),
    ),
    (
        "threatens to leave",
        0.5,
        (
            r"or i(?:'ll| will| am going to|'m going to) (?:cancel|leave|close)",
            r"cancel (?:everything|it all|the (?:lot|whole thing))",
            r"(?:take|taking) (?:my|our) (?:business|money|custom) (?:elsewhere|to|somewhere|away)",
            rf"leaving (?:you|your|this {_AGENCY})",
            r"(?:switch|switching|moving|move|going|go) to "
            rf"(?:another|a different|one of your|your) {_AGENCY}",
            r"never (?:order|shop|bank|buy|book|use|come|deal)\w*(?: \w+){0,4} again",
            r"(?:lost|losing|lose) (?:a|me as a|another) customer",
            r"done with (?:you|this company)(?=\W*$| people| lot)",
        ),
    ),
    (
        "threatens a complaint",
        0.5,
        (
            r"(?:make|making|file|filing|raise|lodge|submit|register|put in) (?:a|an|another)"
            r" (?:\w+ )?complaint|(?:want|wish|like|going|have) to complain",
            r"complain (?:about you|formally)|ombudsman|trading standards|small claims",
            r"legal action|business bureau|(?:bad|one star|negative|terrible) reviews?",
            r"(?:i'll|i will|going to|gonna) (?:sue|report)\b(?! (?:it|a|an|the|my)\b)",
            r"report you|report this to|want (?:him|her) reported|hear(?:ing)? from my \w+",
            r"(?:tell|telling) everyone|(?:go|going) to the (?:press|papers|newspapers|media)",
            rf"(?:speak|talk|go|get|call|involve|hire|see)\w*(?: \w+){{0,2}} (?:my|a) {_LAWYER}",
            rf"{_LAWYER} will|(?:take|taking|see) you (?:to|in) court",
        ),
    ),
    (
        "calls it unacceptable",
        0.55,
        (
            r"ridiculous|unacceptable|outrageous|disgrace(?:ful)?|appalling|pathetic|unbelievable",
            r"useless|hopeless|incompetent|disgusting|shambles|not good enough|enough is enough",
            r"wast(?:e|ed|ing) (?:of )?(?:my |our |everyone's )(?:\w+ )?(?:time|\w*day|morning)",
            r"waste of time|(?:is|what|some kind of|beyond) (?:this )?(?:a )?(?:\w+ )?joke",
            r"(?:terrible|awful|horrible|worst|shocking|dreadful|poor) (?:\w+ )?"
            rf"(?:service|experience|support|{_AGENCY})",
            r"how dare you|ashamed of yoursel(?:f|ves)|(?:load of|is|are) rubbish",
            r"absolute (?:rubbish|garbage)|how hard can it be|(?:bunch of )?(?:liars|crooks)",
            r"you having a laugh|(?:kidding|joking) me|daylight robbery|(?:this|that) is theft",
        ),
    ),
    (
        "says it hurts",
        0.5,
        (
            rf"(?:so|really|very|extremely|getting|quite|beyond|absolutely|i'm|i am|am) {_HURT}",
            r"frustrating|infuriating|(?<!a bit )(?<!a little )annoying|fed up",
            r"sick (?:and tired |to death )?of|tired of",
            r"(?:i've|i have|really) had enough|at my wits'? end|i give up",
            r"don't have time for this|(?:don't|doesn't) give a|isn't helping",
        ),
    ),
    (
        "feels unheard",
        0.4,
        (
            r"(?:are|were|do|did) you even|(?:you're|you are|is|nobody's) not listening",
            rf"{_NOBODY}(?: \w+)? (?:listens?|listening|helps?|cares?|knows|answers?|called|calls"
            r"|rang|replied|replies|told|tells|reads?)",
            rf"why (?:did|does|do|has|is|can) {_NOBODY}|why is it so (?:hard|difficult)",
            r"(?:listen to me|don't (?:you dare|tell me to|put me)|shut up)",
            r"(?:i was|you|been) promised|(?:you|they|she|he) lied|(?:lying|lie) to me|your lies",
            r"you people|you don't care|ripped off|rip-?off|you're (?:stealing|robbing)",
            r"(?:oh )?(?:great|lovely|fantastic|brilliant|wonderful),? (?:another|now it)",
        ),
    ),
    (
        "waits too long",
        0.3,
        (
            r"still (?:waiting|nothing|not (?:working|fixed|here|arrived|resolved|sorted))",
            r"still (?:had |have )?no (?:\w+ )?(?:reply|answer|refund|news|response)",
            rf"(?:waiting|sitting|on hold|trying)(?: \w+){{0,6}} (?:for |over |than )?{_LONG}",
            r"on hold longer|how much longer|taken? (?:ages|forever)|to chase you|chasing you",
            r"(?:impossible|so hard) to (?:get|reach|talk|speak)",
            r"(?:never|nothing) works|still doesn't work",
        ),
    ),
    (
        "swears",
        0.5,
        (
            r"damn(?:ed|it)?|bloody(?! (?:nose|stool|urine|discharge|mucus|mary))|wtf|ffs|crap",
            r"(?:what|who|where|why) the hell|go to hell|(?:what|where|how|why) on earth",
            r"for (?:god|christ|heaven|goodness|pity)'?s sakes?|(?:bull)?shit\w*|f[u*][c*][k*]\w*",
            r"piss(?:ed)? off|bastards?|idiots?|stupid|morons?|complete bull",
        ),
    ),
)
_PATTERNS = tuple(
    (
        name,
        weight,
        re.compile(rf"(?<![\w'])(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE),
    )
    for name, weight, patterns in _WORDING
)
_CLAUSE_END = re.compile(r"[.,;:!?…]|\b(?:but|because|and)\b", re.IGNORECASE)
_NEGATOR = re.compile(
    r"(?:not|no|never|without|hardly|(?:is|are|was|were|do|does|did|would|has|have|had)n't"
    r"|(?:is|are|do|does|did)nt)",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(r"\W*\?\W*(?:oh,? )?(?:no|nope|not)\b(?! (?:one|good))", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_GLAD = re.compile(r"\b(?:thank\w*|great|perfect|brilliant|amazing|love\w*|yay)\b", re.IGNORECASE)
_SHOUTED = re.compile(r"[!?]*!{2,}[!?]*|\?{3,}")


def cues(text: str) -> tuple[Cue, ...]:
    """The wording of one turn that shows frustration, at most one cue a pattern."""
    plain = text.replace("’", "'")
    found: list[Cue] = []
    for name, weight, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if not _denied(plain, match):
                found.append(Cue(name, weight, match.group()))
                break
    return tuple(found)


def typing_cues(text: str) -> tuple[Cue, ...]:
    """What only typed text can show: capitals throughout, and rows of angry exclamation marks."""
    found: list[Cue] = []
    words = _LETTERS.findall(text)
    if len(words) >= 3 and sum(word.isupper() for word in words) >= 0.8 * len(words):
        found.append(Cue("writes in capitals", 0.25, text.strip()))
    shouted = _SHOUTED.search(text)
    if shouted and not _GLAD.search(text):
        found.append(Cue("writes !!", 0.2, shouted.group()))
    return tuple(found)


def _denied(text: str, match: re.Match[str]) -> bool:
    """Whether the words around a cue take it back."""
    before = _CLAUSE_END.split(text[: match.start()])[-1].split()
    near = before[-3:]
    negated = any(
        _NEGATOR.fullmatch(word) and (place == 0 or near[place - 1].lower() != "why")
        for place, word in enumerate(near)
    )
    return negated or bool(_DENIED_AFTER.match(text, match.end()))
