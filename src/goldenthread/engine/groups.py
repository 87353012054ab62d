"""Groups: what each leave-one-out takes away, as flat arrays.

One group a contribution, one a supervision, and one for each subject that is more than a single one of these. A group has
segments (one a KPI) of items; an item is a contribution, or (supervision >= 0) the part of a contribution's success that one
supervision brings.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from goldenthread.engine.thread_data import ThreadData

_I = np.int64
GROUP = np.dtype(
    [
        (name, _I)
        for name in (
            "segment_from",
            "segment_to",
            "pair_from",
            "pair_to",
            "objective_from",
            "objective_to",
            "supervision",
            "delay",
        )
    ]
)
SEGMENT = np.dtype([("kpi", _I), ("item_from", _I), ("item_to", _I)])
ITEM = np.dtype([("contribution", _I), ("supervision", _I)])

Items = list[tuple[int, int]]


def group_columns(data: ThreadData, *, empty: bool) -> dict[str, Any]:
    """The arrays of `Layout` that describe groups; `empty` makes none.

    `groups.delay` is 1 where the group also answers what its own work finishing a day later costs, `group_of_subject` is -1
    where a subject neither contributes nor supervises.
    """
    given, watched = data.contributions, data.supervisions
    own: list[list[int]] = [[] for _ in range(len(data.subjects))]
    watches: list[list[int]] = [[] for _ in range(len(data.subjects))]
    for row, subject in enumerate(given.subject.tolist()):
        own[subject].append(row)
    for row, subject in enumerate(watched.subject.tolist()):
        watches[subject].append(row)
    raised = [[(c, q) for c in own[s]] for q, s in enumerate(watched.supervised.tolist())]
    all_items: list[Items] = [[(c, -1)] for c in range(len(given))] + raised
    supervision = [-1] * len(given) + list(range(len(watched)))
    delay = [0] * len(all_items)
    of_subject = np.full(len(data.subjects), -1, _I)
    for s in range(len(data.subjects)):
        items = [(c, -1) for c in own[s]] + [item for q in watches[s] for item in raised[q]]
        if len(own[s]) == 1 and not watches[s]:
            of_subject[s] = own[s][0]
        elif len(watches[s]) == 1 and not own[s]:
            of_subject[s] = len(given) + watches[s][0]
        elif items:
            of_subject[s] = len(all_items)
            all_items.append(items)
            supervision.append(-1)
            delay.append(0)
        if own[s]:
            delay[of_subject[s]] = 1
    flat = _flat([] if empty else all_items, data)
    if not empty:
        flat["groups"]["supervision"], flat["groups"]["delay"] = supervision, delay
    return flat | {"group_of_subject": of_subject}


def _flat(all_items: list[Items], data: ThreadData) -> dict[str, Any]:
    targets, kpi = data.targets, data.contributions.kpi.tolist()
    on_kpi: list[list[int]] = [[] for _ in range(len(data.kpis))]
    for t, k in enumerate(targets.kpi.tolist()):
        on_kpi[k].append(t)
    asked_by = [o if required else -1 for o, required in zip(targets.objective.tolist(), targets.required.tolist(), strict=True)]
    groups: list[tuple[int, ...]] = []
    segments: list[tuple[int, int, int]] = []
    flat_items: Items = []
    pairs: list[int] = []
    objectives: list[int] = []
    for items in all_items:
        first = (len(segments), len(pairs), len(objectives))
        by_kpi: dict[int, Items] = {}
        for c, q in sorted(items):
            by_kpi.setdefault(kpi[c], []).append((c, q))
        for k in sorted(by_kpi):
            segments.append((k, len(flat_items), len(flat_items) + len(by_kpi[k])))
            flat_items += by_kpi[k]
            pairs += on_kpi[k]
        objectives += sorted({asked_by[t] for k in by_kpi for t in on_kpi[k]} - {-1})
        groups.append((first[0], len(segments), first[1], len(pairs), first[2], len(objectives), -1, 0))
    return {
        "groups": np.array(groups, GROUP),
        "segments": np.array(segments, SEGMENT),
        "items": np.array(flat_items, ITEM),
        "pair_target": np.array(pairs, _I),
        "group_objective": np.array(objectives, _I),
    }
