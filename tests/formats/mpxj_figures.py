"""What MPXJ finds in schedule files, as JSON: `python -m tests.formats.mpxj_figures FILE ...`. It starts a Java machine."""

import json
import sys

from goldenthread.formats import exchange


def figures(path: str, java) -> list[dict]:
    units = java("org.mpxj.TimeUnit").HOURS
    found = []
    for project in java("org.mpxj.reader.UniversalProjectReader")().readAll(path):
        properties = project.getProjectProperties()

        def hours(span, properties=properties):
            return None if span is None else round(float(span.convertUnits(units, properties).getDuration()), 2)

        rows = [task for task in project.getTasks() if task.getUniqueID() is not None]
        links = [link for task in rows for link in task.getPredecessors()]
        found.append(
            {
                "rows": [
                    {
                        "id": str(task.getUniqueID()),
                        "name": str(task.getName() or ""),
                        "summary": bool(task.getSummary()),
                        "hours": hours(task.getDuration()),
                        "start": str(task.getStart() or "")[:16],
                        "finish": str(task.getFinish() or "")[:16],
                    }
                    for task in rows
                ],
                "links": sorted(
                    [
                        str(link.getPredecessorTask().getUniqueID()),
                        str(link.getSuccessorTask().getUniqueID()),
                        str(link.getType()),
                        hours(link.getLag()),
                    ]
                    for link in links
                ),
                "resources": sum(bool(str(one.getName() or "")) for one in project.getResources()),
                "assignments": sum(one.getResource() is not None for one in project.getResourceAssignments()),
                "calendars": len(project.getCalendars()),
            }
        )
    return found


if __name__ == "__main__":
    exchange.check_ready()
    started = exchange._started()
    told = {path: figures(path, started) for path in sys.argv[1:]}
    sys.stdout.write(json.dumps(told))
