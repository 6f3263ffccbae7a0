"""The card and its PDF, read back as text."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from pypdf import PdfReader

from cintel.conversation import Analysis, Evidence
from cintel.errors import StoreError, UsageError
from cintel.quality import Scorecard
from cintel.reports import cards, render
from cintel.reports.fonts import markup
from cintel.store import Store, reviews


def _pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def _flat(content: bytes) -> str:
    return " ".join(" ".join(_pages(content)).split())


def _reworded(analysis: Analysis, text: str) -> Analysis:
    made = analysis.evaluations[0]
    first, *others = made.answers
    quote = Evidence(0, text, 3725.0, 3730.0)
    changed = replace(first, reason=text, evidence=(quote,))
    return replace(analysis, evaluations=(replace(made, answers=(changed, *others)),))


def test_a_card_holds_both_answers_and_the_record(store: Store) -> None:
    (found,) = cards(store, "c1")
    assert (found.title, found.agent, found.team) == ("Mini card", "ann", "billing")
    assert (found.machine_score, found.score, found.passed) == (60.0, 100.0, True)
    opening, service = found.parts
    assert (opening.title, opening.weight, opening.score) == ("Opening", 40, 100.0)
    helped, recorded = service.entries
    assert (helped.machine, helped.points, helped.mark) == ("no", 10.0, "full")
    assert helped.told is not None
    assert (helped.told.reviewer, helped.told.answer) == ("eve", "yes")
    assert recorded.rule == "auto-fail"
    assert [told.answer for told in found.history] == ["no", "yes"]


def test_the_pdf_says_it_all(store: Store) -> None:
    content = render(cards(store, "c1"))
    text = _flat(content)
    for words in (
        "Mini card 100 of 100 Passed", "Agent ann", "Date 2 Mar 2026, 09:30", "Score by AI 60",
        "Conversation c1", "Opening weight 40 %, 100 %", "✓ Does the agent help? 10 of 10",
        "AI (confidence 90 %): no help found 1:05 “words on help”", "UTC): yes She does, at 1:05.",
        "eve: no to “Does the agent help?”", "eve: yes to “Does the agent help?”: She does",
        "Is recording announced? auto-fail", "Page 1 of 1",
    ):  # fmt: skip
        assert words in text
    assert content == render(cards(store, "c1"))


def test_what_failed_and_what_does_not_apply(store: Store) -> None:
    text = _flat(render(cards(store, "c3")))
    assert "0 of 100 Failed automatically" in text
    assert "✗ Is recording announced? auto-fail 0 of 5" in text
    text = _flat(render(cards(store, "c4")))
    assert "Opening weight 40 %, does not apply" in text
    assert "– Does the agent greet? – of 5 AI (confidence 90 %): not applicable" in text


def test_any_text_is_drawn(store: Store, build: Callable[..., Analysis]) -> None:
    odd = (
        "“Curly” Ärger Дмитрий Ελλάδα <b>&amp; 王小明 さくら 한국어 😀\x00\x07\ufffe "
        "שלום नमस्ते 𝐀 𠮷\u200d"
    )
    store.save(_reworded(build("c6", "yes", "yes", "yes", agent_id=odd, queue=odd), odd))
    reviews.override(
        store, "c6", "mini", store.load("c6").evaluations[0].version, "greeting",
        reviewer=odd, answer="yes", points=5.0, comment=odd,
    )  # fmt: skip
    text = _flat(render(cards(store, "c6")))
    for words in ("“Curly” Ärger Дмитрий Ελλάδα <b>&amp;", "[grinning face]", "A [U+20BB7]"):
        assert text.count(words) >= 5
    assert "1:02:05" in text


def test_chinese_japanese_and_korean_copy_as_they_were(
    store: Store, build: Callable[..., Analysis]
) -> None:
    store.save(build("c6", "yes", "yes", "yes", agent_id="王小明", queue="さくら桜"))
    text = _flat(render(cards(store, "c6")))
    assert "王小明" in text
    assert "さくら桜" in text


@pytest.mark.parametrize("text", ["word " * 10_000, "x" * 30_000, "王" * 20_000])
def test_the_longest_answer_goes_on_over_pages(
    text: str, store: Store, build: Callable[..., Analysis]
) -> None:
    store.save(_reworded(build("c6", "yes", "yes", "yes"), text))
    pages = _pages(render(cards(store, "c6")))
    assert len(pages) > 5
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]
    found = "".join("".join(pages).split())
    assert found.count(text[0]) >= 2 * text.count(text[0])


def test_a_question_longer_than_a_page(store: Store, card: Scorecard) -> None:
    (found,) = cards(store, "c1")
    entry = replace(found.parts[0].entries[0], text="why " * 5_000)
    part = replace(found.parts[0], title="long " * 2_000, entries=(entry,))
    pages = _pages(render((replace(found, title="T " * 500, parts=(part,)),)))
    assert sum(page.count("why") for page in pages) == 5_000


def test_each_evaluation_starts_a_page(store: Store) -> None:
    found = store.load("c1")
    other = replace(found.evaluations[0], scorecard="other", version="v9")
    store.save(replace(found, evaluations=(*found.evaluations, other)))
    both = _pages(render(cards(store, "c1")))
    assert [page.split()[0] for page in both] == ["Mini", "other"]
    assert "Answers of people" not in both[1]
    assert [card.title for card in cards(store, "c1", "other")] == ["other"]


def test_what_is_not_there_is_named(store: Store, build: Callable[..., Analysis]) -> None:
    with pytest.raises(
        UsageError, match=r"has no evaluation on scorecard 'sales'\. Take one of mini"
    ):
        cards(store, "c1", "sales")
    with pytest.raises(StoreError, match="holds no conversation 'zz'"):
        cards(store, "zz")
    store.save(replace(build("c6", "yes", "yes", "yes"), evaluations=()))
    with pytest.raises(UsageError, match=r"has no evaluation\. Score it with: cintel evaluate"):
        cards(store, "c6")


def test_markup_escapes_and_changes_fonts() -> None:
    assert markup("a<b & c\nd\x01") == "a&lt;b &amp; c<br/>d"
    assert markup("é王") == 'é<font name="STSong-Light">王</font>'
    assert markup("桜の") == '<font name="HeiseiMin-W3">桜の</font>'
    assert markup("한") == '<font name="HYSMyeongJo-Medium">한</font>'
    assert markup("\U0001f600\U00020bb7\U0001d400") == "[grinning face][U+20BB7]A"
