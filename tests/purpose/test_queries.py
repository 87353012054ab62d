"""Reads of the room against rows made by hand."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset
from goldenthread.engine.objective_quality import review
from goldenthread.kit import slots
from goldenthread.purpose import actions, queries
from goldenthread.purpose.mapping import draft_of, quality_of
from goldenthread.purpose.models import Kpi, Objective, Service, Target
from goldenthread.purpose.queries.past import NOTHING
from goldenthread.purpose.views.objective_page import one_of, segments, until
from goldenthread.resources.models import TimeEntry
from goldenthread.ui.charts import Band

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-23 10:00Z", tick=False):
        yield


def row_of(scene, day=TODAY):
    return queries.objective_rows(scene.cast.head, day, ids=[scene.objective.pk])[0]


class TestObjectiveRows:
    def test_a_row_holds_what_follows_from_the_last_standing_figure(self, scene):
        wrong = actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=1.0, by=scene.cast.head)
        actions.withdraw_measurement(measurement=wrong, reason="A slip", by=scene.cast.head)
        actions.enter_measurement(kpi=scene.kpi, on=date(2026, 11, 1), value=4.5, by=scene.cast.head, is_estimate=True)
        view = row_of(scene).main
        assert (view.last, view.last_on, view.last_is_estimate) == (4.5, date(2026, 11, 1), True)
        assert view.attainment == pytest.approx(0.25)
        assert view.expected == pytest.approx((TODAY - date(2026, 1, 1)).days / (date(2027, 10, 31) - date(2026, 1, 1)).days)
        assert (view.is_reached, view.is_stale(TODAY), view.is_stale(date(2026, 12, 17))) == (False, False, True)

    def test_the_required_target_furthest_behind_stands_for_the_objective(self, scene):
        head = scene.cast.head
        for name, figure, required in (("Ahead", 90.0, True), ("Behind", 10.0, True), ("Watched", -50.0, False)):
            kpi = actions.add_kpi(office=scene.cast.office, name=name, unit="points", by=head)
            actions.enter_measurement(kpi=kpi, on=TODAY, value=figure, by=head)
            actions.set_target(objective=scene.objective, kpi=kpi, by=head, baseline=0.0, value=100.0, is_required=required)
        assert row_of(scene).attainment == pytest.approx(0.1)

    def test_one_required_target_without_a_figure_leaves_the_whole_unknown(self, scene):
        kpi = actions.add_kpi(office=scene.cast.office, name="New", unit="%", by=scene.cast.head)
        actions.set_target(objective=scene.objective, kpi=kpi, by=scene.cast.head, baseline=0.0, value=100.0)
        assert row_of(scene).attainment is None

    def test_a_figure_that_measures_something_else_now_is_not_compared(self, scene):
        actions.redefine_kpi(kpi=scene.kpi, on=date(2026, 3, 1), reason="Median", by=scene.cast.head)
        view = row_of(scene).main
        assert (view.is_comparable, view.attainment, view.last) == (False, None, 4.6)
        page = queries.objective_page(scene.objective.pk, scene.cast.head, TODAY)
        assert [on for on, _ in page.figures[scene.kpi.pk]] == [date(2026, 3, 1), date(2026, 4, 1)]
        assert any("measure a new baseline" in remark.text for remark in page.remarks)

    def test_the_quality_is_that_of_the_weakest_required_target(self, scene):
        weak = actions.add_kpi(office=scene.cast.office, name="Complaints", unit="complaints", by=scene.cast.head)
        actions.set_target(objective=scene.objective, kpi=weak, by=scene.cast.head, value=10.0)
        row = row_of(scene)
        each = [review(draft_of(scene.objective, view.target)) for view in row.targets]
        assert row.review.score == min(one.score for one in each) < max(one.score for one in each)
        assert not row.review.ready

    def test_the_forecast_of_a_higher_room_reaches_row_and_approval(self, scene, monkeypatch):
        told = {scene.objective.pk: {"chance": 0.4, "basis": "fair", "tells_apart": True, "targets": {}}}
        monkeypatch.setitem(slots._providers, "objective_forecasts", [(1, "test", lambda ids: told)])
        row = row_of(scene)
        assert (row.forecast["chance"], row.review.score) == (0.4, 100)

    def test_a_page_takes_the_same_statements_whatever_the_history(self, scene):
        def statements() -> int:
            with CaptureQueriesContext(connection) as found:
                queries.objective_page(scene.objective.pk, scene.cast.head, TODAY)
                queries.objective_changes(scene.objective)
            return len(found)

        few = statements()
        for value in range(20):
            actions.edit_target(target=scene.target, changes={"value": 2.0 + value / 100}, by=scene.cast.head)
        assert statements() == few


class TestRemarks:
    def remarks(self, scene):
        return " ".join(r.text for r in queries.objective_page(scene.objective.pk, scene.cast.head, TODAY).remarks)

    def test_an_objective_that_only_the_pmo_would_miss_is_said_to_be_so(self, scene):
        assert "Only the PMO itself" not in self.remarks(scene)
        actions.edit_kpi(kpi=scene.kpi, changes={"is_internal": True}, by=scene.cast.head)
        assert "Only the PMO itself" in self.remarks(scene)

    def test_it_is_self_issued_until_both_sides_have_signed_and_an_agreement_by_word_is_said_to_be_one(self, scene):
        assert "nobody of the leadership has agreed" in self.remarks(scene)
        actions.agree_objective(objective=scene.objective, leadership_goal="G", agreed_by=scene.cast.sponsor, by=scene.cast.head)
        scene.objective.refresh_from_db()
        assert "Self-issued: agreed to by word" in self.remarks(scene)
        cascade = actions.set_cascade(
            objective=scene.objective, goal="G", sponsor=scene.cast.sponsor, share=60, by=scene.cast.head
        )
        actions.sign_cascade(cascade=cascade, by=scene.cast.pmo)
        assert "Self-issued until both sides have signed" in self.remarks(scene)
        actions.sign_cascade(cascade=cascade, by=scene.cast.sponsor)
        assert "Self-issued" not in self.remarks(scene)

    def test_two_objectives_that_pull_one_figure_apart_are_found_and_an_independent_pair_is_not(self, scene):
        head = scene.cast.head
        other = actions.add_objective(office=scene.cast.office, title="Careful decisions", by=head)
        assert "the other way" not in self.remarks(scene)
        same = actions.set_target(objective=other, kpi=scene.kpi, by=head, baseline=5.0, value=4.0)
        assert "the other way" not in self.remarks(scene)
        actions.edit_target(target=same, changes={"value": 7.0}, by=head)
        assert "“Careful decisions” pulls Decision latency the other way." in self.remarks(scene)
        actions.retire_objective(objective=other, reason="x", by=head)
        assert "the other way" not in self.remarks(scene)

    def test_the_day_its_mandate_runs_out_it_is_flagged(self, scene):
        actions.propose_objective(objective=scene.objective, by=scene.cast.head)
        actions.edit_mandate(mandate=scene.mandate, changes={"valid_to": TODAY}, by=scene.cast.head)
        flagged = lambda day: [row.pk for row in queries.objectives_without_mandate(scene.cast.head, day)]
        assert flagged(TODAY) == []
        assert flagged(TODAY + timedelta(days=1)) == [scene.objective.pk]


class TestLateFigures:
    def test_only_figures_that_live_objectives_wait_for_are_late_longest_first(self, scene):
        head = scene.cast.head
        never = actions.add_kpi(office=scene.cast.office, name="Never measured", by=head, owner=scene.cast.pmo)
        fresh = actions.add_kpi(office=scene.cast.office, name="Fresh", by=head, owner=scene.cast.pmo)
        actions.add_kpi(office=scene.cast.office, name="Unused", by=head, owner=scene.cast.pmo)
        actions.enter_measurement(kpi=fresh, on=TODAY, value=1.0, by=head)
        for kpi in (never, fresh):
            actions.set_target(objective=scene.objective, kpi=kpi, by=head)
        late = queries.overdue_measurements(TODAY)
        assert [(row.kpi, row.due_on, row.days_late) for row in late] == [
            (scene.kpi, date(2026, 5, 16), 191),  # the last figure of 1 April, and 45 days
            (never, None, 0),
        ]
        assert late[0].objectives == (scene.objective,)
        assert [row.kpi for row in queries.overdue_measurements(TODAY, scene.cast.pmo)] == [never]
        assert queries.overdue_measurements(date(2026, 5, 16), scene.cast.member) == []

    def test_nothing_waits_for_the_figures_of_a_retired_objective(self, scene):
        actions.retire_objective(objective=scene.objective, reason="x", by=scene.cast.head)
        assert queries.overdue_measurements(TODAY) == []


class TestThePast:
    def test_each_change_is_a_sentence_with_before_and_after(self, scene):
        head = scene.cast.head
        actions.edit_target(target=scene.target, changes={"value": 2.5}, by=head)
        actions.edit_objective(objective=scene.objective, changes={"owner": head, "clause": None}, by=head)
        actions.remove_target(target=scene.target, by=head)
        said = [change.sentences for change in queries.objective_changes(scene.objective)]
        assert said[0] == (("Decision latency: target removed", None, None),)
        assert set(said[1]) == {
            ("The owner", scene.cast.pmo.name, head.name),
            ("The clause", "1 of Mandate 2026", NOTHING),
        }
        assert said[2] == (("Decision latency: target", "3", "2.5"),)
        assert said[3] == (("Decision latency: target set", None, "3 by 31 Oct 2027"),)
        assert said[4][0][0] == "The objective added"


class TestComparison:
    def test_every_clause_service_and_objective_touched_is_listed_and_no_other(self, scene):
        head, office = scene.cast.head, scene.cast.office
        kept, dropped = (actions.add_service(office=office, name=name, by=head) for name in ("Kept", "Dropped"))
        untouched = actions.add_objective(office=office, title="Benefits", by=head, clause=scene.mandate.clauses.get(number=2))
        old_goal = actions.add_objective(office=office, title="Closed", by=head, clause=scene.clause)
        actions.retire_objective(objective=old_goal, reason="x", by=head)
        after = actions.draft_mandate(
            office=office, title="Value", purpose="Show value.", issuer="Board", by=head, mandate_kind="VALUE",
            clauses=[
                "People learn what the PMO learned.",
                "Benefits are realised and shown.",
                "Decisions about projects are made in days.",
            ],
        )  # fmt: skip
        with time_machine.travel("2026-11-23 11:00Z", tick=False):
            actions.put_mandate_in_force(mandate=after, by=head)
        with time_machine.travel("2026-11-23 12:00Z", tick=False):
            gained = actions.add_service(office=office, name="Gained", by=head)
            actions.stop_service(service=dropped, by=head)
        scene.mandate.refresh_from_db()
        found = queries.comparison(scene.mandate, after, head)
        pairs = [(p.before and p.before.number, p.after and p.after.number, p.change, p.objectives) for p in found.clauses]
        assert pairs == [
            (1, 3, "reworded", (scene.objective,)),
            (2, 2, "same", (untouched,)),
            (None, 1, "added", ()),
        ]
        assert found.objectives == (scene.objective,)
        assert (found.services_gained, found.services_dropped, found.services_kept) == ((gained,), (dropped,), (kept,))
        assert {name for name, *_ in found.fields} == {"Kind", "Purpose"}


class TestCatalogue:
    def log(self, service, person, minutes, on=TODAY):
        with changeset(title="Log", by=person):
            TimeEntry(person=person, on=on, minutes=minutes, service=service).save()

    def test_the_mix_equals_the_sum_by_hand_and_the_alarm_rings_exactly_at_its_threshold(self, scene):
        head, office = scene.cast.head, scene.cast.office
        gates = actions.add_service(office=office, name="Gates", by=head, service_class="GOVERNANCE", planned_share=6000)
        value = actions.add_service(office=office, name="Value", by=head, service_class="VALUE", planned_share=4000)
        empty = queries.catalogue(office, TODAY)
        assert (empty.minutes, empty.drift, empty.has_drifted) == (None, None, False)
        assert [row.minutes for row in empty.offered] == [None, None]
        self.log(gates, head, 900)
        self.log(value, head, 1100)
        self.log(value, head, 1000, on=TODAY - timedelta(days=91))  # the day before the span
        found = queries.catalogue(office, TODAY)
        assert (found.minutes, {row.name: row.share for row in found.classes}) == (2000, {"Governance": 0.45, "Value": 0.55})
        assert found.drift == pytest.approx(0.15)
        assert found.has_drifted
        self.log(gates, head, 10)
        assert not queries.catalogue(office, TODAY).has_drifted

    def test_hours_on_what_is_stopped_are_shown_all_the_same(self, scene):
        service = actions.add_service(office=scene.cast.office, name="Slide pack", by=scene.cast.head)
        actions.stop_service(service=service, by=scene.cast.head)
        self.log(service, scene.cast.head, 120)
        found = queries.catalogue(scene.cast.office, TODAY)
        assert [(row.service.name, row.minutes) for row in found.stopped] == [("Slide pack", 120)]
        assert Service.objects.get().state == "RETIRED"


class TestLibrary:
    def test_there_is_a_template_for_each_focus(self):
        wanted = {"Time", "Cost", "Benefit", "Quality", "Satisfaction", "Risk", "Capability"}
        assert {template.focus for template in queries.objective_library()} == wanted
        assert len({template.key for template in queries.objective_library()}) >= 12

    @pytest.mark.parametrize("template", queries.objective_library(), ids=lambda template: template.key)
    def test_a_template_passes_the_checks_once_filled(self, scene, template):
        sentence = template.sentence(template.example, date(2026, 10, 1), date(2027, 12, 31))
        owner = scene.cast.pmo
        kpi = Kpi(office=scene.cast.office, owner=owner, **template.kpi)
        kpi.clean_fields(exclude=["organisation"])
        objective = Objective(office=scene.cast.office, title=sentence, owner=owner, clause=scene.clause)
        days = {"baseline_on": date(2026, 10, 1), "due_on": date(2027, 12, 31)}
        target = Target(objective=objective, kpi=kpi, **days, **template.example)
        found = quality_of(objective, [target])
        assert found.ready, [result for result in found.results if not result.passed]
        assert found.warnings == ()
        assert "{" not in sentence

    def test_no_such_template(self):
        assert queries.template_named("nonsense") is None


@pytest.mark.parametrize(
    ("unit", "one"),
    [
        ("days", "day"),
        ("%", "percentage point"),
        ("faults per release", "fault per release"),
        ("EUR thousand", "EUR thousand"),
        ("", "unit"),
    ],
)
def test_one_of_a_unit(unit, one):
    assert one_of(unit) == one


def test_pieces_of_a_text_are_the_text_and_overlapping_faults_share_theirs():
    pieces = segments("Improve better reporting", [(0, 7, "vague"), (0, 14, "activity"), (8, 14, "vague")])
    assert "".join(piece for piece, _ in pieces) == "Improve better reporting"
    assert pieces == [("Improve", "vague; activity"), (" ", "activity"), ("better", "activity; vague"), (" reporting", "")]


def test_a_fan_is_cut_at_its_target_and_ends_in_the_figures_of_that_day():
    bands = [Band(date(2027, month, 1), 1.0, 2.0, 3.0, 1.5, 2.5 + month) for month in range(1, 7)]
    cut = until(bands, date(2027, 3, 16), {"p10": 0.9, "p50": 2.1, "p90": 3.3})
    assert [band.day for band in cut] == [date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 16)]
    assert (cut[-1].p10, cut[-1].p50, cut[-1].p90, cut[-1].p25) == (0.9, 2.1, 3.3, 1.5)
    assert cut[-1].p75 == pytest.approx(5.5 + 15 / 31)
    for due, known in ((date(2027, 12, 1), {"p10": 1, "p50": 2, "p90": 3}), (date(2027, 3, 1), None), (None, None)):
        assert until(bands, due, known) == bands
