"""From rows to a forecast and back: what goes in, what is left out and why, and that every figure computes again."""

import json
from datetime import timedelta

import numpy as np
import pytest

from goldenthread.engine.forecast import ForecastOptions, forecast
from goldenthread.engine.randoms import stable_key
from goldenthread.engine.thread_data import (
    Contributions,
    Kpis,
    Objectives,
    ScheduleRuns,
    Subjects,
    Supervisions,
    Targets,
    ThreadData,
)
from goldenthread.kit.money import Money
from goldenthread.plan import actions, queries
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.mapping.experience import experience
from goldenthread.plan.mapping.finishes import finishes
from goldenthread.plan.mapping.kept_days import unpacked
from goldenthread.plan.mapping.rows import thread_rows
from goldenthread.plan.mapping.thread import thread
from goldenthread.plan.models import Contribution, Forecast
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import ActivityDates

RUNS = 2000


def contribute(scene, **more):
    given = {
        "kpi": scene.kpi,
        "step": scene.step,
        "by": scene.cast.head,
        "effect": (-2.2, -1.6, -1.0),
        "chance": 85,
        "lag_days": 10,
        **more,
    }
    return actions.contribute(**given)


def made(scene) -> Forecast:
    return make_forecast(office=scene.cast.office, runs=RUNS)


def test_work_towards_the_target_raises_the_chance_and_is_worth_something(scene):
    without = made(scene).results["objectives"][str(scene.objective.pk)]["chance"]
    row = contribute(scene)
    found = made(scene)
    with_it = found.results["objectives"][str(scene.objective.pk)]["chance"]
    assert with_it > without
    effect = found.results["contributions"][str(row.pk)]
    assert effect["stake"] > 0
    assert effect["objectives"][str(scene.objective.pk)] == pytest.approx(with_it - without, abs=1e-9)


def test_every_figure_computes_again_from_what_is_stored(scene):
    row = contribute(scene)
    found = Forecast.objects.get(pk=made(scene).pk)
    for kind, ident in (("objective", scene.objective.pk), ("target", scene.target.pk), ("contribution", row.pk)):
        told = queries.explanation(found, kind, ident)
        assert told["same"], kind
        assert told["value"] == told["again"]


def test_why_opens_from_every_figure_and_recomputes_to_the_one_on_the_page(scene):
    """Objective, target, contribution, supervision and step: each page's link leads to the same figure, computed again."""
    row, head = contribute(scene), scene.cast.head
    made(scene)
    client = scene.cast.client(head)
    step, objective = scene.step.pk, scene.objective.pk
    for page, whys in {
        f"/objectives/{objective}": [f"objective/{objective}", f"target/{scene.target.pk}", f"contribution/{row.pk}"],
        f"/plan/steps/{step}": [f"step/{step}", f"contribution/{row.pk}"],
        f"/plan/contributions/{row.pk}": [f"contribution/{row.pk}"],
    }.items():
        shown = client.get(page).content.decode()
        for why in whys:
            assert f"/plan/explain/{why}" in shown, (page, why)
            told = client.get(f"/plan/explain/{why}").content.decode()
            assert "not equal" not in told.lower()
            assert "Computed again" in told


def test_a_figure_that_was_tampered_with_does_not_compute_again(scene):
    contribute(scene)
    found = Forecast.objects.get(pk=made(scene).pk)
    found.results["targets"][str(scene.target.pk)]["p50"] += 1e-6
    assert not queries.explanation(found, "target", scene.target.pk)["same"]


def test_a_step_is_explained_by_its_pieces(scene):
    told = queries.step_explanation(scene.step)
    assert {f.name for f in told.figures} == {"finish", "spare", "left", "progress"}
    assert all(f.same for f in told.figures)
    ActivityDates.objects.filter(activity=scene.step.activity).update(early_finish=scene.today + timedelta(days=900))
    assert not next(f for f in queries.step_explanation(scene.step).figures if f.name == "finish").same


def test_what_cannot_be_computed_with_is_left_out_and_said(scene):
    row = contribute(scene, step=None, project=scene.project)
    projects.cancel_project(project=scene.project, by=scene.cast.head, because="no money")
    empty = purpose.add_objective(office=scene.cast.office, title="Vague", by=scene.cast.head)
    kpi = purpose.add_kpi(office=scene.cast.office, name="Unmeasured", by=scene.cast.head, unit="x", direction="RISE")
    purpose.set_target(objective=empty, kpi=kpi, by=scene.cast.head, value=3.0)
    told = {entry["ref"]: entry["reason"] for entry in made(scene).results["left_out"]}
    assert told[f"contribution:{row.pk}"] == "Its project is cancelled."
    assert any(ref.startswith("target:") for ref in told)


def test_a_draft_rate_does_not_end_the_signed_one_and_alone_is_worth_nothing(scene):
    head, day = scene.cast.head, scene.today
    purpose.set_value_rate(kpi=scene.kpi, worth=Money.of(1, "EUR"), valid_from=day, by=head)
    other = purpose.add_kpi(office=scene.cast.office, name="Complaints", by=head, unit="a month", direction="FALL")
    purpose.enter_measurement(kpi=other, on=day - timedelta(days=3), value=40, by=head)
    target = purpose.set_target(
        objective=scene.objective, kpi=other, by=head, baseline=40, value=30, due_on=day + timedelta(days=200), is_required=False,
        baseline_on=day - timedelta(days=3),
    )  # fmt: skip
    purpose.set_value_rate(kpi=other, worth=Money.of(5_000, "EUR"), valid_from=day, by=head)
    contribute(scene)
    worth = {pk: row["worth_mean"] for pk, row in made(scene).results["targets"].items()}
    assert worth[str(scene.target.pk)] > 1_000_000
    assert worth[str(target.pk)] is None


def test_the_rows_of_the_engine_are_those_of_the_database(scene):
    row = contribute(scene)
    data = thread(thread_rows(scene.cast.office, scene.today)).data
    assert data.kpis.value_now.tolist() == [5.0]
    assert data.kpis.day_of_value.tolist() == [-3.0]
    assert data.targets.due_day.tolist() == [300.0]
    assert data.targets.direction.tolist() == [-1]
    assert (data.contributions.low[0], data.contributions.high[0]) == (row.low, row.high)
    assert data.contributions.chance.tolist() == [0.85]
    assert np.isclose(data.targets.worth_per_unit[0], 100_000 * 100)


def test_finished_work_is_not_counted_twice(scene):
    contribute(scene, lag_days=0)
    schedule.report_progress(
        activity=scene.task("Clients decide"), by=scene.cast.head, finished_on=scene.today - timedelta(days=200)
    )
    found = made(scene)
    assert abs(found.results["targets"][str(scene.target.pk)]["expected"]) < 1e-9  # its effect is in the last figure already


def test_a_finish_is_a_range_around_the_critical_path(scene):
    contribute(scene)
    rows = thread_rows(scene.cast.office, scene.today)
    finish = finishes(rows)[f"step:{scene.step.pk}"]
    day = (scene.task("Clients decide").dates.early_finish - scene.today).days
    assert finish.low < day < finish.likely < finish.high
    assert finish.runs.size == 2_000
    assert finish.chain == (scene.step.activity_id,)


def test_experience_lowers_new_claims_where_nothing_came_of_old_ones(scene):
    contribute(scene, lag_days=0)
    schedule.report_progress(
        activity=scene.task("Clients decide"), by=scene.cast.head, finished_on=scene.today - timedelta(days=200)
    )
    rows = thread_rows(scene.cast.office, scene.today)
    learnt = experience(rows, finishes(rows))
    assert learnt.cases == 1
    assert learnt.mean < 0.7


def test_a_forecast_says_how_many_changes_came_since(scene):
    made(scene)
    assert not queries.stale_offices()
    contribute(scene)
    assert [o.pk for o in queries.stale_offices()] == [scene.cast.office.pk]
    latest = queries.latest_forecast(scene.cast.office)
    assert queries.changes_since(latest) == 1


def test_what_is_stored_names_nothing(scene):
    contribute(scene)
    stored = json.dumps(made(scene).results)
    assert '"levers": {"' in stored
    for name in ("Clients decide", scene.step.activity.name, scene.project.name):
        assert name not in stored


def test_a_forecast_of_an_earlier_engine_is_made_again(scene):
    made = make_forecast(office=scene.cast.office, runs=200)
    assert not queries.stale_offices()
    Forecast.objects.filter(pk=made.pk).update(engine="forecast-0")
    assert [o.pk for o in queries.stale_offices()] == [scene.cast.office.pk]


def test_refuted_effects_do_not_count(scene):
    row = contribute(scene)
    before = made(scene).results["objectives"][str(scene.objective.pk)]["chance"]
    actions.judge_contribution(contribution=row, shown=Contribution.Shown.REFUTED, by=scene.cast.head, because="the figure rose")
    assert made(scene).results["objectives"][str(scene.objective.pk)]["chance"] < before


def read_back(told):
    """The engine's tables from what an explanation shows, references put back to rows, and nothing else."""
    tables, places, schedules = {}, {}, []
    for ref, row in told["inputs"].items():
        kind, _, ident = ref.partition(":")
        name = {"step": "subject", "project": "subject"}.get(kind, kind)
        assert row["key"] == stable_key(kind, int(ident))
        places[ref] = len(tables.setdefault(name, []))
        tables[name].append(row)
        if name == "subject":
            tables[name][-1] = {column: row[column] for column in ("key", "finish_low", "finish_likely", "finish_high")}
            tables[name][-1]["schedule"] = len(schedules) if row["days"] else -1
            schedules += [ScheduleRuns(row["schedule"], unpacked(row["days"]))] if row["days"] else []
    objectives = {ref: i for i, ref in enumerate(sorted({row["objective"] for row in tables["target"]}))}
    links = {"kpi": places, "subject": places, "supervised": places, "objective": objectives}

    def built(kind, name):
        rows = tables.get(name, [])
        columns = {
            c: [links[c][r[c]] if c in links else float("nan") if r[c] is None else r[c] for r in rows] for c in (rows or [{}])[0]
        }
        return kind(**columns)

    data = ThreadData(
        built(Kpis, "kpi"),
        Objectives(key=[stable_key(*ref.split(":")) for ref in objectives]),
        built(Targets, "target"),
        built(Subjects, "subject"),
        built(Contributions, "contribution"),
        built(Supervisions, "supervision"),
        tuple(schedules),
    )
    options = ForecastOptions(seed=told["seed"], runs=told["runs"], cells=told["cells"], path=told["path"], months=())
    return forecast(data, options), places, objectives


def test_every_figure_computes_again_from_what_its_explanation_shows(scene):
    """From the JSON alone, by nothing but the engine: what a reader could do."""
    row = contribute(scene, step=None, project=scene.project)
    own = contribute(scene)
    head = scene.cast.head
    other = actions.add_step(plan=scene.plan, name="Watch", by=head, deliverable="x", accountable=head, responsible=(head,))
    watched = actions.supervise(step=other, project=scene.project, raised=(5, 10, 20), by=head)
    found = Forecast.objects.get(pk=made(scene).pk)
    for kind, ident in (
        ("objective", scene.objective.pk), ("target", scene.target.pk), ("contribution", row.pk), ("contribution", own.pk),
        ("supervision", watched.pk),
    ):  # fmt: skip
        told = json.loads(json.dumps(queries.explanation(found, kind, ident)))
        again, places, objectives = read_back(told)
        ref = f"{kind}:{ident}"
        table, place = getattr(again, f"{kind}s"), objectives[ref] if kind == "objective" else places[ref]
        names = {"stake": "value_at_stake", "delay": "cost_of_delay"}
        lines = [told, *told["figures"]]
        assert len(lines) >= {"objective": 2, "target": 7, "contribution": 2, "supervision": 2}[kind]
        for line in lines:
            value = getattr(table, names.get(line["figure"], line["figure"]))[place]
            assert line["value"] == line["again"] == value, (ref, line["figure"])
        assert told["same"], ref


def test_an_explanation_is_not_satisfied_by_another_input(scene):
    contribute(scene)
    found = Forecast.objects.get(pk=made(scene).pk)
    found.inputs["tables"]["contributions"]["lag"][0] += 1
    assert not queries.explanation(found, "objective", scene.objective.pk)["same"]
