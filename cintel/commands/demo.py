"""``cintel demo`` and ``cintel dashboard``: the samples analysed, the Streamlit app served."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from cintel.commands import analyze
from cintel.commands.screen import err
from cintel.errors import MissingExtraError, UsageError
from cintel.settings import load_settings

DEMO_STORE = "sqlite:///demo.db"


def run(serve: bool, port: int) -> int:
    """Analyse the samples into the demo store and open the dashboard; the exit status."""
    samples = Path(__file__).parents[2] / "sample_audio"
    if not (samples / "calls").is_dir():
        raise UsageError(
            str(samples), "is not there: the samples come with the source, not the wheel",
            "Run this in a clone of the repository",
        )  # fmt: skip
    settings = load_settings(store=DEMO_STORE)
    places = [str(samples / "calls"), str(samples / "chats")]
    status = analyze.run(places, settings, None)
    return serve_store(settings.store, port) if serve and status == 0 else status


def serve_store(store: str, port: int) -> int:
    """Run the Streamlit app on a store until it is stopped; its exit status."""
    if find_spec("streamlit") is None:
        raise MissingExtraError("streamlit", "dashboard")
    import cintel.dashboard.frame as frame

    command = [
        sys.executable, "-m", "streamlit", "run", str(Path(frame.__file__)),
        "--server.port", str(port), "--server.headless", "true",
        "--browser.gatherUsageStats", "false", "--client.toolbarMode", "minimal",
    ]  # fmt: skip
    err.print(f"dashboard: http://localhost:{port}  (stop with Ctrl-C)", highlight=False)
    try:
        return subprocess.run(command, env={**os.environ, "CINTEL_STORE": store}).returncode
    except KeyboardInterrupt:
        return 0
