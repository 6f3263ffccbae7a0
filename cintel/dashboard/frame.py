"""The frame around every page: theme, store, shared filters, navigation, and what went wrong.

``streamlit run`` may be given this file or the ``app.py`` of a checkout.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import streamlit as st

from cintel.dashboard import (
    agents,
    agreement,
    call,
    calls,
    formats,
    overview,
    reviews,
    sample,
    topics,
    trends,
    widgets,
)
from cintel.dashboard.view import PERIODS, View, bounds, default_period, previous
from cintel.errors import CintelError, StoreError
from cintel.settings import load_settings
from cintel.store import Store, queries
from cintel.store.database import parse_url
from cintel.store.queries import Choices
from cintel.store.selection import Filters

PAGES: dict[str, Callable[[View], None]] = {
    "Overview": overview.page,
    "Calls": calls.page,
    "Call": call.page,
    "Reviews": reviews.page,
    "Sample": sample.page,
    "Agreement": agreement.page,
    "Agents": agents.page,
    "Trends": trends.page,
    "Topics": topics.page,
}
_BARS = (
    '<g fill="#3B82C4"><rect x="1" y="6" width="3" height="5" rx="1"/><rect x="6.5" y="2" '
    'width="3" height="12" rx="1"/><rect x="12" y="5" width="3" height="7" rx="1"/></g>'
)
_ICON = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{_BARS}</svg>'
_LOGO = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="76" height="16" viewBox="0 0 76 16">{_BARS}'
    '<text x="22" y="13" font-family="sans-serif" font-size="16" font-weight="600" '
    'fill="#3B82C4">cintel</text></svg>'
)
_STYLE = """<style>
.block-container { padding: 4.2rem 2.5rem 2rem; }
</style>"""
# Seconds a page waits for a locked store before it says so.
_PATIENCE = 5.0


@st.cache_resource(show_spinner="Opening the store …")
def _open(url: str) -> Store:
    return Store(url, timeout=_PATIENCE)


def open_store(url: str) -> Store:
    """The store at a URL; looking at it never creates one.

    Raises:
        StoreError: there is none, or it cannot be opened.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        raise StoreError(
            parsed.database or url,
            "does not exist yet",
            "Analyse something first, with `cintel analyze FOLDER --store "
            f"{parsed.database}` or `cintel demo`, or name another store with "
            "`cintel dashboard --store URL`",
        )
    return _open(url)


def sidebar(known: Choices) -> Filters:
    """The filters that every page shares; they stay in the address, so that it can be sent on."""
    with st.sidebar:
        st.markdown("#### Filters")
        since, until = _dates(known)
        return Filters(
            since,
            until,
            agents=_several("Agents", "agents", known.agents),
            queues=_several("Queues", "queues", known.queues),
            channels=_several("Channels", "channels", known.channels),
            intents=_several("Intents", "intents", known.intents),
        )


def matches(found: int, total: int) -> str:
    """How much of the store passes the filters."""
    return f"{found:,} of {total:,} conversations"


def _dates(known: Choices) -> tuple[date | None, date | None]:
    period = st.selectbox(
        "Period", list(PERIODS), index=list(PERIODS).index(default_period(known)), key="period",
        bind="query-params", disabled=known.last_day is None,
        help="Ends on the last day that has conversations",
    )  # fmt: skip
    if period != "Dates" or known.first_day is None or known.last_day is None:
        return bounds(period, known.last_day)
    chosen: tuple[date, ...] = st.date_input(
        "From and to", (known.first_day, known.last_day), format="DD/MM/YYYY", key="dates",
        bind="query-params",
    )  # fmt: skip
    return chosen[0], chosen[-1]


def _several(label: str, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    if len(known) < 2:
        return ()
    name = formats.intent if key == "intents" else str
    return tuple(
        st.multiselect(
            label, known, key=key, bind="query-params", placeholder="All", format_func=name
        )
    )


def _navigate(pages: dict[str, Callable[[View], None]], store: Store, filters: Filters) -> None:
    view = View(
        store, filters, previous(filters), lambda key, at: _open_call(made["Call"], key, at)
    )
    made = {
        title: st.Page(
            partial(draw, view), title=title, url_path=title.lower(), default=title == "Overview"
        )
        for title, draw in pages.items()
    }
    page = st.navigation(list(made.values()), position="top")
    if page.title == "Overview" and (key := st.query_params.get("call")):
        at = st.query_params.get("t", "")
        _open_call(made["Call"], key, float(at) if at else None)
    page.run()


def _open_call(page: st.Page, key: str, at: float | None) -> None:
    st.switch_page(page, query_params={"call": key} | ({} if at is None else {"t": f"{at:.2f}"}))


def main() -> None:
    """Draw the frame and, inside it, the page that the address names."""
    st.set_page_config("cintel", page_icon=_ICON, layout="wide")
    st.logo(_LOGO, icon_image=_ICON)
    st.html(_STYLE)
    try:
        store = open_store(load_settings().store)
        if not len(store):
            widgets.empty_store(store.where)
            return
        filters = sidebar(queries.choices(store))
        st.sidebar.caption(matches(queries.overview(store, filters).conversations, len(store)))
        _navigate(PAGES, store, filters)
    except CintelError as error:
        widgets.failure(error)


if __name__ == "__main__":
    main()
