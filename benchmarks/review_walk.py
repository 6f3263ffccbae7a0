"""One score's way through the dashboard in headless Chromium, with a picture of each station.

    python -m benchmarks.review_walk --store sqlite:///copy.db --call ID --out docs/images

A scorecard is built, tried on a call and published; the call is assigned on it, scored by keyboard,
shared, appealed, decided, and its evaluation saved as a PDF. The store is changed by it: give it a
copy. Pictures are 1440×900, `review-1-build.png` and so on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import expect, sync_playwright

from benchmarks.walk import FLAGS, SIZE, chromium, serve, settle, watch, wrong
from cintel.store import Store

TITLE = "Two questions"
REVIEWER, JUDGE = "eve", "tim"
_SLOW = 60_000
_MAIN = "stMain"


@dataclass(frozen=True)
class Walker:
    """A page of a browser that walks; `agent` is who took the call."""

    page: Any
    address: str
    call: str
    agent: str
    out: Path

    def build(self) -> None:
        """Two questions, by form; a session that ends loses nothing."""
        self._open("Scorecards")
        self._fill("Title", TITLE)
        self._click("Begin")
        outline = self.page.get_by_role("radiogroup", name="Outline")
        outline.get_by_text("1.1 New question").click()
        settle(self.page)
        self._fill(
            "Question, as a reviewer reads it", "Does the agent thank the customer for calling?"
        )
        self._choose("Who or what answers", "Phrases, by meaning")
        lines = "thank you for calling\nthanks for getting in touch"
        self._fill("Lines that mean it, one each", lines)
        self._click("Question")
        self._fill("Question, as a reviewer reads it", "Does the agent say please?")
        self._choose("Who or what answers", "Pattern")
        self._fill("Regular expression", r"\bplease\b")
        self._keep("1-build")
        self.page.reload()
        settle(self.page)
        expect(outline.get_by_role("radio")).to_have_count(4)

    def publish(self) -> None:
        """Seen on a call first, then published."""
        self._step("Try on a call")
        said = self.page.locator(".cintel")
        expect(said).to_contain_text("Does the agent say please?", timeout=_SLOW)
        self._keep("2-try")
        self._step("Publish")
        self._fill("Reviewer", REVIEWER)
        self._keep("3-publish")
        self._click("Publish")

    def score(self) -> None:
        """The call assigned on the new card, then answered by keyboard, and shared."""
        self._as(REVIEWER, "Score")
        self._fill("Conversation", self.call)
        self._fill("Who scores it", REVIEWER)
        self.page.get_by_test_id(_MAIN).get_by_label("Scorecard", exact=True).click()
        self.page.get_by_role("option").filter(has_text=TITLE).click()
        settle(self.page)
        self._click("Assign")
        self._sheet("nkyjy")
        expect(self.page.locator(".choice.now")).to_have_text(["yes", "yes"])
        expect(self.page.locator(".score strong")).to_have_text("100.0", timeout=_SLOW)
        self._sheet("kn")
        expect(self.page.locator(".score strong")).to_have_text("50.0", timeout=_SLOW)
        self._sheet("p")
        audio = self.page.locator(".cintel audio")
        expect(audio).not_to_have_js_property("currentTime", 0, timeout=_SLOW)
        self.page.locator(".cintel .play").click()
        self.page.get_by_label("Comment on this moment").fill("n, y and a are only text here")
        self.page.locator(".sheet").get_by_role("button", name="Comment at").click()
        expect(self.page.locator(".sheet")).to_contain_text("only text here", timeout=_SLOW)
        settle(self.page)
        self._keep("4-score")
        self._click("Share with the agent")
        self._state("shared")

    def appeal(self) -> None:
        """The agent says what is wrong."""
        self._as(self.agent, "Agents")
        self.page.get_by_label("What is wrong with the score").fill("I did thank her, at the end")
        self._keep("5-appeal")
        self._click("Appeal")
        self._state("appealed")

    def decide(self) -> None:
        """Somebody else hears it and changes the answer."""
        self._as(JUDGE, "Score")
        expect(self.page.get_by_text("appealed: I did thank her, at the end")).to_be_visible()
        self._sheet("y")
        expect(self.page.locator(".score strong")).to_have_text("100.0", timeout=_SLOW)
        self.page.get_by_label("Why, for the agent and the reviewer").fill("So they did")
        settle(self.page)
        self._keep("6-decide")
        self._click("Grant the appeal")
        self._state("final")

    def export(self) -> Path:
        """The evaluations of the call as a PDF."""
        self.page.goto(f"{self.address}/?call={self.call}")
        settle(self.page)
        self.page.locator(".cintel .tab", has_text=TITLE).click()
        self._keep("7-final")
        with self.page.expect_download() as told:
            self.page.get_by_role("button", name="Evaluation as PDF").click()
        path = self.out / "evaluation.pdf"
        told.value.save_as(path)
        return path

    def _open(self, name: str) -> None:
        self.page.goto(f"{self.address}/?period=All")
        settle(self.page)
        self.page.get_by_test_id("stTopNavLink").get_by_text(name, exact=True).click()
        settle(self.page)

    def _as(self, who: str, name: str) -> None:
        self._open(name)
        self._fill("Your name", who)

    def _fill(self, label: str, text: str) -> None:
        field = self.page.get_by_test_id(_MAIN).get_by_label(label, exact=True)
        field.fill(text)
        area = field.evaluate("e => e.tagName") == "TEXTAREA"
        field.press("Control+Enter" if area else "Enter")
        settle(self.page)

    def _click(self, name: str) -> None:
        self.page.get_by_test_id(_MAIN).get_by_role("button", name=name, exact=True).click()
        settle(self.page)

    def _choose(self, label: str, option: str) -> None:
        self.page.get_by_test_id(_MAIN).get_by_label(label, exact=True).click()
        self.page.get_by_role("option", name=option, exact=True).click()
        settle(self.page)

    def _step(self, name: str) -> None:
        self.page.get_by_test_id(_MAIN).get_by_role("radio", name=name, exact=True).click()
        settle(self.page)

    def _sheet(self, keys: str) -> None:
        """Press keys on the sheet, from its first question on."""
        self.page.locator(".sheet .question").first.click()
        for key in keys:
            self.page.keyboard.press(key)

    def _state(self, name: str) -> None:
        expect(self.page.locator(".score .chip").first).to_have_text(name, timeout=_SLOW)

    def _keep(self, name: str) -> None:
        self.page.screenshot(path=self.out / f"review-{name}.png")


def walk(walker: Walker) -> Path:
    """The whole way; the PDF at its end."""
    walker.build()
    walker.publish()
    walker.score()
    walker.appeal()
    walker.decide()
    return walker.export()


@contextmanager
def opened(binary: str) -> Iterator[Any]:
    """A browser's page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(FLAGS))
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(_SLOW)
        yield page
        browser.close()


def main() -> int:
    """Exit status 0 where nothing was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--store", required=True, help="URL of a store to change")
    parser.add_argument("--call", required=True, help="id of a conversation, or the start of it")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    given = parser.parse_args()
    binary = chromium()
    if binary is None:
        print("no Chromium here; install it, for example with: apt-get install chromium")
        return 2
    with Store(given.store) as store:
        talk = store.load(given.call).conversation
    if talk.agent_id is None:
        print(f"{given.call} names no agent, and nobody else appeals; choose another call")
        return 2
    given.out.mkdir(parents=True, exist_ok=True)
    with serve(given.store) as address, opened(binary) as page:
        told = watch(page)
        path = walk(Walker(page, address, talk.id, talk.agent_id, given.out))
        faults = [*told, *wrong(page)]
    print("\n".join(faults) or f"the whole way is clean; pictures and {path.name} in {given.out}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
