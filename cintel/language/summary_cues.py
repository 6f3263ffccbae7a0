"""The wording by which a sentence is a reason, an outcome, a promise or a request.

All of them read :func:`plain` text: straight apostrophes, also where a recogniser left them out.
"""

from __future__ import annotations

import re

_BARE = {
    "ill": "i'll", "ive": "i've", "im": "i'm", "youll": "you'll", "youve": "you've",
    "youre": "you're", "youd": "you'd", "theyll": "they'll", "theyve": "they've", "weve": "we've",
    "itll": "it'll", "thats": "that's", "theres": "there's", "cant": "can't", "wont": "won't",
    "dont": "don't", "didnt": "didn't", "doesnt": "doesn't", "isnt": "isn't", "hasnt": "hasn't",
    "havent": "haven't", "couldnt": "couldn't", "wasnt": "wasn't",
}  # fmt: skip
_WORD = re.compile(r"\b(?:" + "|".join(_BARE) + r")\b", re.IGNORECASE)


def plain(text: str) -> str:
    """The text as the cues expect it, in lower case."""
    straight = text.replace("\u2019", "'").casefold()
    return _WORD.sub(lambda match: _BARE[match[0]], straight)


PROBLEM = re.compile(
    r"\b(?:problem|issue|trouble|error|wrong|broken|lost|stolen|missing|late|delayed|cancel\w*|"
    r"refund\w*|charged?|overcharged|double|bill\w*|invoice|fraud\w*|declined|blocked|locked|"
    r"return\w*|exchange|damaged|fault\w*|complain\w*|never|still|can't|cannot|couldn't|"
    r"won't|doesn't|didn't|isn't|hasn't|haven't|not (?:working|arrived|received|showing)|"
    r"stopped|slow|drops?|dropping|disconnected|waiting)\b",
    re.IGNORECASE,
)
PURPOSE = re.compile(
    r"\b(?:i(?:'m| am) (?:calling|ringing|phoning|writing|contacting|trying|looking)|"
    r"i (?:want|need|wanted|wish|have|'d like|would like|was wondering|got|ordered)|i'd like|"
    r"i've (?:been|got|had|lost|received)|can (?:i|you)|could (?:i|you)|"
    r"(?:does|do|is|are) (?:my|you)|(?:the )?reason (?:i|for)|about my|regarding)\b",
    re.IGNORECASE,
)
PROCEDURE = re.compile(
    r"\b(?:my (?:full |first |last )?name|date of birth|(?:account|card|phone|order|reference|"
    r"policy|member\w*) number is|post ?code|zip code|spell|speaking with|who am i|"
    r"how (?:are|can|may) (?:you|i)|thank(?:s| you) for (?:calling|contacting|holding|waiting|"
    r"your patience|confirming)|bear with me|one (?:moment|second|sec)|hold (?:on|the line|please)|"
    r"on hold|take your time|while i\b|run a (?:quick )?test|anything else|have a (?:nice|good|"
    r"great|lovely)|"
    r"take care|(?:good)?bye|"
    r"recorded|security (?:questions?|checks?)|digit code|verify|may i have|can i (?:have|take|"
    r"get) your|"
    r"happy to help|help you with that|look into (?:that|this)|pull (?:up|that)|let me)\b",
    re.IGNORECASE,
)
_DONE = (
    r"(?:i|we)(?:'ve| have)? (?:just |also |now |already )?(?:raised|opened|created|logged|sent|"
    r"ordered|booked|scheduled|requested|escalated|submitted|arranged|passed|issued|cancell?ed|"
    r"refunded|blocked|credited|reset|applied|added|filed|processed|waived|forwarded|reversed|"
    r"updated|changed|transferred|rebooked|set|asked|disputed|activated|unlocked|closed|"
    r"corrected|restored|frozen|moved|removed|reported)"
)
RESOLVED = re.compile(
    rf"\b(?:{_DONE}|sort(?:ed|ing) (?:it|that|this)?|fixed|resolved|solved|refunded|"
    r"refund(?:ed)? (?:is|has|was|will)|cancell?ed|all set|processed|approved|booked|activated|"
    r"reactivated|replaced|working (?:now|again|fine)|it(?:'s| is) working|that worked|"
    r"went through|reinstated|unblocked|unlocked|credited|reversed|updated|corrected|restored|"
    r"removed|rescheduled|confirmed|completed|been (?:sent|done|issued|made|ordered|arranged|"
    r"changed|added|waived)|that's (?:done|everything i needed|great|perfect|brilliant)|"
    r"you're (?:booked|covered|all set)|i'm (?:closing|lifting|sending|refunding|cancell?ing)|"
    r"is on its way|back online|up and running)\b",
    re.IGNORECASE,
)
UNRESOLVED = re.compile(
    r"\b(?:can't|cannot|can not|unable|not able|aren't able|won't be able|unfortunately|"
    r"(?:nothing|not much) (?:i|we) can|not my (?:department|problem)|closing my account|"
    r"file a complaint|end of story|you owe|still (?:not|doesn't|isn't|waiting|broken|no)|"
    r"not (?:resolved|fixed|"
    r"acceptable|possible|good enough|something we)|isn't (?:resolved|fixed|working|good enough)|"
    r"escalat\w+|supervisor|manager|complaint|take my business|have to wait|i don't know|"
    r"i(?:'m| am) not sure|don't have any|give up|waste of|worst|ridiculous|i've had enough)\b",
    re.IGNORECASE,
)
_JUST_DONE = (
    r"(?:i|we)(?:'ve| have) (?:just |also |now |already )?(?!(?:look|check|receiv|notic|tri|ask|"
    r"not|"
    r"call|confirm|verifi|explain|mention|talk|listen|need|want)ed)(?:[a-z]+ed|put|taken|made|"
    r"given|"
    r"sent|set)\b"
)
# What an agent says to do while the customer is there is no promise.
_AT_HAND = (
    r"(?:check|look|see|find|have (?:a look|to)|take (?:a|you|your|care|that as)|try|need|help|"
    r"do|get to|"
    r"go|ask|be (?:right|happy|honest|glad|back)|pull|say|wait|hold|put you|bring (?:up|it up)|"
    r"give you (?:a (?:moment|second|minute)|the)|read|confirm|explain|tell|walk|start|show|know|"
    r"run|stay|sort|figure|never|not|make|spell|talk|speak|connect|stop|answer|guess|assume|"
    r"also need|verify|think|want|just)\b"
)
PROMISE = re.compile(
    rf"\b(?:{_DONE}|{_JUST_DONE}|"
    r"that's (?:all |now )?(?:been )?(?:changed|cancell?ed|updated|booked|added|removed|refunded)|"
    r"(?:i|we|they|he|she)(?:'ll| will|'m going to| am going to|'re going to| are going to) "
    rf"(?:also |now |then |just |go ahead and |make sure |personally )?(?!{_AT_HAND})[a-z]+|"
    r"i'm (?:now |also )?(?:sending|taking|ordering|booking|raising|issuing|crediting|reserving|"
    r"closing|lifting|cancell?ing|refunding|passing|opening|blocking|transferring|updating|"
    r"unlocking|releasing|removing|adding|marking|applying|waiving|activating|changing)|"
    r"(?:is|are) on (?:its|their) way|being (?:reprocessed|processed|sent|reviewed|looked into)|"
    r"been (?:changed|sent|added|updated|cancell?ed|refunded|booked|ordered|waived)|"
    r"you(?:'ll| will) (?:also |then )?(?:receive|get|see|have|hear|be (?:contacted|"
    r"charged|refunded|notified|called))|you should (?:receive|get|see|hear)|"
    r"(?:it|that)(?:'ll| will) be (?:with you|there)|will be (?:sent|e-?mailed|posted|delivered)|"
    r"(?:engineer|technician|replacement|refund|letter|confirmation|parcel|courier|card|manager|"
    r"specialist|team|label|prescription|email)[^.?!]{0,30} (?:will|should) |"
    r"within (?:the next )?[\w-]+(?: (?:to|or) [\w-]+)?(?: (?:working|business))? "
    r"(?:days?|hours?|weeks?|minutes?))\b",
    re.IGNORECASE,
)
_TASK = (
    r"(?:bring|take|send|call|ring|phone|check|talk|speak|contact|fax|e-?mail|fill|visit|go to|"
    r"keep|return|upload|wait|try|come|pick|drop|post|ask|download|cancel|use|collect|reply|"
    r"write|fit|"
    r"pay(?! (?:more )?attention)|book|claim|get in touch|log in|change|swap|make sure|choose|"
    r"leave|wrap|switch|put (?!your feet))"
)
INSTRUCTION = re.compile(
    r"\bplease (?!hold|wait|bear|confirm|give|tell|read|spell|say|verify|go ahead|describe|accept|"
    r"have|let|stay)\w+|\byou(?:'ll|'d)? (?:need|have) to\b|\byou(?:'ll|'d) want to\b|"
    r"\bmake sure (?:to|you|some)|"
    rf"\byou should {_TASK}\b|\byou must\b|\byou'd better|"
    rf"\byou can (?:just |also |always |then )?{_TASK}\b|"
    rf"(?:^|, )(?:then |just |and |first )?{_TASK}\b(?! (?:is|was|has|on|number)\b)(?= \S+ \S)|"
    rf"\bif you {_TASK}\b"
)
OWN_PLAN = re.compile(
    r"\bi(?:'ll| will|'m going to| am going to) (?:just |then |also |go and |have to )?(?:send|"
    r"e-?mail|"
    r"call|ring|phone|try|bring|come|pay|upload|check|fill|return|post|do (?:that|it|so)|go|file|"
    r"order|close|cancel|switch|contact|write|report|pick|drop|collect|visit|get back|make|let you|"
    r"speak|talk|ask|restart|look for|find|scan|sign|buy|complain)\b|"
    r"\bi'm (?:closing|filing|leaving|cancell?ing|switching|going elsewhere|reporting|returning)\b"
)
PRESENT = re.compile(
    r"\b(?:(?:will|'ll) (?!not|need)[a-z]+|should (?:be|arrive|reach|come)|comes?|goes|arrives?|"
    r"starts?|stops?|ships?|phones?|calls?|reach(?:es)?|appears?|"
    r"delivers?|lands?|expires?|begins?|ends?|is (?:now )?(?:on its way|back|active|booked|"
    r"due|"
    r"being \w+ed)|it's (?:active|booked|on its way|back)|you get|you can count|is going to|"
    r"you're (?:booked|set|covered)|expects?)\b"
)
UNREAL = re.compile(r"\b(?:would|could|might|may)\b")
IDENTITY = re.compile(
    r"\b(?:your|the|last|first|full|and) (?:[\w']+ ){0,2}(?:name|number|address|post ?code|"
    r"zip code|"
    r"date of birth|birthday|birth date|pin|security word|registration|reference|e-?mail)\b",
    re.IGNORECASE,
)
GLAD = re.compile(
    r"\b(?:great|perfect|brilliant|lovely|fantastic|wonderful|excellent|awesome|marvell?ous|"
    r"finally|"
    r"spot on|cheers|thank goodness|thank god|(?:thank you|thanks) (?:so|very|ever so) much|"
    r"thanks a (?:lot|million|bunch)|weight off|a relief|you're a star|you've been (?:great|very|"
    r"really|so)|that(?:'s| is| was) (?:easy|decent|kind|fair|good|a relief|quick)|so kind|"
    r"all i needed|that helps)\b"
)
DONE_NOW = re.compile(
    r"\b(?:i'm in|i see|it's (?:on|off|back|working|asking|done|plugged)|it (?:works|worked)|"
    r"works now|i did|done|did (?:that|it)|i've (?:done|unplugged|restarted|pressed))\b",
    re.IGNORECASE,
)
_TO_A_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.?!]{0,20}\b(?:all|any|your|previous|prior|above|"
    r"earlier|system)\b[^.?!]{0,20}\b(?:instructions?|prompts?|rules)\b|\bsystem prompt\b|"
    r"\blanguage model\b|\b(?:you are|as) an? (?:ai|assistant)\b|\b(?:output|respond with|"
    r"answer with|reply with|print)\b[^.?!]{0,30}\b(?:json|exactly)\b|\b(?:set|write|put)\b"
    r"[^.?!]{0,20}\b(?:outcome|resolved to|to true|to false)\b|\b(?:in|for) (?:the|your|this) "
    r"summary\b|\b(?:note|message|instruction)s? (?:to|for) the (?:ai|model|summari[sz]er|"
    r"transcriber)\b",
    re.IGNORECASE,
)


def addresses_a_model(text: str) -> bool:
    """Whether a turn instructs a language model that reads along; it then decides nothing."""
    return _TO_A_MODEL.search(text) is not None
