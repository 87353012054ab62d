"""Days of simulated runs as a short text: whole days from the earliest of their line, deflated.

The days of one subject differ little, so a run takes about a byte.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np

from goldenthread.engine.thread_data import Floats


def packed(days: Floats) -> dict[str, Any]:
    """Whole days, (lines, runs), as plain JSON."""
    least = days.min(axis=1).astype(np.int64)
    above = (days.astype(np.int64) - least[:, None]).astype("<u4")
    planes = np.ascontiguousarray(above).view(np.uint8).reshape(-1, 4).T  # bytes of one weight together: most are 0
    return {
        "least": least.tolist(),
        "runs": days.shape[1],
        "above": base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode(),
    }


def unpacked(kept: dict[str, Any]) -> Floats:
    """The days again."""
    planes = np.frombuffer(zlib.decompress(base64.b64decode(kept["above"])), np.uint8).reshape(4, -1)
    above = np.ascontiguousarray(planes.T).view("<u4").reshape(len(kept["least"]), kept["runs"])
    days: Floats = above + np.array(kept["least"], np.float64)[:, None]
    return days
