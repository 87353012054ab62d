"""Expected results as pages and programs tell them: what was promised, what was seen, what else could explain it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import for_person, visible
from goldenthread.engine.effect_check import EffectCheckOptions
from goldenthread.evidence.models import ExpectedResult, ResultCheck, RivalExplanation
from goldenthread.evidence.queries.deliveries import finished_days, ref, unregistered
from goldenthread.kit.prepared import Blank
from goldenthread.plan.models import Contribution, Step
from goldenthread.plan.queries import Responsibility
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Measurement, Objective, Office, Target
from goldenthread.ui.writing import date as date_words
from goldenthread.ui.writing import number, plural, signed

NEEDED = EffectCheckOptions()
OPEN, DELIVERED, WITHDRAWN = "OPEN", "DELIVERED", "WITHDRAWN"
STATES = {  # in the order of the page: words and the tone of their mark
    ResultCheck.State.SEEN.value: ("seen", "good"),
    ResultCheck.State.NOT_SEEN.value: ("not seen so far", "warn"),
    ResultCheck.State.CANNOT.value: ("cannot be tested", "none"),
    DELIVERED: ("delivered; effect not shown yet", "none"),
    OPEN: ("work goes on", "none"),
    WITHDRAWN: ("taken back", "none"),
}
DIFFER = {  # what is judged by hand otherwise than the figures say
    ResultCheck.State.SEEN.value: ("NOT_SHOWN", "REFUTED"),
    ResultCheck.State.NOT_SEEN.value: ("SHOWN",),
    ResultCheck.State.CANNOT.value: ("SHOWN", "REFUTED"),
}
WHY = {
    "FEW_BEFORE": f"There are {{before}} figures from before it began; {NEEDED.fewest_before} are needed to know how the figure "
    "moves by itself.",
    "FEW_AFTER": f"There are {{after}} figures since the whole effect was to be there; {NEEDED.fewest_after} are needed.",
    "REDEFINED": "The figure measures something else since {redefined}: what lies before cannot be compared.",
    "TOO_NEAR": "It begins too near to {beside}: the figures cannot tell them apart.",
    "NOISE": "The figure moves too much by itself for an effect of this size to stand out.",
}


@dataclass(frozen=True)
class ResultRow:
    """One expected result with its looks (oldest first) and the figures of its KPI around it."""

    result: ExpectedResult
    checks: tuple[ResultCheck, ...]
    figures: tuple[tuple[date, float], ...]
    beside: tuple[str, ...] = ()  # names of work that it could not be told apart from, as far as they may be shown
    judged: str = ""  # what somebody judged of the effect by hand: Contribution.Shown

    @property
    def check(self) -> ResultCheck | None:
        """The newest look."""
        return self.checks[-1] if self.checks else None

    @property
    def state(self) -> str:
        """Where it stands."""
        if self.result.withdrawn_at is not None:
            return WITHDRAWN
        if self.check is not None:
            return str(self.check.state)
        return DELIVERED if self.result.finished_on is not None else OPEN

    @property
    def words(self) -> str:
        """The state as people say it."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The mark beside the words."""
        return STATES[self.state][1]

    @property
    def why(self) -> str:
        """Why it cannot be tested; empty where it can."""
        check = self.check
        if check is None or check.state != ResultCheck.State.CANNOT or self.state == WITHDRAWN:
            return ""
        redefined = self.result.kpi.redefined_on
        return WHY[check.reason].format(
            before=check.before,
            after=check.after,
            redefined=f"{redefined:%d %B %Y}" if redefined else "a change of its unit",
            beside=" and ".join(f"“{name}”" for name in self.beside) or "other work",
        )

    @property
    def by_hand(self) -> str:
        """What was judged by hand, in words; empty where nobody did."""
        return Contribution.Shown(self.judged).label.lower() if self.judged else ""

    @property
    def differs(self) -> bool:
        """Whether the figures do not say what was judged by hand, or cannot."""
        return self.judged in DIFFER.get(self.state, ())

    @property
    def judgement(self) -> str:
        """What was judged by hand beside what the figures say; empty where nobody judged."""
        if not self.judged:
            return ""
        looked = f"The figures say: {self.words}." if self.state in DIFFER else "The figures were not looked at yet."
        both = " Both stand; neither changes the other." if self.differs else ""
        return f"Judged by hand: {self.by_hand}. {looked}{both}"

    @property
    def recent(self) -> list[float]:
        """The newest figures, for a small picture."""
        return [value for _, value in self.figures[-24:]]

    @property
    def sentence(self) -> str:
        """What the newest look found, in words."""
        row, check, unit = self.result, self.check, self.result.unit
        if row.withdrawn_at is not None:
            return f"Taken back on {date_words(localdate(row.withdrawn_at))}: {row.withdrawn_because}."
        if check is None:
            return (
                f"It will be looked at on {date_words(row.look_on)}, when three figures have come since all of it can be there."
            )
        if check.step_size is None or check.low is None or check.high is None:
            return ""
        digits = row.kpi.decimals + 1
        found = f"The level moved by {signed(check.step_size, digits)} {unit}".rstrip()
        reach = f"{signed(check.low, digits)} to {signed(check.high, digits)} in 9 of 10 cases"
        return f"{found} beside its trend ({reach}); {signed(row.likely, digits)} was promised."

    @property
    def chart_sentence(self) -> str:
        """The picture in words."""
        before = self.level_before
        if before is None:
            return f"{plural(len(self.figures), 'figure')}, none from before it began."
        digits = self.result.kpi.decimals + 1
        return (
            f"The last three figures before {date_words(self.result.begins_on)} had a mean of {number(before, digits)}; "
            f"{number(before + self.result.likely, digits)} was promised."
        )

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was said, when and by whom, and the days."""
        row, digits = self.result, self.result.kpi.decimals + 1
        return [
            ("Size", f"{signed(row.likely, digits)} {row.unit} ({signed(row.low, digits)} to {signed(row.high, digits)})"),
            ("Said on", date_words(row.said_on)),
            ("Written down", f"{date_words(row.registered_on)}{f' by {row.registered_by}' if row.registered_by else ''}"),
            ("Finished on", date_words(row.finished_on) if row.finished_on else "not yet"),
            ("Begins to show", date_words(row.begins_on)),
            ("Whole after", plural(row.ramp_days, "day")),
            ("Day to look", date_words(row.look_on)),
            ("Who looks", str(row.looker or "nobody named")),
        ]

    @property
    def level_before(self) -> float | None:
        """The mean of the last three figures before it began, since the last redefinition."""
        since = self.result.kpi.redefined_on or date.min
        values = [value for on, value in self.figures if since <= on < self.result.begins_on][-3:]
        return sum(values) / len(values) if values else None


def _rows(person: Person) -> Any:
    rows = visible(ExpectedResult.objects.select_related("kpi__office", "step__activity", "project", "looker"), person)
    return rows.prefetch_related("checks")


def _told(rows: list[ExpectedResult], person: Person) -> list[ResultRow]:
    """The rows with their figures and judgements. Two statements beside theirs, two more where work could not be told apart."""
    by_kpi: dict[int, list[tuple[date, float]]] = defaultdict(list)
    known = Measurement.objects.filter(kpi_id__in={row.kpi_id for row in rows}, withdrawn_at__isnull=True)
    for kpi_id, on, value in known.order_by("on", "id").values_list("kpi_id", "on", "value"):
        by_kpi[kpi_id].append((on, value))
    looks = {row.pk: tuple(sorted(row.checks.all(), key=lambda check: check.look)) for row in rows}
    refs = {row.pk: looks[row.pk][-1].beside if looks[row.pk] else [] for row in rows}
    names = _names({ref for some in refs.values() for ref in some}, person)
    hand = Contribution.objects.filter(kpi_id__in={row.kpi_id for row in rows}).exclude(shown=Contribution.Shown.OPEN)
    judged = {(row.step_id, row.project_id, row.kpi_id): row.shown for row in hand}
    return [
        ResultRow(
            result=row,
            checks=looks[row.pk],
            figures=tuple(by_kpi[row.kpi_id]),
            beside=tuple(names[ref] for ref in refs[row.pk] if ref in names),
            judged=judged.get((row.step_id, row.project_id, row.kpi_id), ""),
        )
        for row in rows
    ]


def _names(refs: set[str], person: Person) -> dict[str, str]:
    """The names of steps and projects that the person may see."""
    found: dict[str, str] = {}
    for kind, rows in (("step", Step.objects.select_related("activity")), ("project", Project.objects.all())):
        ids = [int(ref.partition(":")[2]) for ref in refs if ref.startswith(f"{kind}:")]
        if ids:
            found |= {f"{kind}:{row.pk}": str(row) for row in visible(rows.filter(pk__in=ids), person)}
    return found


def results(person: Person, office: Office | None = None) -> list[ResultRow]:
    """What the person may see of expected results: what was looked at first, the newest day on top."""
    rows = _rows(person).order_by("-look_on", "-id")
    told = _told(list(rows.filter(kpi__office=office) if office is not None else rows), person)
    order = list(STATES)
    return sorted(told, key=lambda row: order.index(row.state))


def result(person: Person, key: int) -> ResultRow | None:
    """One of them; None where the person may not see it."""
    found = _told(list(_rows(person).filter(pk=key)), person)
    return found[0] if found else None


def tally(rows: list[ResultRow]) -> dict[str, int]:
    """How many stand where."""
    counts = Counter(row.state for row in rows)
    return {state: counts[state] for state in STATES if counts[state]}


def rivals(row: ResultRow) -> list[tuple[str, str, RivalExplanation | None]]:
    """The register of other explanations with what was answered: value, words, answer."""
    answered = {rival.cause: rival for rival in row.result.rivals.all()}
    return [(cause.value, cause.label, answered.get(cause.value)) for cause in RivalExplanation.Cause]


@for_person
def _of_objective(person: Person) -> QuerySet[ExpectedResult]:
    """The standing results expected for an objective's KPIs."""
    targets = Target.objects.filter(objective=Blank("objective")).values("kpi")
    return visible(ExpectedResult.objects.filter(kpi__in=targets, withdrawn_at__isnull=True), person).prefetch_related("checks")


def seen_of(objective: Objective, person: Person) -> tuple[int, int]:
    """How many of the results expected for an objective's KPIs were seen, and how many there are. Two statements."""
    told = _of_objective(person, objective=objective.pk)
    newest = [max(row.checks.all(), key=lambda check: check.look, default=None) for row in told]
    return sum(check is not None and check.state == ResultCheck.State.SEEN for check in newest), len(told)


def promised(contribution: Contribution) -> ExpectedResult | None:
    """What was written down of a contribution."""
    return ExpectedResult.objects.filter(
        step=contribution.step, project=contribution.project, kpi=contribution.kpi, withdrawn_at__isnull=True
    ).first()


def never_written_down(office: Office, person: Person) -> int:
    """Finished works of which nobody said in time what they were to bring: nobody can say whether they did."""
    rows = [row for row in unregistered(office.pk) if row.likely]
    shown = set(visible(Contribution.objects.filter(pk__in=[row.pk for row in rows]), person).values_list("pk", flat=True))
    days = finished_days(rows)
    return sum(row.pk in shown and ref(row) in days for row in rows)


def to_answer(person: Person) -> QuerySet[ExpectedResult]:
    """Looked at and judged, and he or she is to say what else could explain it: nothing was answered yet."""
    told = ResultCheck.objects.filter(state__in=[ResultCheck.State.SEEN, ResultCheck.State.NOT_SEEN]).values("result_id")
    return ExpectedResult.objects.filter(looker=person, withdrawn_at__isnull=True, rivals__isnull=True, pk__in=told)


def responsibilities() -> list[Responsibility]:
    """Who is to look at which result: a way to be responsible, as long as it is expected. For the slot."""
    standing = Q(withdrawn_at__isnull=True)
    related = ("kpi", "step__activity", "project")
    return [Responsibility("look", "Looks at results", ExpectedResult, (("looker", standing),), "/results/{}", related)]
