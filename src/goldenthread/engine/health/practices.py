"""The ten practices of the GAO Schedule Assessment Guide (GAO-16-89G, 2015), each told by checks as far as a file can tell it."""

from __future__ import annotations

from goldenthread.engine.health.register import Practice

COMPREHENSIVE, CONSTRUCTED, CREDIBLE, CONTROLLED = "comprehensive", "well constructed", "credible", "controlled"

PRACTICES = {
    one.id: one
    for one in (
        Practice(
            "GAO-01",
            "Capture all activities",
            COMPREHENSIVE,
            (),
            "whether all work is in it, only those who know the work can say",
        ),
        Practice(
            "GAO-02", "Sequence all activities", CONSTRUCTED, ("DCMA-01", "DCMA-02", "DCMA-03", "DCMA-05", "GT-01", "GT-02")
        ),
        Practice("GAO-03", "Assign resources", COMPREHENSIVE, ("DCMA-10",), "whether the people named really have the time"),
        Practice("GAO-04", "Establish durations", COMPREHENSIVE, ("DCMA-08", "GT-03"), "whether the durations are realistic"),
        Practice(
            "GAO-05", "Trace it across and from top to bottom", CREDIBLE, ("GT-08", "DCMA-12"), "whether each hand-over is meant"
        ),
        Practice("GAO-06", "Confirm that the critical path is valid", CONSTRUCTED, ("DCMA-12", "DCMA-07", "DCMA-05")),
        Practice("GAO-07", "Ensure reasonable float", CONSTRUCTED, ("DCMA-06", "DCMA-07")),
        Practice("GAO-08", "Analyse schedule risk", CREDIBLE, (), "a risk analysis stands beside the schedule, not in it"),
        Practice("GAO-09", "Update with progress and logic", CONTROLLED, ("DCMA-09", "GT-05", "GT-06")),
        Practice(
            "GAO-10", "Maintain a baseline", CONTROLLED, ("GT-07", "DCMA-11", "DCMA-14"), "whether changes of it were approved"
        ),
    )
}
