"""Invented figures for the gallery. Nothing else reads them."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from django import forms

from goldenthread.ui import charts
from goldenthread.ui.curves import Curve, curve
from goldenthread.ui.flow import flow

TODAY = dt.date(2026, 11, 23)


def navigation(current: str) -> list[list[dict[str, Any]]]:
    """Two groups of pages with counts, the way the shell gives them."""
    groups = (
        (("Today", 6, "g t"), ("Thread map", None, "g m"), ("Objectives", 6, "g o"), ("Plan", None, "g p"), ("Gaps", 14, "g g")),
        (("Projects", 25, "g j"), ("People", None, None), ("Services", None, None), ("Activity", None, None)),
    )
    links = {
        "Today": "/ui/today/",
        "Thread map": "/ui/map/",
        "Objectives": "/ui/objective/",
        "Plan": "/ui/plan/",
        "Projects": "/ui/list/",
    }
    return [
        [{"label": n, "url": links.get(n, "/ui/"), "count": c, "key": k, "current": n == current} for n, c, k in group]
        for group in groups
    ]


def _rows(text: str) -> list[list[str]]:
    """The cells of a small table written as text."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


# title | chain, from the work upwards | why | the reason in words | effort
WORK = _rows("""
Ask the two pilot clients for their ruling on billing | Clients decide > Decision latency > Faster delivery \
  | Two of three seats have been silent for 6 days; elsewhere an answer takes 2. Nothing else holds this step up. \
  | Smallest effort, longest wait | 30 min
Benefits check of Meter Exchange before Thursday’s gate | Benefits checks > Realised benefits > Return on change \
  | There are no spare days: a slip would miss the budget round. | Thursday’s gate waits for it | 3 h · due Thu
Full review of Weir Renewal | Supervision > Projects on time > Faster delivery \
  | Friday’s forecast moved it from 3 in 10 to 5 in 10 to miss its date. | Getting riskier | 2 h
Data protection register, yearly proof | Duty: data protection law | Needs no goal; needs proof by 30 November. \
  | Duty | 20 min · due Mon
Weekly slide pack | no goal named | The regional directors asked for it, and have been asked: keep, or stop? | Question open | 1 h
""")


def chain(cell: str) -> list[tuple[str, str | None]]:
    """A chain with addresses, as `ui.thread` takes it; "no goal named" leads nowhere."""
    return [(label, None if label == "no goal named" else "/ui/") for label in cell.split(" > ")]


PROJECTS: list[tuple[str, str, str, str, float, int, dt.date, list[float | None]]] = [
    ("Meter Exchange", "Ana Ruiz", "warn", "late risk", 0.62, 420_000_000, dt.date(2027, 3, 31), [5, 6, 6, 7, 7.5, 7, 8]),
    ("Weir Renewal", "Ben Okafor", "bad", "misses gate", 0.31, 1_240_000_000, dt.date(2027, 9, 30), [9, 8, 8, 7, 6, 5, 4]),
    ("Billing Move", "Chidi Obi", "good", "as planned", 0.74, 96_000_000, dt.date(2026, 12, 18), [2, 3, None, 4, 5, 6, 7]),
    ("Leak Sensors North", "Dora Lind", "good", "as planned", 0.12, 38_500_000, dt.date(2027, 6, 30), [1, 1, 2, 2, 3, 3, 3]),
    ("Call Centre Voice", "no owner", "", "not asked yet", 0.0, 0, dt.date(2027, 1, 29), []),
]


def fan_charts() -> dict[str, charts.Fan]:
    """A KPI falling towards its target, wide and narrow."""
    past = [6.4, 6.6, 6.2, 6.3, 5.9, 6.0, 5.7, 5.8, 5.5, 5.6, 5.3, 5.4, 5.2, 5.1]
    days = [dt.date(2025 + (9 + i) // 12, (9 + i) % 12 + 1, 28) for i in range(26)]
    bands = []
    for i in range(14, 26):
        mid, size = 5.1 - 2.317 * (1 - math.exp(-(i - 13) / 7)), math.sqrt(i - 13) * 0.26
        bands.append(charts.Band(days[i], mid - 0.888 * size, mid, mid + 0.888 * size, mid - 0.466 * size, mid + 0.466 * size))
    given: dict[str, Any] = {
        "target": 3.0,
        "target_date": dt.date(2027, 10, 31),
        "today": TODAY,
        "unit": "days",
        "baseline": (days[0], 6.4),
    }
    actuals = list(zip(days, past, strict=False))
    return {"wide": charts.fan(actuals, bands, **given), "narrow": charts.fan(actuals, bands, **given, width=360, height=240)}


def fall(*, is_thin: bool = False) -> dict[str, Any]:
    """What three causes do to a chance."""
    causes = (
        ("The target rose to 80 on 12 November 2026", "lowers it", -14, 54, 40),
        ("“Decision clock” was added", "raises it", 9, 40, 49),
    )
    moved = [
        {"title": title, "said": said, "points": points, "change": points / 100, "bar": (min(begin, end), abs(end - begin))}
        for title, said, points, begin, end in causes
    ]
    told = "about even, a little down" if is_thin else "54 % → 49 %"
    return {
        "title": "Decide in time",
        "said": told,
        "is_thin": is_thin,
        "moved": moved,
        "before": 0.54,
        "after": 0.49,
        "still": 2,
        "error": 0,
    }


def ranges() -> charts.Ranges:
    """What three people estimated, and what it comes to."""
    return charts.ranges(
        ["Answer 1", "Answer 2", "Answer 3", "Together"], [(30, 31.5, 35), (32, 34, 40), (60, 71.5, 90), (32, 34, 40)]
    )


def finish(width: int) -> Curve:
    """Percentiles of a finish that is not certain, beside what was planned and promised."""
    noon = dt.datetime.combine(TODAY, dt.time(12))
    moments = [noon + dt.timedelta(days=120 + 12 * math.log(share / (100.5 - share))) for share in range(1, 101)]
    marks = [("promised", noon + dt.timedelta(days=110), "promise"), ("P80", moments[79], "share")]
    return curve(moments, marks, width)


def movement() -> list[dict[str, Any]]:
    """What moved a finish by ten working days, and one back."""
    return [
        {"title": "Roof: 5 days became 17", "days": 12.0, "error": 0, "at": 0, "wide": 100, "zero": 0, "ends": 100},
        {
            "title": "Doors no longer wait for paint",
            "days": -2.0,
            "error": 0.4,
            "at": 83.3,
            "wide": 16.7,
            "zero": 0,
            "ends": 83.3,
        },
    ]


def dates_strip() -> charts.Strip:
    """The finish of a project as others went: mostly later, a few much."""
    told = dt.date(2027, 6, 24)
    marks = [told + dt.timedelta(days=round(i * i / 7) - 10) for i in range(40)]
    return charts.dates(marks, told, marks[4], marks[20], marks[35])


# key, its first letter the column | title | note | figure
NODES = _rows("""
m1 | Raise the return on change | clause 1, board mandate |
m2 | Serve clients faster | clause 2 |
o1 | Return on change | basis good | 7 in 10
o2 | Faster delivery | basis fair | 4 in 10
o3 | Customers served better | basis thin | unlikely
k1 | Realised benefits | €1.9m → €3.2m |
k2 | Stopped spending | €0.4m → €1.0m |
k3 | Decision latency | 5.1 → 3 days |
k4 | Projects on time | 61 → 75 % |
k5 | Customer effort score | no work yet |
s1 | Benefits checks in delivery | direct · 31 h |
s2 | Stop list | direct · 9 h |
s3 | Clients decide | direct · 18 h |
s4 | Supervision of 9 projects | supervised · 46 h |
s5 | Regional slide packs | no goal named · 17 h |
p1 | Ana, benefits | 31 h |
p2 | Ben, delivery | 35 h |
p3 | Chidi, assurance | 38 h |
p4 | Dora, reporting | 17 h, 18 h on leave |
""")
LINKS = (
    "m1 o1 7, m2 o2 6, m2 o3 2, o1 k1 6, o1 k2 3, o2 k3 4, o2 k4 4, o3 k5 0, k1 s1 6, k2 s2 3, k3 s3 4, k4 s4 5, k1 s4 2, "
    "s1 p1 5, s2 p2 2, s3 p2 3, s4 p3 5, s4 p2 1.5, s5 p4 0"
)


def thread_map() -> dict[str, Any]:
    """Mandate to people in five columns."""
    columns = [[key for key, *_ in NODES if key[0] == letter] for letter in "moksp"]
    links = [(a, b, float(weight)) for a, b, weight in (link.split() for link in LINKS.split(", "))]
    return {
        "nodes": {key: (title, note, figure or None, "no " in note, "/ui/") for key, title, note, figure in NODES},
        "flow": flow(columns, links),
        "heads": ["Mandate", "Objectives, chance on today’s plan", "KPIs", "Plan, hours this week", "People, this week"],
    }


def _step(key: int, title: str, level: int, start: str, finish: str, who: str, **more: Any) -> dict[str, Any]:
    """A row of the outline."""
    dates = {"start": dt.date.fromisoformat(start), "finish": dt.date.fromisoformat(finish)}
    return {"id": key, "title": title, "level": level, "who": who, **dates, **more}


OUTLINE = [
    _step(1, "Clients decide", 0, "2026-09-01", "2027-04-30", "Ana", open=True),
    _step(
        2, "Seats in every committee", 1, "2026-09-01", "2026-12-11", "Ben", done=0.7, critical=True,
        base=(dt.date(2026, 9, 1), dt.date(2026, 11, 20)),
    ),
    _step(3, "Decision clock on each paper", 1, "2026-12-14", "2027-02-26", "Ben", critical=True),
    _step(4, "Board confirms", 1, "2027-03-01", "2027-03-01", "Ana", stone=True),
    _step(5, "Benefits checks in delivery", 0, "2026-10-01", "2027-09-30", "Ana", open=True),
    _step(6, "Meter Exchange", 1, "2026-11-02", "2027-01-29", "Chidi", done=0.25),
    _step(7, "Billing Move", 1, "2027-02-01", "2027-05-28", "Dora"),
]  # fmt: skip


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Objective", help_text="What will be different, for whom.")
    owner = forms.ChoiceField(label="Owner", choices=[("", "Choose"), ("a", "Ana Ruiz"), ("b", "Ben Okafor")])
    due = forms.DateField(label="By", widget=forms.DateInput(attrs={"type": "date"}))
    worth = forms.DecimalField(label="Worth of one day", required=False)
    why = forms.CharField(label="Why it matters", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    basis = forms.ChoiceField(
        label="Basis", widget=forms.RadioSelect, choices=[("m", "Measured"), ("e", "Estimated"), ("a", "Assumed")]
    )
    confidential = forms.BooleanField(label="Confidential", required=False, help_text="Others see totals, no names.")
