"""The dashboard of a checkout: ``streamlit run app.py``; its frame ships in the package."""

from __future__ import annotations

from cintel.dashboard.frame import main

main()
