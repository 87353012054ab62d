"""What a schedule file holds, counted: the figures an import shows before anything is stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from goldenthread.formats.schedule_file import Project, Resource, ScheduleFile

KINDS = ("FS", "SS", "FF", "SF")


def summary(file: ScheduleFile) -> dict[str, Any]:
    """Projects with their counts, dates and sums, and what is not carried, ready to be written as JSON."""
    return {
        "kind": file.kind,
        "program": file.program,
        "projects": [_project(project, file) for project in file.projects],
        "not_carried": [asdict(one) for one in file.not_carried],
    }


def _project(project: Project, file: ScheduleFile) -> dict[str, Any]:
    """Rows are all but Microsoft's hidden one, activities the rows that are no summary; cost and work are sums over these."""
    activities = [task for task in project.tasks if not task.is_summary]
    used = {one.resource_id for one in project.assignments}
    links = [link.kind for link in project.relationships]
    return {
        "id": project.id,
        "name": project.name,
        "rows": len(project.tasks),
        "activities": len(activities),
        "summaries": len(project.tasks) - len(activities),
        "milestones": sum(task.is_milestone for task in activities),
        "relationships": {
            **{kind: links.count(kind) for kind in KINDS},
            "with_lag": sum(link.has_lag for link in project.relationships),
        },
        "resources": sum(not _is_nobody(one) for one in file.resources) if len(file.projects) == 1 else len(used),
        "assignments": len(project.assignments),
        "start": _day(min((task.start for task in activities if task.start), default=project.start)),
        "finish": _day(max((task.finish for task in activities if task.finish), default=project.finish)),
        "data_date": _day(project.data_date),
        "currency": project.currency,
        "cost": float(sum((task.cost for task in activities if task.cost is not None), Decimal(0))),
        "work_hours": round(sum(task.work_minutes or 0 for task in activities) / 60, 4),
        "critical": [task.id for task in activities if task.is_critical],
        "baselines": sorted({baseline.number for task in project.tasks for baseline in task.baselines}),
    }


def _is_nobody(resource: Resource) -> bool:
    """Microsoft's resource 0, to whom work is assigned that nobody does yet."""
    return (resource.id, resource.name) == ("0", "Unassigned")


def _day(time: dt.datetime | None) -> str | None:
    return time.date().isoformat() if time else None
