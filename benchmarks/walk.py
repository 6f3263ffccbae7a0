"""Walk every page of the dashboard in headless Chromium and keep a picture of each.

    python benchmarks/walk.py --store sqlite:///demo.db --out docs/images

Pictures are 1440×900. Exit status 1 where a page shows an exception or the browser's console an
error; each is printed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from cintel.dashboard import command

PAGES = (
    "overview", "calls", "call", "score", "reviews", "sample", "agreement", "coaching",
    "scorecards", "agents", "trends", "reports", "topics",
)  # fmt: skip
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SIZE = {"width": 1440, "height": 900}
_LOOKED_FOR = ("/_stcore/health", "/_stcore/host-config")
_START = 60.0
_DRAWN = "[data-testid=stMain] [data-testid=stElementContainer]"
_BUSY = (
    "[data-testid=stApp]:not([data-test-script-state=notRunning]), "
    "[data-testid=stSkeleton], [data-stale=true]"
)
_WRONG = "[data-testid=stException], [data-testid=stAlertContentError]"


def chromium() -> str | None:
    """The path of an installed Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def serve(store: str) -> Iterator[str]:
    """A dashboard over a store on a free port; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ("--server.port", str(port), "--server.headless", "true",
               "--server.address", "127.0.0.1")  # fmt: skip
    process = subprocess.Popen(
        command(*options),
        env=os.environ | {"CINTEL_STORE": store, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait(health: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the dashboard ended with status {process.returncode}")
        try:
            with urlopen(health) as answer:
                if answer.status == 200:
                    return
        except URLError:
            time.sleep(0.2)
    raise SystemExit(f"the dashboard did not answer within {_START:.0f} s")


def watch(page: Any) -> list[str]:
    """A list that fills with the errors of a page's console."""
    found: list[str] = []

    def keep(told: Any) -> None:
        # On a deep link Streamlit asks for its server beside the page before it asks at the root.
        if told.type == "error" and not told.location["url"].endswith(_LOOKED_FOR):
            found.append(told.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def settle(page: Any) -> None:
    """Wait until a page has drawn everything it will draw."""
    page.wait_for_selector(_DRAWN, state="attached", timeout=60_000)
    calm = 0
    while calm < 4:
        page.wait_for_timeout(250)
        calm = 0 if page.locator(_BUSY).count() else calm + 1


def wrong(page: Any) -> list[str]:
    """The texts of the exception and error boxes on a page."""
    texts: list[str] = page.locator(_WRONG).all_inner_texts()
    return texts


def walk(browser: Any, address: str, out: Path, scheme: str) -> list[str]:
    """Visit every page, keep its picture; what was wrong, by page."""
    page = browser.new_page(viewport=SIZE, color_scheme=scheme)
    told, faults = watch(page), []
    page.goto(address)
    for name in PAGES:
        settle(page)
        page.get_by_test_id("stTopNavLink").get_by_text(name.title(), exact=True).click()
        settle(page)
        page.screenshot(path=out / f"{name}.png")
        faults += [f"{name}: {text}" for text in (*wrong(page), *told)]
        print(f"{name:10s} {len(told)} console errors, {len(wrong(page))} error boxes")
        told.clear()
    page.close()
    return faults


def main() -> int:
    """Exit status 0 where nothing was wrong."""
    from playwright.sync_api import sync_playwright

    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--store", required=True, help="URL of a store with conversations")
    options.add_argument("--out", type=Path, default=Path("docs/images"))
    options.add_argument("--scheme", choices=("light", "dark"), default="light")
    given = options.parse_args()
    binary = chromium()
    if binary is None:
        print("no Chromium here; install it, for example with: apt-get install chromium")
        return 2
    given.out.mkdir(parents=True, exist_ok=True)
    with serve(given.store) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(FLAGS))
        faults = walk(browser, address, given.out, given.scheme)
        browser.close()
    print("\n".join(faults) or f"every page is clean; pictures in {given.out}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
