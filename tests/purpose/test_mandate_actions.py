from datetime import date

import pytest
import time_machine

from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.purpose import actions, queries
from goldenthread.purpose.models import Clause, Mandate, Office, Service

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-23 10:00Z", tick=False):
        yield


def draft(cast, **fields):
    said = {
        "title": "Next",
        "purpose": "Show what projects bring.",
        "issuer": "Board",
        "clauses": ["Benefits are shown."],
    } | fields
    return actions.draft_mandate(office=cast.office, by=cast.head, **said)


def test_an_office_lies_under_the_top_scope_so_that_rights_of_the_organisation_reach_it(cast):
    office = actions.add_office(name="Digital PMO", by=cast.admin, head=cast.head)
    assert (office.code, office.head) == ("digital-pmo", cast.head)
    assert office.scope.paths_up.filter(ancestor=cast.top).exists()


def test_an_office_needs_a_name_and_a_code_of_its_own(cast):
    with pytest.raises(Refused, match="needs a name"):
        actions.add_office(name="  ", by=cast.admin)
    with pytest.raises(Refused, match="already") as refusal:
        actions.add_office(name="Another", code="it", by=cast.admin)
    assert refusal.value.field == "code"
    assert Office.objects.count() == 2


def test_who_leads_one_office_does_not_add_another(cast):
    with pytest.raises(Forbidden):
        actions.add_office(name="Mine", by=cast.head)


def test_a_mandate_is_drafted_with_its_clauses_numbered_and_undone_whole(scene):
    mandate = draft(scene.cast, clauses=["One.", "Two."])
    assert list(mandate.clauses.values_list("number", "text")) == [(1, "One."), (2, "Two.")]
    assert mandate.state == Mandate.State.DRAFT
    scene.undo_last()
    assert not Mandate.objects.filter(pk=mandate.pk).exists()
    assert Clause.objects.count() == 2


@pytest.mark.parametrize("name", ["title", "purpose", "issuer"])
def test_a_mandate_without_its_words_is_refused_by_name(cast, name):
    with pytest.raises(Refused) as refusal:
        draft(cast, **{name: " "})
    assert refusal.value.field == name


def test_putting_a_mandate_in_force_ends_the_one_before_and_names_its_successor(scene):
    following = draft(scene.cast)
    replaced = actions.put_mandate_in_force(mandate=following, by=scene.cast.sponsor)
    scene.mandate.refresh_from_db()
    assert replaced == scene.mandate
    assert (scene.mandate.state, scene.mandate.successor, scene.mandate.valid_to) == ("SUPERSEDED", following, date(2026, 11, 22))
    assert (following.state, following.valid_from, following.issued_on) == ("IN_FORCE", TODAY, TODAY)
    assert queries.mandate_in_force(scene.cast.office) == following


def test_undoing_it_puts_the_earlier_one_back_in_force(scene):
    following = draft(scene.cast)
    actions.put_mandate_in_force(mandate=following, by=scene.cast.head)
    scene.undo_last()
    assert queries.mandate_in_force(scene.cast.office) == scene.mandate
    following.refresh_from_db()
    assert following.state == "DRAFT"


def test_a_mandate_is_not_put_in_force_without_clauses_too_early_too_late_or_twice(scene):
    with pytest.raises(Refused, match="no clause"):
        actions.put_mandate_in_force(mandate=draft(scene.cast, clauses=[]), by=scene.cast.head)
    with pytest.raises(Refused, match="starts on"):
        actions.put_mandate_in_force(mandate=draft(scene.cast, valid_from=date(2027, 1, 1)), by=scene.cast.head)
    with pytest.raises(Refused, match="last day is over"):
        actions.put_mandate_in_force(
            mandate=draft(scene.cast, valid_from=date(2026, 1, 1), valid_to=date(2026, 11, 22)), by=scene.cast.head
        )
    with pytest.raises(Refused, match="in force already"):
        actions.put_mandate_in_force(mandate=scene.mandate, by=scene.cast.head)


def test_only_who_approves_puts_a_mandate_in_force(scene):
    with pytest.raises(Forbidden):
        actions.put_mandate_in_force(mandate=draft(scene.cast), by=scene.cast.pmo)


def test_a_mandate_in_force_keeps_its_words(scene):
    head = scene.cast.head
    for write in (
        lambda: actions.edit_mandate(mandate=scene.mandate, changes={"purpose": "Other"}, by=head),
        lambda: actions.edit_clause(clause=scene.clause, text="Other", by=head),
        lambda: actions.add_clause(mandate=scene.mandate, text="More", by=head),
        lambda: actions.remove_clause(clause=scene.clause, by=head),
    ):
        with pytest.raises(Refused, match="not rewritten"):
            write()
    actions.edit_mandate(mandate=scene.mandate, changes={"valid_to": date(2027, 12, 31)}, by=head)
    assert Mandate.objects.get(pk=scene.mandate.pk).valid_to == date(2027, 12, 31)


def test_a_draft_changes_clause_by_clause_and_each_change_is_undone(scene):
    head = scene.cast.head
    mandate = draft(scene.cast)
    clause = actions.add_clause(mandate=mandate, text="Two.", by=head)
    assert clause.number == 2
    actions.edit_clause(clause=clause, text="Two, better.", by=head, version=clause.version)
    scene.undo_last()
    clause.refresh_from_db()
    assert clause.text == "Two."
    actions.remove_clause(clause=clause, by=head)
    assert mandate.clauses.count() == 1
    scene.undo_last()
    assert mandate.clauses.get(number=2).text == "Two."


def test_a_cited_clause_stays(scene):
    mandate = draft(scene.cast)
    cited = mandate.clauses.get()
    actions.edit_objective(objective=scene.objective, changes={"clause": cited}, by=scene.cast.head)
    with pytest.raises(Refused, match="Faster decisions"):
        actions.remove_clause(clause=cited, by=scene.cast.head)


def test_a_mandate_ends_without_a_successor_only_with_a_reason(scene):
    with pytest.raises(Refused) as refusal:
        actions.retire_mandate(mandate=scene.mandate, reason=" ", by=scene.cast.head)
    assert refusal.value.field == "reason"
    actions.retire_mandate(mandate=scene.mandate, reason="The board closed the office.", by=scene.cast.head)
    assert queries.mandate_in_force(scene.cast.office) is None
    scene.undo_last()
    assert queries.mandate_in_force(scene.cast.office) == scene.mandate


def test_objectives_are_carried_over_where_the_words_are_kept_and_stay_approved(scene):
    head = scene.cast.head
    actions.propose_objective(objective=scene.objective, by=head)
    actions.approve_objective(objective=scene.objective, by=head)
    other = actions.add_objective(office=scene.cast.office, title="Benefits", by=head, clause=scene.mandate.clauses.get(number=2))
    following = draft(scene.cast, clauses=["Something else.", scene.clause.text])
    with pytest.raises(Refused, match="in force"):
        actions.carry_over_objectives(before=scene.mandate, after=following, by=head)
    actions.put_mandate_in_force(mandate=following, by=head)
    with pytest.raises(Forbidden):
        actions.carry_over_objectives(before=scene.mandate, after=following, by=scene.cast.pmo)
    assert queries.comparison(scene.mandate, following, head).carried == (scene.objective,)
    assert actions.carry_over_objectives(before=scene.mandate, after=following, by=head) == 1
    for row in (scene.objective, other):
        row.refresh_from_db()
    assert (scene.objective.clause.number, scene.objective.clause.mandate, scene.objective.state) == (2, following, "APPROVED")
    assert other.clause.mandate == scene.mandate
    assert queries.objectives_without_mandate(head, TODAY) == []
    scene.undo_last()
    scene.objective.refresh_from_db()
    assert scene.objective.clause == scene.clause


def test_a_successor_starts_from_the_words_of_the_mandate_before(scene):
    following = actions.draft_successor(mandate=scene.mandate, by=scene.cast.head)
    texts = lambda m: list(m.clauses.order_by("number").values_list("text", flat=True))
    assert (following.purpose, texts(following)) == (scene.mandate.purpose, texts(scene.mandate))
    assert following.state == "DRAFT"


def test_two_writers_of_a_draft_learn_of_each_other(scene):
    mandate = draft(scene.cast)
    seen = mandate.version
    actions.edit_mandate(mandate=mandate, changes={"title": "First"}, by=scene.cast.head, version=seen)
    again = Mandate.objects.get(pk=mandate.pk)
    with pytest.raises(Conflict) as conflict:
        actions.edit_mandate(mandate=again, changes={"title": "Second"}, by=scene.cast.head, version=seen)
    assert [(d.field, d.yours, d.theirs) for d in conflict.value.differences] == [("title", "Second", "First")]


class TestServices:
    def test_a_service_is_added_changed_and_stopped_and_each_is_undone(self, scene):
        head = scene.cast.head
        service = actions.add_service(office=scene.cast.office, name="Gate reviews", by=head, planned_share=4000)
        actions.edit_service(service=service, changes={"planned_share": 3000}, by=head, version=service.version)
        scene.undo_last()
        service.refresh_from_db()
        assert service.planned_share == 4000
        actions.stop_service(service=service, by=head, goes_to="Internal audit", reason="Audit does it.")
        service.refresh_from_db()
        assert (service.state, service.stopped_on, service.planned_share) == ("RETIRED", TODAY, 0)
        scene.undo_last()
        service.refresh_from_db()
        assert (service.state, service.stopped_on, service.planned_share) == ("OFFERED", None, 4000)

    def test_planned_shares_never_exceed_the_whole(self, cast):
        actions.add_service(office=cast.office, name="Reviews", by=cast.head, planned_share=6000)
        with pytest.raises(Refused, match="40 % is left"):
            actions.add_service(office=cast.office, name="Reports", by=cast.head, planned_share=4001)
        actions.add_service(office=cast.office, name="Reports", by=cast.head, planned_share=4000)

    def test_what_is_not_our_job_says_who_does_it(self, cast):
        with pytest.raises(Refused) as refusal:
            actions.add_service(office=cast.office, name="Booking rooms", by=cast.head, state=Service.State.NOT_OFFERED)
        assert refusal.value.field == "goes_to"

    def test_one_name_stands_once_in_a_catalogue(self, cast):
        actions.add_service(office=cast.office, name="Reviews", by=cast.head)
        with pytest.raises(Refused, match="already"):
            actions.add_service(office=cast.office, name="Reviews ", by=cast.head)

    def test_members_of_the_pmo_read_the_catalogue_and_do_not_change_it(self, cast):
        service = actions.add_service(office=cast.office, name="Reviews", by=cast.head)
        for write in (
            lambda: actions.add_service(office=cast.office, name="More", by=cast.pmo),
            lambda: actions.edit_service(service=service, changes={"name": "Other"}, by=cast.pmo),
            lambda: actions.stop_service(service=service, by=cast.pmo),
        ):
            with pytest.raises(Forbidden):
                write()
