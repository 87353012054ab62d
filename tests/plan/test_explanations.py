"""Why a figure is what it is: to whom which of its inputs are shown, and in which words on which basis."""

import html
import re
from dataclasses import fields
from datetime import timedelta

from goldenthread.engine.thread_data import Contributions, Kpis, Subjects, Supervisions, Targets
from goldenthread.kit.money import Money
from goldenthread.plan import actions
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.queries.explanation_words import COLUMNS
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Measurement
from goldenthread.ui import writing


def contribute(scene, **more):
    given = {"kpi": scene.kpi, "step": scene.step, "by": scene.cast.head, "effect": (-2.2, -1.6, -1.0), "chance": 60, **more}
    return actions.contribute(**given)


def page(scene, person, kind, pk):
    answer = scene.cast.client(person).get(f"/plan/explain/{kind}/{pk}")
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", answer.content.decode().split("<main", 1)[1])).split())


def thinned(scene, kept=3):
    """All but the newest figures withdrawn."""
    for row in Measurement.objects.filter(kpi=scene.kpi).order_by("-on")[kept:]:
        purpose.withdraw_measurement(measurement=row, by=scene.cast.head, reason="wrong")


def test_the_page_shows_all_figures_and_the_rows_they_rest_on(scene):
    row = contribute(scene)
    make_forecast(office=scene.cast.office, runs=500)
    told = page(scene, scene.cast.head, "target", scene.target.pk)
    assert "NOT equal" not in told
    for words in ("Standard error", "90th percentile", "Coverage", "Worth", f"Contribution {row}", f"Step {scene.step}"):
        assert words in told
    assert "worth of one unit" in told


def test_who_may_not_see_value_rates_sees_no_money(scene):
    row = contribute(scene)
    make_forecast(office=scene.cast.office, runs=500)
    for kind, pk in (("objective", scene.objective.pk), ("target", scene.target.pk), ("contribution", row.pk)):
        told = page(scene, scene.cast.member, kind, pk)
        assert "€" not in told
        assert "worth of one unit" not in told
        assert "Money is left out" in told
        assert "€" in page(scene, scene.cast.head, kind, pk)


def test_rows_of_a_confidential_objective_are_counted_not_shown(scene):
    """A contribution's chance effects rest on every goal that its KPI serves."""
    row, head = contribute(scene), scene.cast.head
    secret = purpose.add_objective(office=scene.cast.office, title="Close two depots", by=head, is_confidential=True)
    target = purpose.set_target(
        objective=secret, kpi=scene.kpi, by=head, baseline=5.5, baseline_on=scene.today - timedelta(days=300), value=2.5,
        due_on=scene.today + timedelta(days=200),
    )  # fmt: skip
    make_forecast(office=scene.cast.office, runs=500)
    of_secret = f"Target {target.kpi}, for Close two depots"
    assert of_secret in page(scene, head, "contribution", row.pk)
    told = page(scene, scene.cast.member, "contribution", row.pk)
    assert f"Contribution {row}" in told
    assert "Close two depots" not in told
    assert "1 row more that you may not see" in told


def test_a_thin_basis_shows_words_and_no_percentage_of_a_chance(scene):
    row = contribute(scene)
    thinned(scene)
    made = make_forecast(office=scene.cast.office, runs=500)
    assert made.results["objectives"][str(scene.objective.pk)]["basis"] == "thin"
    for kind, pk in (("objective", scene.objective.pk), ("contribution", row.pk)):
        assert "%" not in page(scene, scene.cast.head, kind, pk)
    shown = scene.cast.client(scene.cast.head).get(f"/objectives/{scene.objective.pk}").content.decode()
    panel = shown.split("What moves it", 1)[1].split("Why this chance?")[0]
    assert re.search(r"likely|about even", panel)
    assert [found for found in re.findall(r"\d+\s*%", html.unescape(panel)) if found != "60 %"] == []  # the planner's own
    levers = shown.split("Best levers", 1)
    assert len(levers) == 1 or "%</b>" not in levers[1]


def test_the_program_interface_gives_words_where_the_basis_is_thin(scene):
    from goldenthread.plan.api import _chance

    assert _chance({"chance": 0.55, "basis": "thin"}) == {"chance": None, "chance_words": "about even"}
    assert _chance({"chance": 0.55, "basis": "fair"}) == {"chance": 0.55, "chance_words": "about even"}


def test_a_basis_needs_points_time_and_confirmation(scene):
    row = contribute(scene)

    def basis():
        return make_forecast(office=scene.cast.office, runs=100).results["targets"][str(scene.target.pk)]["basis"]

    assert basis() == "fair"  # fourteen figures over a year; nobody has confirmed the effect
    actions.confirm_contribution(contribution=row, by=scene.cast.pmo)
    assert basis() == "good"
    thinned(scene, kept=0)
    daily = [purpose.Figure(scene.kpi, scene.today - timedelta(days=i), 5 + 0.1 * (i % 2)) for i in range(14)]
    purpose.enter_measurements(figures=daily, by=scene.cast.head)
    assert basis() == "thin"  # as many figures, of two weeks


def test_the_page_of_an_objective_says_what_its_first_kpi_is_worth_and_adds_no_other(scene):
    """Money of different KPIs may overlap."""
    contribute(scene)
    head, day = scene.cast.head, scene.today
    other = purpose.add_kpi(office=scene.cast.office, name="Complaints", by=head, unit="a month", direction="FALL")
    purpose.enter_measurement(kpi=other, on=day - timedelta(days=3), value=20, by=head)
    purpose.set_target(
        objective=scene.objective, kpi=other, by=head, baseline=40, value=30, due_on=day + timedelta(days=200), is_required=False,
        baseline_on=day - timedelta(days=3),
    )  # fmt: skip
    rate = purpose.set_value_rate(kpi=other, worth=Money.of(900_000, "EUR"), valid_from=day, by=head)
    purpose.sign_value_rate(rate=rate, by=scene.cast.sponsor)
    made = make_forecast(office=scene.cast.office, runs=500)
    alone = made.results["targets"][str(scene.target.pk)]["worth_mean"]
    together = made.results["objectives"][str(scene.objective.pk)]["worth_mean"]
    told = html.unescape(scene.cast.client(head).get(f"/objectives/{scene.objective.pk}").content.decode())
    assert f">{writing.money(round(alone))}<" in told
    assert "estimated from Decision latency alone" in told
    assert writing.money(round(together)) not in told


def test_every_column_that_went_in_is_told_in_words():
    kinds = {
        "target": Targets, "kpi": Kpis, "contribution": Contributions, "supervision": Supervisions, "step": Subjects,
        "project": Subjects,
    }  # fmt: skip
    for kind, table in kinds.items():
        told = {column for column, _, _ in COLUMNS[kind]} | ({"objective", "kpi"} if kind == "target" else set())
        assert {column.name for column in fields(table)} - {"key", "schedule", "line"} == told, kind


def test_inputs_carry_names_units_and_days(scene):
    row = contribute(scene)
    actions.confirm_contribution(contribution=row, by=scene.cast.pmo)
    make_forecast(office=scene.cast.office, runs=500)
    told = page(scene, scene.cast.head, "contribution", row.pk).replace(" ,", ",")
    target, unit = scene.target, scene.kpi.unit
    for words in (
        f"Target {scene.kpi}, for {scene.objective}",
        f"baseline {writing.number(target.baseline)} {unit}",
        f"target {writing.number(target.value)} {unit}",
        f"by {writing.date(target.due_on)}",
        f"low −2.2 {unit}, likely −1.6 {unit}, high −1 {unit}",
        "chance that it comes 60 in 100",
        f"work {scene.step}",
        f"moves {scene.kpi}",
    ):
        assert words in told, words
    assert not re.search(r"due day|factor mean|(contribution|kpi|step) \d+ ", told)
    heading = page(scene, scene.cast.head, "target", target.pk)
    assert f"Why this figure? {scene.kpi}: {writing.number(target.value)} {unit} by {writing.date(target.due_on)}" in heading
    assert re.search(rf"Expected \(50th percentile\) [\d.]+ {unit} [\d.]+ {unit}", heading)
