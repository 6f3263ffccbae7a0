"""The hub's own protocol, spoken by a server in this process; its client runs beside it.

The client reads HF_ENDPOINT when it is imported, so each case has a process of its own.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

COMMIT = "a" * 40
DATA = b"weights of the hub"
SCRIPT = """
import sys
from cintel import models
from cintel.errors import ModelError
from cintel.models.registry import Hub, Weight, WeightFile
kind, sha256, size = sys.argv[1:]
if kind == "name":
    call = lambda: models.resolve("owner/gated")
else:
    item = WeightFile("model.bin", sha256, int(size), ())
    weight = Weight("toy", "", "MIT", "", (item,), Hub("owner/" + kind, "a" * 40))
    models.registry()["toy"] = weight
    call = lambda: models.resolve("toy")
try:
    print("FOLDER", call())
except ModelError as error:
    print("ERROR", error)
"""


class _Hub(BaseHTTPRequestHandler):
    """``owner/open`` has one file; ``owner/gated`` answers 403, anything else 404."""

    def log_message(self, *_: object) -> None:
        return

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if "/gated" in self.path:
            self._answer(403, b"", {"X-Error-Code": "GatedRepo"})
        elif self.path == "/":
            self._answer(200, b"")
        elif self.path == f"/owner/open/resolve/{COMMIT}/model.bin":
            self._answer(200, DATA, {"ETag": '"1234"', "X-Repo-Commit": COMMIT})
        else:
            self._answer(404, b"", {"X-Error-Code": "RepoNotFound"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _ask(hub: str, kind: str, folder: Path, data: bytes = DATA) -> str:
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub,
        "HF_HOME": str(folder / "hf"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    environment.pop("HF_HUB_OFFLINE", None)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, kind, hashlib.sha256(data).hexdigest(), str(len(data))],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_file_comes_from_the_hub_and_is_verified(hub: str, tmp_path: Path, cache: Path) -> None:
    assert _ask(hub, "open", tmp_path) == f"FOLDER {cache / 'toy'}"
    assert (cache / "toy" / "model.bin").read_bytes() == DATA
    assert [path.name for path in (cache / "toy").iterdir()] == ["model.bin"]


def test_other_bytes_on_the_hub_are_refused(hub: str, tmp_path: Path, cache: Path) -> None:
    said = _ask(hub, "open", tmp_path, b"weights of the HUB")
    assert "hub: model.bin does not have the registered sha256, refused" in said
    assert not list(cache.rglob("model.bin"))


def test_a_gated_model_says_how_to_get_in(hub: str, tmp_path: Path) -> None:
    assert _ask(hub, "name", tmp_path) == (
        "ERROR owner/gated: is gated on the Hugging Face hub. Accept its terms at "
        "https://huggingface.co/owner/gated and set HF_TOKEN, or name a local folder instead"
    )


def test_a_gated_registry_model_goes_on_to_the_next_source(hub: str, tmp_path: Path) -> None:
    said = _ask(hub, "gated", tmp_path)
    assert said.startswith("ERROR toy: cannot be fetched (hub: is gated on the Hugging Face hub;")
    assert "package index: " in said


def test_a_name_that_is_not_there(hub: str, tmp_path: Path) -> None:
    assert "hub: does not exist on the Hugging Face hub, or is private" in _ask(
        hub, "absent", tmp_path
    )
