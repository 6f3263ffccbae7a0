"""An extractive summary: why the customer came, how it ended, what the agent promised.

Every part quotes a sentence of the conversation. The turn's act, where the heads gave one,
adds to wording cues; no sentence is chosen without a reason to choose it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cintel.conversation import Conversation, Intent, Labels, Role, Summary, floor_reason
from cintel.language.sentences import split_sentences

if TYPE_CHECKING:
    import numpy as np

MAX_ACTIONS = 5
_SHORTEST = 4  # words of a sentence worth quoting
_LONGEST = 60
_FULL = 14  # words from which a sentence counts as fully informative
_OPENING = 0.5  # the reason stands in the first half
_CLOSING = 0.5  # and the outcome in the second
_SAME = 0.6  # share of common content words from which two actions are one

_PROBLEM = re.compile(
    r"\b(?:problem|issue|trouble|error|wrong|broken|lost|stolen|missing|late|delayed|cancel\w*|"
    r"refund\w*|charged?|overcharged|double|bill\w*|invoice|fraud\w*|declined|blocked|locked|"
    r"return\w*|exchange|damaged|fault\w*|complain\w*|never|still|can't|cannot|couldn't|"
    r"won't|doesn't|didn't|isn't|hasn't|haven't|not (?:working|arrived|received|showing)|"
    r"stopped|slow|drops?|dropping|disconnected|waiting)\b",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\b(?:i(?:'m| am) (?:calling|ringing|phoning|writing|contacting|trying|looking)|"
    r"i (?:want|need|wanted|wish|have|'d like|would like|was wondering|got|ordered)|i'd like|"
    r"i've (?:been|got|had|lost|received)|can (?:i|you)|could (?:i|you)|"
    r"(?:the )?reason (?:i|for)|about my|regarding)\b",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(
    r"\b(?:my (?:full |first |last )?name|date of birth|(?:account|card|phone|order|reference|"
    r"policy|member\w*) number is|post ?code|zip code|spell|speaking with|who am i|"
    r"how (?:are|can|may) (?:you|i)|thank(?:s| you) for (?:calling|contacting|holding|waiting|"
    r"your patience|confirming)|bear with me|one (?:moment|second|sec)|hold (?:on|the line|please)|"
    r"on hold|anything else|have a (?:nice|good|great|lovely)|take care|(?:good)?bye|"
    r"recorded|security questions?|verify|may i have|can i (?:have|take|get) your|"
    r"happy to help|help you with that|look into (?:that|this)|pull (?:up|that)|let me)\b",
    re.IGNORECASE,
)
_DONE = (
    r"(?:i|we)(?:'ve| have) (?:just |also |now |already )?(?:raised|opened|created|logged|sent|"
    r"ordered|booked|scheduled|requested|escalated|submitted|arranged|passed|issued|cancell?ed|"
    r"refunded|blocked|credited|reset|applied|added|filed|processed|waived|forwarded|reversed|"
    r"updated|changed|transferred|rebooked|set|asked)"
)
_RESOLVED = re.compile(
    rf"\b(?:{_DONE}|sort(?:ed|ing) (?:it|that|this)?|fixed|resolved|solved|refunded|"
    r"refund(?:ed)? (?:is|has|was|will)|cancell?ed|all set|processed|approved|booked|activated|"
    r"reactivated|replaced|working (?:now|again|fine)|it(?:'s| is) working|that worked|"
    r"went through|reinstated|unblocked|unlocked|credited|reversed|updated|corrected|restored|"
    r"removed|rescheduled|confirmed|completed|been (?:sent|done|issued|made|ordered|arranged|"
    r"changed|added|waived)|that's (?:done|everything i needed|great|perfect|brilliant)|"
    r"is on its way|back online|up and running)\b",
    re.IGNORECASE,
)
_UNRESOLVED = re.compile(
    r"\b(?:can't|cannot|can not|unable|not able|aren't able|won't be able|unfortunately|"
    r"nothing (?:i|we) can|still (?:not|doesn't|isn't|waiting|broken|no)|not (?:resolved|fixed|"
    r"acceptable|possible|good enough|something we)|isn't (?:resolved|fixed|working|good enough)|"
    r"escalat\w+|supervisor|manager|complaint|take my business|have to wait|i don't know|"
    r"i(?:'m| am) not sure|don't have any|give up|waste of|worst|ridiculous|had enough)\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    rf"\b(?:{_DONE}|"
    r"(?:i|we|they|he|she)(?:'ll| will|'m going to| am going to|'re going to| are going to) "
    r"(?:also |now |then |go ahead and |make sure |personally )?(?:send|e-?mail|call|ring|text|"
    r"post|mail|order|arrange|book|raise|open|create|escalate|refund|credit|issue|process|"
    r"cancel|replace|update|follow|contact|notify|schedule|ship|transfer|pass|forward|waive|"
    r"apply|add|remove|submit|file|note|have (?:a|an|someone|our|the)|be in touch|get back|"
    r"block|set|request|reverse|investigate|keep|mark|collect|fix)\w*|"
    r"i'm (?:sending|taking|ordering|booking|raising|issuing|crediting|reserving)|"
    r"you(?:'ll| will) (?:also |then )?(?:receive|get|see|have|hear|be (?:contacted|"
    r"charged|refunded|notified|called))|you should (?:receive|get|see|hear)|"
    r"(?:it|that)(?:'ll| will) be (?:with you|there)|will be (?:sent|e-?mailed|posted|delivered)|"
    r"(?:engineer|technician|replacement|refund|letter|confirmation|parcel|courier|card|manager|"
    r"specialist|team|label|prescription|email)[^.?!]{0,30} (?:will|should) |"
    r"within (?:the next )?[\w-]+(?: (?:to|or) [\w-]+)?(?: (?:working|business))? "
    r"(?:days?|hours?|weeks?|minutes?))\b",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"\b(?:please (?!hold|wait|bear|confirm|give|tell)\w+|you(?:'ll)? need to|make sure (?:to|you)|"
    r"you should (?!have))\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\b(?:a|an|the|i|we|you|your|its?|to|of|in|on|at|for|with|and|or|so|that|this|is|be|will|"
    r"have|has|also|just|now|then|our|my|me|us|as|by|from)(?:['\u2019]\w+)?\b"
)


class _Sentence(NamedTuple):
    """A quotable sentence; ``position`` is its turn's place in the conversation, 0…1."""

    text: str
    turn: int
    role: Role
    act: str
    position: float
    weight: float


def summarise(
    conversation: Conversation,
    labels: Sequence[Labels],
    intent: Intent | None,
    vectors: np.ndarray | None = None,
) -> Summary:
    """Quote the reason, the outcome and up to five actions, and tell them in a paragraph.

    Args:
        conversation: at least at the evidence floor, or the summary only says why it is empty.
        labels: one a turn; their acts are used where present.
        intent: its turn is where the reason is looked for first.
        vectors: one unit-length row a turn, shape (turns, size); favours central sentences.
    """
    fault = floor_reason(conversation)
    if fault is not None:
        return Summary(text=f"Not summarised: {fault}.")
    sentences = list(_sentences(conversation, labels, vectors))
    reason = _reason(sentences, intent)
    outcome = _outcome(sentences)
    actions = _actions(sentences)
    text = _paragraph(reason, outcome, actions)
    return Summary(
        reason.text if reason else None, outcome.text if outcome else None, actions, text
    )


def _sentences(
    conversation: Conversation, labels: Sequence[Labels], vectors: np.ndarray | None
) -> Iterator[_Sentence]:
    """All sentences worth quoting: not short, long, broken off, quoting or procedural."""
    turns = conversation.turns
    weights = [0.0] * len(turns)
    if vectors is not None and len(turns):
        weights = [float(value) for value in vectors @ vectors.mean(axis=0)]
    for place, (turn, label) in enumerate(zip(turns, labels, strict=True)):
        act = label.act.label if label.act else ""
        position = place / max(1, len(turns) - 1)
        for text in split_sentences(turn.text):
            whole = not text.endswith(("\u2014", "\u2013", "-", "\u2026", "..."))
            own = not text.startswith(('"', "\u201c"))
            fits = _SHORTEST <= len(text.split()) <= _LONGEST
            if fits and own and whole and not _PROCEDURE.search(text):
                yield _Sentence(text, place, turn.role, act, position, weights[place])


def _reason(sentences: Sequence[_Sentence], intent: Intent | None) -> _Sentence | None:
    """The customer's best problem statement, in the intent's turn if that is a customer's."""
    said = [sentence for sentence in sentences if sentence.role == "customer"]
    shown = [sentence for sentence in said if intent and sentence.turn == intent.turn]
    early = [sentence for sentence in said if sentence.position <= _OPENING]
    return max(shown or early or said, key=_problem_score, default=None)


def _problem_score(sentence: _Sentence) -> float:
    informative = min(len(sentence.text.split()), _FULL) / _FULL
    problem = min(2, len(_PROBLEM.findall(sentence.text)))
    purpose = _PURPOSE.search(sentence.text) is not None
    act = {"inform": 0.5, "request": 0.5, "confirm": -0.5, "disconfirm": -0.5}
    fit = act.get(sentence.act, 0.0)
    return 1.5 * problem + purpose + informative + fit + sentence.weight - 2 * sentence.position


def _outcome(sentences: Sequence[_Sentence]) -> _Sentence | None:
    """The closing statement that says most plainly how it ended; None where none says so."""
    closing = [
        sentence
        for sentence in sentences
        if sentence.position >= _CLOSING
        and sentence.role in ("agent", "customer")
        and not sentence.text.endswith("?")
        and _ending(sentence)
    ]
    return max(closing, key=_ending_score, default=None)


def _ending_score(sentence: _Sentence) -> float:
    done = len(_RESOLVED.findall(sentence.text)) + len(_UNRESOLVED.findall(sentence.text))
    informative = min(len(sentence.text.split()), _FULL) / _FULL
    return 2 * sentence.position + min(2, done) + informative + (sentence.role == "agent")


def _ending(sentence: _Sentence) -> str:
    """How it ended by this sentence, or nothing; a refusal outweighs what else it says."""
    if _UNRESOLVED.search(sentence.text):
        return "unresolved"
    if _RESOLVED.search(sentence.text):
        return "resolved"
    promised = sentence.role == "agent" and _PROMISE.search(sentence.text)
    return "with a promise" if promised else ""


def _actions(sentences: Sequence[_Sentence]) -> tuple[str, ...]:
    """The agent's promises and next steps, the last five of them, each once."""
    kept: list[str] = []
    for sentence in sentences:
        if sentence.role != "agent" or sentence.text.endswith("?"):
            continue
        promise = sentence.act == "promise" or _PROMISE.search(sentence.text)
        instruction = sentence.act in ("instruct", "") and _INSTRUCTION.search(sentence.text)
        if (promise or instruction) and not any(_alike(sentence.text, other) for other in kept):
            kept.append(sentence.text)
    return tuple(kept[-MAX_ACTIONS:])


def _alike(one: str, other: str) -> bool:
    first, second = _content(one), _content(other)
    return len(first & second) >= _SAME * max(1, len(first | second))


def _content(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w']+", _STOP.sub(" ", text.casefold())))


def _paragraph(reason: _Sentence | None, outcome: _Sentence | None, actions: Sequence[str]) -> str:
    told = f"The customer said: {_closed(reason.text)}" if reason else "No reason was stated."
    parts = [told]
    if outcome is None:
        parts.append("No outcome was stated.")
    else:
        teller = "agent" if outcome.role == "agent" else "customer"
        parts.append(f"It ended {_ending(outcome)}; the {teller} said: {_closed(outcome.text)}")
    steps = [action for action in actions if outcome is None or action != outcome.text]
    if steps:
        parts.append(f"Next step: {_closed(steps[-1])}")
    return " ".join(parts)


def _closed(text: str) -> str:
    """A quoted sentence with a capital and an end."""
    capital = text[:1].upper() + text[1:]
    return capital if capital[-1] in ".?!" else f"{capital.rstrip(',;:')}."
