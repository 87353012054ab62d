"""What an owner says of his or her own targets: stated, shared or not, and forgotten. Nobody else's, and in no history."""

from __future__ import annotations

from datetime import date

from goldenthread.accounts.models import Person
from goldenthread.evidence.actions.predictions import AIM
from goldenthread.evidence.models import OwnEstimate
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.purpose.models import Objective, Target


def state_own_chances(*, objective: Objective, percents: dict[int, int], is_shared: bool, by: Person, today: date) -> int:
    """Keep how likely the owner thinks targets of his or her objective (id -> percent). Returns how many.

    Said again on the same day it replaces what was said. No changeset: others read those, and this is for the owner alone.
    Forbidden for everybody else, and where the organisation has switched it off.
    """
    _require_own(objective, by)
    wrong = next((pk for pk, percent in percents.items() if not 0 <= percent <= 100), None)
    if wrong is not None:
        raise Refused("A chance lies between 0 and 100 %.", field=f"chance_{wrong}")
    kept = 0
    for target in Target.objects.filter(pk__in=percents, objective=objective, due_on__gt=today):
        aim = {name: getattr(target, name) for name in AIM}
        said = {"chance": percents[target.pk] / 100, "is_shared": is_shared, "organisation": objective.organisation}
        OwnEstimate.objects.update_or_create(person=by, target=target, made_on=today, defaults=aim | said)
        kept += 1
    OwnEstimate.objects.filter(person=by, target__objective=objective, closed_on=None).update(is_shared=is_shared)
    return kept


def forget_own_chances(*, objective: Objective, by: Person) -> int:
    """Remove all that a person said of an objective, who may own it no more, or be asked no more. Returns how many."""
    return OwnEstimate.objects.filter(person=by, target__objective=objective).delete()[0]


def _require_own(objective: Objective, by: Person) -> None:
    if objective.owner_id != by.pk:
        raise Forbidden("Only the owner says how likely it is in his or her eyes.")
    if not by.organisation.shows_own_estimates:
        raise Forbidden("The organisation does not ask owners how likely their targets are.")


def forget_own_estimates(person: Person) -> int:
    """Remove everything that a person said who is erased. For the slot of erasure."""
    return OwnEstimate.objects.filter(person=person).delete()[0]
