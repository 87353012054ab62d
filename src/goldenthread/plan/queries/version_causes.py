"""Which decision a change between two versions goes back to: the work followed the target or objective changed before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Value

from goldenthread.engine.root_changes import TIME, Root
from goldenthread.kit import history
from goldenthread.plan.mapping.version_changes import Between
from goldenthread.plan.models import Contribution, Duty, PlanVersion, Raci, Step, Supervision
from goldenthread.purpose.models import Clause, Kpi, Objective, Target, ValueRate
from goldenthread.schedule.models import Activity, Assignment, Relationship

MODELS: dict[str, Any] = {
    "activities": Activity, "relationships": Relationship, "assignments": Assignment, "steps": Step, "raci": Raci,
    "contributions": Contribution, "supervisions": Supervision, "duties": Duty, "objectives": Objective, "targets": Target,
    "kpis": Kpi, "rates": ValueRate, "clauses": Clause,
}  # fmt: skip
DECIDES = {"targets", "objectives", "kpis", "rates", "clauses", TIME[0]}
Written = tuple[int, datetime, str, str | None]


class Decisions:
    """What was decided between two versions, and when each root was written; one statement for all of it."""

    def __init__(self, told: Between, old: PlanVersion, new: PlanVersion, roots: Iterable[Root]) -> None:
        self.told = told
        self.period = (old.proposed_at, new.proposed_at)
        self.kpis_of_activity, self.kpi_of, self.activity_of = told.kpis_of_activity, told.kpi_of, told.activity_of
        self.made = dict.fromkeys((table, int(key)) for table in ("targets", "objectives") for key in touched(told, table))
        self.written = self._written([*roots, *self.made])
        self._of: dict[Root, Root] = {}

    def of(self, root: Root) -> Root:
        """The target or objective that was changed before the work on its figure was, the last of them; else the root itself."""
        if root not in self._of:
            self._of[root] = root if root[0] in DECIDES else self._decided(root)
        return self._of[root]

    def _decided(self, root: Root) -> Root:
        activity = root[1] if root[0] == "activities" else self.activity_of.get(root)
        kpis = self.kpis_of_activity.get(activity, frozenset()) if activity is not None else frozenset()
        done, found = self.written.get(root), []
        for decided in self.made:
            made = self.written.get(decided)
            if made and kpis & self.kpi_of.get(decided, frozenset()) and (done is None or made[1] <= done[1]):
                found.append((made[1], decided))
        return max(found)[1] if found else root

    def _written(self, roots: Iterable[Root]) -> dict[Root, Written]:
        """Root -> the last action between the versions that wrote its row: id, time, title, who. One statement."""
        wanted: dict[str, set[int]] = {}
        for table, key in roots:
            if table in MODELS:
                wanted.setdefault(table, set()).add(key)
        parts = [
            history.records(MODELS[table])
            .filter(id__in=keys, changeset__at__gt=self.period[0], changeset__at__lte=self.period[1])
            .order_by()
            .values_list(Value(table), "id", "changeset_id", "changeset__at", "changeset__title", "changeset__by__name")
            for table, keys in sorted(wanted.items())
        ]
        if not parts:
            return {}
        rows: QuerySet[Any] = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        found: dict[Root, Written] = {}
        for table, key, *made in rows:
            if (table, key) not in found or made[1] >= found[table, key][1]:
                found[table, key] = (made[0], made[1], made[2], made[3])
        return found


def touched(told: Between, table: str) -> set[int]:
    """The rows of a table that came, went or changed."""
    changes = told.changes[table]
    keys = {int(key) for cells in changes.changed.values() for key in cells.keys}
    return keys | set(changes.added.keys.tolist()) | set(changes.dropped.keys.tolist())
