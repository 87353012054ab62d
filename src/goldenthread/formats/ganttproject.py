"""What MPXJ leaves out of a GanttProject file (.gan), brought back: there a bar stays where somebody drew it.

GanttProject keeps the first day of every bar and moves it only where a predecessor pushes it. MPXJ hands over that day as a
date and not as a bound, so that any other program would pull each bar to the start of the project; it numbers the outline anew
under every summary; and it reads the relationships of top rows alone, which is told here and not mended: the figures are MPXJ's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import START_NO_EARLIER, NotCarried, Project, ScheduleFile, Task
from goldenthread.formats.xml_source import Node, read_xml

PROGRAM = "GanttProject"
_LINKS = (
    "MPXJ reads no relationship of a row that stands under a summary; each row starts no earlier than where its bar lies, so "
    "that dates are those of the file. Export the plan from GanttProject as Microsoft Project XML to bring them, too"
)


def as_drawn(file: ScheduleFile, data: bytes) -> ScheduleFile:
    """The file that MPXJ made of `data`, with every bar where it lies, begun work begun there, and what is lost named."""
    lost = _links_lost(data, sum(len(one.relationships) for one in file.projects))
    return replace(file, projects=tuple(map(_project, file.projects)), not_carried=(*lost, *file.not_carried))


def _project(project: Project) -> Project:
    codes: dict[str | None, str] = {None: ""}
    count: Counter[str | None] = Counter()
    tasks = []
    for task in project.tasks:
        count[task.parent_id] += 1
        codes[task.id] = f"{codes.get(task.parent_id, '')}{count[task.parent_id]}"
        tasks.append(replace(_bar(task), wbs=codes[task.id]))
        codes[task.id] += "."
    return replace(project, tasks=tuple(tasks))


def _bar(task: Task) -> Task:
    """An activity bound to its first day; where some of it is done it began there, where all is, it ended where the bar ends."""
    if task.is_summary or task.start is None:
        return task
    done = task.percent_complete or 0
    length = task.duration_minutes or 0
    past = round(length * min(done, 100) / 100)
    return replace(
        task,
        constraint=START_NO_EARLIER,
        constraint_at=max(task.start, task.constraint_at or task.start),
        actual_start=task.start if done else None,
        actual_finish=task.finish if done >= 100 else None,
        actual_duration_minutes=past if done else None,
        remaining_minutes=length - past if done else task.remaining_minutes,
    )


def _links_lost(data: bytes, read: int) -> list[NotCarried]:
    """The relationships that the file holds beyond those that were read, as one line with the first of them."""
    try:
        rows = [node for node in read_xml(data).walk() if node.name == "task"]
    except FormatError:
        return []
    links = [(row, link) for row in rows for link in row.all("depend")]
    if len(links) <= read:
        return []
    return [NotCarried("Relationship", _ends(links, rows), "all", _LINKS, len(links) - read)]


def _ends(links: list[tuple[Node, Node]], rows: list[Node]) -> str:
    """The first relationship of a row under another, by the names of its ends."""
    names = {row.attributes.get("id", ""): row.attributes.get("name", "").strip()[:60] for row in rows}
    under = {id(below) for row in rows for below in row.all("task")}
    row, link = next((one for one in links if id(one[0]) in under), links[0])
    return f"“{row.attributes.get('name', '').strip()[:60]}” to “{names.get(link.attributes.get('id', ''), '')}”"
