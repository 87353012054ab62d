"""A calibration plot as one SVG file: what was said along the bottom, what happened up the side, the diagonal where both agree.

It carries its own two colour schemes, so that a page of the guide can show it as a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template

SIDE, LEFT, TOP, BELOW, RIGHT = 320.0, 56.0, 34.0, 48.0, 24.0

FRAME = Template("""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height"
 width="$width" height="$height" role="img">
<title>$title</title>
<style>
svg { --ink: #1d1a14; --quiet: #6b6455; --line: #e6e0d4; --paper: #fff; font: 12px Inter, system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { svg { --ink: #efe9dd; --quiet: #a59c8b; --line: #2f2b25; --paper: #1b1916; } }
text { fill: var(--quiet); } .title { fill: var(--ink); font-weight: 600; } .name { fill: var(--ink); }
.grid { stroke: var(--line); } .even { stroke: var(--quiet); stroke-dasharray: 3 4; } .curve { stroke: var(--ink); fill: none; }
.dot { fill: var(--ink); stroke: var(--paper); stroke-width: 1.5; } .dot.hollow { fill: var(--paper); stroke: var(--ink); }
</style>
<rect width="$width" height="$height" fill="var(--paper)"/>
<text class="title" x="$left" y="20">$title</text>
$parts
</svg>
""")


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (said, happened, weight) from 0 to 1; a dot's area follows its weight. is_hollow tells a second curve apart."""

    name: str
    points: Sequence[tuple[float, float, float]]
    is_joined: bool = True
    is_hollow: bool = False


def calibration_plot(title: str, along: str, up: str, curves: Sequence[Curve]) -> str:
    """The file's text."""
    parts = [*_grid(), f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>']
    for place, curve in enumerate(curves):
        parts += _curve(curve, place)
    middle = TOP + SIDE / 2
    parts.append(f'<text text-anchor="middle" x="{_x(0.5)}" y="{TOP + SIDE + 38}">{escape(along)}</text>')
    parts.append(f'<text text-anchor="middle" x="14" y="{middle}" transform="rotate(-90 14 {middle})">{escape(up)}</text>')
    width, height = f"{LEFT + SIDE + RIGHT:.0f}", f"{TOP + SIDE + BELOW:.0f}"
    return FRAME.substitute(width=width, height=height, left=LEFT, title=escape(title), parts="\n".join(parts))


def _x(share: float) -> float:
    return round(LEFT + SIDE * share, 1)


def _y(share: float) -> float:
    return round(TOP + SIDE * (1.0 - share), 1)


def _grid() -> list[str]:
    parts = []
    for step in range(0, 101, 20):
        at = step / 100
        parts.append(f'<line class="grid" x1="{_x(at)}" y1="{_y(0)}" x2="{_x(at)}" y2="{_y(1)}"/>')
        parts.append(f'<line class="grid" x1="{_x(0)}" y1="{_y(at)}" x2="{_x(1)}" y2="{_y(at)}"/>')
        parts.append(f'<text text-anchor="middle" x="{_x(at)}" y="{_y(0) + 18}">{step} %</text>')
        parts.append(f'<text text-anchor="end" x="{LEFT - 8}" y="{_y(at) + 4}">{step}</text>')
    return parts


def _curve(curve: Curve, place: int) -> list[str]:
    heaviest = max((weight for _, _, weight in curve.points), default=1.0)
    kind = "dot hollow" if curve.is_hollow else "dot"
    line = " ".join(f"{_x(said)},{_y(happened)}" for said, happened, _ in curve.points)
    parts = [f'<polyline class="curve" points="{line}"/>'] if curve.is_joined else []
    for said, happened, weight in curve.points:
        radius = max(2.5, (4.0 if curve.is_joined else 9.0) * (weight / heaviest) ** 0.5)
        parts.append(f'<circle class="{kind}" cx="{_x(said)}" cy="{_y(happened)}" r="{radius:.1f}"/>')
    key = TOP + 18 + 18 * place
    parts.append(f'<circle class="{kind}" cx="{LEFT + 16}" cy="{key - 4}" r="4"/>')
    parts.append(f'<text class="name" x="{LEFT + 26}" y="{key}">{escape(curve.name)}</text>')
    return parts
