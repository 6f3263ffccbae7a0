"""One question to a chat completions server, over HTTP: tries, time limit, errors in words.

Statuses in ``REFUSED`` are about what was asked; every other one but 200 is about the server.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from cintel.errors import LlmError, SettingsError

if TYPE_CHECKING:
    import httpx2

TRIES = 3
PAUSE = 0.5  # seconds before the second try, doubled before the third
CONNECT = 5.0  # seconds until a server that takes no connection counts as down
LARGEST = 1 << 18  # bytes of an answer
OK = 200
REFUSED = (400, 413, 422)
_RETRIED = (0, 408, 429, 500, 502, 503, 504)
_QUOTED = 200  # characters of a server's own message


class Response(NamedTuple):
    """What came back; ``status`` 0: nothing did. ``pause``: seconds the server asks to wait."""

    status: int
    body: bytes
    pause: float
    fault: str


class Server:
    """Where questions go.

    Args:
        url: the base that ends in ``/v1`` on most servers.
        key: sent as a bearer token; None for servers that want none.

    Raises:
        SettingsError: the URL is none, or the key cannot stand in an HTTP header.
    """

    def __init__(self, url: str, key: str | None) -> None:
        self._address, self._key = _address(url), _header_safe(key)
        self.name = f"language model at {self._address}"

    def send(self, body: dict[str, Any], deadline: float) -> Response:
        """The first answer or refusal, trying again after faults that may pass.

        Args:
            body: the request.
            deadline: on the clock of ``time.monotonic``, for all tries together. A server that
                stalls in the middle of its answer may take as long again.

        Raises:
            LlmError: there was none.
        """
        import httpx2

        # A client a question keeps no connection open that nobody closes; beside the seconds a
        # model takes, opening one costs nothing.
        with httpx2.Client(headers=self._headers()) as client:
            for attempt in range(TRIES):
                response = self._post(client, body, deadline)
                if response.status in (OK, *REFUSED):
                    return response
                pause = max(response.pause, PAUSE * 2**attempt * random.uniform(0.5, 1.0))
                late = time.monotonic() + pause >= deadline
                if response.status not in _RETRIED or late or attempt == TRIES - 1:
                    break
                time.sleep(pause)
        remedy = "Check llm_key" if response.status in (401, 403) else "Check llm_url and llm_model"
        raise LlmError(self.name, response.fault, remedy)

    def _post(self, client: httpx2.Client, body: dict[str, Any], deadline: float) -> Response:
        import httpx2

        left = max(0.001, deadline - time.monotonic())
        limit = httpx2.Timeout(left, connect=min(CONNECT, left))
        try:
            with client.stream("POST", self._address, json=body, timeout=limit) as response:
                found = self._body(response, deadline)
        except httpx2.TimeoutException:
            return Response(0, b"", 0.0, f"did not answer within {left:.3g} s")
        except httpx2.RequestError as error:
            return Response(0, b"", 0.0, f"cannot be reached ({error or type(error).__name__})")
        if found is None:
            return Response(0, b"", 0.0, "answered too slowly or too much")
        quoted = " ".join(found.decode("utf-8", "replace").split())[:_QUOTED]
        fault = f"answered with status {response.status_code}: {self._hidden(quoted)}"
        return Response(
            response.status_code, found, _seconds(response.headers.get("retry-after")), fault
        )

    def _body(self, response: httpx2.Response, deadline: float) -> bytes | None:
        found = b""
        for chunk in response.iter_bytes():
            found += chunk
            if len(found) > LARGEST or time.monotonic() > deadline:
                return None
        return found

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}

    def _hidden(self, text: str) -> str:
        """Some servers repeat a key that they do not know."""
        return text.replace(self._key, "…") if self._key else text


def _address(url: str) -> str:
    import httpx2

    try:
        parsed = httpx2.URL(url.strip().rstrip("/") + "/chat/completions")
    except httpx2.InvalidURL as error:
        raise SettingsError("setting llm_url", str(error), "Correct it") from error
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise SettingsError(
            "setting llm_url", "is no http address without a name and password",
            "Write it like http://localhost:11434/v1, and a key into llm_key",
        )  # fmt: skip
    return str(parsed)


def _header_safe(key: str | None) -> str | None:
    bare = key.strip() if key else None
    if bare and not (bare.isascii() and bare.isprintable()):
        raise SettingsError("setting llm_key", "holds other than ASCII characters", "Correct it")
    return bare or None


def _seconds(value: str | None) -> float:
    """``Retry-After`` in seconds; its other form, a date, counts as none."""
    return float(value) if value and value.isascii() and value.isdigit() else 0.0
