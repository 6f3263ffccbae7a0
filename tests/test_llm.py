from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from cintel import llm, llm_http
from cintel.errors import LlmError, SettingsError
from cintel.llm import LanguageModel, Reply, find_json, language_model
from cintel.settings import load_settings

KEY = "sk-very-secret-1234"


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    share: int


GOOD = '{"name": "teal", "share": 40}'


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm_http, "PAUSE", 0.0)


def model(server: Any, **arguments: Any) -> LanguageModel:
    return LanguageModel(server.url, "tiny", **{"timeout": 10.0, **arguments})


def test_a_question_and_its_answer(llm_server: Any) -> None:
    llm_server.script = [GOOD]
    reply = model(llm_server, key=KEY).ask("Be brief.", "Which colour?", Colour)
    assert reply == Reply(Colour(name="teal", share=40), 120, 34)
    (body,) = llm_server.bodies
    assert llm_server.paths == ["/v1/chat/completions"]
    assert llm_server.keys == [f"Bearer {KEY}"]
    assert (body["model"], body["temperature"], body["stream"]) == ("tiny", 0, False)
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Which colour?"},
    ]
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"]["schema"] == Colour.model_json_schema()


def test_no_key_no_header_and_a_slash_too_many(llm_server: Any) -> None:
    llm_server.script = [GOOD]
    LanguageModel(llm_server.url + "/", "tiny").ask("s", "u", Colour)
    assert (llm_server.keys, llm_server.paths) == ([None], ["/v1/chat/completions"])


def test_a_server_that_knows_no_schema_is_asked_without_from_then_on(llm_server: Any) -> None:
    llm_server.script = [400, f"Sure!\n```json\n{GOOD}\n```", GOOD]
    asked = model(llm_server)
    for _ in range(2):
        assert asked.ask("s", "u", Colour).value.share == 40
    assert ["response_format" in body for body in llm_server.bodies] == [True, False, False]


def test_a_question_that_is_refused_is_not_the_servers_fault(llm_server: Any) -> None:
    llm_server.script = [400]
    asked = model(llm_server)
    for _ in range(llm.FAILURES + 1):
        with pytest.raises(LlmError, match=r"answered with status 400: .*no luck"):
            asked.ask("s", "u", Colour)
    llm_server.script = [GOOD]
    assert asked.ask("s", "u", Colour).value.name == "teal"
    assert "response_format" in llm_server.bodies[-1]


@pytest.mark.parametrize("first", [429, 500, 503, (429, {"Retry-After": "0"}), "cut"])
def test_a_fault_that_passes_is_tried_again(llm_server: Any, first: Any) -> None:
    llm_server.script = [first, GOOD]
    assert model(llm_server).ask("s", "u", Colour).value.name == "teal"
    assert len(llm_server.bodies) == 2


@pytest.mark.parametrize(
    ("step", "asked", "message"),
    [
        (500, 3, r"answered with status 500: .*no luck.*Check llm_url and llm_model"),
        ((429, {"Retry-After": "3600"}), 1, "answered with status 429"),
        (401, 1, r"status 401.*Check llm_key"),
        (404, 1, r"status 404.*Check llm_url and llm_model"),
        ((302, {"Location": "http://127.0.0.1:1/"}), 1, "status 302"),
        ("cut", 3, "cannot be reached"),
        (b"<html>Hello</html>", 1, "answered no chat completion. Check llm_url"),
        (b'{"choices": []}', 1, "answered no chat completion"),
        (b"[" * 5000, 1, "answered no chat completion"),
        (b'{"choices": [{"message": {"content": null}}]}', 1, "without a JSON object"),
        (b" " * (llm_http.LARGEST + 1), 3, "answered too slowly or too much"),
        ("I would say teal.", 1, "answered without a JSON object"),
        ('{"name": "teal"}', 1, r"JSON of another shape \(share: Field required\)"),
        ('{"name": "teal", "share": "40"}', 1, r"another shape \(share: Input should be a valid"),
        ('{"name": "teal", "share": 40', 1, "answered without a JSON object"),
    ],
)
def test_faults_are_named(llm_server: Any, step: Any, asked: int, message: str) -> None:
    llm_server.script = [step]
    with pytest.raises(LlmError, match=message) as caught:
        model(llm_server, key=KEY).ask("s", "u", Colour)
    assert len(llm_server.bodies) == asked
    assert caught.value.where == f"language model at {llm_server.url}/chat/completions"
    assert KEY not in str(caught.value)


def test_a_server_that_hangs_costs_the_time_limit_once(llm_server: Any) -> None:
    llm_server.script = ["hang"]
    with pytest.raises(LlmError, match="did not answer within"):
        model(llm_server, timeout=0.3).ask("s", "u", Colour)
    assert len(llm_server.bodies) == 1


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(LlmError, match="cannot be reached"):
            LanguageModel(url, "tiny").ask("s", "u", Colour)


def test_a_key_that_the_server_repeats_is_not_shown(llm_server: Any) -> None:
    llm_server.script = [(401, {}, f"Incorrect API key: {KEY}".encode())]
    with pytest.raises(LlmError, match="status 401: Incorrect API key: …"):
        model(llm_server, key=KEY).ask("s", "u", Colour)


def test_a_failing_server_is_left_alone_and_tried_again_after_a_rest(
    llm_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm_server.script = [404]
    asked = model(llm_server)
    for _ in range(llm.FAILURES):
        with pytest.raises(LlmError, match="answered with status 404"):
            asked.ask("s", "u", Colour)
    for _ in range(5):
        with pytest.raises(LlmError, match="is left alone for a while: it answered with status"):
            asked.ask("s", "u", Colour)
    assert len(llm_server.bodies) == llm.FAILURES
    monkeypatch.setattr(llm, "REST", 0.0)
    llm_server.script = [GOOD]
    assert asked.ask("s", "u", Colour).value.name == "teal"
    assert len(llm_server.bodies) == llm.FAILURES + 1


def test_one_success_forgives_failures(llm_server: Any) -> None:
    llm_server.script = [404, 404, GOOD, 404, 404, GOOD]
    asked = model(llm_server)
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(LlmError, match="404"):
                asked.ask("s", "u", Colour)
        assert asked.ask("s", "u", Colour).value.name == "teal"


def test_no_more_questions_at_a_time_than_allowed(llm_server: Any) -> None:
    llm_server.script = [GOOD]
    asked = model(llm_server, concurrency=2)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: asked.ask("s", "u", Colour).value.name, range(16)))
    assert found == ["teal"] * 16
    assert llm_server.most <= 2


def test_a_question_that_finds_no_free_place_in_time(llm_server: Any) -> None:
    llm_server.script = ["hang"]
    asked = model(llm_server, timeout=0.4, concurrency=1)
    with asked._slot(float("inf")), pytest.raises(LlmError, match=r"was still busy after 0\.4 s"):
        asked.ask("s", "u", Colour)
    assert llm_server.bodies == []


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (GOOD, 40),
        ('<think>{"name": "grey", "share": 1}? No.</think> {"name": "teal", "share": 40}', 40),
        ('{"colour": 1} {"name": "teal", "share": 40} {"note": "done"}', 40),
        ('Braces { like {these} and then {"name": "te{al}", "share": 7}', 7),
    ],
)
def test_finding_json_in_text(text: str, share: int) -> None:
    assert find_json(text, Colour).share == share


@pytest.mark.parametrize("text", ["", "{" * 3000, '{"a":' * 3000, '["teal", 40]'])
def test_no_json_in_text(text: str) -> None:
    with pytest.raises(ValueError, match="without a JSON object"):
        find_json(text, Colour)


def test_nothing_is_set_up_without_a_url() -> None:
    assert language_model(load_settings(llm_model="tiny", llm_key=KEY)) is None


def test_a_url_needs_a_model() -> None:
    with pytest.raises(SettingsError, match="setting llm_model: is not set"):
        language_model(load_settings(llm_url="http://localhost:1/v1"))


@pytest.mark.parametrize("url", ["", "localhost:11434", "ftp://host/v1", "http://", "http://host:port/v1",
                                 "http://me:word@host/v1"])  # fmt: skip
def test_a_url_that_cannot_work(url: str) -> None:
    with pytest.raises(SettingsError, match="setting llm_url") as caught:
        LanguageModel(url, "tiny")
    assert "word@" not in str(caught.value)


def test_a_key_that_cannot_stand_in_a_header() -> None:
    with pytest.raises(SettingsError, match="setting llm_key") as caught:
        LanguageModel("http://host/v1", "tiny", "sk-\nInjected: 1")
    assert "Injected" not in str(caught.value)


def test_settings_never_show_the_key(llm_server: Any) -> None:
    settings = load_settings(llm_url=llm_server.url, llm_model="tiny", llm_key=f" {KEY}\n")
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(vars(settings))):
        assert KEY not in shown
    llm_server.script = [GOOD]
    asked = language_model(settings)
    assert asked is not None
    asked.ask("s", "u", Colour)
    assert llm_server.keys == [f"Bearer {KEY}"]
    assert KEY not in json.dumps(llm_server.bodies)


def test_a_key_of_the_wrong_type_is_not_shown() -> None:
    with pytest.raises(SettingsError, match="setting llm_key") as caught:
        load_settings(llm_key=4242424242)
    assert "4242424242" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_digest_knows_the_model_and_not_the_key() -> None:
    plain = load_settings(llm_url="http://a/v1", llm_model="m").digest()
    same = load_settings(llm_url="http://a/v1", llm_model="m", llm_key=KEY, llm_timeout=5.0)
    assert same.digest() == plain
    assert load_settings(llm_url="http://a/v1", llm_model="n").digest() != plain
    assert load_settings().digest() != plain
