"""The activity tells each reader what happened, and never more than that reader may see."""

import pytest
from django.urls import reverse

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries.changes import PAGE
from goldenthread.accounts.undo import undo
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.plan.actions import found_plan
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Resource
from tests.rows import MOMENT


def add_objective(office, title: str, *, by=None, secret: bool = False) -> tuple[Objective, Changeset]:
    with actions.changeset(title=f"Add {title}", by=by) as made:
        row = Objective(office=office, title=title, is_confidential=secret)
        row.save()
        made.about = f"objective:{row.pk}"
    return row, made


def seen(person: Person) -> dict[int, queries.Line]:
    return {line.changeset.pk: line for line in queries.activity(person).lines}


def test_newest_first_and_on_by_id(cast):
    for number in range(PAGE + 5):
        actions.add_person(name=f"Person {number}", by=None)
    first = queries.activity(cast.admin)
    ids = [line.changeset.pk for line in first.lines]
    assert len(ids) == PAGE
    assert ids == sorted(ids, reverse=True)
    second = queries.activity(cast.admin, before=first.older)
    assert second.lines[0].changeset.pk == ids[-1] - 1
    actions.add_person(name="Meanwhile", by=None)
    assert queries.activity(cast.admin, before=first.older).lines[0].changeset.pk == ids[-1] - 1, (
        "a page does not move under the reader"
    )


def test_a_filter_by_person_kind_and_one_thing(cast):
    row, made = add_objective(cast.office, "Fewer leaks", by=cast.pmo)
    actions.add_person(name="Other", by=cast.admin)
    ids = lambda **wanted: [line.changeset.pk for line in queries.activity(cast.head, **wanted).lines]
    assert ids(by=cast.pmo.pk) == [made.pk]
    assert ids(about="objective") == [made.pk]
    assert ids(about=f"objective:{row.pk}") == [made.pk]
    assert ids(about="objective:999999") == []
    assert made.pk not in ids(source="IMPORT")


def test_what_one_may_not_see_is_not_told(cast):
    _, secret = add_objective(cast.office, "Close the depot", secret=True)
    _, elsewhere = add_objective(cast.second_office, "Elsewhere")
    _, plain = add_objective(cast.office, "Plain")
    assert set(seen(cast.pmo)) >= {plain.pk}
    assert not {secret.pk, elsewhere.pk} & set(seen(cast.pmo))
    assert seen(cast.head)[secret.pk].is_open
    masked = seen(cast.admin)[secret.pk]
    assert not masked.is_open
    assert masked.counts == (("objective", 1),)
    page = cast.client(cast.admin).get(reverse("accounts:changes", args=[secret.pk])).content.decode()
    assert "depot" not in page
    assert "1 more row is not shown" in page


def test_what_was_open_and_became_confidential_is_told_no_more(cast):
    row, made = add_objective(cast.office, "Outsource the laboratory")
    assert seen(cast.pmo)[made.pk].is_open
    with actions.changeset(title="Hide it", by=cast.head):
        history.change(row, {"is_confidential": True})
    assert made.pk not in seen(cast.pmo)


def test_an_action_that_changed_nothing_tells_its_title_to_its_author_alone(cast):
    row, _ = add_objective(cast.office, "Sell the mast", secret=True)
    with actions.changeset(title=f"Edit {row.title}", by=cast.head) as empty:
        history.change(row, {"title": row.title})
    assert seen(cast.head)[empty.pk].is_open
    assert not seen(cast.admin)[empty.pk].is_open
    assert empty.pk not in seen(cast.pmo)


def test_changes_of_settings_are_told_to_who_watches_the_whole(cast):
    actions.edit_organisation(organisation=cast.organisation, changes={"fiscal_year_start": 4}, by=cast.admin)
    made = Changeset.objects.order_by("-id").first()
    assert seen(cast.admin)[made.pk].is_open
    assert made.reason == "fiscal year start: 1 → 4"
    assert made.pk not in seen(cast.head)


def test_everybody_sees_what_they_did_themselves(cast):
    _, made = add_objective(cast.office, "Mine", by=cast.nobody)
    assert list(seen(cast.nobody)) == [made.pk]


def test_a_change_is_shown_field_by_field_with_names_for_references(cast):
    row, _ = add_objective(cast.office, "Fewer leaks")
    with actions.changeset(title="Edit", by=cast.head) as made:
        history.change(row, {"title": "Half the leaks", "owner": cast.pmo, "state": "PROPOSED"})
    (change,), hidden = queries.changes_of(made, cast.head)
    assert hidden == 0
    assert (change.noun, change.verb) == ("objective", "changed")
    assert set(change.fields) == {
        ("title", "Fewer leaks", "Half the leaks"),
        ("owner", None, "PMO member Aldermere"),
        ("state", "Draft", "Proposed"),
    }


def test_a_reference_to_what_one_may_not_see_is_not_named(cast):
    """An edit of an open row that names a confidential one."""
    secret, _ = add_objective(cast.office, "Sell the mast", secret=True)
    with actions.changeset(title="Ground", by=None):
        kpi = Kpi(office=cast.office, name="Leaks")
        kpi.save()
    with actions.changeset(title="Aim", by=None) as made:
        Target(objective=secret, kpi=kpi).save()
    assert queries.changes_of(made, cast.pmo) == ((), 1)
    (change,), _ = queries.changes_of(made, cast.head)
    assert ("objective", None, "Sell the mast") in change.fields


@pytest.mark.skipif(
    "cost_minor" not in getattr(Resource, "restricted_fields", {}), reason="cost rates are not marked as restricted"
)
def test_a_cost_rate_is_shown_to_those_with_the_right(cast):
    with actions.changeset(title="Add", by=None) as made:
        Resource(name="Crane", cost_minor=12345).save()
    assert "12345" in str(queries.changes_of(made, cast.head))
    assert "12345" not in str(queries.changes_of(made, cast.pmo))


def test_secrets_are_never_shown(cast):
    actions.invite(person=cast.nobody, by=cast.admin)
    made = Changeset.objects.order_by("-id").first()
    changes, _ = queries.changes_of(made, cast.admin)
    assert changes
    assert "digest" not in str(changes)


def test_the_page_needs_as_many_statements_for_many_lines_as_for_few(cast, django_assert_max_num_queries):
    client = cast.client(cast.head)
    url = reverse("accounts:activity")
    client.get(url)
    with django_assert_max_num_queries(14) as few:
        client.get(url)
    for number in range(30):
        add_objective(cast.office, f"Objective {number}", by=cast.pmo)
    with django_assert_max_num_queries(14) as many:
        client.get(url)
    assert len(few) == len(many)


def test_a_refused_undo_is_explained_where_the_action_stands(cast):
    row, made = add_objective(cast.office, "Fewer leaks", by=cast.head)
    with actions.changeset(title="The later edit", by=cast.head):
        history.change(row, {"title": "Half the leaks"})
    answer = cast.client(cast.head).post(reverse("accounts:undo", args=[made.pk]))
    assert answer.status_code == 422
    assert "Not undone." in answer.content.decode()
    assert "The later edit" in answer.content.decode()
    assert "The later edit" in answer["X-Reason"]


def test_titles_are_stored_in_our_words_and_read_in_those_of_the_organisation(cast):
    cast.organisation.terms = {"objective": "ambition"}
    cast.organisation.save()
    purpose.add_objective(office=cast.office, title="Every objective met", by=cast.head, owner=cast.head)
    stored = Changeset.objects.latest("pk")
    assert stored.title == "Add the objective Every objective met"
    for path in ("/activity", f"/activity/{stored.pk}"):
        page = cast.client(cast.head).get(path).content.decode()
        assert "Add the ambition Every objective met" in page
        assert "Add the objective" not in page
    assert "Ambition “Every objective met” added" in page


def test_what_cannot_be_taken_back_shows_no_undo_and_says_why(cast):
    plan = found_plan(office=cast.office, by=cast.head)
    schedule.set_baseline(schedule=plan.schedule, name="As approved", by=cast.head, on=MOMENT.date())
    made = Changeset.objects.latest("pk")
    line = seen(cast.head)[made.pk]
    assert not line.may_undo
    assert line.stays == "A baseline is a fact that cannot be taken back."
    page = cast.client(cast.head).get(f"/activity/{made.pk}").content.decode()
    assert "No undo here. A baseline is a fact that cannot be taken back." in page
    assert reverse("accounts:undo", args=[made.pk]) not in page
    listed = cast.client(cast.head).get("/activity").content.decode()
    assert reverse("accounts:undo", args=[made.pk]) not in listed
    assert "stays: no undo" in listed
    with pytest.raises(Refused, match="A baseline is a fact that cannot be taken back"):
        undo(changeset=made, by=cast.head)


def test_a_baseline_goes_with_the_schedule_that_the_same_action_made(cast):
    with actions.changeset(title="Plan and baseline at once", by=cast.head) as made:
        plan = found_plan(office=cast.office, by=None)
        schedule.set_baseline(schedule=plan.schedule, name="As approved", by=None, on=MOMENT.date())
    assert seen(cast.head)[made.pk].may_undo
    assert seen(cast.head)[made.pk].stays == ""
    undo(changeset=made, by=cast.head)


def test_a_refusal_quotes_a_title_in_the_words_of_the_organisation(cast):
    cast.organisation.terms = {"objective": "ambition"}
    cast.organisation.save()
    row = purpose.add_objective(office=cast.office, title="Every objective met", by=cast.head, owner=cast.head)
    made = Changeset.objects.latest("pk")
    purpose.edit_objective(objective=row, changes={"title": "Each one met"}, by=cast.head)
    with pytest.raises(Refused, match="by “Edit the ambition Every objective met”") as later:
        undo(changeset=made, by=cast.head)
    assert "Edit the objective" not in str(later.value)
    undo(changeset=Changeset.objects.latest("pk"), by=cast.head)
    undo(changeset=made, by=cast.head)
    with pytest.raises(Refused, match="“Add the ambition Every objective met” has been undone already"):
        undo(changeset=made, by=cast.head)
