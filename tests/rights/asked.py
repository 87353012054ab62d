"""What a visitor adds to an address: every filter, search and choice by which a list could be made to say more than it shows.

`{plan.Step}` is the id of such a row of the place that is tried, `{purpose.Office.code}` a column of it.
"""

WORDS = "canary"  # the beginning of every word that is hidden: a search finds them all, an answer that repeats it names none

ASKED: dict[str, tuple[str, ...]] = {
    "/": ("team", "mine"),
    "/activity": ("about=objective", "about=project:{projects.Project}", "about=step:{plan.Step}", "by={accounts.Person}"),
    "/people": (f"q={WORDS}", "left=1", "role=TEAM_MEMBER", "role=CLIENT"),
    "/people/add": (),
    "/map": ("office={purpose.Office.code}",),
    "/gaps": ("office={purpose.Office.code}",),
    "/gaps/act": ("action=assign_goal&ref=step:{plan.Step}", "action=mark_duty&ref=project:{projects.Project}"),
    "/palette": (f"q={WORDS}", "q=e"),
    "/objectives": (
        f"q={WORDS}&state=ALL",
        "state=ALL&sort=-chance",
        "state=ALL&office={purpose.Office}",
        "owner={accounts.Person}",
    ),
    "/objectives/new": ("office={purpose.Office}",),
    "/kpis": (f"q={WORDS}", "office={purpose.Office}"),
    "/mandate": ("office={purpose.Office}",),
    "/services": ("office={purpose.Office}",),
    "/projects": (f"q={WORDS}&state=ALL", "state=&size=200&sort=-budget", "state=gone", "owner=canary&sort=owner"),
    "/projects/goals": ("after={projects.Project}",),
    "/plan": ("done&office={purpose.Office.code}", "view=raci&done", "mine&done", "done"),
    "/plan/conflicts": ("office={purpose.Office.code}",),
    "/plan/freshness": ("office={purpose.Office.code}",),
    "/plan/one-page": ("office={purpose.Office.code}", "pdf"),
    "/plan/one-page/me": ("person={accounts.Person}", "pdf&person={accounts.Person}"),
    "/plan/sessions": ("office={purpose.Office.code}",),
    "/plan/sessions/new": ("office={purpose.Office.code}", "objective={purpose.Objective}"),
    "/plan/duties": ("office={purpose.Office.code}",),
    "/plan/duties/add": ("office={purpose.Office.code}",),
    "/plan/contributions/add": ("step={plan.Step}", "project={projects.Project}"),
    "/plan/contributions/say": (
        "kpi={purpose.Kpi}&size=M&chance=80&lag_days=0&ramp_days=0&grade=0",
        "project={projects.Project}&kpi={purpose.Kpi}&low=1&likely=2&high=3&chance=80&lag_days=0&ramp_days=0&grade=0",
    ),
    "/results": ("state=OPEN", "state=CANNOT", "state=canary"),
    "/time": ("add=project:{projects.Project}", "add=service:{purpose.Service}"),
    "/inbox": ("show=unread",),
    "/api/changesets": ("about=objective", "about=project:{projects.Project}", "by={accounts.Person}"),
    "/api/people": (f"q={WORDS}",),
    "/api/objectives": (f"q={WORDS}", "office={purpose.Office}", "is_confidential=true"),
    "/api/targets": ("objective={purpose.Objective}", "kpi={purpose.Kpi}"),
    "/api/kpis": (f"q={WORDS}", "office={purpose.Office}"),
    "/api/measurements": ("kpi={purpose.Kpi}",),
    "/api/value-rates": ("kpi={purpose.Kpi}",),
    "/api/cascades": ("objective={purpose.Objective}", "sponsor={accounts.Person}"),
    "/api/cascade-words": ("cascade={purpose.Cascade}",),
    "/api/cascade-signatures": ("cascade={purpose.Cascade}",),
    "/api/services": (f"q={WORDS}",),
    "/api/mandates": (f"q={WORDS}",),
    "/api/projects": (f"q={WORDS}", "sort=-budget_minor"),
    "/api/status-reports": ("project={projects.Project}",),
    "/api/steps": (f"q={WORDS}", "plan={plan.BusinessPlan}"),
    "/api/letters": ("person={accounts.Person}",),
    "/api/contributions": ("project={projects.Project}", "kpi={purpose.Kpi}"),
    "/api/expected-results": ("project={projects.Project}", "kpi={purpose.Kpi}", "looker={accounts.Person}"),
    "/api/supervisions": ("project={projects.Project}",),
    "/api/duties": (f"q={WORDS}", "project={projects.Project}"),
}
EXPORTS = tuple(
    f"{noun}/{form}"
    for noun in ("all", "objectives", "projects", "steps", "contributions", "people", "targets")
    for form in ("csv", "xlsx")
)
