"""The objective library: templates that read well once their figures are filled in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parent.parent / "library.json"


@dataclass(frozen=True)
class Template:
    """A kind of objective: its sentence with gaps, the KPI it stands on, and figures of an example."""

    key: str
    focus: str  # time, cost, benefit, quality, satisfaction, risk, capability
    name: str
    why: str
    title: str
    kpi: dict[str, Any]  # fields of a Kpi
    example: dict[str, float]  # fields of a Target

    def sentence(self, figures: dict[str, Any], baseline_on: date, due_on: date) -> str:
        """The title with its gaps filled; figures as they are written, without needless noughts."""
        plain = {name: f"{value:g}" if isinstance(value, int | float) else value for name, value in figures.items()}
        return self.title.format(**plain, baseline_month=f"{baseline_on:%B %Y}", due=f"{due_on.day} {due_on:%B %Y}")


@lru_cache(maxsize=1)
def objective_library() -> tuple[Template, ...]:
    """All templates, by focus."""
    return tuple(Template(**row) for row in json.loads(LIBRARY.read_text(encoding="utf-8")))


def template_named(key: str) -> Template | None:
    """The template of that key, or None."""
    return next((template for template in objective_library() if template.key == key), None)
