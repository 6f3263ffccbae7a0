from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cintel.conversation import Conversation
from cintel.errors import TranscriptError
from cintel.ingest.chats import read_chats
from cintel.ingest.columns import Columns, role_of

Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def writer(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return writer


def rows(conversation: Conversation) -> list[tuple[str, str, float, str]]:
    return [(turn.role, turn.speaker, turn.start, turn.text) for turn in conversation.turns]


def test_csv_with_common_headers_and_two_conversations(write: Writer) -> None:
    path = write(
        "chat.csv",
        "Chat ID,Created At,Sender,Sender Type,Message\n"
        'A,2026-11-03 10:15:00,Tom,visitor,"Hello, my order\nis late"\n'
        "B,2026-11-03 10:15:05,Ann,client,Hi\n"
        "A,2026-11-03 10:15:30,Priya,agent,Sorry to hear that\n",
    )
    first, second = read_chats(path)
    assert rows(first) == [
        ("customer", "Tom", 0.0, "Hello, my order\nis late"),
        ("agent", "Priya", 30.0, "Sorry to hear that"),
    ]
    assert rows(second) == [("customer", "Ann", 0.0, "Hi")]
    assert first.started_at == "2026-11-03T10:15:00"
    assert first.duration == 30.0
    assert first.channel == "chat"
    assert first.metadata == {"timed": True, "conversation": "A"}
    assert first.id != second.id
    assert len(first.id) == 16
    assert [turn.end for turn in first.turns] == [0.0, 30.0]


def test_semicolons_and_a_mapping(write: Writer) -> None:
    path = write(
        "odd.csv", "wann;wer;was\n03.11.2026 10:15;agent;Hallo\n03.11.2026 10:16;kunde;Ja\n"
    )
    (chat,) = read_chats(path, Columns(time="wann", speaker="wer", text="was"))
    assert rows(chat) == [("agent", "agent", 0.0, "Hallo"), ("customer", "kunde", 60.0, "Ja")]


def test_missing_column_names_what_is_there_and_the_remedy(write: Writer) -> None:
    path = write("chat.csv", "time,who,words\n2026-11-03 10:15,agent,Hi\n")
    with pytest.raises(TranscriptError) as caught:
        read_chats(path)
    assert caught.value.where == str(path)
    assert "message text" in caught.value.fault
    assert "time, who, words" in caught.value.fault
    assert caught.value.remedy.startswith("Call it message, text, body, content or")
    assert caught.value.remedy.endswith("Columns(text=…)")
    with pytest.raises(TranscriptError, match="'Body', mapped to text, among: time, who, words"):
        read_chats(path, Columns(text="Body"))


@pytest.mark.parametrize("value", ["2026-13-41 10:15", "yesterday", ""])
def test_bad_date_names_line_and_value(write: Writer, value: str) -> None:
    path = write("chat.csv", f"time,from,text\n2026-11-03 10:15,agent,Hi\n{value},user,Hello\n")
    with pytest.raises(TranscriptError) as caught:
        read_chats(path)
    assert caught.value.where == f"{path}, line 3"
    assert repr(value) in caught.value.fault
    assert "2026-11-03 10:15:02" in caught.value.remedy


def test_mixed_encodings_are_read_line_by_line(write: Writer) -> None:
    head = "time,from,text\n2026-11-03 10:15,agent,Café\n".encode()
    path = write("chat.csv", head + "2026-11-03 10:16,user,Müller – 5 €\n".encode("cp1252"))
    (chat,) = read_chats(path)
    assert [turn.text for turn in chat.turns] == ["Café", "Müller – 5 €"]
    assert chat.metadata["warnings"] == ["1 lines are not UTF-8 and were read as Windows-1252"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings(write: Writer, encoding: str) -> None:
    content = "time,from,text\r\n2026-11-03 10:15,agent,Grüße an alle\r\n"
    (chat,) = read_chats(write("chat.csv", content, encoding))
    assert rows(chat) == [("agent", "agent", 0.0, "Grüße an alle")]
    assert "warnings" not in chat.metadata


def test_a_hundred_thousand_rows(write: Writer) -> None:
    lines = ["conversation_id,ts,role,text"]
    lines += [
        f"c{n // 50},{1793700000 + n},{'agent' if n % 2 else 'user'},line {n}"
        for n in range(100_000)
    ]
    chats = read_chats(write("big.csv", "\n".join(lines)))
    assert len(chats) == 2000
    assert {len(chat.turns) for chat in chats} == {50}
    assert chats[1999].turns[49].text == "line 99999"
    assert chats[1999].turns[49].start == 49.0


def test_jsonl_one_message_a_line(write: Writer) -> None:
    messages = [
        {"direction": "inbound", "ts": 1793700000000, "body": "my parcel is lost", "extra": [1]},
        {"direction": "outbound", "ts": 1793700012500, "body": "let me look"},
    ]
    (chat,) = read_chats(write("chat.jsonl", "\n".join(map(json.dumps, messages)) + "\n\n"))
    assert rows(chat) == [
        ("customer", "inbound", 0.0, "my parcel is lost"),
        ("agent", "outbound", 12.5, "let me look"),
    ]


def test_json_conversations_with_inner_messages(write: Writer) -> None:
    value = [
        {
            "id": "k1",
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": "hello"},
            ],
        }
    ]
    (chat,) = read_chats(write("chats.json", json.dumps(value, indent=2)))
    assert rows(chat) == [("customer", "user", 0.0, "hi"), ("agent", "assistant", 0.0, "hello")]
    assert chat.metadata == {"timed": False, "conversation": "k1"}
    assert chat.started_at is None


def test_broken_json_line_is_named(write: Writer) -> None:
    path = write("chat.jsonl", '{"role": "user", "text": "hi"}\n{"role": "agent", "te\n')
    with pytest.raises(TranscriptError, match="line 2: is not JSON"):
        read_chats(path)
    with pytest.raises(TranscriptError, match="line 1: is not a JSON object"):
        read_chats(write("list.jsonl", "[1, 2]\n"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[2026-11-03 10:15:02]", "[2026-11-03 10:15:42]"),
        ("2026-11-03 10:15:02", "2026-11-03 10:15:42"),
        ("2026-11-03T10:15:02Z", "2026-11-03T10:15:42Z"),
        ("(10:15:02 AM)", "(10:15:42 AM)"),
        ("10:15:02", "10:15:42"),
    ],
)
def test_stamped_text(write: Writer, first: str, second: str) -> None:
    agent, customer = "Agent Priya: Good morning\nhow can I help?", "Customer: My card: it is gone"
    (chat,) = read_chats(write("chat.txt", f"{first} {agent}\n{second} {customer}\n"))
    assert rows(chat) == [
        ("agent", "Agent Priya", 0.0, "Good morning\nhow can I help?"),
        ("customer", "Customer", 40.0, "My card: it is gone"),
    ]
    zone = "+00:00" if first.endswith("Z") else ""
    assert chat.started_at == (f"2026-11-03T10:15:02{zone}" if "2026" in first else None)


def test_clock_times_roll_over_at_midnight(write: Writer) -> None:
    (chat,) = read_chats(
        write("chat.txt", "[23:59:30] Agent: Hi\n[00:00:10] User: Hello\n[00:01:00] Agent: Yes\n")
    )
    assert [turn.start for turn in chat.turns] == [0.0, 40.0, 90.0]


def test_stamped_text_with_a_bad_date(write: Writer) -> None:
    path = write("chat.txt", "[2026-11-03 10:15:02] Agent: Hi\n[2026-31-31 10:15:02] User: Yes\n")
    with pytest.raises(TranscriptError, match=r"chat\.txt, line 2: '2026-31-31 10:15:02' is not"):
        read_chats(path)


def test_labelled_text_without_times(write: Writer) -> None:
    (chat,) = read_chats(
        write("chat.txt", "Agent: Hello\nCustomer: My bill\nNote: it doubled\nAgent: I see\n")
    )
    assert rows(chat) == [
        ("agent", "Agent", 0.0, "Hello"),
        ("customer", "Customer", 0.0, "My bill\nNote: it doubled"),
        ("agent", "Agent", 0.0, "I see"),
    ]
    assert chat.metadata == {"timed": False}
    assert chat.duration == 0.0


def test_names_alone_leave_the_roles_open(write: Writer) -> None:
    (chat,) = read_chats(write("chat.txt", "Priya: Hello\nTom: Hi\nPriya: How can I help\n"))
    assert [(turn.role, turn.speaker) for turn in chat.turns] == [
        ("unknown", "Priya"),
        ("unknown", "Tom"),
        ("unknown", "Priya"),
    ]


def test_the_one_other_speaker_is_the_other_side(write: Writer) -> None:
    (chat,) = read_chats(write("chat.txt", "Support Ana: Hello\nTom: Hi\n"))
    assert [turn.role for turn in chat.turns] == ["agent", "customer"]


ANDROID = (
    "12/11/2026, 10:15 - Messages and calls are end-to-end encrypted. Tap to learn more.\n"
    "12/11/2026, 10:15 - Ana Shop: Hi, how can I help?\n"
    "13/11/2026, 9:05 - +44 7700 900123: Parcel missing\n"
    "since Monday: no news\n"
)
IOS = (
    "[12/11/26, 10:15:00\u202fAM] Shop: \u200eMessages and calls are end-to-end encrypted.\n"
    "\u200e[12/11/26, 10:15:00\u202fAM] Ana Shop: Hi, how can I help?\n"
    "[13/11/26, 9:05:00\u202fAM] +44 7700 900123: Parcel missing\n"
    "since Monday: no news\n"
)


@pytest.mark.parametrize("content", [ANDROID, IOS])
def test_whatsapp(write: Writer, content: str) -> None:
    (chat,) = read_chats(write("WhatsApp Chat.txt", content))
    assert [(turn.role, turn.speaker, turn.start) for turn in chat.turns] == [
        ("system", "system", 0.0),
        ("unknown", "Ana Shop", 0.0),
        ("unknown", "+44 7700 900123", 82200.0),
    ]
    assert chat.turns[2].text == "Parcel missing\nsince Monday: no news"
    assert chat.started_at == "2026-11-12T10:15:00"


def test_whatsapp_month_first_is_seen_from_one_date(write: Writer) -> None:
    (chat,) = read_chats(
        write("c.txt", "1/2/26, 10:15 PM - Ana: Hi\n1/13/26, 12:05 AM - Tom: Hello\n")
    )
    assert chat.started_at == "2026-01-02T22:15:00"
    assert chat.turns[1].start == 10 * 86400 + 6600.0


def test_newest_first_is_turned_round(write: Writer) -> None:
    (chat,) = read_chats(
        write(
            "chat.csv",
            "time,from,text\n"
            "2026-11-03 10:17,agent,c\n2026-11-03 10:15,user,b\n2026-11-03 10:15,user,a\n",
        )
    )
    assert [turn.text for turn in chat.turns] == ["a", "b", "c"]
    assert [turn.start for turn in chat.turns] == [0.0, 0.0, 120.0]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"RIFF\x00\x01\x02WAVEfmt\x00", "is not text"),
        (b"just some words without any speaker\n", "has no messages"),
    ],
)
def test_files_that_are_no_chat(write: Writer, content: bytes, fault: str) -> None:
    with pytest.raises(TranscriptError, match=fault):
        read_chats(write("chat.txt", content))


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="No such file"):
        read_chats(tmp_path / "none.csv")


def test_the_id_follows_the_content(write: Writer) -> None:
    one = read_chats(write("a.txt", "Agent: Hi\nUser: Hello\n"))[0]
    same = read_chats(write("b.txt", "Agent: Hi\nUser: Hello\n"))[0]
    other = read_chats(write("c.txt", "Agent: Hi\nUser: Hello!\n"))[0]
    assert one.id == same.id != other.id


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Agent Priya", "agent"),
        ("ADVISOR", "agent"),
        ("Customer Service", "agent"),
        ("Support bot", "system"),
        ("IVR", "system"),
        ("Visitor 12", "customer"),
        ("outbound", "agent"),
        ("Priya Nair", "unknown"),
    ],
)
def test_role_words(label: str, role: str) -> None:
    assert role_of(label) == role
