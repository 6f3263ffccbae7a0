"""A chat completions server on a free port that answers, or fails, as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = Any  # a status, (status, headers, body), a text to answer, bytes of a body, "hang" or "cut"


class ChatServer(ThreadingHTTPServer):
    """Takes a step of ``script`` for each question; the last one stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Step] = []
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.open = self.most = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def step(self) -> Step:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.bodies.append(body)
            self.server.keys.append(self.headers["Authorization"])
            self.server.paths.append(self.path)
            step = self.server.step()
            self.server.open += 1
            self.server.most = max(self.server.most, self.server.open)
        try:
            self._take(step(body) if callable(step) else step)
        finally:
            with self.server.lock:
                self.server.open -= 1

    def _take(self, step: Step) -> None:
        if step == "hang":
            self.server.released.wait(20)
        elif step == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b'{"choices": [')
        elif isinstance(step, int):
            self._send(step, b'{"error": {"message": "no luck"}}', {})
        elif isinstance(step, tuple):
            self._send(step[0], step[2] if len(step) > 2 else b"{}", step[1])
        elif isinstance(step, bytes):
            self._send(200, step, {})
        else:
            usage = {"prompt_tokens": 120, "completion_tokens": 34, "total_tokens": 154}
            choice = {"index": 0, "message": {"role": "assistant", "content": step}}
            self._send(200, json.dumps({"choices": [choice], "usage": usage}).encode(), {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[ChatServer]:
    with ChatServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
