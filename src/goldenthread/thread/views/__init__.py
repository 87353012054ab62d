"""Pages that read across rooms, one module a page."""

from goldenthread.thread.views.gaps import act_on_gap, gaps, pulse
from goldenthread.thread.views.palette import palette
from goldenthread.thread.views.thread_map import thread_map
from goldenthread.thread.views.today import add_work, block, done, estimate, reopen, seen, start, today

__all__ = [
    "act_on_gap",
    "add_work",
    "block",
    "done",
    "estimate",
    "gaps",
    "palette",
    "pulse",
    "reopen",
    "seen",
    "start",
    "thread_map",
    "today",
]
