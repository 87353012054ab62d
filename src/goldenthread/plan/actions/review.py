"""How often a plan is to be reviewed."""

from __future__ import annotations

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan.models import BusinessPlan

FEWEST, MOST = 7, 730  # days


def set_review(*, plan: BusinessPlan, days: int, by: Person, version: int | None = None) -> None:
    """Say how many days after a version was put in force the plan is to be looked at again."""
    if not may(by, Act.EDIT, plan):
        raise Forbidden("You may not change this plan.")
    if not FEWEST <= days <= MOST:
        raise Refused(f"Say a number of days from {FEWEST} to {MOST}.", field="days")
    with changeset(title=f"Review {plan} every {days} days", by=by, about=f"plan:{plan.pk}"):
        history.change(plan, {"review_days": days}, version=version)
