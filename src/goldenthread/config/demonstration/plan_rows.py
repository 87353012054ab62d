"""The IT office's business plan as a table: initiatives, steps, tasks, and how they move which number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effect:
    """KPI key, range in its units, chance in percent, lag and ramp in days, why, evidence grade."""

    kpi: str
    low: float
    likely: float
    high: float
    chance: int
    lag: int
    ramp: int
    why: str
    grade: int = 0
    confirmed: bool = False
    size: str = ""


@dataclass(frozen=True)
class S:
    """A step: name, who is accountable, who is responsible, tasks as (name, hours, days, percent done), and more."""

    name: str
    a: str
    r: tuple[str, ...]
    tasks: tuple[tuple[str, int, int, int], ...]
    deliverable: str = ""
    acceptance: str = ""
    begins: int | None = None
    after: str = ""
    effects: tuple[Effect, ...] = ()
    service: str = ""
    mode: str = "DIRECT"
    supervises: tuple[str, ...] = ()
    finished: int | None = None
    answer: str = ""
    requested_by: str = ""
    more: tuple[tuple[str, str], ...] = ()  # who else, with the letter C or I
    weekly: int = 0  # hours each Friday, of work that recurs


@dataclass(frozen=True)
class I:  # noqa: E742  an initiative; the table below is read in one glance
    """An initiative and its steps; effects on the initiative are inherited by its steps."""

    name: str
    a: str
    steps: tuple[S, ...]
    effects: tuple[Effect, ...] = ()
    deliverable: str = ""


def work(*names: str, hours: int = 6, days: int = 3, done: int = 0) -> tuple[tuple[str, int, int, int], ...]:
    return tuple((name, hours, days, done if i == 0 else 0) for i, name in enumerate(names))


PLAN = (
    I("Benefits checks in delivery", "benefits", deliverable="Every gate decides on a benefit forecast of that week", effects=(
        Effect("benefits", 0.25, 0.55, 0.95, 75, 45, 150, "benefits that have died are found while money can still move", 2, confirmed=True),), steps=(
        S("Benefit profile for each running project", "benefits", ("benefits", "administrator"), work("List the owners outside the project", "Interview six owners", "Write the profiles", "Have the profiles signed", hours=10, days=5, done=80), "Signed profiles of 20 projects", "Each profile has an owner, a KPI and a date", more=(("finance", "C"),), service="Benefits checks"),
        S("Check at every gate", "benefits", ("benefits",), work("Benefits check of Smart meters before the gate", "Benefits check of Billing renewal", "Benefits check of One asset register", hours=5, days=2), "A check sheet a gate", "The board quotes the check in its minutes", more=(("sponsor", "I"),), after="Benefit profile for each running project", service="Benefits checks", effects=(Effect("latency", 0.05, 0.15, 0.3, 60, 10, 30, "a paper waits for its check before anybody decides", 1),)),
        S("Report to the board each quarter", "benefits", ("benefits", "reporting"), work("Draw the benefit curves", "Agree them with finance", "Write the two pages", hours=7, days=4), "Two pages", "The board decides on them", after="Check at every gate", service="Benefits checks"),
        S("Measure benefits after closure", "benefits", ("benefits",), work("Choose five closed projects", "Measure with the owners", "Publish what came true", hours=9, days=6), "Five measured projects", "Finance agrees the figures", begins=50))),
    I("Stop list", "head", deliverable="Spending that no longer pays is stopped in time", effects=(
        Effect("stopped", 0.15, 0.35, 0.6, 65, 20, 60, "each stopped project frees what it had left to spend"),), steps=(
        S("Cost to complete against benefit, all projects", "head", ("delivery", "benefits"), work("Collect the costs to complete", "Set them against the benefits left", "Mark the ten weakest", hours=8, days=4, done=45), "One table of 25 projects", "Finance and sponsors accept the figures"),
        S("Stop talks with three sponsors", "head", ("head",), work("Prepare the three cases", "Talk with the sponsors", "Bring the rulings to the board", hours=5, days=5), "Three rulings", "Written, with dates", more=(("finance", "C"), ("sponsor", "I")), after="Cost to complete against benefit, all projects"),
        S("Move the freed people", "functional", ("resources",), work("List who becomes free", "Offer them to the next projects", hours=4, days=3), "Named moves", "Each person has said yes", after="Stop talks with three sponsors"))),
    I("Clients decide", "delivery", deliverable="Client seats with a vote in the three largest projects", effects=(
        Effect("latency", -1.1, -0.8, -0.5, 85, 20, 75, "those who wait longest sit at the table", 1, confirmed=True),), steps=(
        S("Seats in three steering groups", "delivery", ("delivery", "administrator"), work("Agree the charters", "Ask the two pilot clients for their ruling on billing", "Name the deputies", hours=4, days=3, done=60), "Three charters", "Signed by client and sponsor", more=(("operations", "C"), ("client", "C"), ("client2", "C")), service="Decision support"),
        S("Clock on every decision paper", "delivery", ("delivery", "manager1"), work("Design the paper with its clock", "Try it in Billing renewal", "Roll it to all papers", hours=6, days=5), "One form of paper", "Nine of ten papers carry the clock", after="Seats in three steering groups", service="Decision support"),
        S("Deputies for every committee seat", "delivery", ("administrator",), work("Ask each member for a deputy", "Put the deputies on the list", hours=3, days=4), "A deputy for each of 41 seats", "The list stands in the charter of every committee", begins=20),
        S("Decisions between meetings", "operations", ("delivery",), work("Write the rule", "Have it approved", "Teach the secretaries", hours=5, days=4), "A rule for written decisions", "The executive committee has adopted it", after="Clock on every decision paper"))),
    I("Dates that hold", "planner", deliverable="Schedules people believe", effects=(
        Effect("ontime", 3, 6, 10, 70, 60, 120, "schedules with sound logic show trouble while it is small"),), steps=(
        S("Health check of the ten largest schedules", "planner", ("planner",), work("Collect the schedules", "Check logic and float", "Talk them through with the planners", hours=9, days=5, done=70), "Ten findings sheets", "Each finding has an owner", more=(("engineer", "C"),)),
        S("Repair the logic with the planners", "planner", ("planner", "manager1"), work("Repair Smart meters", "Repair Pump renewal", "Repair Mains replacement", hours=12, days=8), "Three repaired schedules", "No finding of the health check is open", after="Health check of the ten largest schedules"),
        S("Range instead of one date in reports", "assurance", ("assurance", "planner"), work("Simulate three schedules", "Show P50 and P80 beside the promise", "Agree the wording with the sponsors", hours=8, days=6), "Ranges in the monthly report", "Sponsors quote the range, not the date", after="Repair the logic with the planners"))),
    I("Supervision where it pays", "assurance", deliverable="Hours go to the projects that carry the goals", steps=(
        S("Supervision of the projects that carry the goals", "assurance", ("assurance", "delivery"), work("Full review of Pump renewal", "Standard review of Smart meters", "Light review of Leak detection", "Look at Billing renewal before its date", hours=10, days=4), "A review a month", "Every finding has an owner and a date", mode="SUPERVISED", supervises=("meters", "billing", "leaks", "pump"), service="Project reviews"),
        S("Follow up the findings", "assurance", ("assurance",), work("Chase the open findings", "Close with evidence", hours=4, days=5), "No finding older than 60 days", "The audit committee sees the list", service="Project reviews"))),
    I("Customer effort", "customer", deliverable="Fewer reasons to call", effects=(
        Effect("contacts", -3.5, -2.2, -1.0, 60, 30, 120, "callers get the answer the first time"),), steps=(
        S("Find the ten reasons to call again", "customer", ("member", "member2"), work("Read 400 contacts", "Group the reasons", "Rank them with the desk", hours=12, days=6, done=35), "A ranked list", "The desk agrees"),
        S("Mend the first three reasons", "customer", ("member",), work("Mend the moving-house letter", "Mend the meter appointment", "Mend the refund wording", hours=10, days=8), "Three mended processes", "Repeat contacts for these reasons fall by half", after="Find the ten reasons to call again"))),
    I("Trials with customers", "customer", deliverable="Small trials that are judged by their figures", steps=(
        S("Reminders before appointments", "customer", ("member",), work("Send reminders in two towns", "Compare with two towns without", hours=7, days=6, done=60), "A trial in two towns", "Fewer missed appointments than without", effects=(Effect("contacts", -1.4, -0.8, -0.2, 50, 30, 60, "who is reminded does not call", 1),), more=(("functional", "I"),)),
        S("Script of the answer desk", "customer", ("member2",), work("Write the script", "Refresher for new starters", hours=6, days=4), "A script of one page", "Every agent has used it for a month", effects=(Effect("effort", -0.2, -0.1, -0.05, 60, 20, 40, "the first answer is the right one", 1),), finished=-190),
        S("Saturday opening", "customer", ("member",), work("Ask the desk for volunteers", "Open on four Saturdays", hours=8, days=9), "Four Saturdays", "Calls on Monday fall", effects=(Effect("effort", -0.3, -0.1, 0.0, 40, 30, 60, ""),)))),
    I("Forecasts that hold", "head", deliverable="Costs that come true", effects=(
        Effect("forecast", -6, -4, -2, 70, 60, 90, "ranges from our own history replace single guesses", 1, confirmed=True),), steps=(
        S("Reference class from 60 closed projects", "benefits", ("member2", "benefits"), work("Collect the closed projects", "Clean the figures", "Fit the ranges", hours=14, days=8, done=50), "A table of ranges by kind of project", "Back-tested on the last ten"),
        S("Ranges at every gate", "benefits", ("benefits", "manager1"), work("Try it at two gates", "Make it the rule", hours=8, days=10), "A rule", "Adopted by the board", after="Reference class from 60 closed projects"))),
    I("Running the office", "head", deliverable="The office works", steps=(
        S("Weekly slide pack", "reporting", ("reporting",), (), "Forty slides", "", requested_by="Regional directors", answer="NOT_ASKED", service="Weekly slide packs", weekly=4),
        S("Method coaching", "delivery", ("delivery",), work("Coach the new project managers", "Write the one-page guides", hours=9, days=6), "Four coached managers", "They lead their next gate alone", answer="NONE", service="Method coaching"),
        S("Monthly portfolio list", "administrator", ("administrator",), work("Collect the list", "Chase the late ones", "Publish", hours=6, days=4), "The list on the fifth day", "No line is older than the list", service="Project administration", effects=(Effect("reporting", -14, -9, -4, 80, 0, 60, "one list replaces five", 1),)),
        S("Second portfolio list for the region", "administrator", ("reporting",), work("Copy the list", "Send it round", hours=5, days=3), "The same list again", "", answer="DONT_KNOW"),
        S("Licence count for the tool’s vendor", "delivery", ("delivery",), work("Count the licences", "Send the count", hours=3, days=2), "A count", "The vendor has confirmed it", answer="DUTY"),
        S("New benefits analyst", "", ("head",), work("Write the advertisement", "Interview", hours=8, days=15), "A filled vacancy", "The analyst has signed", answer="DONT_KNOW"))),
)  # fmt: skip

DONE = (
    S("One register for decisions", "delivery", ("delivery",), (("Set up the register", 30, 10, 100),), "The register", "In use by all committees", finished=-300, effects=(Effect("latency", -0.9, -0.6, -0.3, 90, 15, 60, "what is seen late is decided late", 3),)),
    S("Survey by text message", "customer", ("member",), (("Start the survey", 24, 10, 100),), "Four hundred answers a month", "Twelve months without a gap", finished=-280, effects=(Effect("effort", -0.4, -0.3, -0.1, 70, 30, 90, "people who are asked feel heard", 1),)),
    S("Leak crews on call at night", "operations", ("member2",), (("Agree the rota", 20, 8, 100),), "A rota", "Every night of a month was covered", finished=-30, effects=(Effect("leak", -1.2, -0.8, -0.4, 75, 60, 90, "night repairs need no morning meeting", 1),)),
)  # fmt: skip

OF_PROJECTS = {
    "works": Effect("chlorine", 0.0, 0.01, 0.02, 50, 60, 90, "one stream is cleaned while the other holds the dose"),
    "depot": Effect("depots", -1.1, -0.9, -0.5, 60, 30, 180, "two sites less to heat, guard and rent", 1),
    "meters": Effect("interruptions", -0.9, -0.5, -0.2, 60, 60, 180, "meters show bursts the same night", 1, confirmed=True),
    "pump": Effect("interruptions", -1.6, -1.0, -0.5, 65, 30, 90, "failed pumps cause a third of the minutes", 2, confirmed=True),
    "leaks": Effect("leak", -1.1, -0.7, -0.3, 70, 20, 90, "crews dig where the sound is", 1, confirmed=True),
    "billing": Effect("contacts", -2.5, -1.5, -0.5, 55, 60, 120, "a bill that is understood needs no call", 1),
    "portal": Effect("contacts", -2.0, -1.1, -0.3, 50, 45, 150, "the meter appointment is booked without a call"),
    "data": Effect("forecast", -2.0, -1.2, -0.4, 55, 90, 120, "one count of assets, one cost"),
    "mobile": Effect("leak", -0.5, -0.3, -0.1, 50, 60, 90, "crews see the job before they drive"),
}
