from __future__ import annotations

from cintel.commands.results import render
from cintel.conversation import Action, Summary
from cintel.testing import analysis_of


def test_the_text_names_the_turns_of_each_part() -> None:
    analysis = analysis_of(
        *("agent: Good morning and welcome, what can I do for you today?", "customer: It is lost."),
        summary=Summary(
            "It is lost.", "A new one is sent.",
            (Action("Send it.", "agent", "by Friday", (1, 7)), Action("Wait.")),
            "All of it.", (1,), (0, 1), None, "llm", "action 3 cites 0 turns",
        ),
    )  # fmt: skip
    assert render(analysis, "text").split("\n")[-8:] == [
        "",
        "All of it.",
        "  reason: It is lost.  [00:04]",
        "  outcome, open: A new one is sent.  [00:00]  [00:04]",
        "  action (agent, by Friday): Send it.  [00:04]",
        "  action: Wait.",
        "  language model: action 3 cites 0 turns",
        "",
    ]


def test_a_bare_summary_is_its_text() -> None:
    analysis = analysis_of("agent: Hello.", summary=Summary(text="Not summarised."))
    assert render(analysis, "text").split("\n")[-2:] == ["Not summarised.", ""]
