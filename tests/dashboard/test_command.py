from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cintel.dashboard
from cintel.dashboard import command


def test_the_command_serves_the_packaged_frame() -> None:
    frame = Path(cintel.dashboard.__file__).with_name("frame.py")
    assert command("--server.port", "8600") == [
        sys.executable, "-m", "streamlit", "run", str(frame), "--server.port", "8600",
    ]  # fmt: skip


def test_the_settings_lie_beside_the_frame_and_send_nothing_home() -> None:
    settings = Path(cintel.dashboard.__file__).parent / ".streamlit" / "config.toml"
    text = settings.read_text()
    assert "gatherUsageStats = false" in text
    assert 'toolbarMode = "minimal"' in text
    assert "http" not in text
    checkout = Path(cintel.dashboard.__file__).parents[2] / ".streamlit" / "config.toml"
    assert checkout.read_text() == text


def test_the_command_is_known_without_streamlit() -> None:
    code = "import cintel.dashboard, sys; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
