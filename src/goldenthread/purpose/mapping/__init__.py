"""Rows <-> plain data: `quality` for the engine's checks, `aims` and `documents` for strategies from files."""

from goldenthread.purpose.mapping.quality import (
    DIRECTIONS,
    assumed_limits,
    beyond_share,
    draft_of,
    is_share,
    quality_of,
    reviewed,
)

__all__ = ["DIRECTIONS", "assumed_limits", "beyond_share", "draft_of", "is_share", "quality_of", "reviewed"]
