"""The real server in a real browser: every page, the player, and a saved review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from benchmarks import walk
from cintel.conversation import Analysis
from cintel.store import Store, reviews, scorecards, worklist
from cintel.store.workflow_steps import Key

pytestmark = pytest.mark.browser
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from benchmarks import review_walk  # noqa: E402  (it needs playwright)

AGENT = "grace.hill"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    binary = walk.chromium()
    if binary is None:
        pytest.skip("no Chromium or Chrome on the path")
    with playwright.sync_playwright() as started:
        flags = [*walk.FLAGS, "--autoplay-policy=no-user-gesture-required"]
        opened = started.chromium.launch(executable_path=binary, args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(
    browser: Any, make_store: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    url = make_store(tmp_path_factory.mktemp("browser"))
    with walk.serve(url) as address:
        yield address, url


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    opened = browser.new_page(viewport=walk.SIZE)
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


def test_every_page_is_clean(browser: Any, served: tuple[str, str], tmp_path: Path) -> None:
    assert walk.walk(browser, served[0], tmp_path, "light") == []
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(walk.PAGES)


def test_nothing_is_asked_of_another_machine(page: Any, served: tuple[str, str]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served[0])
    walk.settle(page)
    assert asked
    assert [url for url in asked if not url.startswith((served[0], "blob:", "data:"))] == []


def test_reports_are_downloaded(
    page: Any, served: tuple[str, str], analyses: list[Analysis], tmp_path: Path
) -> None:
    page.goto(f"{served[0]}/?call={analyses[1].id}")
    walk.settle(page)
    with page.expect_download() as card:
        page.get_by_role("button", name="Evaluation as PDF").click()
    card.value.save_as(tmp_path / "card.pdf")
    assert analyses[1].id in PdfReader(tmp_path / "card.pdf").pages[0].extract_text()
    page.get_by_test_id("stTopNavLink").get_by_text("Reports", exact=True).click()
    walk.settle(page)
    with page.expect_download() as book:
        page.get_by_role("button", name="Excel").first.click()
    book.value.save_as(tmp_path / "report.xlsx")
    assert "Agent questions" in load_workbook(tmp_path / "report.xlsx").sheetnames


def test_a_click_on_a_turn_plays_from_there(
    page: Any, served: tuple[str, str], analyses: list[Analysis]
) -> None:
    made = analyses[0]
    page.goto(f"{served[0]}/?call={made.id}")
    walk.settle(page)
    assert page.url.startswith(f"{served[0]}/call?")
    audio = page.locator(".cintel audio")
    playwright.expect(audio).to_have_js_property("readyState", 4)
    assert audio.evaluate("a => a.duration") == pytest.approx(made.conversation.duration, abs=0.05)
    assert audio.evaluate("a => a.currentTime") == 0
    turn = made.conversation.turns[6]
    row = page.locator(".turn[data-index='6']")
    row.locator("button.time").click()
    playwright.expect(row).to_have_class("turn agent now")
    assert turn.start <= audio.evaluate("a => a.currentTime") < turn.start + 5
    assert audio.evaluate("a => a.paused") is False
    page.locator(".cintel .play").click()
    assert audio.evaluate("a => a.paused") is True


def test_a_quote_and_the_timeline_seek_too(
    page: Any, served: tuple[str, str], analyses: list[Analysis]
) -> None:
    made = analyses[0]
    page.goto(f"{served[0]}/?call={made.id}&t=7.5")
    walk.settle(page)
    audio = page.locator(".cintel audio")
    assert audio.evaluate("a => a.currentTime") == 7.5
    quote = next(a.evidence[0] for a in made.evaluations[0].answers if a.evidence)
    page.locator(".cintel blockquote .time").first.click()
    page.locator(".cintel .play").click()
    assert quote.start <= audio.evaluate("a => a.currentTime") < quote.start + 5
    lanes = page.locator(".cintel .lanes")
    box = lanes.bounding_box()
    lanes.click(position={"x": box["width"] / 2, "y": 10})
    half = made.conversation.duration / 2
    assert audio.evaluate("a => a.currentTime") == pytest.approx(half, abs=0.2)


def test_a_part_of_the_summary_plays_its_turn(
    page: Any, served: tuple[str, str], analyses: list[Analysis]
) -> None:
    made = analyses[0]
    page.goto(f"{served[0]}/?call={made.id}")
    walk.settle(page)
    page.locator(".cintel .tab", has_text="Summary").click()
    action = page.locator(".cintel .part", has_text="Agent · within the hour")
    playwright.expect(action).to_contain_text("Send an e-mail within the hour.")
    action.locator(".time").last.click()
    page.locator(".cintel .play").click()
    start = made.conversation.turns[4].start
    now = page.locator(".cintel audio").evaluate("a => a.currentTime")
    assert start <= now < start + 5


def test_personal_data_can_be_hidden(
    page: Any, served: tuple[str, str], analyses: list[Analysis]
) -> None:
    page.goto(f"{served[0]}/?call={analyses[0].id}")
    walk.settle(page)
    name = page.locator(".personal").first
    colour = "e => getComputedStyle(e).color"
    assert name.evaluate(colour) != "rgba(0, 0, 0, 0)"
    page.get_by_role("button", name="Cover it in the transcript").click()
    assert name.evaluate(colour) == "rgba(0, 0, 0, 0)"


def test_a_row_of_the_worst_calls_opens_its_moment(page: Any, served: tuple[str, str]) -> None:
    page.goto(served[0])
    walk.settle(page)
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 60, "y": 52})
    page.wait_for_url("**/call?*")
    walk.settle(page)
    assert "t=" in page.url
    assert page.locator(".turn.now").count() == 1
    assert walk.wrong(page) == []
    page.get_by_test_id("stTopNavLink").get_by_text("Overview", exact=True).click()
    walk.settle(page)
    assert "call" not in page.url
    assert page.get_by_text("Listen to these first").count() == 1


def test_filters_stay_from_page_to_page(page: Any, served: tuple[str, str]) -> None:
    page.goto(f"{served[0]}/?period=All&agents=tom.walker")
    walk.settle(page)
    for name in ("Calls", "Trends", "Agents"):
        page.get_by_test_id("stTopNavLink").get_by_text(name, exact=True).click()
        walk.settle(page)
        assert "agents=tom.walker" in page.url
        assert page.get_by_text("6 of 32 conversations").count() == 1


def test_an_override_is_saved(page: Any, served: tuple[str, str]) -> None:
    address, url = served
    page.goto(f"{address}/reviews")
    walk.settle(page)
    reviewer = page.get_by_role("textbox", name="Reviewer")
    reviewer.fill("eve")
    reviewer.press("Enter")
    walk.settle(page)
    page.get_by_test_id("stRadio").get_by_text("n/a", exact=True).click()
    page.get_by_label("Comment").fill("heard nothing of the kind")
    page.get_by_role("button", name="Save").click()
    # The thanks go after four seconds, which a busy machine may miss; the figures stay.
    figures = page.get_by_test_id("stMain").get_by_test_id("stMetricValue")
    playwright.expect(figures.nth(1)).to_have_text("1", timeout=30_000)
    playwright.expect(figures.nth(2)).to_have_text("0 %", timeout=30_000)
    walk.settle(page)
    assert walk.wrong(page) == []
    with Store(url) as store:
        found = reviews.agreement(store)
        assert (int(found["reviewed"].sum()), int(found["unchanged"].sum())) == (1, 0)


def test_a_clip_of_the_coaching_page_opens_its_moment(page: Any, served: tuple[str, str]) -> None:
    page.goto(f"{served[0]}/?period=All")
    walk.settle(page)
    page.get_by_test_id("stTopNavLink").get_by_text("Coaching", exact=True).click()
    walk.settle(page)
    play = page.get_by_test_id("stMain").get_by_role("button").filter(has_text=":").first
    clock = play.inner_text().split()[-1]
    play.click()
    page.wait_for_url("**/call?*")
    walk.settle(page)
    start = float(page.url.partition("t=")[2].partition("&")[0])
    assert f"{int(start) // 60}:{int(start) % 60:02d}" == clock
    assert page.locator(".turn.now").count() == 1
    assert walk.wrong(page) == []


def test_one_score_from_the_scorecard_to_the_decided_appeal(
    page: Any, served: tuple[str, str], analyses: list[Analysis], tmp_path: Path
) -> None:
    (address, url), made = served, analyses[0].conversation
    page.set_default_timeout(60_000)
    walker = review_walk.Walker(page, address, made.id, AGENT, tmp_path)
    told = PdfReader(review_walk.walk(walker)).pages[-1].extract_text()
    assert walk.wrong(page) == []
    assert review_walk.TITLE in told
    assert "100 of 100" in told
    assert len(list(tmp_path.glob("review-*.png"))) == 7
    with Store(url) as store:
        text = scorecards.newest(store, "two-questions")
        key = next(
            Key(made.id, card.scorecard, card.version)
            for card in store.load(made.id).evaluations
            if card.scorecard == "two-questions"
        )
        steps = [(event["kind"], event["who"]) for event in worklist.events(store, key)]
        found = worklist.review(store, key)
    assert text is not None
    assert r"regex: \bplease\b" in text
    assert "- thanks for getting in touch" in text
    assert steps == [
        ("assigned", "eve"), *4 * [("answered", "eve")], ("commented on", "eve"), ("shared", "eve"),
        ("appealed", AGENT), ("answered", "tim"), ("decided", "tim"),
    ]  # fmt: skip
    assert found is not None
    assert (found.state, found.score, found.decided) == ("final", 100.0, True)
