"""``cintel demo`` and ``cintel dashboard``: the samples analysed, the Streamlit app served."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cintel.commands import analyze
from cintel.commands.screen import err
from cintel.dashboard import command
from cintel.errors import UsageError
from cintel.settings import load_settings

DEMO_STORE = "sqlite:///demo.db"
HOST = "localhost"


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


def serve_store(store: str, port: int, host: str = HOST) -> int:
    """Run the Streamlit app on a store until it is stopped; its exit status.

    It listens on this machine alone unless told otherwise: recordings are private and the
    dashboard asks nobody who they are.
    """
    options = ("--server.address", host, "--server.port", str(port), "--server.headless", "true")
    err.print(f"dashboard: http://{host}:{port}  (stop with Ctrl-C)", highlight=False)
    environment = {**os.environ, "CINTEL_STORE": store}
    try:
        return subprocess.run(command(*options), env=environment).returncode
    except KeyboardInterrupt:
        return 0
