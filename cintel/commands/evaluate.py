"""``cintel evaluate``: stored conversations on a scorecard, the recordings left alone."""

from __future__ import annotations

from dataclasses import replace

from rich.progress import track

from cintel.commands.results import opened
from cintel.commands.screen import err
from cintel.conversation import Evaluation
from cintel.settings import Settings


def run(settings: Settings) -> int:
    """Score every conversation of the store; the exit status."""
    from cintel.analyzer import Analyzer
    from cintel.quality import dumps

    analyzer = Analyzer(settings)
    card = analyzer.scorecard
    scored: list[Evaluation] = []
    with opened(settings.store) as store:
        store.save_scorecard(card.name, card.version, dumps(card))
        for key in track(store.ids(), "evaluating", console=err):
            analysis = store.load(key)
            fresh = analyzer.evaluate(analysis)
            others = tuple(
                item for item in analysis.evaluations
                if (item.scorecard, item.version) != (card.name, card.version)
            )  # fmt: skip
            store.save(replace(analysis, evaluations=(*others, fresh)))
            scored.append(fresh)
    scores = [item.score for item in scored if item.score is not None]
    mean = f"{sum(scores) / len(scores):.1f}" if scores else "-"
    passed = sum(bool(item.passed) for item in scored)
    unsure = sum(answer.unsure for item in scored for answer in item.answers)
    err.print(
        f"{card.name} {card.version}: {len(scored)} scored, mean {mean}, {passed} passed, "
        f"{unsure} answers left to a person",
        highlight=False,
    )
    return 0
