"""Dates of networks as MPXJ's two schedulers work them out: `python mpxj_dates.py`, networks as JSON in, dates as JSON out.

Runs in a process of its own, under a Python that has the mpxj wheel and a Java. It knows nothing of the engine.
"""

import json
import sys
from pathlib import Path


def main():
    import jpype
    import mpxj

    jars = Path(mpxj.__file__).parent / "lib"
    jpype.startJVM(classpath=[str(jars / "*")])
    told = json.load(sys.stdin)
    json.dump([solved(one) for one in told], sys.stdout)


def solved(plan):
    import jpype

    org = jpype.JPackage("org").mpxj
    java = jpype.JPackage("java").time
    file = org.ProjectFile()
    properties = file.getProjectProperties()
    calendars = [calendar(file, one, org, java) for one in plan["calendars"]]
    start = java.LocalDateTime.parse(plan["start"])
    properties.setDefaultCalendar(calendars[0])
    properties.setStartDate(start)
    properties.setPlannedStart(start)
    if plan["program"] == "p6":
        properties.setStatusDate(start)
        file.getProjectConfig().setSlackClaculator(org.cpm.PrimaveraSlackCalculator(file))  # its name is spelt so
    minutes = org.TimeUnit.MINUTES
    tasks = []
    for row in plan["rows"]:
        task = file.addTask()
        length, nothing = org.Duration.getInstance(row["duration"], minutes), org.Duration.getInstance(0, minutes)
        task.setName(str(len(tasks)))
        for name in ("setDuration", "setRemainingDuration", "setPlannedDuration"):
            getattr(task, name)(length)
        task.setActualDuration(nothing)
        task.setPercentageComplete(jpype.java.lang.Double(0.0))
        task.setCalendar(calendars[row["calendar"]])
        task.setMilestone(row["duration"] == 0)
        kinds = {"finish": "FINISH_MILESTONE", "start": "START_MILESTONE"}
        task.setActivityType(getattr(org.ActivityType, kinds.get(row["milestone"], "TASK_DEPENDENT")))
        task.setActivityStatus(org.ActivityStatus.NOT_STARTED)
        task.setConstraintType(getattr(org.ConstraintType, row["constraint"] or "AS_SOON_AS_POSSIBLE"))
        if row["at"]:
            task.setConstraintDate(java.LocalDateTime.parse(row["at"]))
        if row["deadline"]:
            task.setDeadline(java.LocalDateTime.parse(row["deadline"]))
        tasks.append(task)
    kinds = {"FS": "FINISH_START", "SS": "START_START", "FF": "FINISH_FINISH", "SF": "START_FINISH"}
    for before, after, kind, lag in plan["links"]:
        made = org.Relation.Builder().predecessorTask(tasks[before]).type(getattr(org.RelationType, kinds[kind]))
        tasks[after].addPredecessor(made.lag(org.Duration.getInstance(lag, minutes)))
    cpm = jpype.JPackage("org").mpxj.cpm
    (cpm.MicrosoftScheduler() if plan["program"] == "ms" else cpm.PrimaveraScheduler()).schedule(file, start)
    dates = ("getEarlyStart", "getEarlyFinish", "getLateStart", "getLateFinish")
    found = [[str(getattr(task, name)())[:16] for name in dates] for task in tasks]
    for told, task in zip(found, tasks, strict=True):
        for slack in (task.getTotalSlack(), task.getFreeSlack()):
            told.append(None if slack is None else round(float(slack.convertUnits(minutes, properties).getDuration()), 3))
    return found


def calendar(file, told, org, java):
    made = file.addCalendar()
    made.setName(str(told["name"]))
    for place, shifts in enumerate(told["week"]):
        day = java.DayOfWeek.of(place + 1)
        made.setCalendarDayType(day, org.DayType.WORKING if shifts else org.DayType.NON_WORKING)
        hours = made.addCalendarHours(day)
        for shift in shifts:
            hours.add(hours_of(shift, org, java))
    for day, shifts in told["exceptions"]:
        exception = made.addCalendarException(java.LocalDate.parse(day), java.LocalDate.parse(day))
        for shift in shifts:
            exception.add(hours_of(shift, org, java))
    return made


def hours_of(shift, org, java):
    begin, until = (java.LocalTime.of(minute // 60 % 24, minute % 60) for minute in shift)
    return org.LocalTimeRange(begin, until)


if __name__ == "__main__":
    main()
