from __future__ import annotations

import pytest

from cintel.insight.wording import Cue, cues, typing_cues

FRUSTRATED = {
    "I already told you my name twice": "repeats a request",
    "I’ve told you people already": "repeats a request",
    "This is the third time I have called about it": "counts the times",
    "I have called four times about this": "counts the times",
    "I've said no three times now": "counts the times",
    "How many times do I have to say this?": "how many times",
    "How many times?": "how many times",
    "My internet is down again": "again",
    "Do I really have to explain everything again?": "again",
    "You keep asking me for my number": "same thing every time",
    "I want to speak to a supervisor": "asks for a supervisor",
    "Why don't you put me through to a manager": "asks for a supervisor",
    "Fix it or I'll cancel": "threatens to leave",
    "I'm taking my business elsewhere": "threatens to leave",
    "I will never order from you again": "threatens to leave",
    "I'm going to file a complaint": "threatens a complaint",
    "I'm talking to my lawyer tomorrow": "threatens a complaint",
    "I will report you to the ombudsman": "threatens a complaint",
    "This is ridiculous.": "calls it unacceptable",
    "That's completely unacceptable": "calls it unacceptable",
    "What a waste of time": "calls it unacceptable",
    "It's not good enough": "calls it unacceptable",
    "I can't believe how ridiculous this is": "calls it unacceptable",
    "I'm so frustrated with this": "says it hurts",
    "I am sick and tired of it": "says it hurts",
    "Are you even listening to me?": "feels unheard",
    "Nobody called me back": "feels unheard",
    "I've been on hold for over forty minutes": "waits too long",
    "I am still waiting for my refund": "waits too long",
    "What the hell is going on": "swears",
    "For God's sake, just fix it": "swears",
}

CALM = """could you say that again please
let me try again
can you send it again please
I will see you again tomorrow
it's working again now
thanks again
no complaints
A complaint? No, not at all.
Ridiculous? Nope.
I don't want to complain
I don't need to speak to a manager
my manager asked me to call
I need a password manager
it's not a waste of time
that's not ridiculous
I'm not angry at all
I'd like to cancel my appointment on Tuesday
I'd like to cancel my subscription
I want to close my account because I am moving abroad
I want to report a lost card
My name is Sue and I am calling about my bill
is that the second time slot?
how many times a day should I take it?
I take it three times a day
my lawyer needs a copy of the statement
I had a bloody nose last night
I've already paid the bill
I've already told my wife
I got a scam text message yesterday
I am happy to wait
that is a bit annoying
yes that's right, four four two one"""


@pytest.mark.parametrize(("text", "name"), FRUSTRATED.items())
def test_frustrated_wording(text, name):
    assert name in [cue.name for cue in cues(text)]


@pytest.mark.parametrize("text", CALM.splitlines())
def test_calm_wording(text):
    assert cues(text) == ()


def test_a_cue_carries_its_quote_and_fires_once():
    assert cues("It's RIDICULOUS, simply ridiculous!") == (
        Cue("calls it unacceptable", 0.55, "RIDICULOUS"),
    )


def test_a_denied_cue_gives_way_to_one_that_is_not():
    found = cues("It is not ridiculous, no. It is unacceptable.")
    assert [cue.quote for cue in found] == ["unacceptable"]


def test_a_negator_reaches_three_words_and_not_into_the_next_clause():
    assert cues("I'm not, this is ridiculous")
    assert cues("it does not work and this is ridiculous")
    assert cues("it is still not working this is ridiculous")
    assert not cues("it is not so very ridiculous")


def test_typing():
    assert [cue.name for cue in typing_cues("WHERE IS MY ORDER")] == ["writes in capitals"]
    assert [cue.quote for cue in typing_cues("where is it?!!!")] == ["?!!!"]
    for calm in ("Great!", "I am in!! Thank you!!", "My PIN and my IBAN", "OK", "NHS", "", "12345"):
        assert typing_cues(calm) == ()
