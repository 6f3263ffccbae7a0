"""Any language model behind an OpenAI-compatible server, asked for JSON of one shape.

Works with vLLM, Ollama, llama.cpp and the clouds: ``POST <url>/chat/completions``. Nothing is sent
anywhere unless a URL is set. One question may take so many seconds, all tries together; a server
that fails several times in a row is left alone for a while, so that a batch does not wait for it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from cintel.errors import LlmError, SettingsError
from cintel.llm_http import OK, REFUSED, Response, Server

if TYPE_CHECKING:
    from cintel.settings import Settings

Shape = TypeVar("Shape", bound=BaseModel)

FAILURES = 3  # in a row, until the server is left alone
REST = 60.0  # seconds for which it is


@dataclass(frozen=True, slots=True)
class Reply(Generic[Shape]):
    """An answer in the shape asked for, and the tokens it cost; 0 where the server counts none."""

    value: Shape
    prompt_tokens: int
    completion_tokens: int


class LanguageModel:
    """One model on one server; threads may share it.

    Args:
        url: the base that ends in ``/v1`` on most servers.
        model: its name there.
        key: sent as a bearer token; None for servers that want none.
        timeout: seconds one question may take, waiting and all tries included.
        concurrency: questions in flight at a time.

    Raises:
        SettingsError: the URL or the key cannot work.
    """

    def __init__(
        self, url: str, model: str, key: str | None = None, timeout: float = 60.0,
        concurrency: int = 4,
    ) -> None:  # fmt: skip
        self._server, self._model, self._timeout = Server(url, key), model, timeout
        self._slots = threading.BoundedSemaphore(concurrency)
        self._breaker = _Breaker()
        self._plain = False  # the server knows no response_format

    @property
    def name(self) -> str:
        """The model and where it is; another one may answer otherwise."""
        return f"{self._model}, {self._server.name}"

    def ask(self, system: str, user: str, shape: type[Shape]) -> Reply[Shape]:
        """The model's answer, read as ``shape``.

        Raises:
            LlmError: no server, no answer in time, a refusal, or an answer of another shape.
        """
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        deadline = time.monotonic() + self._timeout
        with self._slot(deadline):
            if (fault := self._breaker.fault()) is not None:
                raise LlmError(self._server.name, fault, "See that it runs")
            try:
                response = self._structured(messages, shape, deadline)
            except LlmError as error:
                self._breaker.failed(error.fault)
                raise
            self._breaker.worked()
        if response.status != OK:
            raise LlmError(self._server.name, response.fault, "Ask less, or take another model")
        return self._read(response.body, shape)

    @contextmanager
    def _slot(self, deadline: float) -> Iterator[None]:
        if not self._slots.acquire(timeout=max(0.0, deadline - time.monotonic())):
            fault = f"was still busy after {self._timeout:g} s"
            raise LlmError(self._server.name, fault, "Raise llm_timeout")
        try:
            yield
        finally:
            self._slots.release()

    def _structured(
        self, messages: list[dict[str, str]], shape: type[BaseModel], deadline: float
    ) -> Response:
        """Ask for the schema, and without where the server refuses to be told one."""
        plain = {"model": self._model, "messages": messages, "stream": False}
        if self._plain:
            return self._server.send(plain, deadline)
        schema = {"name": "answer", "strict": True, "schema": shape.model_json_schema()}
        form = {"type": "json_schema", "json_schema": schema}
        body = plain | {"temperature": 0, "response_format": form}
        response = self._server.send(body, deadline)
        if response.status in REFUSED:
            response = self._server.send(plain, deadline)
            self._plain = response.status == OK
        return response

    def _read(self, body: bytes, shape: type[Shape]) -> Reply[Shape]:
        try:
            document = json.loads(body)
            text = document["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError):
            raise LlmError(
                self._server.name, "answered no chat completion", "Check llm_url"
            ) from None
        try:
            value = find_json(text if isinstance(text, str) else "", shape)
        except ValueError as error:
            raise LlmError(self._server.name, str(error), "Take a model that writes JSON") from None
        usage = document.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        prompt, completion = counts.get("prompt_tokens"), counts.get("completion_tokens")
        return Reply(value, _count(prompt), _count(completion))


class _Breaker:
    """Counts failures in a row; after a rest one more question may try."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures, self._since, self._fault = 0, 0.0, ""

    def fault(self) -> str | None:
        """Why the server is left alone now, or None."""
        with self._lock:
            resting = self._failures >= FAILURES and time.monotonic() < self._since + REST
            return f"is left alone for a while: it {self._fault}" if resting else None

    def failed(self, fault: str) -> None:
        with self._lock:
            self._failures, self._since, self._fault = self._failures + 1, time.monotonic(), fault

    def worked(self) -> None:
        with self._lock:
            self._failures = 0


def language_model(settings: Settings) -> LanguageModel | None:
    """The language model of the settings; None without ``llm_url``.

    Raises:
        SettingsError: there is a URL and no model, or one of them cannot work.
    """
    if settings.llm_url is None:
        return None
    if not settings.llm_model:
        raise SettingsError("setting llm_model", "is not set", "Name a model that llm_url serves")
    key = settings.llm_key.get_secret_value() if settings.llm_key else None
    return LanguageModel(settings.llm_url, settings.llm_model, key, settings.llm_timeout)


def find_json(text: str, shape: type[Shape]) -> Shape:
    """The last JSON object in a text that has the shape: models think, and fence, before it.

    Raises:
        ValueError: there is none.
    """
    decoder, found = json.JSONDecoder(), None
    fault = "answered without a JSON object"
    place = text.find("{")
    while place >= 0:
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            place = text.find("{", place + 1)
            continue
        try:
            found = shape.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            fault = f"answered JSON of another shape ({name}: {first['msg']})"
        place = text.find("{", end)
    if found is None:
        raise ValueError(fault)
    return found


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
