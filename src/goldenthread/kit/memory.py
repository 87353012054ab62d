"""How this process takes memory from the system and gives it back."""

from __future__ import annotations

import ctypes
import sys

MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1  # names of glibc's mallopt
LARGEST, KEPT = 32 << 20, 128 << 20  # bytes: blocks that come from the heap, and what of it may lie free at its end


def keep_freed_memory() -> bool:
    """Let freed arrays be used again by the next ones; whether this C library can be told so.

    Else it gives back each large array at once, and the next one costs a page fault every 4 KB: half of the time of a critical
    path of 100,000 activities.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # there is none in musl
    return bool(mallopt and mallopt(MMAP_THRESHOLD, LARGEST) and mallopt(TRIM_THRESHOLD, KEPT))
