"""Reads across rooms, one module a page: chains, today, the map, the first run, a person's work, the search."""

from goldenthread.thread.queries.chains import Chains, Link, chains_of
from goldenthread.thread.queries.decisions import Decision, decisions, decisions_of
from goldenthread.thread.queries.people import takers, threads_of
from goldenthread.thread.queries.result import Result, result, thread_of_office
from goldenthread.thread.queries.search import search_rows
from goldenthread.thread.queries.start import FirstRun, figures, first_run, has_answers
from goldenthread.thread.queries.thread_map import ThreadMap, thread_map
from goldenthread.thread.queries.today import Today, TodayRow, leads, may_add_loose, team_today, today

__all__ = [
    "Chains",
    "Decision",
    "FirstRun",
    "Link",
    "Result",
    "ThreadMap",
    "Today",
    "TodayRow",
    "chains_of",
    "decisions",
    "decisions_of",
    "figures",
    "first_run",
    "has_answers",
    "leads",
    "may_add_loose",
    "result",
    "search_rows",
    "takers",
    "team_today",
    "thread_map",
    "thread_of_office",
    "threads_of",
    "today",
]
