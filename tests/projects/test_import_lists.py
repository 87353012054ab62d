"""Project lists: what the first one adds, what the next one changes, asks and marks; one changeset, one undo."""

from datetime import date

import pytest
from django.utils import timezone

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects import actions, queries
from goldenthread.projects.actions import Decisions, apply_list, import_project_file
from goldenthread.projects.models import Project, StatusReport
from tests.projects.conftest import LIST, NEXT, data


def compare(cast, text, person=None):
    listed = read_guarded("projects", data(text)).projects
    person = person or cast.head
    return queries.dry_run(listed, person=person, under=queries.home_scope(person), currency="GBP")


def take_in(cast, text, decisions=None, as_of=None):
    return apply_list(
        compared=compare(cast, text), decisions=decisions or Decisions(), by=cast.head, name="list.csv", as_of=as_of
    )


def stored():
    return {p.reference: p for p in Project.objects.all()}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(cast):
    found, written = import_project_file(data=data(LIST), name="list.csv", by=cast.head, dry_run=True)
    counts = found.counts()
    assert (counts["projects"], counts["new"], counts["withheld"]) == (3, 3, 1)
    assert written is None
    assert not Project.objects.exists()


def test_the_first_list_is_read_as_it_is_kept(cast):
    written = take_in(cast, LIST)
    rows = stored()
    assert (written["new"], written["reports"]) == (3, 3)
    assert rows["P-1"].budget_minor == 1_200_000_00
    assert (rows["P-1"].currency, rows["P-1"].rating, rows["P-1"].finishes_on) == ("GBP", "GREEN", date(2027, 6, 30))
    assert rows["P-3"].finishes_on is None
    assert rows["P-3"].withheld == {"finishes_on": "to be agreed"}
    assert rows["P-2"].department == "Networks"


def test_the_next_list_changes_what_it_says_marks_what_is_gone_and_adds_what_is_new(cast):
    take_in(cast, LIST)
    found = compare(cast, NEXT)
    assert found.is_next_edition
    assert {k: v for k, v in found.counts().items() if k in {"new", "matched", "renamed", "gone"}} == {
        "new": 1, "matched": 1, "renamed": 1, "gone": 1,
    }  # fmt: skip
    changes = {m.listed.values["reference"]: sorted(m.changes) for m in found.matched}
    assert changes == {"P-1": ["finishes_on", "rating"]}
    take_in(cast, NEXT)
    rows = stored()
    assert rows["P-2"].name == "Finding leaks early"
    assert rows["P-3"].gone_on == timezone.localdate()
    assert rows["P-1"].finishes_on == date(2027, 9, 30)
    assert {p.scope.name for p in Project.objects.select_related("scope")} >= {"Finding leaks early", "Field tablets"}


def test_decisions_are_followed(cast):
    take_in(cast, LIST)
    found = compare(cast, NEXT)
    row = found.renamed[0].listed.row
    apply_list(compared=found, decisions=Decisions(same={row: False}, marks_gone=False), by=cast.head, name="next.csv")
    assert Project.objects.filter(reference="P-2").count() == 2
    assert not Project.objects.filter(gone_on__isnull=False).exists()


def test_one_kept_project_is_not_marked(cast):
    take_in(cast, LIST)
    found = compare(cast, NEXT)
    apply_list(compared=found, decisions=Decisions(keeps=frozenset({found.gone[0].pk})), by=cast.head, name="next.csv")
    assert not Project.objects.filter(gone_on__isnull=False).exists()


def test_a_project_that_comes_back_is_no_longer_gone(cast):
    for text in (LIST, NEXT, LIST):
        take_in(cast, text)
    assert stored()["P-3"].gone_on is None
    assert Project.objects.count() == 4


def test_another_list_does_not_make_projects_of_the_first_disappear(cast):
    take_in(cast, LIST)
    other = "Ref;Project;Department\nX-1;Pump stations;Works\nX-2;Reservoirs;Works\nX-3;Mains;Works\n"
    found = compare(cast, other)
    assert (found.is_next_edition, found.counts()["gone"]) == (False, 0)
    take_in(cast, other)
    assert not Project.objects.filter(gone_on__isnull=False).exists()


def test_projects_entered_by_hand_are_found_again_and_never_gone(cast):
    actions.add_project(name="Billing renewal", department="Customer", by=cast.head)
    actions.add_project(name="Entered by hand", by=cast.head)
    take_in(cast, LIST)
    assert Project.objects.count() == 4
    assert not Project.objects.filter(gone_on__isnull=False).exists()


def test_the_same_list_again_changes_nothing_and_reports_nothing_twice(cast):
    take_in(cast, LIST)
    versions = dict(Project.objects.values_list("pk", "version"))
    written = take_in(cast, LIST)
    assert (written["updated"], written["new"], written["reports"]) == (0, 0, 0)
    assert dict(Project.objects.values_list("pk", "version")) == versions
    assert StatusReport.objects.count() == 3


def test_an_approved_finish_that_changes_is_a_rebaselining(cast):
    first = "Project;Baseline finish;Finish\nA plan;2026-01-31;2026-02-28\nB plan;2026-01-31;2026-02-28\n"
    take_in(cast, first)
    take_in(cast, first.replace("A plan;2026-01-31", "A plan;2026-06-30"))
    assert dict(Project.objects.values_list("name", "rebaselined")) == {"A plan": 1, "B plan": 0}


def test_an_import_is_one_changeset_and_one_undo_takes_all_of_it_back(cast):
    take_in(cast, LIST, as_of=date(2026, 3, 31))
    before = list(
        Project.objects.order_by("pk").values("pk", "name", "rating", "finishes_on", "gone_on", "withheld", "source_key")
    )
    changesets = Changeset.objects.count()
    take_in(cast, NEXT)
    assert Changeset.objects.count() == changesets + 1
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    after = list(
        Project.objects.order_by("pk").values("pk", "name", "rating", "finishes_on", "gone_on", "withheld", "source_key")
    )
    assert after == before
    assert not StatusReport.objects.filter(on__gt=date(2026, 3, 31), withdrawn_at__isnull=True).exists()


def test_the_first_import_undone_leaves_nothing(cast):
    take_in(cast, LIST)
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert not Project.objects.exists()
    take_in(cast, LIST)
    assert Project.objects.count() == 3


def test_who_looked_at_an_older_state_is_asked_to_look_again(cast):
    take_in(cast, LIST)
    found = compare(cast, NEXT)
    row = Project.objects.get(reference="P-1")
    actions.edit_project(project=row, changes={"department": "Elsewhere"}, by=cast.pmo)
    with pytest.raises(Refused, match="Billing renewal"):
        apply_list(compared=found, decisions=Decisions(), by=cast.head, name="next.csv")
    found = compare(cast, NEXT)
    actions.add_project(name="Meanwhile", by=cast.pmo)
    with pytest.raises(Refused, match="added or removed"):
        apply_list(compared=found, decisions=Decisions(), by=cast.head, name="next.csv")
    assert not Project.objects.filter(reference="P-4").exists()


def test_a_list_of_tomorrow_is_refused(cast):
    with pytest.raises(Refused):
        take_in(cast, LIST, as_of=date(2199, 1, 1))
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.PROJECT_MANAGER, Role.TEAM_MEMBER, Role.AUDITOR, Role.SPONSOR, Role.CLIENT, Role.ADMINISTRATOR]
)
def test_only_who_may_import_and_edit_projects_imports(cast, role):
    with pytest.raises(Forbidden):
        import_project_file(data=data(LIST), name="list.csv", by=cast.people[role])
    assert not Project.objects.exists()


def test_the_second_office_and_the_other_organisation_see_nothing_of_it(cast):
    take_in(cast, LIST)
    found = compare(cast, LIST, cast.fresh(cast.people[Role.PROJECT_ADMINISTRATOR]))
    assert found.counts()["matched"] == 3
    listed = read_guarded("projects", data(LIST)).projects
    elsewhere = queries.dry_run(listed, person=None, under=cast.second_office.scope, currency="GBP")
    assert elsewhere.counts()["new"] == 3


@pytest.mark.parametrize(
    "hostile",
    [b"", b"\0\0\0\0", b"PK\x03\x04broken", b"Project\n", b"a", b"\xff\xfe\x00", b'<?xml version="1.0"?><!DOCTYPE a><a/>'],
    ids=["empty", "nul", "broken zip", "header only", "one letter", "half a mark", "xml"],
)
def test_what_is_no_list_is_refused_and_nothing_changes(cast, hostile):
    changesets = Changeset.objects.count()
    with pytest.raises((FormatError, Refused)):
        import_project_file(data=hostile, name="bad.csv", by=cast.head)
    assert (Project.objects.count(), Changeset.objects.count()) == (0, changesets)


def test_formulas_long_texts_and_odd_numbers_in_cells_do_no_harm(cast):
    text = f'Project;Budget;Finish\n"=HYPERLINK(""http://x"")";1e400;31/02/2027\n{"N" * 400};-5;9999-99-99\n'
    text += "Fine;20;2027-03-31\nFine too;30;2027-04-30\nAnd this;40;2027-05-31\n"
    take_in(cast, text)
    odd = {p.name: p for p in Project.objects.exclude(name__in=["Fine", "Fine too", "And this"])}
    assert set(odd) == {'=HYPERLINK("http://x")', "N" * 300}
    assert {p.finishes_on for p in odd.values()} == {None}
    assert all({"finishes_on", "budget_minor"} <= set(p.withheld) for p in odd.values())


def test_a_finish_before_its_start_is_kept_as_words(cast):
    take_in(cast, "Project;Start;Finish\nBackwards;2027-01-01;2026-01-01\nForwards;2026-01-01;2027-01-01\n")
    row = Project.objects.get(name="Backwards")
    assert row.finishes_on is None
    assert "before the start" in row.withheld["finishes_on"]


def test_a_member_takes_back_the_own_import_but_not_that_of_the_head(cast):
    member = cast.fresh(cast.pmo)
    apply_list(compared=compare(cast, LIST, member), decisions=Decisions(), by=member, name="list.csv")
    undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.pmo))
    assert not Project.objects.exists()
    take_in(cast, LIST)
    with pytest.raises(Forbidden):
        undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.people[Role.PROJECT_MANAGER]))
    assert Project.objects.count() == 3


def of(cast, text, day):
    return queries.of_day(compare(cast, text), day)


def test_what_stands_in_an_older_list_alone_was_gone_by_the_next_one(cast):
    take_in(cast, NEXT, as_of=date(2026, 3, 31))
    now = {p.name: (p.state, p.gone_on) for p in Project.objects.all()}
    found = of(cast, LIST, date(2025, 3, 31))
    assert found.followed_on == date(2026, 3, 31)
    alone = [listed.values["name"] for listed in found.new]
    assert alone
    apply_list(compared=found, decisions=Decisions(), by=cast.head, name="list.csv", as_of=date(2025, 3, 31))
    for name in alone:
        assert Project.objects.get(name=name).gone_on == date(2026, 3, 31)
    assert {p.name: (p.state, p.gone_on) for p in Project.objects.exclude(name__in=alone)} == now


def test_a_report_by_hand_is_no_later_list(cast):
    take_in(cast, LIST, as_of=date(2025, 3, 31))
    project = Project.objects.earliest("pk")
    actions.report_status(project=project, on=date(2025, 9, 1), rating="GREEN", comment="On course", by=cast.head)
    assert of(cast, NEXT, date(2025, 6, 30)).followed_on is None
    assert of(cast, NEXT, date(2024, 6, 30)).followed_on == date(2025, 3, 31)
