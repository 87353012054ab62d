"""Checks of the logic: what waits for what. DCMA 1 to 4, and ends that nothing holds."""

from __future__ import annotations

from collections.abc import Iterator

from goldenthread.engine.health.plan import Link, Plan
from goldenthread.engine.health.register import Answer, Family, Finding, Limit, check, count, fault, share

NO_TASKS, NO_LINKS = "no unfinished task", "no relationship that still decides something"


@check(
    "DCMA-01",
    family=Family.DCMA,
    title="Logic",
    measures="unfinished tasks without a predecessor or without a successor",
    limit=Limit(0.05),
    weight=12,
    advice="Say what each of these waits for and what waits for it; only the first and the last row of a project may stand open.",
)
def logic(plan: Plan) -> Answer:
    def open_ends() -> Iterator[Finding]:
        for row in plan.unfinished:
            missing = [word for word, links in (("predecessor", plan.before), ("successor", plan.after)) if row.id not in links]
            if missing:
                yield fault(row, f"no {' and no '.join(missing)}")

    return share(open_ends(), len(plan.unfinished), NO_TASKS)


@check(
    "DCMA-02",
    family=Family.DCMA,
    title="Leads",
    measures="relationships with a negative lag",
    limit=Limit(0, "relationships"),
    weight=6,
    advice="Split the predecessor where the successor may really begin, and link that part, instead of a lead.",
)
def leads(plan: Plan) -> Answer:
    return count(_of_links(plan, [link for link in plan.live_links if link.lag < 0]), len(plan.live_links), NO_LINKS)


@check(
    "DCMA-03",
    family=Family.DCMA,
    title="Lags",
    measures="relationships with a positive lag",
    limit=Limit(0.05),
    weight=4,
    advice="Make what is waited for a task of its own (curing, delivery, approval), so that somebody answers for it.",
)
def lags(plan: Plan) -> Answer:
    return share(_of_links(plan, [link for link in plan.live_links if link.lag > 0]), len(plan.live_links), NO_LINKS)


@check(
    "DCMA-04",
    family=Family.DCMA,
    title="Relationship types",
    measures="relationships from finish to start",
    limit=Limit(0.90, at_least=True),
    weight=4,
    advice="Prefer finish to start; first replace start to finish, which hardly ever says what is meant.",
)
def types(plan: Plan) -> Answer:
    links = plan.live_links
    if not links:
        return Answer(None, note=NO_LINKS)
    others = sorted((link for link in links if link.kind != "FS"), key=lambda link: link.kind != "SF")
    return Answer((len(links) - len(others)) / len(links), tuple(_of_links(plan, others)), len(links))


@check(
    "GT-01",
    family=Family.OURS,
    title="Loose ends",
    measures="unfinished tasks whose start waits for nothing, or whose finish nothing waits for, though they have relationships",
    limit=Limit(0.05),
    weight=4,
    advice="Add what the start waits for (FS or SS), and what waits for the finish (FS or FF): else a delay of it moves nothing.",
)
def loose_ends(plan: Plan) -> Answer:
    def dangling() -> Iterator[Finding]:
        for row in plan.unfinished:
            before = {link.kind for link in plan.before.get(row.id, ())}
            after = {link.kind for link in plan.after.get(row.id, ())}
            loose = ["the start waits for nothing"] if before and not before & {"FS", "SS"} else []
            loose += ["nothing waits for the finish"] if after and not after & {"FS", "FF"} else []
            if loose:
                yield fault(row, "; ".join(loose))

    return share(dangling(), len(plan.unfinished), NO_TASKS)


@check(
    "GT-02",
    family=Family.OURS,
    title="Relationships of summaries",
    measures="relationships that begin or end at a summary",
    limit=Limit(0, "relationships"),
    weight=3,
    advice="Link the tasks under the summary that really hand over; nobody sees which of them the summary's relationship means.",
)
def of_summaries(plan: Plan) -> Answer:
    summaries = {row.id for row in plan.rows if row.is_summary}
    found = [link for link in plan.live_links if summaries & {link.predecessor, link.successor}]
    return count(_of_links(plan, found), len(plan.live_links), NO_LINKS)


def _of_links(plan: Plan, links: list[Link]) -> Iterator[Finding]:
    for link in links:
        before = plan.by_id.get(link.predecessor)
        named = f"“{before.name[:60]}”" if before else "a row of another project"
        yield fault(plan.by_id[link.successor], " ".join(f"after {named} {link.kind} {link.lag_words}".split()))
