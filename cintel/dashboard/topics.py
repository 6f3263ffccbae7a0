"""Topics: what customers call about, what is new or grows, and where to hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cintel.dashboard import charts, formats, palette, widgets
from cintel.dashboard.view import View
from cintel.store import topics as kept
from cintel.topics import table

if TYPE_CHECKING:
    from pandas import DataFrame

_SIGNALS = {"new": "NEW", "rising": "RISING"}
_COLORS = (palette.AGENT, palette.NEGATIVE)
_WEEKLY = 45
"""Days from which on the chart of a topic goes by week."""
_MEASURES = (charts.VOLUME, charts.FRUSTRATION)
_ROWS, _HEIGHT = 10, 388
"""Topics from which on the table scrolls, and its pixels then."""


def worded(found: DataFrame) -> DataFrame:
    """Rows of ``cintel.topics.table`` as the page writes them, those with a signal first."""
    found = found.sort_values("signal", key=lambda told: told == "", kind="stable")
    found = found.reset_index(drop=True)
    shown = found.assign(topic=[name[:1].upper() + name[1:] for name in found["name"]])
    shown["badge"] = [[_SIGNALS[told]] if told in _SIGNALS else [] for told in found["signal"]]
    return shown


def coverage(read: DataFrame) -> str:
    """How much of what was read has a topic; ``read`` as ``store.topics.daily_read`` gives it."""
    total, placed = int(read["conversations"].sum()), int(read["placed"].sum())
    share = formats.percent(placed / total if total else None)
    return f"{placed:,} of {total:,} conversations have a topic ({share})"


def course(days: DataFrame, topic: str) -> DataFrame:
    """One topic over time: ``day``, or ``week`` (its Monday) over a long time, and the measures.

    Args:
        days: as ``store.topics.daily_topics`` gives them.
        topic: its id.
    """
    from pandas import to_timedelta

    own = days[days["topic"] == topic][["day", "conversations", "frustration"]]
    if days.empty or (days["day"].max() - days["day"].min()).days < _WEEKLY:
        return own
    monday = own["day"] - to_timedelta(own["day"].dt.day_of_week, unit="D")
    felt = own["frustration"].notna() * own["conversations"]
    parts = own.assign(
        week=monday.astype("datetime64[s]"), felt=felt, total=own["frustration"] * felt
    )
    weeks = parts.groupby("week", as_index=False)[["conversations", "felt", "total"]].sum()
    mean = weeks["total"] / weeks["felt"].where(weeks["felt"] > 0)
    return weeks.assign(frustration=mean)[["week", "conversations", "frustration"]]


def quoted(found: DataFrame) -> DataFrame:
    """Rows of ``store.topics.quotes`` as the page words them."""
    return found.assign(
        when=found["started_at"].map(formats.when),
        at=found["start"].map(formats.clock),
        said=[
            formats.shorten(formats.without_personal(text, spans), 160)
            for text, spans in zip(found["text"], found["pii"], strict=True)
        ],
    )


def page(view: View) -> None:
    """Draw the page."""
    read = kept.daily_read(view.store, view.filters)
    if read.empty:
        _nothing(view)
        return
    found = worded(table(view.store, view.filters))
    st.caption(
        f"{coverage(read)}. Bring topics up to date with "
        f"`cintel topics --store {formats.plain(view.store.where)}`."
    )
    if found.empty:
        st.caption("No matter has come up in three conversations or more.")
        return
    _list(found)
    keys = list(found["id"])
    if st.session_state.get("topic") not in keys:
        st.session_state["topic"] = keys[0]
    names = dict(zip(found["id"], found["topic"], strict=True))
    st.markdown("#### One topic")
    topic = st.selectbox(
        "Topic", keys, key="topic", format_func=names.__getitem__,
        label_visibility="collapsed", width=420,
    )  # fmt: skip
    _one(view, topic)


def _nothing(view: View) -> None:
    if kept.daily_read(view.store).empty:
        st.subheader("No topics yet")
        st.write("Topics are found over many conversations at once. From a terminal:")
        st.code(f"cintel topics --store {view.store.where}", language="bash")
    else:
        widgets.nothing_found()


def _list(found: DataFrame) -> None:
    column = st.column_config
    most = max(1, int(found["conversations"].max()))
    columns = {
        "topic": column.TextColumn("Topic", width=300),
        "badge": column.MultiselectColumn(
            "Signal", options=list(_SIGNALS.values()), color=_COLORS, width=80,
            help="NEW: nobody had it before the last seven days. RISING: a larger share of them "
            "than before, and not by chance",
        ),
        "conversations": column.ProgressColumn(
            "Conversations", min_value=0, max_value=most, format="%d", width="small",
            color=palette.VOLUME,
        ),
        "share": column.NumberColumn("Share", format="%.1f %%", width=60),
        "trend": column.BarChartColumn("Trend", width=180, y_min=0, color=palette.AGENT),
        "frustration": widgets.share_column("Frustration"),
        "csat": column.NumberColumn("Satisfaction", format="%.1f", width=75),
    }  # fmt: skip

    def choose() -> None:
        row = widgets.clicked("topics")
        if row is not None:
            st.session_state["topic"] = found["id"].iloc[row]

    shown = found.assign(share=found["share"] * 100)
    height = _HEIGHT if len(found) > _ROWS else None
    widgets.clickable(shown, "topics", columns, height, choose)
    st.caption("Click a topic to see it below. A conversation may have several.")


def _one(view: View, topic: str) -> None:
    left, right = st.columns([1, 1.35], gap="small")
    over_time = course(kept.daily_topics(view.store, view.filters), topic)
    if len(over_time):
        with left, st.container(border=True):
            figure = charts.panels(over_time, _MEASURES, 1, 330)
            widgets.show(figure, "topic", "Volume and frustration of the topic over time")
    with right:
        found = quoted(kept.quotes(view.store, topic, view.filters))
        columns = {
            "when": st.column_config.TextColumn("When", width=130),
            "at": st.column_config.TextColumn("At", width=45),
            "said": st.column_config.TextColumn("What customers say", width=355),
            "frustration": widgets.share_column("Frustration"),
        }
        row = widgets.clickable(found, f"quotes {topic}", columns)
        st.caption("The most typical turns, one a conversation. Click one to hear it.")
    if row is not None:
        view.open_call(found["conversation_id"].iloc[row], float(found["start"].iloc[row]))
