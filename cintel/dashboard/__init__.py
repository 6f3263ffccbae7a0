"""The dashboard: one file a page, its logic in pure functions, Streamlit calls at the edge.

Nothing here is imported by the rest of cintel; it runs in Streamlit's own process.
"""

from __future__ import annotations

import sys
from pathlib import Path


def command(*options: str) -> list[str]:
    """The command line that serves the dashboard; ``options`` go to ``streamlit run``.

    The store is the setting ``store``: put ``CINTEL_STORE`` in the environment to choose one.
    """
    frame = Path(__file__).with_name("frame.py")
    return [sys.executable, "-m", "streamlit", "run", str(frame), *options]
