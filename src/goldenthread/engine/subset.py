"""A part of a thread that answers like the whole: what some KPIs depend on, with the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goldenthread.engine.thread_data import Ints, ThreadData


@dataclass(frozen=True, eq=False)
class Subset:
    """The part, and which rows of the whole its rows are, by the name of the table."""

    data: ThreadData
    rows: dict[str, Ints]


def subset(data: ThreadData, kpis: Ints, targets: Ints | None = None) -> Subset:
    """These KPIs (rows in order) with their targets, or only those given, and all work and supervision that moves them.

    Objectives stay as they are; every figure that needs no other KPI keeps its bits on the same path.
    """
    if targets is None:
        targets = np.flatnonzero(np.isin(data.targets.kpi, kpis))
    given = np.flatnonzero(np.isin(data.contributions.kpi, kpis))
    working = np.unique(data.contributions.subject[given])
    watched = np.flatnonzero(np.isin(data.supervisions.supervised, working))
    subjects = np.unique(np.concatenate([working, data.supervisions.subject[watched]]))
    kept, effects, watching = data.targets.rows(targets), data.contributions.rows(given), data.supervisions.rows(watched)
    part = ThreadData(
        kpis=data.kpis.rows(kpis),
        objectives=data.objectives,
        targets=kept.changed(kpi=np.searchsorted(kpis, kept.kpi)),
        subjects=data.subjects.rows(subjects),
        contributions=effects.changed(subject=np.searchsorted(subjects, effects.subject), kpi=np.searchsorted(kpis, effects.kpi)),
        supervisions=watching.changed(
            subject=np.searchsorted(subjects, watching.subject), supervised=np.searchsorted(subjects, watching.supervised)
        ),
        schedules=data.schedules,
    )
    rows = {"kpis": kpis, "targets": targets, "subjects": subjects, "contributions": given, "supervisions": watched}
    return Subset(part, rows | {"objectives": np.arange(len(data.objectives))})


def reach(data: ThreadData, subjects: Ints) -> Ints:
    """Rows of the KPIs that these subjects can move, themselves or through what they supervise."""
    watched = data.supervisions.supervised[np.isin(data.supervisions.subject, subjects)]
    return np.unique(data.contributions.kpi[np.isin(data.contributions.subject, np.concatenate([subjects, watched]))])
