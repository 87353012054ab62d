"""The demo: a regulated water utility in its price-review year, invented, and an empty organisation to begin with.

Open `loading.py` first: it says in which order things come to be. Deterministic; every date is counted from the day of loading.
"""

from __future__ import annotations

from goldenthread.config.demonstration.loading import run

__all__ = ["run"]
