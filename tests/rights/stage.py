"""What the matrix test plays with: rows in every place, each text carrying the word of its place, and everybody who asks."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone

from goldenthread.accounts import actions
from goldenthread.accounts.models import Changeset, Person, RoleGrant
from goldenthread.accounts.queries import confidential_path, scope_paths
from goldenthread.kit import history
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.models import (
    AgendaItem,
    BusinessPlan,
    Contribution,
    Duty,
    Estimate,
    EstimateRound,
    Invitee,
    PlanningSession,
    StepProposal,
    Supervision,
)
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Objective, Office, Target
from goldenthread.workspace.models import Comment, Question
from tests.cast import Cast
from tests.rows import DAY, MOMENT, Planter, tracked

# Words that no page may show to those who must not see them. The second office's and the confidential rows' words stand only in
# rows that belong to a scope; people and resources belong to the whole organisation.
SECRET, ELSEWHERE, FOREIGN = "canarysecret", "canaryelsewhere", "canaryforeign"
BYSTANDER = "canarybystander"  # a colleague who has no part in anything: known to those who may look people up
MARKUP = "<i canarymarkup>\"'&"  # in every text of one's own office; a page shows it as text
PLACES = ("own", "project", "other", "secret", "foreign", "mine")
NOBODY, ANONYMOUS = "nobody", "anonymous"


@dataclass(frozen=True)
class Player:
    """Somebody who asks: a role, nobody in particular, or an unknown visitor."""

    name: str
    person: Person | None
    cookie: str
    bearer: str


class Stage:
    """Players and rows."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.players = [self._player(role.value, cast.people[role.value]) for role in Role]
        self.players += [self._player(NOBODY, cast.nobody), Player(ANONYMOUS, None, "", "")]
        with organisation_scope(cast.organisation):
            strangers = {place: self._stranger(place) for place in ("own", "other", "project")}
            self.planters = {
                "own": Planter(cast.office.scope, "plain", person=strangers["own"], markup=MARKUP),
                "project": Planter(cast.project_scope, "plain", person=strangers["project"], markup=MARKUP),
                "other": Planter(cast.second_office.scope, ELSEWHERE, person=strangers["other"]),
                "secret": Planter(cast.office.scope, SECRET, confidential="only", person=strangers["own"]),
                "mine": Planter(cast.second_office.scope, "mine", person=cast.nobody),
            }
        with organisation_scope(cast.foreign):
            person = actions.add_person(name=f"{FOREIGN} person", email="stranger@other.example", department=FOREIGN, by=None)
            self.planters["foreign"] = Planter(
                cast.foreign_office.scope, FOREIGN, confidential="yes", person=person, everywhere=True
            )
        offices = {"own": cast.office, "secret": cast.office, "other": cast.second_office, "mine": cast.second_office}
        for place, office in (offices | {"foreign": cast.foreign_office}).items():
            self.planters[place].rows[Office] = office
        for place in ("own", "other", "project", "foreign", "secret", "mine"):
            self._furnish(place)
        self._tie()
        self._rows: dict[tuple[str, tuple[str, ...]], tuple[Any, ...] | None] = {}

    def _furnish(self, place: str) -> None:
        """A row of every model in each place: what lists show and examples name. Two places share another one's open rows."""
        planter, cast = self.planters[place], self.cast
        lender = self.planters.get({"secret": "own", "mine": "other"}.get(place, ""))
        if lender is not None:
            lent = {model: row for model, row in lender.rows.items() if model is not Person and not confidential_path(model)}
            planter.rows = {**lent, **planter.rows}
        owner = cast.foreign if place == "foreign" else cast.organisation
        with organisation_scope(owner), actions.changeset(title=f"{place} rows", by=None):
            held = RoleGrant.objects.filter(person=planter.rows[Person], scope=planter.scope).first()
            if held is not None:
                planter.rows[RoleGrant] = held
            if lender is None and place != "project":
                network = planter.row("schedule.Schedule")
                planter.rows[BusinessPlan] = planter.plant(BusinessPlan, office=planter.rows[Office], schedule=network)
            for model in tracked():
                if lender is None or (place == "secret" and confidential_path(model)):
                    planter.row(model)

    def _tie(self) -> None:
        """What is open names what is not: open KPIs and steps that hidden projects move, questions and duties about those."""
        own = self.planters["own"]
        with organisation_scope(self.cast.organisation), actions.changeset(title="open rows", by=None):
            actions.add_person(name=f"{BYSTANDER} person", email="bystander@aldermere.example", by=None)
            for place, word in (("secret", SECRET), ("other", ELSEWHERE)):
                project = self.planters[place].row(Project)
                asked = {"ref_kind": "project", "ref_id": project.pk, "asked": self.planters[place].rows[Person]}
                own.plant(Contribution, step=None, project=project)
                own.plant(Duty, project=project, name=f"{word} duty" if place == "secret" else "A duty")
                own.plant(Question, text=f"{word} asked", digest=word, **asked)
                own.plant(Comment, text=f"{word} said", ref_kind="project", ref_id=project.pk, by=asked["asked"])
            figures = {"baseline": 10.0, "baseline_on": DAY, "value": 20.0, "due_on": MOMENT.date()}
            for place in ("own", "secret"):
                own.plant(Target, objective=self.planters[place].row(Objective), kpi=own.row(Kpi), **figures)
        for place, word in (("secret", SECRET), ("other", ELSEWHERE)):
            title = f"plain step supervises {word} project"
            with organisation_scope(self.cast.organisation), actions.changeset(title=title, by=None):
                own.plant(Supervision, project=self.planters[place].row(Project))
        with organisation_scope(self.cast.organisation):
            make_forecast(office=self.cast.office)  # of what is open and of what is not

    def _player(self, name: str, person: Person) -> Player:
        client = Client()
        client.force_login(person.user)
        with organisation_scope(person.organisation):
            _, secret = actions.issue_token(person=person, name="matrix", days=30, may_write=True, by=person)
        return Player(name, person, client.cookies[settings.SESSION_COOKIE_NAME].value, secret)

    def _stranger(self, place: str) -> Person:
        """Who owns the rows of a place, so that no player does; holds an ordinary role there."""
        scopes = {"own": self.cast.office.scope, "other": self.cast.second_office.scope, "project": self.cast.project_scope}
        person = actions.add_person(name=f"Stranger {place}", email=f"stranger-{place}@aldermere.example", by=None)
        actions.open_account(person=person, password="a long enough password", by=None)
        actions.grant_role(person=person, role=Role.TEAM_MEMBER, scope=scopes[place], by=None)
        return person

    def rows(self, labels: tuple[str, ...], place: str) -> tuple[Any, ...] | None:
        """The rows an address names, in a place; None where there can be none of the kind."""
        key = (place, labels)
        if key not in self._rows:
            owner = self.cast.foreign if place == "foreign" else self.cast.organisation
            with organisation_scope(owner), actions.changeset(title=f"{self.planters[place].word} rows", by=None):
                self._rows[key] = self._planted(labels, place)
        return self._rows[key]

    def _planted(self, labels: tuple[str, ...], place: str) -> tuple[Any, ...] | None:
        planter = self.planters[place]
        found: list[Any] = []
        for label in labels:
            if label.startswith('"'):
                found.append(label.strip('"'))
                continue
            model = apps.get_model(label)
            row = self._mine(model, planter) if place == "mine" else self._special(model, planter) or planter.row(model)
            if row is None:
                return None
            found.append(row)
        return tuple(found)

    def _special(self, model: Any, planter: Planter) -> Any:
        if model is Changeset:
            return self._changeset(planter, by=planter.rows[Person])
        if model is RoleGrant:
            return RoleGrant.objects.get(person=planter.rows[Person], scope=planter.scope)
        return None

    def _changeset(self, planter: Planter, *, by: Person | None) -> Changeset:
        """An action of its own that added an objective in this place."""
        office = planter.row("purpose.Office")
        made = Changeset.objects.create(
            organisation=planter.scope.organisation, title=f"{planter.word} action", by=by, at=timezone.now()
        )
        with history.writing(made):
            Objective(office=office, title=f"{planter.word} objective", is_confidential=bool(planter.confidential)).save()
        return made

    def _mine(self, model: Any, planter: Planter) -> Any:
        """A row of the second office that is nobody's own, where `nobody` is a person without a role."""
        nobody = self.cast.nobody
        if model is Person:
            return nobody
        if model is Changeset:
            return self._changeset(planter, by=nobody)
        if model in (PlanningSession, AgendaItem, EstimateRound, StepProposal):
            return self._to_which_one_is_invited(model, planter)
        if model._meta.label == "schedule.Activity":
            resource = planter.plant(apps.get_model("schedule.Resource"), person=None, name="Nobody's hands")
            held = apps.get_model("schedule.Resource").objects.filter(person=nobody).first()
            if held is None:
                resource.person = nobody
                resource.save()
            activity = planter.plant(model)
            planter.plant(apps.get_model("schedule.Assignment"), activity=activity, resource=held or resource)
            return activity
        names = (*getattr(model, "own_paths", ()), "person", "by", "asked")
        path = next((n for n in names if "__" not in n and any(f.name == n for f in model._meta.fields)), None)
        return planter.plant(model, **{path: nobody}) if path else None

    def _to_which_one_is_invited(self, model: Any, planter: Planter) -> Any:
        """A planning session to which `nobody` is invited, what is on its agenda, proposed by him, or asked of him."""
        session = planter.plant(PlanningSession)
        planter.plant(Invitee, session=session, person=self.cast.nobody)
        if model is PlanningSession:
            return session
        item = planter.plant(AgendaItem, session=session)
        if model is AgendaItem:
            return item
        if model is StepProposal:
            return planter.plant(StepProposal, session=session, item=item, by=self.cast.nobody)
        asked = planter.plant(EstimateRound, session=session, item=item)
        planter.plant(Estimate, round=asked, person=self.cast.nobody)
        return asked

    def is_scoped(self, label: str) -> bool:
        """Whether rows of this model belong to a scope."""
        return bool(scope_paths(apps.get_model(label)))

    def has_secrets(self, label: str) -> bool:
        """Whether rows of this model can be confidential."""
        return bool(confidential_path(apps.get_model(label)))

    def hides(self, label: str, place: str) -> bool:
        """Whether rows of this model in this place are hidden from who has rights on one's own office, without secrets."""
        return self.has_secrets(label) if place == "secret" else self.is_scoped(label)


def covers(player: str, place: str) -> bool:
    """Whether the scope on which a player holds the role reaches a place."""
    if player == Role.ADMINISTRATOR:
        return place != "foreign"
    if player == Role.CLIENT:
        return place == "project"
    return place in ("own", "project", "secret")
