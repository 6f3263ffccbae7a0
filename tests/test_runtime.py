from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any, NoReturn

import numpy as np
import pytest

from cintel.errors import SettingsError
from cintel.runtime import pick_device, prepare, use_threads


def _output_of(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_telemetry_is_off_even_where_the_environment_turned_it_on() -> None:
    code = (
        "from cintel.runtime import prepare; prepare()\n"
        "import warnings; warnings.simplefilter('ignore')\n"
        "from pyannote.audio.telemetry.metrics import is_metrics_enabled\n"
        "from huggingface_hub import constants\n"
        "print(is_metrics_enabled(), constants.HF_HUB_DISABLE_TELEMETRY)"
    )
    environment = {"PYANNOTE_METRICS_ENABLED": "1", "HF_HUB_DISABLE_TELEMETRY": "0"}
    assert _output_of(code, **environment) == "False True"


@pytest.mark.models
def test_a_diarization_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[Any] = []

    def refuse(*address: Any) -> NoReturn:
        attempts.append(address)
        raise OSError("no connection may be opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    from cintel.speech.listen import Listener

    diarizer = Listener("whisper-base", "cpu").diarizer
    noise = np.random.default_rng(7).normal(0, 0.01, 32_000).astype(np.float32)
    diarizer.diarize(noise)
    from pyannote.audio.telemetry.metrics import is_metrics_enabled, provider

    # What was to be reported leaves from a thread of its own, a little later.
    provider.force_flush(5000)
    assert attempts == []
    assert not is_metrics_enabled()


def test_denormal_products_are_flushed_to_zero() -> None:
    prepare()
    import torch

    tiny = torch.full((8,), 1e-30, dtype=torch.float32)
    assert float((tiny * 1e-10).abs().max()) == 0.0


def test_denormals_stay_flushed_after_the_pitch_detector_loads() -> None:
    code = (
        "from cintel.runtime import prepare; prepare()\n"
        "import torch\n"
        "from cintel.speech.acoustics import _detector\n"
        "_detector()\n"
        "print(float((torch.full((8,), 1e-30) * 1e-10).max()))"
    )
    assert _output_of(code) == "0.0"


def test_torchaudio_imports_beside_a_cpu_torch_and_its_missing_part_says_so() -> None:
    code = (
        "from cintel.runtime import prepare; prepare(); prepare()\n"
        "import torch, torchaudio\n"
        "from torchaudio.functional import forced_align\n"
        "from torchaudio.compliance import kaldi\n"
        "print(tuple(kaldi.fbank(torch.zeros(1, 16000), num_mel_bins=80).shape))\n"
        "if torch.version.cuda is None:\n"
        "    try: forced_align(torch.zeros(1, 1, 1), torch.zeros(1, 1))\n"
        "    except RuntimeError as error: assert 'not built' in str(error), error\n"
        "    else: raise SystemExit('no error')"
    )
    assert _output_of(code) == "(98, 80)"


def test_waiting_threads_sleep_unless_the_user_says_otherwise() -> None:
    code = "from cintel.runtime import prepare; prepare(); import os; print(os.environ['{}'])"
    code = code.format("OMP_WAIT_POLICY")
    assert _output_of(code, OMP_WAIT_POLICY="ACTIVE") == "ACTIVE"
    unset = "import os; os.environ.pop('OMP_WAIT_POLICY', None)\n" + code
    assert _output_of(unset) == "PASSIVE"


def test_the_device_is_what_the_machine_has() -> None:
    import torch

    assert pick_device("cpu") == "cpu"
    assert pick_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")


def test_cuda_where_there_is_none_is_an_error() -> None:
    code = (
        "from cintel.runtime import pick_device\n"
        "try: pick_device('cuda')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    assert _output_of(code, CUDA_VISIBLE_DEVICES="") == (
        f"{SettingsError.__name__} setting device: is cuda, but torch sees no CUDA device. "
        "Use auto or cpu"
    )


def test_threads() -> None:
    prepare()
    import torch

    before = torch.get_num_threads()
    assert use_threads(1) == torch.get_num_threads() == 1
    assert use_threads(0) == torch.get_num_threads() >= 1
    torch.set_num_threads(before)
