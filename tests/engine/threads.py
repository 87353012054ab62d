"""Small threads for tests, in words: one KPI from 60, one target of 72 in 100 days, and what the test adds."""

from dataclasses import replace

import numpy as np

from goldenthread.engine.forecast import ForecastOptions, forecast
from goldenthread.engine.thread_data import (
    Contributions,
    Kpis,
    Objectives,
    ScheduleRuns,
    Subjects,
    Supervisions,
    Targets,
    ThreadData,
)

DUE = 100.0


def thread(steps=(), *, kpi=None, target=None, kpis=None, objectives=1, targets=None, watched=()):
    """`steps`: dictionaries of finish (a day or three) and effect (a number or three) and any contribution column."""
    kpis = kpis or [kpi or {}]
    targets = targets or [target or {}]
    own = [{"key": i + 1, **step} for i, step in enumerate(steps)]
    finish = [np.broadcast_to(step.pop("finish", 10.0), 3) for step in own]
    contributions = [step for step in own if "effect" in step]
    subject = [i for i, step in enumerate(own) if "effect" in step]
    effect = [np.broadcast_to(step.pop("effect"), 3) for step in contributions]
    names = {name for step in contributions for name in step} - {"key", "subject"}
    defaults = {"kpi": 0, "chance": 1.0, "lag": 0.0, "ramp": 0.0, "factor_mean": 1.0, "factor_sd": 0.0, "factor_class": 0}
    return ThreadData(
        kpis=table(Kpis, kpis, {"value_now": 60.0}),
        objectives=Objectives(key=np.arange(objectives) + 1),
        targets=table(Targets, targets, {"objective": 0, "kpi": 0, "baseline": 60.0, "value": 72.0, "due_day": DUE}),
        subjects=Subjects(
            key=[step["key"] for step in own],
            finish_low=[f[0] for f in finish],
            finish_likely=[f[1] for f in finish],
            finish_high=[f[2] for f in finish],
        ),
        contributions=Contributions(
            key=[step["key"] for step in contributions],
            subject=[step.get("subject", s) for step, s in zip(contributions, subject, strict=True)],
            low=[e[0] for e in effect],
            likely=[e[1] for e in effect],
            high=[e[2] for e in effect],
            **{name: [step.get(name, defaults[name]) for step in contributions] for name in names | {"kpi"}},
        ),
        supervisions=table(Supervisions, list(watched), {}) if watched else Supervisions(),
    )


def table(kind, rows, defaults):
    """A table from dictionaries; keys 1..n unless given; columns nobody names keep the table's own default."""
    rows = [{"key": i + 1, **defaults, **row} for i, row in enumerate(rows)]
    kinds = {name: column.metadata["default"] for name, column in kind.__dataclass_fields__.items()}
    return kind(**{name: [row.get(name, kinds[name]) for row in rows] for name in set().union(*rows)})


def simulated(data, days, *, keys=(5,), of=None, line=None, high=None):
    """The same thread with finishes from runs, a row of days a subject: all of one schedule, or `line` of schedule `of`."""
    days = np.asarray(days)
    subjects = data.subjects.changed(
        finish_low=days.min(axis=1),
        finish_likely=np.median(days, axis=1),
        finish_high=days.max(axis=1) if high is None else [high] * len(days),
        schedule=[0] * len(days) if of is None else of,
        line=np.arange(len(days)) if line is None else line,
    )
    return replace(data, subjects=subjects, schedules=tuple(ScheduleRuns(key, days) for key in keys))


def chances(data, **options):
    return forecast(data, ForecastOptions(**{"months": (), **options})).targets.chance
