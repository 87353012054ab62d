"""Writes of programmes and projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Person, Scope
from goldenthread.accounts.queries import may, may_in
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.money import currency_code
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.scoping import current_organisation
from goldenthread.projects import queries
from goldenthread.projects.models import Programme, Project
from goldenthread.purpose.actions.ground import add, change, day_of, only, refusing

FIELDS = frozenset(
    {
        "reference",
        "name",
        "description",
        "category",
        "department",
        "programme",
        "sponsor_name",
        "sponsor",
        "manager_name",
        "manager",
        "state",
        "rating",
        "starts_on",
        "finishes_on",
        "baseline_finish",
        "currency",
        "budget_minor",
        "forecast_minor",
        "spent_minor",
        "is_mandatory",
        "mandatory_because",
        "is_confidential",
    }
)
SET_UP_FIELDS = FIELDS | {"rebaselined", "goal_answer", "withheld", "source_key"}
ENDED = frozenset({Project.State.CLOSED, Project.State.CANCELLED})
MONEY = ("budget_minor", "forecast_minor", "spent_minor")
NO_ADD = "You may not add projects here."
NO_EDIT = "You may not change this project."


def add_programme(*, name: str, by: Person | None, under: Scope | None = None, owner: Person | None = None) -> Programme:
    """Projects steered together; under an office where none is named."""
    under = under or queries.home_scope(by)
    _must_add(by, under)
    if not name.strip():
        raise Refused("A programme needs a name.", field="name")
    with accounts.changeset(title=f"Add the programme {name.strip()}", by=by):
        scope = accounts.add_scope(kind=Scope.ScopeKind.PROGRAMME, name=name.strip()[:200], under=under)
        programme: Programme = add(Programme(scope=scope, name=name.strip(), owner=owner))
    return programme


def edit_programme(*, programme: Programme, changes: dict[str, Any], by: Person | None, version: int | None = None) -> None:
    """Change its name or who steers it."""
    if by is not None and not may(by, Act.EDIT, programme):
        raise Forbidden("You may not change this programme.")
    only(changes, {"name", "owner"})
    with accounts.changeset(title=f"Edit the programme {programme}", by=by, about=f"programme:{programme.pk}"):
        change(programme, changes, version)
        accounts.name_scopes([programme])


def add_project(*, name: str, by: Person | None, under: Scope | None = None, **fields: Any) -> Project:
    """One project, in its programme where one is named, else under an office. `fields`: see FIELDS. Money in minor units."""
    return add_projects(rows=[{"name": name, **fields}], by=by, under=under)[0]


def add_projects(*, rows: Sequence[Mapping[str, Any]], by: Person | None, under: Scope | None = None) -> list[Project]:
    """Many projects as one action, in few statements. Each row holds `name` and any of FIELDS; set-up (`by=None`) any field."""
    under = under or queries.home_scope(by)
    allowed = FIELDS if by is not None else SET_UP_FIELDS
    for row in rows:
        only(row, allowed)
    places = {p.pk: p.scope for p in (row.get("programme") for row in rows) if p is not None} | {0: under}
    for place in places.values():
        _must_add(by, place)
    made = [_checked(Project(**{"name": "", **row}), by, under) for row in rows]
    title = f"Add the project {made[0]}" if len(made) == 1 else f"Add {len(made)} projects"
    with accounts.changeset(title=title, by=by):
        for key, place in places.items():
            store_new([p for p in made if (p.programme_id or 0) == key], place)
    return made


def store_new(projects: Sequence[Project], under: Scope) -> list[Project]:
    """Insert projects that were checked, with their scopes, inside an open changeset; they get their ids."""
    scopes = accounts.add_scopes(kind=Scope.ScopeKind.PROJECT, names=[p.name for p in projects], under=under) if projects else []
    for project, scope in zip(projects, scopes, strict=True):
        project.scope = scope
    return history.add_all(Project, projects)


def edit_project(
    *, project: Project, changes: Mapping[str, Any], by: Person | None, version: int | None = None, reason: str = ""
) -> None:
    """Change plain fields. Replacing an approved finish counts as one more re-baselining."""
    _must_edit(by, project)
    only(changes, FIELDS)
    wanted = dict(changes)
    if wanted.get("state") in ENDED and project.state != wanted["state"]:
        raise Refused("A project is ended by closing or cancelling it.", field="state")
    if _replaces(project.baseline_finish, wanted.get("baseline_finish", project.baseline_finish)):
        wanted["rebaselined"] = project.rebaselined + 1
    if wanted.get("is_confidential", project.is_confidential) != project.is_confidential:
        _must_keep_secrets(by, project.scope_id)
    _check_values({name: getattr(project, name) for name in ("starts_on", "finishes_on", "currency", *MONEY)} | wanted)
    with accounts.changeset(title=f"Edit {project.name}", by=by, about=f"project:{project.pk}", reason=reason):
        change(project, wanted, version)
        if "name" in wanted:
            accounts.name_scopes([project])


def close_project(*, project: Project, by: Person | None, on: date | None = None, version: int | None = None) -> None:
    """The project has delivered; its finish is the day given, or today."""
    _end(project, Project.State.CLOSED, by, on, version, "Close")


def cancel_project(*, project: Project, by: Person | None, because: str, version: int | None = None) -> None:
    """The project ends without delivering; the reason is kept."""
    if not because.strip():
        raise Refused("Say why it is cancelled.", field="because")
    _end(project, Project.State.CANCELLED, by, None, version, "Cancel", because)


def _end(
    project: Project, state: str, by: Person | None, on: date | None, version: int | None, verb: str, because: str = ""
) -> None:
    _must_edit(by, project)
    if project.state in ENDED:
        raise Refused(f"This project is {project.get_state_display().lower()} already.")
    with accounts.changeset(title=f"{verb} {project.name}", by=by, about=f"project:{project.pk}", reason=because) as made:
        changes: dict[str, Any] = {"state": state}
        if state == Project.State.CLOSED:
            changes["finishes_on"] = on or day_of(made)
            _check_values({"starts_on": project.starts_on, **changes})
        change(project, changes, version)


def _replaces(before: date | None, after: date | None) -> bool:
    return before is not None and after is not None and before != after


def _checked(project: Project, by: Person | None, under: Scope) -> Project:
    project.name = project.name.strip()
    if not project.name:
        raise Refused("A project needs a name.", field="name")
    if any(getattr(project, name) is not None for name in MONEY) and not project.currency:
        project.currency = current_organisation().currency
    if project.is_confidential:
        _must_keep_secrets(by, under.pk)
    _check_values({name: getattr(project, name) for name in ("starts_on", "finishes_on", "currency", *MONEY)})
    with refusing():
        project.clean_fields(exclude=["organisation", "scope"])
    return project


def _check_values(values: Mapping[str, Any]) -> None:
    start, finish = values.get("starts_on"), values.get("finishes_on")
    if start is not None and finish is not None and finish < start:
        raise Refused("It would finish before it starts.", field="finishes_on")
    if values.get("currency"):
        currency_code(values["currency"])
    for name in ("budget_minor", "spent_minor"):
        if (values.get(name) or 0) < 0:
            raise Refused("This amount cannot be negative.", field=name)


def _must_add(by: Person | None, under: Scope) -> None:
    if by is not None and not may_in(by, Act.EDIT, Kind.PROJECT, under.pk):
        raise Forbidden(NO_ADD)


def _must_edit(by: Person | None, project: Project) -> None:
    if by is not None and not may(by, Act.EDIT, project):
        raise Forbidden(NO_EDIT)


def _must_keep_secrets(by: Person | None, scope_id: int) -> None:
    if by is not None and not may_in(by, Act.EDIT, Kind.CONFIDENTIAL, scope_id):
        raise Forbidden("You may not decide what is confidential here.")
