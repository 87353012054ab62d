"""The list of projects: what one may see, filtered, sorted, in pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Sum

from goldenthread.accounts.models import Person, Scope
from goldenthread.accounts.queries import for_person, rights, top_scope, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.projects.models import Project
from goldenthread.projects.queries.standing import Standing, standing

SIZES = (50, 100, 200)
SORTS = {
    "name": "name",
    "department": "department",
    "state": "state",
    "rating": "rating",
    "finish": "finishes_on",
    "budget": "budget_minor",
    "answer": "goal_answer",
    "owner": "manager__name",
}
OPEN = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)


@dataclass(frozen=True)
class Filters:
    """What to show: words searched, a state ("open" for all not ended), rating, answer, mandatory, owner."""

    q: str = ""
    state: str = "open"
    rating: str = ""
    answer: str = ""
    mandatory: str = ""
    owner: str = ""
    sort: str = "name"
    page: str = "1"
    size: int = 50

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """From the query string; what makes no sense falls back to the default."""
        size = int(query["size"]) if query.get("size", "") in {str(s) for s in SIZES} else SIZES[0]
        names = ("q", "state", "rating", "answer", "mandatory", "owner", "sort", "page")
        given = {name: query[name][:100].replace("\0", "") for name in names if name in query}
        if given.get("sort", "name").lstrip("-") not in SORTS:
            given.pop("sort", None)
        return cls(**given, size=size)


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    project: Project
    standing: Standing


@dataclass(frozen=True)
class MandatoryShare:
    """Budget of mandatory projects and of all, in one currency; `others` counts projects left out for another or no amount."""

    mandatory_minor: int
    total_minor: int
    currency: str
    others: int = 0

    @property
    def share(self) -> float | None:
        """Mandatory budget as a share of all; None without budgets."""
        return self.mandatory_minor / self.total_minor if self.total_minor else None


@dataclass(frozen=True)
class ProjectTable:
    """A page of the list with the figures of the whole filtered list."""

    page: Page[Project]
    rows: list[Row]
    filters: Filters
    total: int
    unanswered: int
    share: MandatoryShare
    owners: list[str] = field(default_factory=list)


def filtered(person: Person, filters: Filters) -> QuerySet[Project]:
    """The projects that `person` may see and that fit the filters, in order."""
    found = visible(Project.objects.all(), person)
    if filters.q:
        found = found.filter(
            Q(name__icontains=filters.q) | Q(reference__icontains=filters.q) | Q(department__icontains=filters.q)
        )
    if filters.state == "open":
        found = found.filter(state__in=OPEN, gone_on__isnull=True)
    elif filters.state == "gone":
        found = found.filter(gone_on__isnull=False)
    elif filters.state in Project.State.values:
        found = found.filter(state=filters.state)
    if filters.rating:
        found = found.filter(rating="" if filters.rating == "none" else filters.rating)
    if filters.answer:
        found = found.filter(goal_answer=filters.answer)
    if filters.mandatory in {"yes", "no"}:
        found = found.filter(is_mandatory=filters.mandatory == "yes")
    if filters.owner:
        found = found.filter(Q(manager__name=filters.owner) | Q(manager__isnull=True, manager_name=filters.owner))
    key = SORTS[filters.sort.lstrip("-")]
    order = F(key).desc(nulls_last=True) if filters.sort.startswith("-") else F(key).asc(nulls_last=True)
    return found.order_by(order, "id")


def project_table(person: Person, filters: Filters, day: date) -> ProjectTable:
    """A page of the list: three statements whatever the number of rows."""
    found = filtered(person, filters)
    currency = person.organisation.currency
    sums = found.order_by().aggregate(
        total=Count("id"), unanswered=Count("id", filter=Q(goal_answer="NOT_ASKED")), **_budgets(currency)
    )
    share = _share(sums, currency)
    paginator = Paginator(found.select_related("manager"), filters.size)
    paginator.count = sums["total"]  # known already: saves a statement
    page = paginator.get_page(filters.page)
    rows = [Row(project, standing(project, day)) for project in page.object_list]
    return ProjectTable(page, rows, filters, sums["total"], sums["unanswered"], share, owners(person))


@for_person
def _owners(person: Person) -> QuerySet[Any]:
    return visible(Project.objects.all(), person).order_by().values_list("manager__name", "manager_name").distinct()[:600]


def owners(person: Person) -> list[str]:
    """Names of those who lead the projects that `person` may see, at most 300."""
    return sorted({linked or written for linked, written in _owners(person) if linked or written}, key=str.casefold)[:300]


def mandatory_share(projects: QuerySet[Project], currency: str) -> MandatoryShare:
    """How much of the budget of `projects` is mandatory; amounts of another currency are counted apart, not added."""
    return _share(projects.order_by().aggregate(total=Count("id"), **_budgets(currency)), currency)


def _budgets(currency: str) -> dict[str, Any]:
    here = Q(currency=currency, budget_minor__isnull=False)
    return {
        "spend": Sum("budget_minor", filter=here, default=0),
        "mandatory": Sum("budget_minor", filter=here & Q(is_mandatory=True), default=0),
        "priced": Count("id", filter=here),
    }


def _share(sums: Mapping[str, int], currency: str) -> MandatoryShare:
    return MandatoryShare(sums["mandatory"], sums["spend"], currency, sums["total"] - sums["priced"])


def home_scope(person: Person | None) -> Scope:
    """Where a person's new projects go: the first office where one may add some, else another scope."""
    offices = Scope.objects.filter(scope_kind=Scope.ScopeKind.OFFICE).order_by("id")
    if person is None:
        return offices.first() or top_scope()
    held = rights(person)
    ids = held.scopes(Act.EDIT, Kind.PROJECT)
    if held.everywhere(Act.EDIT, Kind.PROJECT):
        return offices.first() or top_scope()
    return offices.filter(pk__in=ids).first() or Scope.objects.filter(pk__in=ids).order_by("id").first() or top_scope()
