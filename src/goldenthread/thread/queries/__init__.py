"""Reads across rooms, one module a page: chains, today, the map."""

from goldenthread.thread.queries.chains import Chains, Link, chains_of
from goldenthread.thread.queries.thread_map import ThreadMap, thread_map
from goldenthread.thread.queries.today import Today, TodayRow, leads, team_today, today

__all__ = ["Chains", "Link", "ThreadMap", "Today", "TodayRow", "chains_of",
    "leads", "team_today", "thread_map", "today"]
