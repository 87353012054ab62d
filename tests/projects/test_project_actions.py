"""What one can do with a project: add, change, end, report; by whom; and that each is undone by one undo."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from goldenthread.accounts.models import Changeset, Scope, ScopePath
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects import actions, queries
from goldenthread.projects.models import Project, StatusReport

TODAY = timezone.localdate


def test_a_project_lies_under_the_office_of_who_adds_it(cast):
    made = actions.add_project(name=" Field tablets ", by=cast.head, budget_minor=5_000_00)
    assert (made.name, made.currency) == ("Field tablets", "EUR")
    assert ScopePath.objects.filter(ancestor=cast.office.scope, descendant=made.scope).exists()
    assert made.scope.scope_kind == Scope.ScopeKind.PROJECT


def test_a_project_of_a_programme_lies_under_the_programme(cast):
    programme = actions.add_programme(name="Networks", by=cast.head)
    made = actions.add_project(name="Leaks", by=cast.head, under=programme.scope, programme=programme)
    ancestors = set(ScopePath.objects.filter(descendant=made.scope).values_list("ancestor_id", flat=True))
    assert {programme.scope_id, cast.office.scope_id, cast.top.pk} <= ancestors


def test_many_projects_are_one_action_in_few_statements(cast, django_assert_max_num_queries):
    rows = [{"name": f"Project {n}", "budget_minor": n} for n in range(120)]
    with django_assert_max_num_queries(20):
        made = actions.add_projects(rows=rows, by=cast.head)
    assert len({p.scope_id for p in made}) == 120
    assert Changeset.objects.filter(title="Add 120 projects").count() == 1
    assert queries.project_table(cast.head, queries.Filters(), TODAY()).total == 120


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "A", "starts_on": date(2026, 2, 2), "finishes_on": date(2026, 2, 1)}, "finishes_on"),
        ({"name": "A", "currency": "QQQ"}, "currency"),
        ({"name": "A", "budget_minor": -1}, "budget_minor"),
        ({"name": "A", "state": "SLEEPING"}, "state"),
        ({"name": "A" * 301}, "name"),
        ({"name": "A", "source_key": "x"}, "source_key"),
    ],
)
def test_what_a_project_cannot_be_is_refused_with_its_field(cast, given, field):
    with pytest.raises(Refused) as refusal:
        actions.add_project(by=cast.head, **given)
    assert refusal.value.field == field
    assert not Project.objects.exists()


@pytest.mark.parametrize("role", [Role.TEAM_MEMBER, Role.CLIENT, Role.AUDITOR, Role.SPONSOR, Role.ADMINISTRATOR])
def test_who_may_not_edit_projects_adds_none(cast, role):
    with pytest.raises(Forbidden):
        actions.add_project(name="Mine", by=cast.people[role], under=cast.office.scope)


def test_a_head_adds_nothing_to_another_office(cast):
    with pytest.raises(Forbidden):
        actions.add_project(name="Mine", by=cast.head, under=cast.second_office.scope)


def test_confidential_is_decided_by_who_may_see_secrets(cast):
    with pytest.raises(Forbidden):
        actions.add_project(name="Quiet", by=cast.pmo, is_confidential=True)
    made = actions.add_project(name="Quiet", by=cast.head, is_confidential=True)
    assert not queries.project_table(cast.pmo, queries.Filters(), TODAY()).total
    with pytest.raises(Forbidden):
        actions.edit_project(project=made, changes={"is_confidential": False}, by=cast.pmo)


def test_replacing_the_approved_finish_counts_as_a_rebaselining(cast, project, undo_last):
    for month in (1, 2, 3):
        actions.edit_project(project=project, changes={"baseline_finish": date(2027, month, 1)}, by=cast.head)
    actions.edit_project(project=project, changes={"department": "Customer"}, by=cast.head)
    project.refresh_from_db()
    assert project.rebaselined == 3
    undo_last()
    undo_last_but_one = Changeset.objects.filter(title__startswith="Edit", undone_by__isnull=True).latest("id")
    assert undo_last_but_one.title == "Edit Billing renewal"
    project.refresh_from_db()
    assert (project.rebaselined, project.department) == (3, "")


def test_somebody_elses_change_is_not_overwritten(cast, project):
    seen = project.version
    actions.edit_project(project=Project.objects.get(), changes={"department": "Networks"}, by=cast.head)
    with pytest.raises(Conflict) as conflict:
        actions.edit_project(project=Project.objects.get(), changes={"department": "Customer"}, by=cast.pmo, version=seen)
    assert [(d.field, d.yours, d.theirs) for d in conflict.value.differences] == [("department", "Customer", "Networks")]
    assert Project.objects.get().department == "Networks"


def test_a_renamed_project_has_a_renamed_scope(cast, project):
    actions.edit_project(project=project, changes={"name": "Billing, renewed"}, by=cast.head)
    assert Scope.objects.get(pk=project.scope_id).name == "Billing, renewed"


def test_a_project_is_ended_by_closing_or_cancelling_it(cast, project, undo_last):
    with pytest.raises(Refused):
        actions.edit_project(project=project, changes={"state": "CLOSED"}, by=cast.head)
    with pytest.raises(Refused):
        actions.cancel_project(project=project, by=cast.head, because=" ")
    actions.close_project(project=project, by=cast.head, on=date(2026, 11, 1))
    project.refresh_from_db()
    assert (project.state, project.finishes_on) == ("CLOSED", date(2026, 11, 1))
    with pytest.raises(Refused):
        actions.cancel_project(project=project, by=cast.head, because="no money")
    undo_last()
    project.refresh_from_db()
    assert (project.state, project.finishes_on) == ("RUNNING", date(2026, 12, 31))


def test_the_newest_report_sets_what_the_project_shows(cast, project):
    today = TODAY()
    actions.report_status(project=project, by=cast.head, rating="RED", on=today, finishes_on=date(2027, 3, 1), comment="late")
    actions.report_status(project=project, by=cast.head, rating="AMBER", on=today - timedelta(days=30))
    project.refresh_from_db()
    assert (project.rating, project.finishes_on) == ("RED", date(2027, 3, 1))
    assert StatusReport.objects.count() == 2


def test_a_second_report_of_a_day_replaces_the_first_and_undo_brings_it_back(cast, project, undo_last):
    actions.report_status(project=project, by=cast.head, rating="AMBER")
    actions.report_status(project=project, by=cast.head, rating="RED")
    assert [(r.rating, bool(r.withdrawn_at)) for r in StatusReport.objects.order_by("id")] == [("AMBER", True), ("RED", False)]
    undo_last()
    assert [(r.rating, bool(r.withdrawn_at)) for r in StatusReport.objects.order_by("id")] == [("AMBER", False), ("RED", True)]
    project.refresh_from_db()
    assert project.rating == "AMBER"


def test_a_report_is_about_today_or_before_and_says_something(cast, project):
    with pytest.raises(Refused):
        actions.report_status(project=project, by=cast.head, rating="RED", on=TODAY() + timedelta(days=1))
    with pytest.raises(Refused):
        actions.report_status(project=project, by=cast.head)
    assert not StatusReport.objects.exists()


def test_the_manager_reports_on_the_own_project_without_a_role(cast, project):
    with pytest.raises(Forbidden):
        actions.report_status(project=project, by=cast.nobody, rating="RED")
    actions.edit_project(project=project, changes={"manager": cast.nobody}, by=cast.head)
    actions.report_status(project=project, by=cast.nobody, rating="RED")
    with pytest.raises(Forbidden):
        actions.edit_project(project=project, changes={"name": "Mine"}, by=cast.nobody)


def test_a_withdrawn_report_stays_to_be_seen(cast, project):
    report = actions.report_status(project=project, by=cast.head, rating="RED")
    with pytest.raises(Refused):
        actions.withdraw_report(report=report, by=cast.head, because="")
    actions.withdraw_report(report=report, by=cast.head, because="the wrong project")
    page = queries.project_page(project, TODAY())
    assert [(r.rating, r.withdrawn_because) for r in page.reports] == [("RED", "the wrong project")]
