"""The coaching page: its words, and a note from suggestion to its end in Streamlit's bench."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cintel.conversation import Analysis
from cintel.dashboard import clips, coaching, intervals, notes
from cintel.dashboard.clips import Found
from cintel.dashboard.view import View
from cintel.quality import Question
from cintel.quality.clips import Clip
from cintel.quality.coaching import Share, course, suggestions
from cintel.quality.rules import Phrases
from cintel.store import Store
from cintel.store import coaching as kept
from cintel.store.selection import Filters
from cintel.testing import conversation_of

TODAY = datetime.now(UTC).date()


def _draw(url: str, agents: tuple[str, ...] = ()) -> None:
    import streamlit as st

    from cintel.dashboard import coaching
    from cintel.dashboard.view import View
    from cintel.store import Store
    from cintel.store.selection import Filters

    def open_call(key: str, at: float | None) -> None:
        st.session_state["opened"] = (key, at)

    coaching.page(View(Store(url), Filters(agents=agents), None, open_call))


def _run(url: str, *agents: str) -> AppTest:
    return AppTest.from_function(_draw, args=(url, agents), default_timeout=120).run()


def _press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def _note(**given: Any) -> dict[str, Any]:
    plain = dict.fromkeys(("acknowledged_at", "acknowledged_by", "reply", "closed_at"))
    return plain | {
        "agent_id": "ann", "scorecard": "service", "question": "offer_help", "author": "lea",
        "created_at": "2026-03-01T10:00:00.000000+00:00", "due": date(2026, 3, 8),
    } | given  # fmt: skip


TEAM = [
    coaching.Tally("ann", "service", "offer_help", Share(2, 9)),
    coaching.Tally("bob", "service", "offer_help", Share(48, 60)),
    coaching.Tally("ann", "service", "empathy", Share(2, 8)),
    coaching.Tally("bob", "service", "empathy", Share(16, 40)),
]
FOUND = suggestions(TEAM)


def test_suggestions_in_words() -> None:
    told = coaching.table(FOUND, [_note(), _note(question="empathy", closed_at="2026")])
    assert told.to_numpy().tolist()[0] == [
        "ann", "Offer help", "7 of 9", "22 % (6 to 55 %)", "80 % (68 to 88 %)",
        "Behind the others", "23 points", True,
    ]  # fmt: skip
    assert list(told["standing"]) == [
        "Behind the others", "Others fail it too", "Others fail it too", "Ahead of the others",
    ]  # fmt: skip
    assert list(told["least"]) == ["23 points", "–", "–", "–"]
    assert list(told["note"]) == [True, False, False, False]


def test_a_note_is_drafted_in_plain_words() -> None:
    lines = ("may I help with anything else?", "is there more I can do?", "anything else?")
    question = Question("offer_help", "Does the agent offer more help?", judge=Phrases(lines))
    moments = (Clip("a", "nearest", 3.0, 4.0), Clip("b", "good", 8.0, 9.0))
    found = Found(question, question.text, "v1", moments)
    assert coaching.draft(FOUND[0], found).split("\n\n") == [
        "Does the agent offer more help?",
        "In 7 of your 9 calls that this applies to, the answer was not yet what we look for. "
        "Your colleagues pass 80 %.",
        "Please listen to the moments below. In the last one it went well.",
        "For example: “may I help with anything else?” Or: “is there more I can do?”",
        "What I suggest: ",
    ]
    shared = next(item for item in FOUND if item.agent == "ann" and item.standing == "shared")
    assert "colleagues" not in coaching.draft(FOUND[-1], found)
    plain = coaching.draft(shared, Found(None, "Empathy", "v1", moments[:1]))
    assert "Your colleagues find it hard too: they pass 40 %." in plain
    assert "went well" not in plain
    assert "For example" not in plain


def test_a_clip_reads_what_the_transcript_says_now() -> None:
    talk = conversation_of("agent: Yes?", "customer: Hello there.", agent_id="bob",
                           started_at="2026-03-01T09:30:00")  # fmt: skip
    near = Clip(talk.id, "nearest", 0.0, 0.4)
    about = "The nearest to it that was said"
    assert clips.told(near, talk, "bob") == ("Yes?", f"{about} · 1 Mar 2026, 09:30")
    good = clips.told(Clip(talk.id, "good", 0.0, 0.4), talk, "ann")
    assert good == ("Yes?", "Here it went well, in the call of a colleague · 1 Mar 2026, 09:30")
    silence = clips.told(Clip(talk.id, "rests", 40.0, 52.0), talk, "bob")
    assert silence[0] == "12 seconds in which nobody speaks"
    assert clips.told(Clip(talk.id, "none"), talk, "bob")[0] == ""
    moments = [near, Clip(talk.id, "none")]
    assert clips.from_rows(clips.as_rows(moments)) == moments


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, "waiting"),
        ({"due": date(2026, 3, 4)}, "overdue"),
        ({"due": date(2026, 3, 4), "acknowledged_at": "2026"}, "acknowledged"),
        ({"acknowledged_at": "2026", "closed_at": "2026"}, "closed"),
    ],
)
def test_where_a_note_stands(given: dict[str, Any], state: str) -> None:
    note = _note(**given)
    assert notes.state(note, date(2026, 3, 5)) == state
    (row,) = notes.listed([note], date(2026, 3, 5)).to_dict("records")
    assert (row["question"], row["state"], row["given"]) == (
        "Offer help", state, "1 Mar 2026, 10:00",
    )  # fmt: skip


def test_before_and_since_in_words_and_as_dots() -> None:
    early = course(Share(2, 9), Share(4, 4), Share(8, 10), Share())
    assert notes.worded(early) == "Too early to tell. 4 of the 10 calls it takes."
    found = course(Share(2, 9), Share(12, 14), Share(8, 10), Share())
    assert notes.worded(found) == "Better since the note. +63 points, 95 % interval +22 to +82."
    nothing = course(Share(), Share(12, 14), Share(), Share())
    assert notes.worded(nothing) == "Nothing before to compare with."
    own, others = intervals.before_after(found).data
    assert list(own.x) == pytest.approx([2 / 9, 12 / 14])
    assert list(own.customdata) == [
        "2 of 9 passed, 22 % (6 to 55 %)", "12 of 14 passed, 86 % (60 to 96 %)",
    ]  # fmt: skip
    assert (list(others.x), list(others.y)) == ([0.8], [0.22])


def test_a_note_from_suggestion_to_its_end(own: str) -> None:
    page = _run(own)
    assert not page.exception
    shown = page.dataframe[0].value
    assert len(shown)
    agent = shown["agent"].iloc[0]
    _press(page, "Give the note")
    assert r"author\: is empty" in page.error[0].value
    page.text_input(key="reviewer").set_value("lea").run()
    area = page.text_area[0]
    assert area.value.endswith("What I suggest: ")
    area.set_value(f"{area.value}name *yourself*").run()
    _press(page, "Give the note")
    assert not page.error
    assert page.dataframe[0].value["note"].iloc[0]
    _press(page, "Give the note")
    assert "has an open note" in page.error[0].value

    page.segmented_control(key="coaching").set_value("Notes").run()
    assert not page.exception
    assert list(page.dataframe[0].value["state"]) == ["waiting"]
    assert any(f"{agent} acknowledges it" in text.value.replace("\\", "") for text in page.caption)
    assert "I have read it" not in [button.label for button in page.button]
    page.text_input(key="reviewer").set_value(agent).run()
    assert "Close the note" not in [button.label for button in page.button]
    page.text_area[0].set_value("I will.")
    _press(page, "I have read it")
    assert list(page.dataframe[0].value["state"]) == ["acknowledged"]
    page.text_input(key="reviewer").set_value("lea").run()
    _press(page, "Close the note")
    assert list(page.dataframe[0].value["state"]) == ["closed"]
    assert [button.label for button in page.button if "note" in button.label] == []
    with Store(own) as store:
        (note,) = kept.notes(store)
        assert (note["reply"], note["closed_by"]) == ("I will.", "lea")
        assert note["text"].endswith("name *yourself*")
        assert kept.clips(store, note["note"])


def test_a_click_opens_the_call_at_its_moment(filled: str) -> None:
    page = _run(filled)
    with Store(filled) as store:
        view = View(store, Filters(), None, lambda key, at: None)
        found = clips.find(view, suggestions(coaching.tallies(view))[0])
    first = found.clips[0]
    page.button[0].click().run()
    assert page.session_state["opened"] == (first.conversation, first.start)


def test_one_agent_is_compared_with_the_whole_team(filled: str, analyses: list[Analysis]) -> None:
    everybody, one = _run(filled), _run(filled, "tom.walker")
    whole = everybody.dataframe[0].value
    mine = whole[whole["agent"] == "tom.walker"].reset_index(drop=True)
    assert len(mine)
    assert one.dataframe[0].value.equals(mine)


def test_a_note_whose_calls_are_gone_is_still_read(own: str, analyses: list[Analysis]) -> None:
    with Store(own) as store:
        agent = analyses[0].conversation.agent_id
        assert agent is not None
        made = analyses[0].evaluations[0]
        kept.write(
            store, agent, made.scorecard, "no such version", "greeting", author="lea", text="Hi!",
            due=TODAY + timedelta(days=1),
            clips=clips.as_rows([Clip(analyses[0].id, "nearest", 0.5, 3.0)]),
        )  # fmt: skip
        store.delete(analyses[0].id)
    page = _run(own)
    page.segmented_control(key="coaching").set_value("Notes").run()
    assert not page.exception
    assert any("Hi" in text.value for text in page.markdown)
    assert not [button for button in page.button if button.icon == ":material/play_arrow:"]
