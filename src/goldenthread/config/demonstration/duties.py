"""What law, regulator and contract ask of the two offices, with the proofs given so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.accounts.models import Person
from goldenthread.config.demonstration.plan import Made
from goldenthread.kit import history
from goldenthread.plan import actions
from goldenthread.plan.models import DutyOccurrence
from goldenthread.projects.models import Project
from goldenthread.schedule.actions import compute_dates


@dataclass(frozen=True)
class Row:
    """A duty: due for the first time and ending in so many days from today."""

    name: str
    source: str
    holder: str
    cadence: str
    due: int
    minutes: int
    proof: str
    ends: int
    step: str = ""


IT = (
    Row("Data protection register", "Data protection law, article 30", "administrator", "YEARLY", 7, 40, "Link to the attested register", 900),
    Row("Regulatory progress return", "Licence condition 12", "reporting", "QUARTERLY", 18, 300, "Receipt of the regulator", 1200),
    Row("Audit follow-up report", "Audit committee, standing order 4", "assurance", "MONTHLY", 4, 90, "Minutes of the committee", 700),
    Row("Contract review with the tool’s vendor", "Contract, clause 9", "delivery", "YEARLY", 24, 120, "Signed minutes", -15, step="Licence count for the tool’s vendor"),
    Row("List of overdue decisions", "Executive committee, standing order 7", "delivery", "WEEKLY", -14, 30, "Entry in the decision register", 10),
    Row("Price-review assurance statement", "Regulator’s method, chapter 5", "finance", "QUARTERLY", 25, 180, "Signed statement", 60),
    Row("Insider list of confidential talks", "Works council agreement, section 3", "assurance", "MONTHLY", 12, 20, "Dated list", 20),
)  # fmt: skip
CAPITAL = (
    Row("Notice of works to the highway authority", "Street works act, section 54", "consents", "WEEKLY", -7, 45, "Reference of the notice", 300),
    Row("Accident statistics", "Reporting of injuries regulations", "site", "MONTHLY", 6, 60, "Receipt of the safety regulator", 800),
    Row("Return on storm overflows", "Environmental permit, condition 2.4", "documents", "QUARTERLY", 14, 240, "Receipt of the agency", 1000),
    Row("Programme statement to the capital committee", "Committee, terms of reference", "capital", "MONTHLY", 0, 90, "Minutes of the committee", 400),
    Row("Diary of the framework contract", "Framework contract 2019, clause 31", "documents", "WEEKLY", 3, 30, "Signed page", -5, step="Site diary of the old contract"),
)  # fmt: skip
ROWS = {"it": IT, "capital": CAPITAL}
PROOFS = {  # what was handed in, by day from today
    ("List of overdue decisions", -14): "Register, entries 212 to 219",
    ("List of overdue decisions", -7): "Register, entries 220 to 226",
    ("Notice of works to the highway authority", -7): "HA-NW-30417",
}


def oblige(made: Made, rows: tuple[Row, ...], people: dict[str, Person], today: date, laws: list[Project]) -> None:
    """The duties of a plan, the law behind some projects, what falls due soon, and what was proven in time."""
    for row in rows:
        actions.add_duty(
            plan=made.plan, name=row.name, source=row.source, holder=people[row.holder], cadence=row.cadence, by=None, minutes=row.minutes,
            proof_wanted=row.proof, next_due=today + timedelta(days=row.due), valid_from=today - timedelta(days=400),
            valid_to=today + timedelta(days=row.ends), step=made.steps[row.step] if row.step else None,
        )  # fmt: skip
    for project in laws:
        actions.add_duty(
            plan=made.plan, name=project.name, source=project.mandatory_because, cadence="ONCE", by=None, project=project,
            holder=project.sponsor,
        )  # fmt: skip
    actions.make_occurrences(plan=made.plan, today=today)
    for (name, due), proof in PROOFS.items():
        day = today + timedelta(days=due)
        for occurrence in DutyOccurrence.objects.filter(duty__plan=made.plan, duty__name=name, due_on=day).select_related(
            "activity"
        ):
            history.change(occurrence, {"proof": proof, "proven_on": day})
            history.change(occurrence.activity, {"actual_start": day, "actual_finish": day, "progress": 100})
    compute_dates(schedule=made.plan.schedule)
