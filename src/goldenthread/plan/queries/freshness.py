"""How fresh a plan is and what would refresh it: the score with its parts, what is stale with its owner, the next review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.engine.freshness import WEIGHTS
from goldenthread.plan.mapping import freshness as mapping
from goldenthread.plan.models import BusinessPlan
from goldenthread.plan.queries.confusion import Confusion, confusion, held
from goldenthread.plan.queries.freshness_rows import PlanRead, read_plan
from goldenthread.plan.queries.stale_parts import Stale, stale_parts
from goldenthread.ui import writing

STATES = {"fresh": "fresh", "stale": "stale", "not_usable": "not to be relied on"}
TITLES = {
    "steps": ("Steps confirmed in time", "open steps confirmed or changed within {step} days, divided by all open steps"),
    "hours": ("Hours as planned", "1 − half the sum of |planned share − worked share| of the hours by service or top step"),
    "age": ("Age of the version in force", "1 − days since its approval divided by twice the {review} days between reviews"),
    "assumptions": ("Assumptions reviewed in time", "effects confirmed within {review} days, divided by all not judged yet"),
}


@dataclass(frozen=True)
class Part:
    """One of the four parts of the score: a share 0 to 1, or None where nothing is known; of how many things; in words."""

    code: str
    title: str
    share: float | None
    weight: float
    n: int
    words: str
    formula: str


@dataclass(frozen=True)
class Review:
    """When the plan is to be reviewed: its review period after the day of approval."""

    approved_on: date | None
    due_on: date | None
    day: date

    @property
    def days_late(self) -> int:
        """Days since it was due, 0 before."""
        return max(0, (self.day - self.due_on).days) if self.due_on else 0

    @property
    def words(self) -> str:
        """When it is due, and that it is overdue."""
        if self.due_on is None:
            return "No version of the plan is in force yet, so no review is due: propose one."
        if self.days_late:
            return f"The review was due on {writing.date(self.due_on)}, {writing.plural(self.days_late, 'day')} ago."
        return f"Next review due {writing.date(self.due_on)}."


@dataclass(frozen=True)
class PlanFreshness:
    """How fresh a plan is on a day. `stale` is what makes it less than fresh, what counts most first."""

    plan: BusinessPlan
    day: date
    score: float
    state: str  # fresh, stale, not_usable
    parts: tuple[Part, ...]
    changed: int  # objectives changed since the version in force
    stale: tuple[Stale, ...]
    confusion: Confusion
    review: Review
    steps: int

    @property
    def words(self) -> str:
        """The verdict as people say it, and why where the score does not say so."""
        if self.steps == 0:
            return "The plan has no open steps yet."
        told = f"The plan is {STATES[self.state]}"
        if self.changed:
            return f"{told}: {writing.plural(self.changed, 'objective')} changed since the version in force."
        return f"{told}: no version of it is in force." if self.review.approved_on is None else f"{told}."


REVIEW_SOON = 14  # days before a review in which it is announced


@dataclass(frozen=True)
class KeptFreshness:
    """What a forecast kept of the freshness of its office's plan, read on a day: one line of the head's Today."""

    plan: str
    office: str
    steps: int
    score: float
    state: str
    changed: int
    review: Review

    @classmethod
    def of(cls, kept: dict[str, Any], day: date) -> KeptFreshness:
        """From what `freshness_in_short` gave."""
        approved, due = (date.fromisoformat(kept[name]) if kept[name] else None for name in ("approved_on", "review_on"))
        told = {name: kept[name] for name in ("plan", "office", "steps", "score", "state", "changed")}
        return cls(**told, review=Review(approved, due, day))

    @property
    def is_told(self) -> bool:
        """Whether there is something to say: it is stale, or its review comes near."""
        due = self.review.due_on
        return self.steps > 0 and (self.state != "fresh" or (due is not None and (due - self.review.day).days <= REVIEW_SOON))

    @property
    def words(self) -> str:
        """The line."""
        why = f", {writing.plural(self.changed, 'objective')} changed since the version in force" if self.changed else ""
        told = f"{self.plan}: {STATES[self.state]}, {self.score:.0f} of 100{why}."
        return f"{told} {self.review.words}" if self.review.due_on else f"{told} No version of it is in force."

    @property
    def tone(self) -> str:
        """How urgent it is."""
        return "" if self.state == "fresh" and not self.review.days_late else "warn"

    @property
    def url(self) -> str:
        """The page of its freshness."""
        return f"{reverse('plan:freshness')}?office={self.office}"


def review_of(plan: BusinessPlan, day: date) -> Review:
    """When the plan is to be reviewed next."""
    due = plan.approved_on + timedelta(days=plan.review_days) if plan.approved_on else None
    return Review(plan.approved_on, due, day)


def freshness_in_short(plan: BusinessPlan, day: date) -> dict[str, Any]:
    """Score, state and next review without a name, for what is kept with the forecast.

    Read back by `KeptFreshness`. Four statements.
    """
    read = read_plan(plan, day, None)
    due = review_of(plan, day).due_on
    return {
        "scope": plan.scope_id,
        "office": plan.office.code,
        "plan": plan.name,
        "steps": len(read.steps),
        "score": read.made.score,
        "state": read.made.verdict,
        "changed": len(read.made.changed_objectives),
        "approved_on": plan.approved_on.isoformat() if plan.approved_on else None,
        "review_on": due.isoformat() if due else None,
    }


def plan_freshness(plan: BusinessPlan, day: date, person: Person) -> PlanFreshness:
    """The freshness of a plan as `person` may read it: names of confidential things are left out, they count. Six statements."""
    read = read_plan(plan, day, person)
    open_ids = {a.pk for a in read.known.rows.activities if a.cancelled_on is None and not a.is_done}
    who, review = held(plan, open_ids, day), review_of(plan, day)
    return PlanFreshness(
        plan=plan,
        day=day,
        score=read.made.score,
        state=read.made.verdict,
        parts=_parts(plan, read, review),
        changed=len(read.changes),
        stale=tuple(stale_parts(plan, read, who, day, person)),
        confusion=confusion(plan, read.known, read.steps, who),
        review=review,
        steps=len(read.steps),
    )


def _parts(plan: BusinessPlan, read: PlanRead, review: Review) -> tuple[Part, ...]:
    made, cadence = read.made, mapping.step_cadence(plan)
    counts = {"steps": len(read.steps), "hours": round(sum(read.worked.values())), "assumptions": len(read.assumptions)}
    counts["age"] = (review.day - plan.approved_on).days if plan.approved_on else 0
    kept = {"steps": len(read.steps) - len(made.stale_steps), "assumptions": len(read.assumptions) - len(made.stale_assumptions)}
    words = {
        "steps": f"{kept['steps']} of {counts['steps']} in the last {cadence} days" if counts["steps"] else "No open steps.",
        "hours": _hours_in_words(plan, read, review.day),
        "age": f"{writing.plural(counts['age'], 'day')} old" if plan.approved_on else "No version is in force.",
        "assumptions": f"{kept['assumptions']} of {counts['assumptions']} in the last {plan.review_days} days"
        if counts["assumptions"]
        else "No effects are named yet.",
    }
    return tuple(
        Part(
            code,
            title,
            made.parts[code],
            WEIGHTS[code],
            counts[code],
            words[code],
            formula.format(step=cadence, review=plan.review_days),
        )
        for code, (title, formula) in TITLES.items()
    )


def _hours_in_words(plan: BusinessPlan, read: PlanRead, day: date) -> str:
    when = mapping.span(plan, day)
    if plan.approved_on is None:
        return "Unknown: no version is in force to compare with."
    if when.days < mapping.LEAST_DAYS:
        return f"Unknown: the version in force is {writing.plural(when.days - 1, 'day')} old."
    if read.made.drift is None:
        missing = "hours were logged" if read.planned else "hours were planned"
        return f"Unknown: no {missing} in the last {writing.plural(when.days, 'day')}."
    hours = writing.hours(60 * sum(read.worked.values()))
    return f"{writing.percent(read.made.drift)} of {hours} went elsewhere than planned, in {writing.plural(when.days, 'day')}"
