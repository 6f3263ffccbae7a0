from __future__ import annotations

import os
from pathlib import Path

import pytest

from cintel.errors import InputError, UsageError
from pipelines.discover import Job, discover, plan, shown


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of every kind in folders; the names are looked up from ``tmp_path``."""
    for name in (
        "b/2.WAV", "b/1.mp3", "b/deep/3.opus", "a [1].csv", "b/metadata.csv", "b/1.meta.json",
        "b/1.truth.json", "b/notes.pdf", "b/.hidden.wav", "b/.git/4.wav", "b/chat.jsonl",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*places: str) -> list[str]:
    found, faults = discover(places)
    assert faults == []
    return [str(path) for path in found]


def test_a_folder_gives_what_can_be_analysed_in_order(tree: Path) -> None:
    assert names("b") == ["b/1.mp3", "b/2.WAV", "b/chat.jsonl", "b/deep/3.opus"]


def test_places_keep_their_order_and_files_come_once(tree: Path) -> None:
    places = ("b/2.WAV", "b/*.mp3", "b", "./b/1.mp3", str(tree / "b"))
    assert names(*places) == ["b/2.WAV", "b/1.mp3", "b/chat.jsonl", "b/deep/3.opus"]


def test_globs(tree: Path) -> None:
    assert names("**/*.opus", "?/1.mp3") == ["b/deep/3.opus", "b/1.mp3"]


def test_a_name_with_brackets_is_no_glob(tree: Path) -> None:
    assert names("a [1].csv") == ["a [1].csv"]


def test_a_file_named_outright_is_taken_whatever_it_is(tree: Path) -> None:
    assert names("b/notes.pdf") == ["b/notes.pdf"]


def test_what_is_not_there(tree: Path) -> None:
    found, faults = discover(["none", "b/1.mp3", "b/*.amr"])
    assert [str(path) for path in found] == ["b/1.mp3"]
    assert [str(fault) for fault in faults] == [
        "none: does not exist. Check the path",
        "b/*.amr: does not exist. Check the path",
    ]
    assert all(isinstance(fault, UsageError) for fault in faults)


def test_a_place_below_a_file_or_with_too_long_a_name(tree: Path) -> None:
    _, faults = discover(["a [1].csv/x.wav", "x" * 300])
    assert [str(fault) for fault in faults] == [
        "a [1].csv/x.wav: cannot be read (Not a directory). Check the path and the disk",
        f"{'x' * 300}: cannot be read (File name too long). Check the path and the disk",
    ]
    assert all(isinstance(fault, InputError) for fault in faults)


def test_a_folder_that_names_itself_ends(tree: Path) -> None:
    (tree / "b" / "deep" / "loop").symlink_to(tree / "b")
    assert len(names("b")) == 4


def test_a_plan_names_each_job_and_its_size(tree: Path) -> None:
    (tree / "c").mkdir()
    for name in ("b/1.wav", "c/1.wav", "c/1.mp3"):
        (tree / name).write_text(f"other {name}")
    paths = [Path(name) for name in ("b/1.mp3", "b/1.wav", "c/1.wav", "c/1.mp3")]
    jobs, faults = plan(paths)
    assert faults == []
    assert jobs == [
        Job(paths[0], "1", 7),
        Job(paths[1], "1.wav", 13),
        Job(paths[2], "c-1.wav", 13),
        Job(paths[3], "1.mp3", 13),
    ]


def test_the_second_of_two_equal_files_is_a_fault(tree: Path) -> None:
    (tree / "copy.mp3").write_text("b/1.mp3")
    (tree / "other.mp3").write_text("b/1.mpX")
    jobs, (fault,) = plan([Path("b/1.mp3"), Path("copy.mp3"), Path("other.mp3")])
    assert [job.path.name for job in jobs] == ["1.mp3", "other.mp3"]
    assert str(fault) == "copy.mp3: has the same content as b/1.mp3. Remove one of them"


def test_empty_files_are_no_copies(tree: Path) -> None:
    for name in ("x.wav", "y.wav"):
        (tree / name).touch()
    jobs, faults = plan([Path("x.wav"), Path("y.wav")])
    assert (len(jobs), faults) == (2, [])


def test_what_is_no_file_gets_no_job(tree: Path) -> None:
    os.mkfifo(tree / "pipe.wav")
    odd = Path(os.fsdecode(b"caf\xe9.wav"))
    jobs, faults = plan([Path("pipe.wav"), Path("none.wav"), odd])
    assert jobs == []
    assert [str(fault) for fault in faults] == [
        "pipe.wav: is not a file. Give a recording or a chat log",
        "none.wav: cannot be read (No such file or directory). Check the path and the disk",
        "caf\\xe9.wav: has a name that is not UTF-8. Rename it",
    ]


def test_shown() -> None:
    assert shown("é [1].wav") == "é [1].wav"
    assert shown(os.fsdecode(b"\xff.wav")) == "\\xff.wav"
