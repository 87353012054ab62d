"""Expected results: written down before they can be seen, looked at on their day, kept as they were said."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may, may_in
from goldenthread.evidence.mapping.effects import columns, judged
from goldenthread.evidence.models import ExpectedResult, ResultCheck, RivalExplanation
from goldenthread.evidence.queries.deliveries import (
    figures,
    finished_days,
    look_day,
    planned_finish,
    ref,
    said_on,
    unregistered,
    works_on,
)
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import Contribution
from goldenthread.projects.models import Project
from goldenthread.purpose.actions.ground import add, change, refusing
from goldenthread.purpose.models import Office

CAUSES = RivalExplanation.Cause
AGAIN = timedelta(days=91)  # between two looks of the job
MOST_LOOKS = 4  # of the job; each is stricter than the one before
MOVED = timedelta(days=14)  # a plan that moves less than this moves no day to look
WORTH_ANOTHER_LOOK = (ResultCheck.Reason.FEW_AFTER, ResultCheck.Reason.NOISE)


def _must_look(by: Person | None, result: ExpectedResult) -> None:
    if by is None or is_own(by, result) or may_in(by, Act.EDIT, Kind.PLAN, result.kpi.office.scope_id):
        return
    raise Forbidden("Expected results are looked after by the office of the KPI and by who is to look.")


def _who_looks(contribution: Contribution) -> Person | None:
    """The owner of the figure, else the head of its office: whoever may see both the figure and the work."""
    kpi, work = contribution.kpi, contribution.step or contribution.project
    for person in (kpi.owner, kpi.office.head):
        if person is not None and may(person, Act.VIEW, kpi) and may(person, Act.VIEW, work):
            return person
    return None


def register_result(
    *, contribution: Contribution, by: Person | None, looker: Person | None = None, note: str = "", today: date | None = None
) -> ExpectedResult:
    """Write down what a contribution is to bring, and the day to look. Refused once the effect could be seen already.

    What was said counts from the day the contribution got its present size, so that a finish recorded late costs nothing.
    """
    kpi, today = contribution.kpi, today or timezone.localdate()
    if by is not None and not may_in(by, Act.EDIT, Kind.PLAN, kpi.office.scope_id):
        raise Forbidden("Expected results are written down by the office of the KPI.")
    if contribution.likely == 0:
        raise Refused("An effect of nothing cannot be seen.", field="likely", advice="Give its size first.")
    finished = finished_days([contribution]).get(ref(contribution))
    finish = finished or planned_finish(contribution.step, contribution.project)
    if finish is None:
        raise Refused("Nobody knows when this work will be finished.", advice="Give it a date first.")
    finish = finish if finished else max(finish, today)
    begins = finish + timedelta(days=contribution.lag_days)
    said = said_on(contribution)
    if said > begins:
        raise Refused(
            f"Its effect could be seen from {begins:%d %B %Y} on, and its size was said on {said:%d %B %Y}: that is too late.",
            advice="An expected result counts only where it was written down before.",
        )
    look = look_day(kpi, begins, contribution.ramp_days)
    if today >= look:
        raise Refused(f"Its day to look was {look:%d %B %Y}: nothing can be promised after that.")
    if ExpectedResult.objects.filter(
        step=contribution.step, project=contribution.project, kpi=kpi, withdrawn_at__isnull=True
    ).exists():
        raise Refused("This is written down already.")
    with changeset(title=f"Expect a result: {contribution}", by=by, about=ref(contribution)):
        row = ExpectedResult(
            step=contribution.step, project=contribution.project, kpi=kpi, unit=kpi.unit, note=note, finished_on=finished,
            **{name: getattr(contribution, name) for name in ("low", "likely", "high", "lag_days", "ramp_days")},
            said_on=said, registered_on=today, registered_by=by, looker=looker or _who_looks(contribution),
            begins_on=begins, look_on=look,
        )  # fmt: skip
        add(row)
    return row


def register_finished(*, office: Office, today: date) -> int:
    """Write down what finished work is to bring, where its size was said in time. Returns how many were written down."""
    open_rows = [row for row in unregistered(office.pk) if row.likely != 0]
    days = finished_days(open_rows)
    made = 0
    for row in open_rows:
        day = days.get(ref(row))
        if day is None:
            continue
        begins = day + timedelta(days=row.lag_days)
        if said_on(row) <= begins and today < look_day(row.kpi, begins, row.ramp_days):
            register_result(contribution=row, by=None, today=today)
            made += 1
    return made


def follow_work(*, office: Office, today: date) -> int:
    """Let the days of what is not finished yet follow the work; of stopped work nothing is expected. Returns how many changed."""
    rows = list(
        ExpectedResult.objects.filter(kpi__office=office, finished_on=None, withdrawn_at__isnull=True)
        .select_related("kpi", "step__activity", "project")
        .order_by("id")
    )
    done = finished_days(rows)
    moved = 0
    for row in rows:
        if _is_stopped(row):
            _take_back(row, "The work was stopped", None)
            moved += 1
            continue
        finished = done.get(ref(row))
        finish = finished or planned_finish(row.step, row.project)
        begins = (finished or max(finish or today, today)) + timedelta(days=row.lag_days)
        begins = max(begins, row.said_on)  # a finish that was recorded wrong cannot make what was said come after it
        if finished is None and abs(begins - row.begins_on) < MOVED and begins >= today:
            continue
        look = max(look_day(row.kpi, begins, row.ramp_days), row.registered_on + timedelta(days=1))
        changes = {"finished_on": finished, "begins_on": begins, "look_on": look}
        with changeset(title=f"The day to look follows the work: {row}", by=None, about=ref(row)):
            moved += history.change(row, changes)
    return moved


def withdraw_result(*, result: ExpectedResult, because: str, by: Person | None, version: int | None = None) -> None:
    """Take back what was expected, before it could be seen. The record stays."""
    if by is not None and not may_in(by, Act.EDIT, Kind.PLAN, result.kpi.office.scope_id):
        raise Forbidden("Expected results are written down by the office of the KPI.")
    if result.withdrawn_at is not None:
        raise Refused("This was taken back already.")
    if timezone.localdate() >= result.begins_on:
        raise Refused(
            f"Its effect can be seen since {result.begins_on:%d %B %Y}: what was expected stands.", advice="Add a note instead."
        )
    if not because.strip():
        raise Refused("Say why it is taken back.", field="because")
    _take_back(result, because.strip(), by, version)


def _is_stopped(row: ExpectedResult) -> bool:
    if row.step is not None:
        return row.step.activity.cancelled_on is not None
    return row.project is not None and row.project.state == Project.State.CANCELLED


def _take_back(result: ExpectedResult, because: str, by: Person | None, version: int | None = None) -> None:
    with changeset(title=f"No longer expect: {result}", by=by, reason=because, about=ref(result)):
        change(result, {"withdrawn_at": timezone.now(), "withdrawn_because": because}, version)


def annotate(*, result: ExpectedResult, note: str, by: Person, version: int | None = None) -> None:
    """Add a note."""
    _must_look(by, result)
    with changeset(title=f"Note on {result}", by=by, about=ref(result)):
        change(result, {"note": note}, version)


def name_looker(*, result: ExpectedResult, looker: Person, by: Person, version: int | None = None) -> None:
    """Have somebody else look."""
    _must_look(by, result)
    with changeset(title=f"{looker} is to look at {result}", by=by, about=ref(result)):
        change(result, {"looker": looker}, version)


def answer_rival(
    *, result: ExpectedResult, cause: str, answer: str, by: Person, because: str = "", version: int | None = None
) -> RivalExplanation:
    """Say what was found of another explanation. Ruling one out, or finding it better, needs a reason.

    `version`: of the answer that was seen, 0 where there was none. Conflict where somebody answered since.
    """
    _must_look(by, result)
    if cause not in CAUSES.values:
        raise Refused("Choose an explanation from the list.", field="cause")
    if answer not in RivalExplanation.Answer.values:
        raise Refused("Choose an answer from the list.", field="answer")
    if answer != RivalExplanation.Answer.OPEN and not because.strip():
        raise Refused("Say what shows it.", field="because")
    row = RivalExplanation.objects.filter(result=result, cause=cause).first()
    with changeset(title=f"Other explanation of {result}: {CAUSES(cause).label}", by=by, about=ref(result)):
        if row is None:
            return add(RivalExplanation(result=result, cause=cause, answer=answer, because=because.strip()))
        change(row, {"answer": answer, "because": because.strip()}, version)
    return row


def check_due(*, today: date) -> int:
    """Look at every result whose day has come, and again where more figures may tell. Returns how many were looked at."""
    rows = ExpectedResult.objects.filter(finished_on__isnull=False, look_on__lte=today, withdrawn_at__isnull=True)
    looked = 0
    for row in rows.select_related("kpi__office").prefetch_related("checks").order_by("id"):
        checks = sorted(row.checks.all(), key=lambda check: check.look)
        if not checks or _tells_more(checks, today):
            looked += check_result(result=row, today=today, by=None) is not None
    return looked


def _tells_more(checks: list[ResultCheck], today: date) -> bool:
    last = checks[-1]
    open_still = last.state == ResultCheck.State.CANNOT and last.reason in WORTH_ANOTHER_LOOK
    return open_still and len(checks) < MOST_LOOKS and today >= last.checked_on + AGAIN


def check_result(*, result: ExpectedResult, by: Person | None, today: date | None = None) -> ResultCheck | None:
    """Look at the figures, and keep what was found beside earlier looks. None where no figure has come since the last look."""
    _must_look(by, result)
    today = today or timezone.localdate()
    if result.withdrawn_at is not None:
        raise Refused("This was taken back: there is nothing to look at.")
    if result.finished_on is None or today < result.look_on:
        raise Refused(f"Its day to look is {result.look_on:%d %B %Y}.", advice="Looking earlier would find luck, good or bad.")
    known = figures(result.kpi, today)
    newest = known[-1][0] if known else None
    last = result.checks.order_by("look").last()
    if last is not None and last.last_figure_on == newest:
        return None
    works = works_on(result.kpi, today)
    look = last.look + 1 if last is not None else 1
    found = judged(result.kpi, known, works, look)
    row = next(claim for claim in found.claims if claim.key == result.pk)
    told = columns(found, row, {work.key: work.ref for work in works})
    if result.unit != result.kpi.unit:
        told |= {"state": ResultCheck.State.CANNOT, "reason": ResultCheck.Reason.REDEFINED}
    check = ResultCheck(result=result, checked_on=today, look=look, last_figure_on=newest, **told)
    with refusing():  # somebody else, or the job, may look at the same moment
        check.save()
    return check
