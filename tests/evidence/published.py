"""Files as others publish them, planted: targets by quarter of several agencies, and reports on capital projects."""

import csv
import datetime as dt
import io
import json
import math

import numpy as np

from goldenthread.formats.capital_reports import COLUMNS

KINDS = {1: "Measurable increase", -1: "Measurable decrease"}


def record(**changes):
    """One target in one quarter."""
    return {
        "fiscal_yr": "2022", "fiscal_qtr": "1", "related_goal_id": "G1", "related_goal": "Goal", "target": "Target",
        "indicator_type": "Measurable increase", "indicator": "Indicator", "related_owner": "DOT", "value_start": "0",
        "value_target": "100", "value_current": "", "progress_pct": "0", "progress_pct_target_status": "Target not met",
    } | {key: str(value) for key, value in changes.items()}  # fmt: skip


def year(values, **changes):
    """A target's four quarters; None leaves a quarter's figure empty, "-" its record out."""
    rows = enumerate(values, start=1)
    return [record(fiscal_qtr=q, value_current="" if v is None else v, **changes) for q, v in rows if v != "-"]


def targets(records):
    return json.dumps(records).encode()


def goals(count):
    return json.dumps([{"goal_id": f"G{i}", "goal_name": f"Goal {i}", "goal_status": "On Track"} for i in range(count)]).encode()


def agencies(seed=1, count=8, each=7):
    """Targets whose yearly rate of progress is drawn around 0.7 of the way; a fifth stands still after the second quarter."""
    r = np.random.default_rng(seed)
    records = []
    for a in range(count):
        for t in range(each):
            side, size = (1, -1)[t % 3 == 0], 10 ** r.uniform(0, 4)
            rate = r.normal(0.7 if t % 4 else 1.1, 0.35) / 4
            steps = rate + r.normal(0, 0.06, 4)
            if r.uniform() < 0.2:
                steps[2:] = 0.0
            values = np.round(side * size * np.cumsum(steps), 6)
            records += year(
                values.tolist(), related_owner=f"A{a}", related_goal_id=f"G{a}", indicator=f"Indicator {t}",
                indicator_type=KINDS[side], value_target=side * size,
            )  # fmt: skip
    return records


def reports(seed=1, projects=90, months=tuple(range(0, 48, 4))):
    """Projects whose completion slips at each report the more, the nearer it is forecast; one sticks to its date."""
    r = np.random.default_rng(seed)
    rows = []
    for p in range(projects):
        finish = 400 + 1_400 * r.uniform()
        begun = int(r.integers(0, 4))
        for m in months[begun:]:
            day = m * 30.4
            if finish < day:
                break
            phase = "Design" if finish - day > 700 else "Construction"
            rows.append((p, day, phase, finish, 1e6 * (30 + p)))
            finish += r.gamma(0.8, 45) * (1.6 if phase == "Construction" else 0.7) * (p > 0)
    return rows


def capital(rows, totals="0"):
    """The rows as the city's CSV."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow([*COLUMNS.values(), "Total Schedule Changes"])
    for project, day, phase, finish, budget in rows:
        about = [f"{_date(day)} 12:00:00 AM", project, f"Project {project}", "Roads", "DOT", phase, "01/01/2012"]
        write.writerow([*about, f"{budget:.2f}", _date(finish), totals])
    return out.getvalue().encode()


def _date(day):
    return f"{dt.date(2013, 9, 1) + dt.timedelta(days=math.floor(day)):%m/%d/%Y}"
