"""Writes of what may happen to a schedule: single risks, and a whole list in the place of those that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.formats.errors import FormatError
from goldenthread.formats.risk_list import INSTEAD, MOST, TIMELESS, RiskEvent, checked_event
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.schedule.actions.activities import must_edit
from goldenthread.schedule.models import Activity, DrivenActivity, Schedule, ScheduleRisk
from goldenthread.schedule.queries.risks import FIGURES, ComparedRisks, driven_by, figures, may_be_driven, risk_mark, risks


def add_risk(*, schedule: Schedule, event: RiskEvent, activities: Sequence[int], by: Person | None) -> ScheduleRisk:
    """What may happen, and the activities (by id) that it lengthens then."""
    must_edit(by, schedule)
    event = _checked(schedule, event, activities, already=())
    if risks(schedule).count() >= MOST:
        raise Refused(f"A schedule has at most {MOST:,} risks.", advice="Remove those that matter least.")
    with changeset(title=f"Add the risk {event.name}", by=by):
        risk = ScheduleRisk(schedule=schedule, **figures(event))
        risk.save()
        _drive({risk: activities})
    return risk


def change_risk(
    *, risk: ScheduleRisk, event: RiskEvent, activities: Sequence[int], by: Person | None, version: int | None = None
) -> None:
    """Say anew how likely it is, how large, and what it lengthens."""
    must_edit(by, risk.schedule)
    driven = driven_by([risk])[risk.pk]
    event = _checked(risk.schedule, event, activities, already=driven)
    with changeset(title=f"Change the risk {risk.name}", by=by):
        history.require_version(risk, version, figures(event))
        is_other = set(driven) != set(activities)
        if not history.change(risk, figures(event)) and is_other:
            risk.save()  # who has seen the risk has seen what it drives
        if is_other:
            _drive({risk: activities})


def remove_risk(*, risk: ScheduleRisk, by: Person | None, version: int | None = None) -> None:
    """It cannot happen any more, or is not worth drawing."""
    must_edit(by, risk.schedule)
    with changeset(title=f"Remove the risk {risk.name}", by=by):
        history.require_version(risk, version)
        history.remove_all(DrivenActivity, list(DrivenActivity.objects.filter(risk=risk)))
        risk.delete()


def take_list(*, schedule: Schedule, compared: ComparedRisks, seen: str, by: Person | None) -> None:
    """Put a compared list in the place of the risks that are kept, as one action. seen: the mark of what was looked at."""
    must_edit(by, schedule)
    if compared.faults:
        raise Refused("The list cannot be used as it is.", field="file", advice="Correct the rows named and bring it again.")
    with changeset(title=f"Take a list of {len(compared.events)} risks", by=by):
        Schedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
        if risk_mark(schedule) != seen:
            raise Refused("Somebody changed the risks while the list was looked at.", advice="Look at what it would do again.")
        gone = list(compared.gone)
        history.remove_all(DrivenActivity, list(DrivenActivity.objects.filter(risk__in=[risk.pk for risk in gone])))
        history.remove_all(ScheduleRisk, gone)
        changed = [(one.risk, one) for one in compared.changed if one.risk is not None]
        for risk, one in changed:
            for name, value in figures(one.event).items():
                setattr(risk, name, value)
        history.change_all(ScheduleRisk, [risk for risk, _ in changed], FIGURES)
        new = [(ScheduleRisk(schedule=schedule, **figures(one.event)), one) for one in compared.new]
        history.add_all(ScheduleRisk, [risk for risk, _ in new])
        _drive({risk: one.activities for risk, one in (*changed, *new)})


def _drive(wanted: dict[ScheduleRisk, Sequence[int]]) -> None:
    """Have each of the risks drive these activities and no others."""
    links = {(one.risk_id, one.activity_id): one for one in DrivenActivity.objects.filter(risk__in=[risk.pk for risk in wanted])}
    pairs = {(risk.pk, activity) for risk, activities in wanted.items() for activity in activities}
    history.remove_all(DrivenActivity, [one for pair, one in links.items() if pair not in pairs])
    new = [
        DrivenActivity(risk=risk, activity_id=activity)
        for risk, activities in wanted.items()
        for activity in dict.fromkeys(activities)
        if (risk.pk, activity) not in links
    ]
    history.add_all(DrivenActivity, new)


def _checked(schedule: Schedule, event: RiskEvent, activities: Sequence[int], already: Sequence[int]) -> RiskEvent:
    """The risk in order, of activities that it can lengthen, or that it drove before."""
    if not activities:
        raise Refused("Choose the activities that the risk lengthens.", field="activities")
    try:
        event = checked_event(replace(event, activities=tuple(map(str, activities))))
    except FormatError as error:
        raise Refused(error.message, advice=error.advice) from error
    new = set(activities) - set(already)
    if may_be_driven(schedule).filter(pk__in=new).count() < len(new):
        raise Refused(
            "A risk lengthens open work of this schedule alone.", field="activities", advice="Choose from those offered."
        )
    timeless = Activity.objects.filter(pk__in=activities, duration=0).first() if event.is_factor else None
    if timeless is not None:
        raise Refused(f"“{timeless}” {TIMELESS}", field="activities", advice=INSTEAD)
    return event
