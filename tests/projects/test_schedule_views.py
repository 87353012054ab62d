"""Saved views of the page of a schedule: kept, opened, seen first, shared, taken back; and nobody named to who may not know."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset, erase_person, grant_role
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.kit import history
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects.models import Project
from goldenthread.workspace import actions
from goldenthread.workspace.models import SavedView
from tests.formats.schedules import WEIR
from tests.projects.test_stored_schedules import stored


@pytest.fixture
def weir(cast) -> Project:
    stored(cast, read_schedule(WEIR))
    return Project.objects.get()


def keep(project: Project, by, name: str = "Critical", **given) -> SavedView:
    settings = given.pop("settings", {"show": "critical", "columns": "finish,float"})
    place = {"page": "projects:schedule", "ref_kind": "project", "ref_id": project.pk}
    return actions.save_view(**place, name=name, settings=settings, by=by, **given)


def page(cast, project: Project, person, query: str = "") -> str:
    return cast.client(person).get(f"/projects/{project.pk}/schedule{query}").content.decode()


def rows(text: str) -> str:
    return text.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]


def test_a_view_is_saved_as_the_page_looks_and_opened_again(cast, weir):
    build = weir.schedule.activities.get(name="Build")
    client, address = cast.client(cast.head), f"/projects/{weir.pk}/schedule"
    shown = client.get(f"{address}?zoom=month&columns=finish&toggle={build.pk}").content.decode()
    for name, value in (("zoom", "month"), ("columns", "finish"), ("folded", str(build.pk))):
        assert f'<input type="hidden" name="{name}" value="{value}">' in shown
    sent = {"name": " My  month ", "zoom": "month", "columns": "finish", "folded": build.pk, "page": "3", "nonsense": "x"}
    answer = client.post(f"{address}/views", sent)
    assert answer.status_code == 303
    assert SavedView.objects.get().settings == {"zoom": "month", "columns": "finish", "folded": str(build.pk)}
    opened = client.get(answer["Location"]).content.decode()
    assert "Dig" not in rows(opened)
    assert "My month" in opened
    assert 'aria-current="true">My month' in opened
    assert 'aria-current="true">My month' not in page(cast, weir, cast.head, "?zoom=year")


def test_ones_own_view_comes_first_where_nothing_else_is_asked_for(cast, weir):
    keep(weir, cast.head, "Milestones", settings={"show": "milestones"}, is_default=True)
    assert "Dig" not in rows(page(cast, weir, cast.head))
    assert "Dig" in rows(page(cast, weir, cast.head, "?all=1"))
    assert "Dig" in rows(page(cast, weir, cast.head, "?q=dig"))
    assert "Dig" in rows(page(cast, weir, cast.people[Role.PMO])), "nobody else sees it first"
    keep(weir, cast.head, "Whole", settings={}, is_default=True)
    assert [(one.name, one.is_default) for one in SavedView.objects.order_by("name")] == [("Milestones", False), ("Whole", True)]


def test_the_same_name_again_takes_the_place_of_the_view_and_can_be_undone(cast, weir):
    keep(weir, cast.head)
    keep(weir, cast.head, settings={"show": "late"})
    assert SavedView.objects.get().settings == {"show": "late"}
    undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.head))
    assert SavedView.objects.get().settings["show"] == "critical"
    actions.remove_view(view=SavedView.objects.get(), by=cast.head)
    assert not SavedView.objects.exists()
    undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.head))
    assert SavedView.objects.get().name == "Critical"


def test_a_view_is_renamed_shared_and_removed_on_the_page(cast, weir):
    view = keep(weir, cast.head)
    keep(weir, cast.head, "Late")
    client, address = cast.client(cast.head), f"/views/{view.pk}"
    assert client.post(address, {"name": "Urgent", "is_shared": "on", "version": view.version}).status_code == 303
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.is_default) == ("Urgent", True, False)
    assert client.post(address, {"name": "Late", "version": view.version}).status_code == 422
    with pytest.raises(Conflict):
        actions.change_view(view=view, changes={"name": "Other"}, by=cast.head, version=view.version + 7)
    assert cast.client(cast.people[Role.PMO]).post(address, {"name": "Mine", "version": view.version}).status_code == 404
    assert client.post(address, {"remove": "1"}).status_code == 303
    assert [one.name for one in SavedView.objects.all()] == ["Late"]


def test_who_may_change_the_project_shares_and_who_sees_it_opens(cast, weir):
    reader = cast.people[Role.FUNCTIONAL_MANAGER]
    keep(weir, cast.head, "Private")
    keep(weir, cast.head, "For all", is_shared=True)
    seen = page(cast, weir, reader)
    assert "For all" in seen
    assert f"from {cast.head}" in seen
    assert "Private" not in seen
    keep(weir, reader, "Own")
    with pytest.raises(Forbidden):
        keep(weir, reader, "Own", is_shared=True)
    with pytest.raises(Forbidden):
        actions.change_view(view=SavedView.objects.get(name="Own"), changes={"is_shared": True}, by=reader)
    assert "Share it" not in seen
    assert "Share it" in page(cast, weir, cast.head)


def test_who_sees_the_project_no_more_changes_no_view_of_it_and_may_take_it_back(cast, weir):
    reader = cast.people[Role.AUDITOR]
    view = keep(weir, reader, "Mine")
    SavedView.objects.filter(pk=view.pk).update(is_shared=True)
    view.refresh_from_db()
    with pytest.raises(Forbidden):
        actions.change_view(view=view, changes={"name": "Rude"}, by=reader)
    actions.change_view(view=view, changes={"is_shared": False}, by=reader)
    outside = cast.nobody
    SavedView.objects.filter(pk=view.pk).update(by=outside)
    client = cast.client(outside)
    assert client.post(f"/views/{view.pk}", {"name": "Rude", "is_shared": "on"}).status_code == 422
    assert SavedView.objects.get(pk=view.pk).name == "Mine"
    client.post(f"/views/{view.pk}", {"remove": ""})
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_a_shared_view_names_nobody_to_who_may_not_see_people(cast, weir):
    keep(weir, cast.head, "Of Ada’s", settings={"who": "Ada", "zoom": "month"}, is_shared=True)
    assert "who=Ada" in page(cast, weir, cast.head)
    with changeset(title="The member leads it", by=None):
        history.change(weir, {"manager": cast.member})
    seen = page(cast, weir, cast.member)
    assert "zoom=month" in seen
    assert "who=Ada" not in seen
    assert "shared" in seen
    assert str(cast.head) not in seen


@pytest.mark.parametrize(
    ("name", "settings", "why"),
    [("  ", {}, "needs a name"), ("x" * 81, {}, "at most 80"), ("Much", {"folded": "1," * 2500}, "Unfold some rows")],
)
def test_what_cannot_be_kept_is_refused(cast, weir, name, settings, why):
    with pytest.raises(Refused) as refusal:
        keep(weir, cast.head, name, settings=settings)
    assert why in f"{refusal.value} {refusal.value.advice}"
    assert not SavedView.objects.exists()


def test_there_are_at_most_so_many_views_of_a_person(cast, weir, monkeypatch):
    monkeypatch.setattr("goldenthread.workspace.actions.views.MOST", 2)
    keep(weir, cast.head, "One")
    keep(weir, cast.head, "Two")
    keep(weir, cast.head, "Two", settings={"show": "late"})
    with pytest.raises(Refused):
        keep(weir, cast.head, "Three")


def test_views_are_of_what_one_sees_and_cost_one_statement(cast, weir):
    client_role = cast.people[Role.CLIENT]
    with changeset(title="A client of the project", by=None):
        grant_role(person=client_role, role=Role.CLIENT, scope=weir.scope, by=None)
    assert cast.client(client_role).post(f"/projects/{weir.pk}/schedule/views", {"name": "Mine"}).status_code == 404
    counts = []
    for views in (1, 9):
        for n in range(views):
            keep(weir, cast.head, f"View {n}")
        client = cast.client(cast.head)
        client.get(f"/projects/{weir.pk}/schedule?all=1")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/projects/{weir.pk}/schedule?all=1")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_name_of_an_erased_person_stands_in_no_view(cast, weir):
    name = cast.member.name
    keep(weir, cast.head, f"Work of {name}", settings={"who": name}, is_shared=True)
    with changeset(title="The member leads it", by=None):
        history.change(weir, {"manager": cast.member})
    keep(weir, cast.fresh(cast.member), "Mine", settings={"q": name})
    erase_person(person=cast.member, reason="Asked for", typed=name, by=cast.admin)
    assert SavedView.objects.count() == 2
    told = [(one.name, one.settings) for one in (*SavedView.objects.all(), *history.records(SavedView))]
    assert name not in str(told)
    assert f"Person {cast.member.pk}" in str(told)


def test_a_view_of_the_whole_can_be_changed_too(cast, weir):
    view = keep(weir, cast.head, "Whole", settings={})
    actions.change_view(view=view, changes={"name": "All of it"}, by=cast.head, version=view.version)
    assert SavedView.objects.get().name == "All of it"
