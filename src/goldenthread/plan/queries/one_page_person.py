"""The plan on one page for one person: what is mine and why; for a client or stakeholder what comes, when, and who to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights
from goldenthread.engine.page_room import HEADING, LINE, ROOM, ROOMY, share_out
from goldenthread.engine.plain_words import Readability, readability
from goldenthread.kit.permissions import Role
from goldenthread.kit.slots import gather
from goldenthread.plan.models import Duty, Raci, Step
from goldenthread.plan.queries.goals import LIVE, OPEN_PROJECTS
from goldenthread.plan.queries.own_steps import own_steps, when_of
from goldenthread.plan.queries.page_parts import Eyes, Line, Lines, duties_due, figure_of, lasting, spans_of, targets_of
from goldenthread.plan.queries.versions import to_sign
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Measurement, Objective
from goldenthread.purpose.queries import NEXT_FIGURE
from goldenthread.ui import writing
from goldenthread.workspace.models import Question

SIGN = "Agree to the version proposed, or object"
PARTS = {"A": "you answer for it", "R": "you work on it", "C": "your advice is asked", "I": "you are kept informed"}


@dataclass(frozen=True)
class Section:
    """A list with its heading; `none` is said where it is empty."""

    title: str
    lines: Lines
    none: str


@dataclass(frozen=True)
class PersonPage:
    """One page for one person."""

    subject: Person
    day: date
    is_stakeholder: bool
    sections: tuple[Section, ...]

    @property
    def is_roomy(self) -> bool:
        """Whether there is room for taller rows."""
        return self._used(LINE) <= ROOMY

    @property
    def is_airy(self) -> bool:
        """Whether there is room for every row to run on into a second line."""
        return self._used(2 * LINE) <= ROOMY

    def _used(self, height: int) -> int:
        rows = [len(section.lines.rows) + bool(section.lines.left_out) for section in self.sections]
        return sum(HEADING + height * count for count in rows if count)

    @property
    def reading(self) -> Readability:
        """How hard its words are to read, with the addresses where they can be changed."""
        rows = [(row.url, row.name) for section in self.sections for row in section.lines.rows]
        return readability(list(dict.fromkeys(rows)))


def is_stakeholder(person: Person) -> bool:
    """Whether a person has no part in the office: a client, or somebody from outside without any role."""
    roles = rights(person).roles
    return roles == {Role.CLIENT} or (person.is_external and roles <= {Role.CLIENT})


def person_page(subject: Person, viewer: Person, day: date, room: int = ROOM, *, is_link: bool = False) -> PersonPage:
    """The page of `subject` as far as `viewer` may see it, in a fixed number of statements. room: half lines of the sheet."""
    eyes, outside = Eyes(subject, viewer, is_link), is_stakeholder(subject)
    told = _for_stakeholder(eyes, day) if outside else _for_worker(eyes, day)
    nothing = "Nothing waits for a decision." if eyes.is_own else "Nothing that may be shown to you waits for a decision."
    told.append(("To decide", _to_decide(eyes, day), nothing))
    given = share_out([len(rows) for _, rows, _ in told], room)
    sections = (
        Section(title, Lines(tuple(rows[:kept]), len(rows)), none) for (title, rows, none), kept in zip(told, given, strict=True)
    )
    return PersonPage(subject, day, outside, tuple(sections))


def lead_of(page: PersonPage) -> str:
    """What the page is, and from when, in one line; said to the person whose page it is."""
    what = "What comes, when, and who to ask" if page.is_stakeholder else "What is mine in the plan, and why"
    return f"{what} · as it stands on {writing.date(page.day)}"


Told = list[tuple[str, list[Line], str]]


def _for_worker(eyes: Eyes, day: date) -> Told:
    return [
        ("Objectives I answer for", _objectives(eyes, owner=eyes.subject), "No objective."),
        ("Figures I enter", _figures(eyes, day), "No figure."),
        ("My steps, in order", own_steps(eyes, day), "No open step."),
        ("My duties", _duties(eyes, day), "No duty."),
    ]


def _for_stakeholder(eyes: Eyes, day: date) -> Told:
    return [
        ("What comes, and when", _objectives(eyes) + _projects(eyes, day), "No project or objective is shown to you."),
        ("Where you take part", _parts(eyes, day), "No step names you."),
    ]


def _objectives(eyes: Eyes, **whose: Any) -> list[Line]:
    """Objectives with their first figure, the first due first. Two statements."""
    found = list(eyes.may(Objective.objects.filter(state__in=LIVE, **whose).select_related("owner")).order_by("id"))
    targets = targets_of(found)
    rows = []
    for objective in found:
        figure = next(map(figure_of, targets[objective.pk]), None)
        ask = f"ask {objective.owner}" if objective.owner and objective.owner_id != eyes.subject.pk else ""
        words = f"{figure.course}, {figure.now} ({figure.name})" if figure else "no figure yet"
        due = figure.due if figure else None
        when = f"by {writing.date(due)}" if due else "no date"
        note = "; ".join(part for part in (words, ask) if part)
        rows.append((due or date.max, Line(objective.label, f"/objectives/{objective.pk}", when, note)))
    return [row for _, row in sorted(rows, key=lambda pair: (pair[0], pair[1].name))]


def _figures(eyes: Eyes, day: date) -> list[Line]:
    """KPIs whose figure the person enters: by when the next one is due. One statement."""
    last = Measurement.objects.filter(kpi=OuterRef("pk"), withdrawn_at__isnull=True).order_by("-on")
    rows: Any = eyes.may(Kpi.objects.filter(owner=eyes.subject)).annotate(
        last_on=Subquery(last.values("on")[:1]), last_value=Subquery(last.values("value")[:1])
    )
    found = []
    for kpi in rows.order_by("name", "id"):
        due = kpi.last_on + timedelta(days=NEXT_FIGURE[kpi.cadence]) if kpi.last_on else None
        when = f"by {writing.date(due)}" if due else "the first one is due"
        known = kpi.last_value is not None
        note = f"last {writing.number(kpi.last_value, kpi.decimals)} {kpi.unit}".rstrip() if known else "no figure yet"
        found.append((due or date.min, Line(kpi.name, f"/kpis/{kpi.pk}", when, note, is_late=due is None or due < day)))
    return [row for _, row in sorted(found, key=lambda pair: (pair[0], pair[1].name))]


def _duties(eyes: Eyes, day: date) -> list[Line]:
    """Duties that the person holds, the next due first. One statement."""
    rows: Any = duties_due(eyes.may(Duty.objects.filter(lasting(day), holder=eyes.subject)))
    return [
        Line(
            row.name,
            f"/plan/duties/{row.pk}",
            f"by {writing.date(row.due_on)}" if row.due_on else row.get_cadence_display().lower(),
            row.source,
            is_late=row.due_on is not None and row.due_on < day,
        )
        for row in rows
    ]


def _projects(eyes: Eyes, day: date) -> list[Line]:
    """Open projects that may be seen: when they are to finish and who leads them. One statement."""
    rows = eyes.may(Project.objects.filter(state__in=OPEN_PROJECTS, gone_on__isnull=True)).select_related("manager")
    found = []
    for project in rows.order_by("finishes_on", "name", "id"):
        due = project.finishes_on
        when = f"by {writing.date(due)}" if due else "no date"
        state = "" if project.state == Project.State.RUNNING else project.get_state_display().lower()
        ask = f"ask {project.leader}" if project.leader else "nobody named to ask"
        note = "; ".join(part for part in (state, ask) if part)
        found.append(Line(project.name, f"/projects/{project.pk}", when, note, is_late=due is not None and due < day))
    return found


def _parts(eyes: Eyes, day: date) -> list[Line]:
    """Open steps that name the person, with what is asked and who answers for them. Three statements."""
    rows = list(eyes.may(Step.objects.filter(raci__person=eyes.subject)).select_related("activity").distinct().order_by("id"))
    spans = spans_of({row.activity.schedule_id for row in rows})
    letters: dict[int, str] = {}
    answers: dict[int, str] = {}
    told = Raci.objects.filter(step__in=[row.pk for row in rows]).order_by("letter", "id")
    for step, letter, person, name in told.values_list("step_id", "letter", "person_id", "person__name"):
        if person == eyes.subject.pk:
            letters.setdefault(step, letter)
        elif letter == Raci.Letter.ACCOUNTABLE:
            answers[step] = name
    found = []
    for row in rows:
        span = spans[row.activity_id]
        if span.is_open and row.pk in letters:
            note = PARTS[letters[row.pk]] + (f"; ask {answers[row.pk]}" if row.pk in answers else "")
            late = span.finish is not None and span.finish < day
            line = Line(row.activity.name, reverse("plan:step", args=[row.pk]), when_of(span), note, is_late=late)
            found.append(((span.finish or date.max, row.pk), line))
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def _to_decide(eyes: Eyes, day: date) -> list[Line]:
    """What only the person can move on, by the slot; of somebody else the versions to sign. And questions to answer."""
    if eyes.is_own:
        rows = [Line(title, url, "now", asked) for title, asked, url in gather("decisions_of", eyes.subject)]
    else:
        unsigned = eyes.may(to_sign(eyes.subject)).select_related("plan").order_by("id")
        rows = [Line(str(version.plan), reverse("plan:version", args=[version.pk]), "now", SIGN) for version in unsigned]
    waiting = Question.objects.filter(asked=eyes.subject, answered_at__isnull=True, expires_at__date__gte=day)
    for q in eyes.may(waiting).select_related("asked_by").order_by("expires_at", "id"):
        by = f"asked by {q.asked_by}" if q.asked_by else ""
        rows.append(Line(q.text, "/", f"by {writing.date(timezone.localdate(q.expires_at))}", by))
    return rows
