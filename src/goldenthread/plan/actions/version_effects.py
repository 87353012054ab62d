"""Computing what a version does to the chance of each objective, and which cause did how much of it. Derived: never undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.engine.causes_of_change import CauseOptions, Causes, causes_of_change, how_many_sets
from goldenthread.engine.chances import NOTHING_ASKED, chances
from goldenthread.engine.errors import EngineError
from goldenthread.engine.forecast import ENGINE_VERSION, ForecastOptions
from goldenthread.engine.randoms import stable_key
from goldenthread.engine.root_changes import TIME, Root
from goldenthread.kit import jobs
from goldenthread.kit.errors import Refused
from goldenthread.plan.actions.forecasts import RUNS
from goldenthread.plan.mapping.finishes import SEED
from goldenthread.plan.mapping.thread import Thread, thread
from goldenthread.plan.mapping.version_changes import Between, between
from goldenthread.plan.mapping.version_worlds import Worlds, differing, outside
from goldenthread.plan.models import PlanVersion, VersionEffect
from goldenthread.plan.queries.version_causes import DECIDES, Decisions
from goldenthread.plan.queries.version_changes import states_of

Progress = Callable[[int, int], None]
NAMED = 30  # so many causes are told apart
OTHERS: Root = ("others", 0)  # the rest of them, where there are more
BASES = ("thin", "fair", "good")
TIMES_TOLD = 50
LIMITS = CauseOptions()


def ask_for_effect(*, old: PlanVersion, new: PlanVersion, by: Person | None) -> Any:
    """Queue the computation of what leads from one version to the other."""
    return jobs.ask_for("version-effect", by=by, key=effect_key(old.pk, new.pk), old_id=old.pk, new_id=new.pk)


def effect_key(old: int, new: int) -> str:
    """By what the job of a pair of versions is found."""
    return f"version-effect:{old}:{new}"


def make_effect(*, old: PlanVersion, new: PlanVersion, progress: Progress, runs: int = RUNS, seed: int = SEED) -> VersionEffect:
    """Run both versions and the mixtures between them through the forecast, divide the change among causes, and keep it."""
    told = between(*states_of(old, new))
    cause_of = _causes(told, old, new)
    causes = sorted({*cause_of.values(), TIME})
    sides = (outside(new.plan, old.proposed_at), outside(new.plan, new.proposed_at))
    worlds = Worlds(new.plan, (told.old, told.new), sides, cause_of)
    try:
        results = _divided(worlds, causes, ForecastOptions(seed=seed, runs=runs, months=()), progress)
    except EngineError as error:
        raise Refused(f"The effect cannot be computed: {error}") from error
    made = {"results": results, "engine": ENGINE_VERSION, "made_at": timezone.now()}
    row: VersionEffect = VersionEffect.objects.update_or_create(old=old, new=new, defaults=made)[0]
    return row


def _causes(told: Between, old: PlanVersion, new: PlanVersion) -> dict[Root, Root]:
    """Row that a forecast reads and that differs -> its cause, as the comparison names them; beyond `NAMED` the rest as one."""
    rows = [(table, key) for table, keys in differing(told.changes).items() for key in sorted(keys)]
    decided = Decisions(told, old, new, rows)
    came_or_went = {*told.changes["activities"].added.keys.tolist(), *told.changes["activities"].dropped.keys.tolist()}
    first: dict[tuple[str, int], Root] = {}
    found: dict[Root, Root] = {}
    for table, key in rows:
        activity = decided.activity_of.get((table, key))
        root: Root = ("activities", activity) if activity is not None and activity in came_or_went else (table, key)
        cause = decided.of(root)
        if cause == root and cause[0] != "activities" and activity is not None:  # several rows of one piece of work read alike
            cause = first.setdefault((table, activity), root)
        found[table, key] = cause
    return _fewer(found)


def _fewer(cause_of: dict[Root, Root]) -> dict[Root, Root]:
    """Decisions first, then the causes of most rows, keep their names."""
    sizes: dict[Root, int] = {}
    for cause in cause_of.values():
        sizes[cause] = sizes.get(cause, 0) + 1
    if len(sizes) <= NAMED:
        return cause_of
    ranked = sorted(sizes, key=lambda cause: (cause[0] not in DECIDES, -sizes[cause], cause))
    kept = set(ranked[:NAMED])
    return {row: cause if cause in kept else OTHERS for row, cause in cause_of.items()}


def _divided(worlds: Worlds, causes: list[Root], options: ForecastOptions, progress: Progress) -> dict[str, Any]:
    """The chances of both ends, the parts of the causes, and what is critical in the end."""
    ends = [thread(*worlds.world(of)) for of in ((), causes)]
    objectives = sorted({pk for end in ends for pk in end.ids["objectives"]})
    before, after = (_met(end, objectives, options) for end in ends)
    told = _Told(progress, how_many_sets(len(causes), LIMITS))

    def value(of: frozenset[int]) -> Any:
        """Runs that reach each objective; where a mixture asks nothing of one, as before."""
        told.one_more()
        met = _met(thread(*worlds.world(causes[i] for i in of)), objectives, options)
        return np.maximum(np.where(met == NOTHING_ASKED, before, met), 0)

    parts = causes_of_change(value, np.array([stable_key(*cause) for cause in causes], np.int64), LIMITS)
    found = [
        _objective(parts, i, None if NOTHING_ASKED in (before[i], after[i]) else options.runs)
        | {"before": _chance(before[i], options.runs), "after": _chance(after[i], options.runs), "basis": _basis(ends, pk)}
        for i, pk in enumerate(objectives)
    ]
    return {
        "runs": options.runs,
        "seed": options.seed,
        "sets": told.asked,
        "causes": [list(cause) for cause in causes],
        "is_exact": len(causes) <= LIMITS.most_exact,
        "critical": worlds.critical(causes),
        "objectives": {str(pk): one for pk, one in zip(objectives, found, strict=True)},
    }


class _Told:
    """How far it has come, told now and then."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.asked = progress, total, 0

    def one_more(self) -> None:
        """One more set is weighed."""
        self.asked += 1
        if self.asked % max(1, self.total // TIMES_TOLD) == 0:
            self.progress(min(self.asked, self.total), self.total)


def _met(going_in: Thread, objectives: list[int], options: ForecastOptions) -> Any:
    """In how many runs each objective is reached; `NOTHING_ASKED` of one that is not there."""
    found = np.full(len(objectives), NOTHING_ASKED, np.int64)
    met = chances(going_in.data, options).met.tolist()
    place = {pk: i for i, pk in enumerate(objectives)}
    for pk, count in zip(going_in.ids["objectives"], met, strict=True):
        found[place[pk]] = count
    return found


def _objective(parts: Causes, item: int, runs: int | None) -> dict[str, Any]:
    """The parts of one objective, one a cause, as differences of its chance; none where it has no chance on either side."""
    if runs is None:
        return {"parts": None, "errors": None}
    return {
        "parts": [float(change) / runs for change in parts.changes[:, item]],
        "errors": [float(error) / runs for error in parts.error[:, item]],
    }


def _chance(met: int, runs: int) -> float | None:
    return None if met == NOTHING_ASKED else int(met) / runs


def _basis(ends: list[Thread], objective: int) -> str:
    """What the chance rests on, on the weaker side, by the weakest of its required targets."""
    held = []
    for end in ends:
        if objective not in end.ids["objectives"]:
            continue
        place, targets = end.ids["objectives"].index(objective), end.data.targets
        mine = [end.ids["kpis"][kpi] for of, kpi in zip(targets.objective, targets.kpi, strict=True) if of == place]
        held += [end.basis[kpi] for kpi in mine]
    return min(held, key=BASES.index, default="thin")
