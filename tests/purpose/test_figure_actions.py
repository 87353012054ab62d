from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.money import Money
from goldenthread.purpose import actions, queries
from goldenthread.purpose.actions import Figure, ground
from goldenthread.purpose.models import Kpi, Measurement, ValueRate

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-23 10:00Z", tick=False):
        yield


def standing(kpi):
    return dict(Measurement.objects.filter(kpi=kpi, withdrawn_at=None).values_list("on", "value"))


def stored(row):
    return type(row).objects.get(pk=row.pk)


class TestKpis:
    def test_a_kpi_is_added_changed_redefined_and_each_is_undone(self, scene):
        head = scene.cast.head
        added = actions.add_kpi(office=scene.cast.office, name="Overrun", unit="%", by=scene.cast.pmo)
        scene.undo_last()
        assert not Kpi.objects.filter(pk=added.pk).exists()
        actions.edit_kpi(kpi=scene.kpi, changes={"source": "Ledger"}, by=head, version=scene.kpi.version)
        scene.undo_last()
        assert stored(scene.kpi).source == "Minutes of the committees"
        actions.redefine_kpi(
            kpi=stored(scene.kpi), on=date(2026, 3, 1), reason="Median, not mean", by=head, changes={"unit": "hours"}
        )
        assert (stored(scene.kpi).unit, stored(scene.kpi).redefined_on) == ("hours", date(2026, 3, 1))
        scene.undo_last()
        assert (stored(scene.kpi).unit, stored(scene.kpi).redefined_on) == ("days", None)

    def test_a_kpi_with_figures_changes_its_meaning_only_by_a_redefinition(self, scene):
        with pytest.raises(Refused, match="figures already") as refusal:
            actions.edit_kpi(kpi=scene.kpi, changes={"unit": "hours"}, by=scene.cast.head)
        assert refusal.value.field == "unit"
        with pytest.raises(Refused) as refusal:
            actions.redefine_kpi(kpi=scene.kpi, on=TODAY, reason="", by=scene.cast.head)
        assert refusal.value.field == "reason"

    def test_a_share_in_percent_has_limits_by_itself_that_can_be_changed(self, scene):
        def limits(name: str, unit: str = "%", **fields) -> tuple[float | None, float | None]:
            kpi = actions.add_kpi(office=scene.cast.office, name=name, unit=unit, by=scene.cast.head, **fields)
            return stored(kpi).floor, stored(kpi).ceiling

        assert limits("Projects on time") == limits("Bills paid at once", unit="per cent") == (0, 100)
        assert limits("Growth of income") == limits("Utilisation of crews") == limits("Waiting", unit="days") == (None, None)
        assert limits("Milestones met", figures=(40.0, 120.0)) == (None, None), "a figure lies outside"
        assert limits("Uptime", floor=90.0) == (90, None), "what is said counts"
        kpi = Kpi.objects.get(name="Projects on time")
        with pytest.raises(Refused, match="120 cannot be") as refusal:
            actions.enter_measurement(kpi=kpi, on=TODAY, value=120.0, by=scene.cast.head)
        assert "limits" in refusal.value.advice
        actions.edit_kpi(kpi=kpi, changes={"floor": None, "ceiling": None}, by=scene.cast.head)
        actions.enter_measurement(kpi=kpi, on=TODAY, value=120.0, by=scene.cast.head)
        page = scene.cast.client(scene.cast.head).get(f"/kpis/{kpi.pk}").content.decode()
        assert "none assumed: a figure or a target lies outside 0 to 100" in page

    def test_names_and_limits_are_held(self, scene):
        with pytest.raises(Refused, match="already"):
            actions.add_kpi(office=scene.cast.office, name="Decision latency ", by=scene.cast.head)
        with pytest.raises(Refused) as refusal:
            actions.edit_kpi(kpi=scene.kpi, changes={"ceiling": 0.0}, by=scene.cast.head)
        assert refusal.value.field == "ceiling"

    def test_rights_and_versions(self, scene):
        with pytest.raises(Forbidden):
            actions.add_kpi(office=scene.cast.office, name="Mine", by=scene.cast.member)
        with pytest.raises(Forbidden):
            actions.edit_kpi(kpi=scene.kpi, changes={"source": "x"}, by=scene.cast.member)
        seen = scene.kpi.version
        actions.edit_kpi(kpi=scene.kpi, changes={"source": "x"}, by=scene.cast.head, version=seen)
        with pytest.raises(Conflict):
            actions.edit_kpi(kpi=stored(scene.kpi), changes={"source": "y"}, by=scene.cast.head, version=seen)


def test_a_race_that_only_the_database_sees_is_a_refusal(scene):
    """Both writers passed the check before either had saved."""
    with pytest.raises(Refused, match="at the same moment"), changeset(title="Race", by=scene.cast.head):
        ground.add(Kpi(office=scene.cast.office, name=scene.kpi.name))
    assert Kpi.objects.filter(name=scene.kpi.name).count() == 1


class TestMeasurements:
    def test_a_later_figure_of_the_day_takes_the_place_of_the_earlier(self, scene):
        first = actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=4.0, by=scene.cast.pmo)
        second = actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=4.2, by=scene.cast.pmo)
        first = stored(first)
        assert (first.withdrawn_because, first.value) == ("replaced by 4.2", 4.0)
        assert standing(scene.kpi)[TODAY] == 4.2
        scene.undo_last()
        assert standing(scene.kpi)[TODAY] == 4.0
        assert stored(second).withdrawn_because == "undone"  # a fact is never deleted

    def test_the_same_figure_again_changes_nothing(self, scene):
        first = actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=4.0, by=scene.cast.pmo)
        again = actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=4.0, by=scene.cast.head)
        assert first == again

    @pytest.mark.parametrize(
        ("on", "value", "field"), [(date(2026, 11, 24), 1.0, "on"), (TODAY, float("inf"), "value"), (TODAY, -1.0, "value")]
    )
    def test_a_figure_that_cannot_be_is_refused_by_field(self, scene, on, value, field):
        with pytest.raises(Refused) as refusal:
            actions.enter_measurement(kpi=scene.kpi, on=on, value=value, by=scene.cast.pmo)
        assert refusal.value.field == field

    def test_the_owner_of_a_kpi_enters_its_figures_and_nobody_elses(self, scene):
        assert scene.kpi.owner == scene.cast.member
        actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=4.0, by=scene.cast.member)
        other = actions.add_kpi(office=scene.cast.office, name="Other", by=scene.cast.head)
        with pytest.raises(Forbidden):
            actions.enter_measurement(kpi=other, on=TODAY, value=4.0, by=scene.cast.member)
        with pytest.raises(Forbidden):
            actions.enter_measurements(figures=[Figure(scene.kpi, TODAY, 1.0), Figure(other, TODAY, 1.0)], by=scene.cast.member)

    def test_a_withdrawn_figure_stays_to_be_seen_with_its_reason(self, scene):
        wrong = actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=44.0, by=scene.cast.pmo)
        with pytest.raises(Refused):
            actions.withdraw_measurement(measurement=wrong, reason="", by=scene.cast.pmo)
        with pytest.raises(Forbidden):
            actions.withdraw_measurement(measurement=wrong, reason="Mine", by=scene.cast.sponsor)
        actions.withdraw_measurement(measurement=wrong, reason="A slip of the pen", by=scene.cast.pmo, version=wrong.version)
        assert TODAY not in standing(scene.kpi)
        assert stored(wrong).withdrawn_because == "A slip of the pen"
        with pytest.raises(Refused, match="already"):
            actions.withdraw_measurement(measurement=stored(wrong), reason="Again", by=scene.cast.pmo)
        scene.undo_last()
        assert standing(scene.kpi)[TODAY] == 44.0

    def test_two_who_withdraw_the_same_figure_learn_of_each_other(self, scene):
        wrong = actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=44.0, by=scene.cast.pmo)
        slow = stored(wrong)
        actions.withdraw_measurement(measurement=wrong, reason="First", by=scene.cast.pmo)
        with pytest.raises(Conflict):
            actions.withdraw_measurement(measurement=slow, reason="Second", by=scene.cast.head)

    def test_many_figures_are_one_action_in_a_few_statements_and_one_undo(self, scene):
        before = standing(scene.kpi)
        figures = [Figure(scene.kpi, date(2024, 1 + month % 12, 1 + month // 12), 4.0) for month in range(200)]
        figures += [Figure(scene.kpi, date(2026, 1, 1), 4.9), Figure(scene.kpi, date(2026, 2, 1), 7.0)]
        with CaptureQueriesContext(
            connection,
        ) as few:
            entered = actions.enter_measurements(figures=figures, by=scene.cast.pmo)
        assert (entered.new, entered.replaced, entered.same) == (200, 1, 1)
        assert len(few) <= 16
        assert standing(scene.kpi)[date(2026, 2, 1)] == 7.0
        scene.undo_last()
        assert standing(scene.kpi) == before

    def test_one_impossible_figure_among_many_leaves_all_out_and_is_named_by_its_place(self, scene):
        before = standing(scene.kpi)
        for wrong, words in (
            (Figure(scene.kpi, TODAY, -5.0), "Figure 2: -5 cannot be"),
            (Figure(scene.kpi, date(2025, 1, 1), 3.0), "two figures"),
        ):
            with pytest.raises(Refused, match=words):
                actions.enter_measurements(figures=[Figure(scene.kpi, date(2025, 1, 1), 2.0), wrong], by=scene.cast.pmo)
        assert standing(scene.kpi) == before


class TestValueRates:
    def rate(self, scene, day=date(2026, 1, 1), **fields):
        said = {"worth": Money.of("310000", "EUR"), "valid_from": day, "by": scene.cast.head} | fields
        return actions.set_value_rate(kpi=scene.kpi, **said)

    def test_money_counts_only_once_the_sponsor_has_signed(self, scene):
        rate = self.rate(scene)
        assert queries.signed_rates([scene.kpi.pk], TODAY) == {}
        for person in (scene.cast.head, scene.cast.pmo, scene.cast.member):
            with pytest.raises(Forbidden):
                actions.sign_value_rate(rate=rate, by=person)
        actions.sign_value_rate(rate=rate, by=scene.cast.sponsor, version=rate.version)
        assert queries.signed_rates([scene.kpi.pk], TODAY) == {scene.kpi.pk: rate}
        scene.undo_last()
        assert queries.signed_rates([scene.kpi.pk], TODAY) == {}

    def test_the_newest_signed_rate_that_has_begun_and_not_ended_holds(self, scene):
        old, new, coming = self.rate(scene), self.rate(scene, date(2026, 6, 1)), self.rate(scene, date(2027, 6, 1))
        ended = self.rate(scene, date(2026, 8, 1), held_until=date(2026, 10, 1))
        for rate in (old, new, coming, ended):
            actions.sign_value_rate(rate=rate, by=scene.cast.sponsor)
        assert queries.signed_rates([scene.kpi.pk], TODAY) == {scene.kpi.pk: new}
        assert queries.signed_rates([scene.kpi.pk], date(2026, 9, 1)) == {scene.kpi.pk: ended}
        assert queries.signed_rates([scene.kpi.pk], date(2025, 12, 31)) == {}

    def test_a_signed_rate_stays_and_an_unsigned_one_is_changed_or_removed(self, scene):
        rate = self.rate(scene)
        again = self.rate(scene, worth=Money.of("290000", "EUR"), version=rate.version)
        assert (again.pk, again.minor) == (rate.pk, 29_000_000)
        actions.remove_value_rate(rate=again, by=scene.cast.head)
        assert not ValueRate.objects.exists()
        scene.undo_last()
        rate = ValueRate.objects.get()
        actions.sign_value_rate(rate=rate, by=scene.cast.sponsor)
        for write in (lambda: self.rate(scene), lambda: actions.remove_value_rate(rate=stored(rate), by=scene.cast.head)):
            with pytest.raises(Refused, match="signed"):
                write()
        with pytest.raises(Refused, match="signed already"):
            actions.sign_value_rate(rate=stored(rate), by=scene.cast.sponsor)

    def test_a_rate_needs_a_currency_and_dates_in_order(self, scene):
        with pytest.raises(Refused) as refusal:
            self.rate(scene, worth=Money(1, "XQQ"))
        assert refusal.value.field == "currency"
        with pytest.raises(Refused) as refusal:
            self.rate(scene, held_until=date(2025, 1, 1))
        assert refusal.value.field == "held_until"
        with pytest.raises(Forbidden):
            self.rate(scene, by=scene.cast.pmo)
