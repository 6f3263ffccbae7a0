"""The values that pass between rooms: who said what and when, and what follows from it.

All of them are frozen dataclasses of plain values. Times are seconds from the start of the
recording (or of the first chat message), rounded to three decimals. ``cintel.serial`` turns
an :class:`Analysis` into the ``cintel.analysis/1`` JSON and back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from cintel.evaluations import Answer as Answer
from cintel.evaluations import Evaluation as Evaluation
from cintel.evaluations import Evidence as Evidence
from cintel.evaluations import Source as Source
from cintel.summaries import Action as Action
from cintel.summaries import Summary as Summary
from cintel.vectors import UnitVectors as UnitVectors

Role = Literal["agent", "customer", "system", "unknown"]
Channel = Literal["call", "chat", "email"]

SIDES: tuple[Role, Role] = ("agent", "customer")
ROLES: tuple[Role, ...] = get_args(Role)
SENTIMENTS = ("negative", "neutral", "positive")
MOVES = (
    "greeting", "offer_help", "identity_check", "lookup", "empathy", "ownership", "next_step",
    "hold_request", "hold_order", "further_help", "farewell", "rudeness", "trouble",
)  # fmt: skip
"""What a turn does for the service: ``docs/scorecards.md``. All but the last are agents'."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word; ``probability`` is the recogniser's own, 0…1."""

    text: str
    start: float
    end: float
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says until it stops or the other starts; chat messages have no words."""

    index: int
    role: Role
    speaker: str
    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A call, chat or e-mail thread; ``started_at`` is ISO 8601 or None."""

    id: str
    channel: Channel
    source: str
    duration: float
    turns: tuple[Turn, ...] = ()
    started_at: str | None = None
    language: str | None = None
    agent_id: str | None = None
    customer_id: str | None = None
    queue: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    def side(self, role: Role) -> tuple[Turn, ...]:
        """The turns of one role, in order."""
        return tuple(turn for turn in self.turns if turn.role == role)


@dataclass(frozen=True, slots=True)
class Scored:
    """A label with its score: a probability, or −1…1 for sentiment."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Intent:
    """An intent name such as ``card.lost_or_stolen``; ``turn`` is the turn that showed it.

    ``example`` is the line of the user's own that it is like, where intents are the user's.
    """

    name: str
    score: float
    turn: int | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True)
class PiiSpan:
    """Personal data in a turn; ``start`` and ``end`` are character offsets into its text."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Labels:
    """What the language room says of one turn; None where it has no ground to say anything.

    ``moves`` are some of `MOVES`, likely ones first, with the chance that the turn makes each.
    """

    sentiment: Scored | None = None
    emotion: Scored | None = None
    act: Scored | None = None
    intents: tuple[Intent, ...] = ()
    frustration: float | None = None
    pii: tuple[PiiSpan, ...] = ()
    moves: tuple[Scored, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordingQuality:
    """How well the side that is heard worst is heard: ``docs/metrics.md``; ``score`` is 0…1."""

    level_dbfs: float
    snr_db: float
    clipped_share: float
    score: float
    poor: bool


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What the sound says beside the words, measured while the samples are at hand.

    Attributes:
        loudness: dBFS of each whole second, by role.
        pitch: median F0 in Hz and spread in semitones, by role.
        music: stretches of music, in seconds.
        warnings: what makes the recording hard to trust, in plain words.
        quality: None where nobody speaks, in chats, and in documents older than the figure.
        pitch_seconds: median F0 in Hz of each whole second in which it was measured, by role.
    """

    loudness: dict[str, tuple[float | None, ...]] = field(default_factory=dict)
    pitch: dict[str, tuple[float, float]] = field(default_factory=dict)
    music: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    quality: RecordingQuality | None = None
    pitch_seconds: dict[str, tuple[float | None, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stretches:
    """Six figures over stretches of time, and where they are. ``share`` is of the duration."""

    count: int = 0
    longest: float = 0.0
    shortest: float = 0.0
    mean: float = 0.0
    total: float = 0.0
    share: float = 0.0
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class SideMetrics:
    """Figures of one side; None where there is nothing to measure."""

    turns: int = 0
    words: int = 0
    talk_time: float = 0.0
    speech_rate: float | None = None
    response_median: float | None = None
    response_p90: float | None = None
    response_mean: float | None = None
    first_response: float | None = None
    interruptions: int = 0
    monologue: float = 0.0
    loudness: float | None = None
    loudness_range: float | None = None
    pitch_median: float | None = None
    pitch_spread: float | None = None
    sentiment: float | None = None
    sentiment_quarters: tuple[float | None, ...] = (None, None, None, None)
    sentiment_trend: float | None = None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures that ``docs/metrics.md`` defines, for one conversation."""

    duration: float
    talk_ratio: float | None
    interactivity: float | None
    question_rate: float | None
    overtalk_agent_rate: float | None
    silence: Stretches
    dead_air: Stretches
    hold: Stretches
    overtalk: Stretches
    agent: SideMetrics
    customer: SideMetrics

    def side(self, role: Role) -> SideMetrics:
        """The figures of ``agent`` or ``customer``."""
        return self.agent if role == "agent" else self.customer


@dataclass(frozen=True, slots=True)
class Frustration:
    """How frustrated the customer was, 0…1; ``reason`` says why where the score is None."""

    score: float | None = None
    peak: float | None = None
    peak_turn: int | None = None
    end: float | None = None
    trend: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """A customer's turn that moved the predicted satisfaction: with it, by so much more or less."""

    turn: int
    effect: float


@dataclass(frozen=True, slots=True)
class Csat:
    """Predicted satisfaction, 1…5; ``resolved`` is the chance that the matter was put right.

    ``pulls`` are the turns that moved the prediction most; ``reason`` says why there is none.
    """

    predicted: float | None = None
    confidence: float | None = None
    reason: str | None = None
    resolved: float | None = None
    pulls: tuple[Pull, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made an analysis: package version, weights by hash, device, seconds a stage."""

    cintel: str
    models: dict[str, str]
    device: str
    content_hash: str
    settings_hash: str
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything cintel says of one conversation; ``labels`` has one entry a turn.

    ``vectors`` goes into the store, but neither into JSON nor out of the store again.
    """

    conversation: Conversation
    labels: tuple[Labels, ...]
    intent: Intent | None
    summary: Summary
    metrics: Metrics
    acoustics: Acoustics
    frustration: Frustration
    csat: Csat
    evaluations: tuple[Evaluation, ...]
    provenance: Provenance
    vectors: UnitVectors | None = field(default=None, compare=False, repr=False)

    @property
    def id(self) -> str:
        """The conversation's id."""
        return self.conversation.id


def floor_reason(conversation: Conversation) -> str | None:
    """Why there are not an agent turn, a customer turn and ten words to score, or None."""
    if not conversation.side("agent"):
        return "no agent turn"
    if not conversation.side("customer"):
        return "no customer turn"
    words = sum(len(turn.text.split()) for turn in conversation.turns)
    return None if words >= 10 else f"only {words} words, 10 are needed"
