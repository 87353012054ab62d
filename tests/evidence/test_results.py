"""What finished work was to bring is written down before it can be seen, looked at on its day, and kept as it was said."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.queries import visible
from goldenthread.accounts.undo import undo
from goldenthread.evidence import actions
from goldenthread.evidence.models import ExpectedResult, ResultCheck, RivalExplanation
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.plan import actions as plan
from goldenthread.plan.models import Contribution
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Measurement
from tests.plan.conftest import Scene

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SAID, FINISHED = 320, 300  # days ago


def contribution(scene: Scene, *, said: int = SAID, likely: float = -1.0, step=None, **more) -> Contribution:
    """A claim on the scene's KPI, written down so many days ago."""
    row = plan.contribute(
        kpi=scene.kpi, by=scene.cast.head, step=step or scene.step, effect=(1.5 * likely, likely, 0.5 * likely), **more
    )
    Changeset.objects.filter(pk=Changeset.objects.latest("pk").pk).update(at=timezone.now() - timedelta(days=said))
    return row


def finish(scene: Scene, days: int = FINISHED, step=None) -> None:
    day = scene.today - timedelta(days=days)
    done = {"progress": 100, "actual_start": day - DAY, "actual_finish": day}
    plan.edit_step(step=scene.fresh(step or scene.step), changes=done, by=scene.cast.head)


def figures(scene: Scene, fall: float, *, since: int = FINISHED, months: int = 24) -> None:
    """Two years of figures that wobble a little and fall by a step so many days ago."""
    with changeset(title="Forget", by=None):
        for row in Measurement.objects.filter(kpi=scene.kpi):
            row.delete()
    wobble = (0.05, -0.03, 0.01, -0.06, 0.04, 0.02, -0.04)
    rows = []
    for i in range(months):
        on = scene.today - timedelta(days=3 + 30 * i)
        step = -fall if on >= scene.today - timedelta(days=since) else 0.0
        rows.append(purpose.Figure(scene.kpi, on, round(6 + step + wobble[i % 7], 2)))
    purpose.enter_measurements(figures=rows, by=scene.cast.head)


def ready(scene: Scene, fall: float = 1.0, **more) -> ExpectedResult:
    """A result whose day to look has come; as if written down before its work finished."""
    row = contribution(scene, **more)
    figures(scene, fall)
    finish(scene)
    return actions.register_result(
        contribution=row, by=scene.cast.head, today=scene.today - timedelta(days=FINISHED), looker=scene.cast.pmo
    )


class TestWrittenDown:
    def test_size_and_days_stand_as_they_were_said(self, scene):
        result = ready(scene, lag_days=10, ramp_days=20)
        assert (result.likely, result.unit, result.finished_on) == (-1.0, "days", scene.today - FINISHED * DAY)
        assert result.begins_on == scene.today - 290 * DAY
        assert result.look_on == result.begins_on + timedelta(days=20 + 3 * 31)
        claim = Contribution.objects.get()
        plan.edit_contribution(
            contribution=claim, changes={"low": -9.0, "likely": -8.0, "high": -7.0}, by=scene.cast.head, version=claim.version
        )
        plan.withdraw_contribution(contribution=scene.fresh(claim), by=scene.cast.head)
        assert scene.fresh(result).likely == -1.0

    def test_never_after_its_effect_could_be_seen(self, scene):
        row = contribution(scene, said=250)
        finish(scene)
        with pytest.raises(Refused, match="too late"):
            actions.register_result(contribution=row, by=scene.cast.head)
        assert actions.register_finished(office=scene.cast.office, today=scene.today) == 0

    def test_a_size_that_was_changed_late_was_said_late(self, scene):
        row = contribution(scene)
        plan.edit_contribution(
            contribution=row, changes={"low": -0.3, "likely": -0.2, "high": -0.1}, by=scene.cast.head, version=row.version
        )
        finish(scene)
        with pytest.raises(Refused, match="too late"):
            actions.register_result(contribution=row, by=scene.cast.head, today=scene.today - FINISHED * DAY)

    def test_never_on_or_after_the_day_to_look(self, scene):
        row = contribution(scene)
        finish(scene)
        with pytest.raises(Refused, match="day to look"):
            actions.register_result(contribution=row, by=scene.cast.head)
        with pytest.raises(IntegrityError), transaction.atomic(), changeset(title="By force", by=None):
            ExpectedResult(
                step=scene.step, kpi=scene.kpi, low=-1, likely=-1, high=-1, said_on=scene.today, registered_on=scene.today,
                begins_on=scene.today, look_on=scene.today,
            ).save()  # fmt: skip

    def test_the_job_writes_down_what_is_finished_and_was_said_in_time_once(self, scene):
        contribution(scene, said=30)
        finish(scene, days=10)
        assert actions.register_finished(office=scene.cast.office, today=scene.today) == 1
        assert actions.register_finished(office=scene.cast.office, today=scene.today) == 0
        result = ExpectedResult.objects.get()
        assert (result.registered_by, result.looker, result.registered_on) == (None, scene.cast.member, scene.today)

    def test_planned_work_is_written_down_by_hand_and_its_day_follows_the_work(self, scene):
        row = contribution(scene, said=1)
        result = actions.register_result(contribution=row, by=scene.cast.head)
        assert result.finished_on is None
        assert result.begins_on >= scene.today
        finish(scene, days=0)
        assert actions.follow_work(office=scene.cast.office, today=scene.today) == 1
        assert scene.fresh(result).finished_on == scene.today
        assert scene.fresh(result).look_on == scene.today + 93 * DAY
        assert actions.follow_work(office=scene.cast.office, today=scene.today) == 0

    @pytest.mark.parametrize("kind", ["step", "project"])
    def test_work_that_was_stopped_is_expected_to_bring_nothing(self, scene, kind):
        subject = {"step": {"step": scene.step}, "project": {"project": scene.project}}[kind]
        row = plan.contribute(kpi=scene.kpi, by=None, effect=(-1.5, -1.0, -0.5), **subject)
        result = actions.register_result(contribution=row, by=scene.cast.head)
        if kind == "step":
            plan.stop_step(step=scene.fresh(scene.step), by=scene.cast.head, because="Nobody needs it")
        else:
            projects.cancel_project(project=scene.fresh(scene.project), by=scene.cast.head, because="Nobody needs it")
        assert actions.follow_work(office=scene.cast.office, today=scene.today) == 1
        assert scene.fresh(result).withdrawn_because == "The work was stopped"
        assert actions.follow_work(office=scene.cast.office, today=scene.today + 30 * DAY) == 0
        page = scene.cast.client(scene.cast.head).get(f"/results/{result.pk}").content.decode()
        assert "The work was stopped." in page

    def test_it_may_be_taken_back_before_it_can_be_seen_and_stays_on_record(self, scene):
        row = contribution(scene, said=1, lag_days=30)
        finish(scene, days=0)
        result = actions.register_result(contribution=row, by=scene.cast.head)
        with pytest.raises(Refused, match="why"):
            actions.withdraw_result(result=result, because=" ", by=scene.cast.head)
        actions.withdraw_result(result=result, because="Another step does it", by=scene.cast.head, version=1)
        assert scene.fresh(result).withdrawn_because == "Another step does it"
        actions.register_result(contribution=row, by=scene.cast.head)
        assert ExpectedResult.objects.count() == 2
        late = ready_again(scene)
        with pytest.raises(Refused, match="stands"):
            actions.withdraw_result(result=late, because="It did not work", by=scene.cast.head)

    def test_undo_withdraws_it_and_never_deletes_it(self, scene):
        row = contribution(scene, said=1)
        finish(scene, days=0)
        actions.register_result(contribution=row, by=scene.cast.head)
        undo(changeset=Changeset.objects.latest("pk"), by=scene.cast.head)
        assert ExpectedResult.objects.get().withdrawn_at is not None

    def test_what_the_figures_were_asked_about_is_taken_back_by_no_undo(self, scene):
        result = ready(scene, fall=0.0)
        written = Changeset.objects.latest("pk")
        actions.check_due(today=scene.today)
        with pytest.raises(Refused, match="was looked at on"):
            undo(changeset=written, by=scene.cast.head)
        assert scene.fresh(result).withdrawn_at is None

    def test_who_may_not_plan_for_the_kpi_writes_nothing_down(self, scene):
        row = contribution(scene, said=1)
        finish(scene, days=0)
        with pytest.raises(Forbidden):
            actions.register_result(contribution=row, by=scene.cast.member)


def ready_again(scene: Scene) -> ExpectedResult:
    step = plan.add_step(plan=scene.plan, name="Decide in writing", by=scene.cast.head, duration=480)
    row = contribution(scene, step=step)
    finish(scene, step=step)
    return actions.register_result(contribution=row, by=scene.cast.head, today=scene.today - FINISHED * DAY)


class TestLooked:
    def test_a_fall_that_was_foretold_is_seen_and_adds_up(self, scene):
        result = ready(scene)
        assert actions.check_due(today=scene.today) == 1
        check = ResultCheck.objects.get()
        assert (check.state, check.reason, check.look, check.checked_on) == ("SEEN", "", 1, scene.today)
        assert check.low < -1.0 < check.high < 0
        assert (check.before, check.after) == (14, 10)
        assert check.by_itself + check.attributed + check.to_others + check.remainder == pytest.approx(check.observed)
        assert check.result == result
        assert actions.check_due(today=scene.today) == 0

    def test_what_did_not_come_is_not_seen_so_far(self, scene):
        ready(scene, fall=0.0)
        actions.check_due(today=scene.today)
        check = ResultCheck.objects.get()
        assert (check.state, check.attributed) == ("NOT_SEEN", 0.0)

    def test_the_wrong_way_is_not_seen_either(self, scene):
        ready(scene, fall=-1.0)
        actions.check_due(today=scene.today)
        assert ResultCheck.objects.get().state == "NOT_SEEN"

    def test_a_small_promise_cannot_be_tested(self, scene):
        ready(scene, fall=0.02, likely=-0.02)
        actions.check_due(today=scene.today)
        assert (ResultCheck.objects.get().state, ResultCheck.objects.get().reason) == ("CANNOT", "NOISE")

    def test_a_redefined_kpi_cannot_be_tested(self, scene):
        ready(scene)
        purpose.redefine_kpi(kpi=scene.kpi, on=scene.today - 280 * DAY, reason="Median, not mean", by=scene.cast.head)
        actions.check_due(today=scene.today)
        assert ResultCheck.objects.get().reason == "REDEFINED"

    def test_finished_work_that_nobody_wrote_down_shares_the_change(self, scene):
        ready(scene)
        step = plan.add_step(plan=scene.plan, name="Decide in writing", by=scene.cast.head, duration=480)
        contribution(scene, said=1, step=step)
        finish(scene, days=FINISHED - 20, step=step)
        actions.check_due(today=scene.today)
        check = ResultCheck.objects.get()
        assert (check.reason, check.beside) == ("TOO_NEAR", [f"step:{step.pk}"])
        assert check.attributed == check.to_others == 0.0

    def test_nobody_looks_before_the_day(self, scene):
        row = contribution(scene, said=1)
        finish(scene, days=0)
        result = actions.register_result(contribution=row, by=scene.cast.head)
        assert actions.check_due(today=scene.today) == 0
        with pytest.raises(Refused, match="luck"):
            actions.check_result(result=result, by=scene.cast.head)

    def test_a_later_look_is_kept_beside_the_first_needs_a_new_figure_and_is_stricter(self, scene, monkeypatch):
        result = ready(scene)
        actions.check_due(today=scene.today)
        assert actions.check_result(result=result, by=scene.cast.head) is None
        purpose.enter_measurements(figures=[purpose.Figure(scene.kpi, scene.today, 5.0)], by=scene.cast.head)
        asked = []
        from goldenthread.evidence.mapping import effects

        real = effects.effect_check
        monkeypatch.setattr(
            effects, "effect_check", lambda *given, **more: asked.append(more["options"].sure) or real(*given, **more)
        )
        second = actions.check_result(result=result, by=scene.cast.head)
        assert (second.look, ResultCheck.objects.count(), asked) == (2, 2, [0.9875])

    def test_too_few_figures_are_looked_at_again_a_quarter_later_and_no_more_often(self, scene):
        ready(scene)
        Measurement.objects.filter(kpi=scene.kpi, on__gte=scene.today - 240 * DAY).update(withdrawn_at=timezone.now())
        first = scene.today - 150 * DAY
        assert actions.check_due(today=first) == 1
        assert ResultCheck.objects.get().reason == "FEW_AFTER"
        assert actions.check_due(today=first + 90 * DAY) == 0
        late = [purpose.Figure(scene.kpi, first + n * DAY, 5.0 + 0.01 * (n % 3)) for n in (10, 40, 70)]
        purpose.enter_measurements(figures=late, by=scene.cast.head)
        assert actions.check_due(today=first + 91 * DAY) == 1
        assert ResultCheck.objects.get(look=2).state == "SEEN"
        assert actions.check_due(today=scene.today + 200 * DAY) == 0


class TestOtherExplanations:
    def test_each_is_answered_once_with_a_reason_and_may_be_answered_anew(self, scene):
        result = ready(scene)
        with pytest.raises(Refused, match="what shows it"):
            actions.answer_rival(result=result, cause="SEASON", answer="RULED_OUT", by=scene.cast.head)
        actions.answer_rival(result=result, cause="SEASON", answer="POSSIBLE", because="Winter", by=scene.cast.pmo)
        actions.answer_rival(
            result=result, cause="SEASON", answer="RULED_OUT", because="The winter before did not fall", by=scene.cast.pmo
        )
        row = RivalExplanation.objects.get()
        assert (row.answer, row.because) == ("RULED_OUT", "The winter before did not fall")
        undo(changeset=Changeset.objects.latest("pk"), by=scene.cast.head)
        assert RivalExplanation.objects.get().answer == "POSSIBLE"
        with pytest.raises(Refused, match="from the list"):
            actions.answer_rival(result=result, cause="MOON", answer="OPEN", by=scene.cast.head)

    def test_who_looks_may_answer_and_strangers_may_not(self, scene):
        result = ready(scene)
        actions.name_looker(result=result, looker=scene.cast.nobody, by=scene.cast.head, version=result.version)
        assert Changeset.objects.latest("pk").title == "Nia Nobody is to look at Clients decide on Decision latency"
        actions.answer_rival(result=result, cause="SEASON", answer="OPEN", by=scene.cast.nobody)
        with pytest.raises(Forbidden):
            actions.answer_rival(result=result, cause="SEASON", answer="OPEN", by=scene.cast.member)


def test_the_days_are_days(scene):
    result = ready(scene)
    assert isinstance(result.look_on, date)


class TestPages:
    def test_the_list_says_the_state_in_words_with_figures_and_what_nobody_wrote_down(self, scene):
        client = scene.cast.client(scene.cast.head)
        assert "No expected result is written down yet" in client.get("/results").content.decode()
        ready(scene)
        actions.check_due(today=scene.today)
        step = plan.add_step(plan=scene.plan, name="Decide in writing", by=scene.cast.head, duration=480)
        contribution(scene, said=1, step=step)
        finish(scene, step=step)
        page = client.get("/results").content.decode()
        assert "Clients decide" in page
        assert "14, 10" in page
        assert "1 piece of finished work" in page
        assert "None" not in page
        assert "Clients decide" not in client.get("/results?state=CANNOT").content.decode()

    def test_one_result_adds_up_on_its_page_and_takes_an_answer(self, scene):
        result = ready(scene)
        actions.check_due(today=scene.today)
        client = scene.cast.client(scene.cast.head)
        page = client.get(f"/results/{result.pk}").content.decode()
        assert "was promised" in page
        assert "Observed change" in page
        sent = {"cause": "SEASON", "answer": "RULED_OUT", "because": "The winter before was the same"}
        assert client.post(f"/results/{result.pk}/rival", sent).status_code == 303
        assert "The winter before was the same" in client.get(f"/results/{result.pk}").content.decode()
        assert client.post(f"/results/{result.pk}/rival", sent | {"because": ""}).status_code == 422
        assert client.post(f"/results/{result.pk}/rival", sent).status_code == 428, "somebody answered since the page was drawn"
        assert client.post(f"/results/{result.pk}/rival", sent | {"version": "1", "because": "Better said"}).status_code == 303

    @pytest.mark.parametrize(
        ("fall", "promised", "judged", "words", "differ"),
        [
            (0.0, -1.0, "SHOWN", "Judged by hand: shown to work. The figures say: not seen so far. Both stand", True),
            (1.0, -1.0, "REFUTED", "Judged by hand: shown not to work. The figures say: seen. Both stand", True),
            (0.02, -0.02, "SHOWN", "Judged by hand: shown to work. The figures say: cannot be tested. Both stand", True),
            (0.02, -0.02, "NOT_SHOWN", "Judged by hand: not seen so far. The figures say: cannot be tested.", False),
            (1.0, -1.0, "SHOWN", "Judged by hand: shown to work. The figures say: seen.", False),
            (0.0, -1.0, "NOT_SHOWN", "Judged by hand: not seen so far. The figures say: not seen so far.", False),
        ],
    )
    def test_what_was_judged_by_hand_stands_beside_what_the_figures_say(self, scene, fall, promised, judged, words, differ):
        result = ready(scene, fall, likely=promised)
        client = scene.cast.client(scene.cast.head)
        claim = Contribution.objects.get()
        plan.judge_contribution(contribution=claim, shown=judged, by=scene.cast.head, because="Asked the clients")
        waiting = client.get(f"/results/{result.pk}").content.decode()
        assert "The figures were not looked at yet." in waiting
        actions.check_due(today=scene.today)
        page = client.get(f"/results/{result.pk}").content.decode()
        assert words in page
        assert ("they differ" in page) is differ
        listed = f"by hand{', otherwise' if differ else ''}: {claim.get_shown_display().lower()}"
        assert listed in client.get("/results").content.decode()

    def test_the_editor_of_an_effect_writes_it_down_and_leads_to_it(self, scene):
        row = contribution(scene, said=1)
        finish(scene, days=0)
        client = scene.cast.client(scene.cast.head)
        assert ">Write it down</button>" in client.get(f"/plan/contributions/{row.pk}").content.decode()
        assert client.post(f"/results/add/{row.pk}").status_code == 303
        result = ExpectedResult.objects.get()
        assert f"/results/{result.pk}" in client.get(f"/plan/contributions/{row.pk}").content.decode()
        assert (
            client.post(f"/results/{result.pk}/note", {"note": "Mind the strike", "version": result.version}).status_code == 303
        )
        assert scene.fresh(result).note == "Mind the strike"

    def test_the_objective_says_how_many_were_seen(self, scene):
        ready(scene)
        actions.check_due(today=scene.today)
        page = scene.cast.client(scene.cast.head).get(f"/objectives/{scene.objective.pk}").content.decode()
        assert "1 of 1 expected result seen" in page

    def test_who_looks_finds_on_the_day_what_waits_to_be_explained(self, scene):
        result = ready(scene)
        actions.check_due(today=scene.today)
        client = scene.cast.client(scene.cast.pmo)
        assert f"/results/{result.pk}#rivals" in client.get("/").content.decode()
        actions.answer_rival(result=result, cause="SEASON", answer="OPEN", by=scene.cast.pmo)
        assert f"/results/{result.pk}#rivals" not in client.get("/").content.decode()

    def test_a_note_that_is_too_long_is_refused_in_words(self, scene):
        result = ready(scene)
        sent = {"note": "x" * 501, "version": result.version}
        answer = scene.cast.client(scene.cast.head).post(f"/results/{result.pk}/note", sent)
        assert answer.status_code == 422
        assert "500" in answer.content.decode()
        assert scene.fresh(result).note == ""

    def test_programs_read_it_with_every_look(self, scene):
        result = ready(scene)
        actions.check_due(today=scene.today)
        client = scene.cast.client(scene.cast.head)
        assert client.get("/api/expected-results").json()["items"][0]["likely"] == -1.0
        told = client.get(f"/api/expected-results/{result.pk}/looks").json()
        assert (told["state"], told["looks"][0]["before"]) == ("SEEN", 14)
        one = told["looks"][0]
        assert one["by_itself"] + one["attributed"] + one["to_others"] + one["remainder"] == pytest.approx(one["observed"])

    def test_a_confidential_project_is_named_to_nobody_who_may_not_see_it(self, scene):
        day = scene.today - timedelta(days=FINISHED - 20)
        hidden = projects.add_project(name="Canary", by=None, under=scene.cast.office.scope, starts_on=day - DAY, finishes_on=day)
        projects.edit_project(project=hidden, changes={"is_confidential": True}, by=scene.cast.head)
        ready(scene)
        claim = {"low": -1.5, "likely": -1.0, "high": -0.5}
        row = plan.contribute(kpi=scene.kpi, by=None, project=hidden, effect=tuple(claim.values()))
        projects.close_project(project=scene.fresh(hidden), by=scene.cast.head)
        with changeset(title="As it was said", by=None):
            ExpectedResult(
                project=hidden, kpi=scene.kpi, **claim, unit="days", said_on=day, registered_on=day, finished_on=day,
                begins_on=day, look_on=day + 93 * DAY,
            ).save()  # fmt: skip
        assert row.project_id == hidden.pk
        actions.check_due(today=scene.today)
        open_to, closed_to = (scene.cast.client(person) for person in (scene.cast.head, scene.cast.pmo))
        result = ExpectedResult.objects.get(step=scene.step)
        assert "too near to “Canary”" in open_to.get(f"/results/{result.pk}").content.decode()
        assert "too near to other work" in closed_to.get(f"/results/{result.pk}").content.decode()
        for address in ("/results", "/api/expected-results", f"/results/{result.pk}"):
            assert "Canary" not in closed_to.get(address).content.decode()
        assert "Canary" in open_to.get("/results").content.decode()

    def test_a_figure_that_only_confidential_objectives_ask_for_is_told_to_nobody_else(self, scene):
        result = ready(scene)
        actions.check_due(today=scene.today)
        actions.answer_rival(result=result, cause="SEASON", answer="POSSIBLE", because="Winter", by=scene.cast.head)
        stranger = scene.cast.people["PORTFOLIO_MANAGER"]
        assert scene.kpi.name in scene.cast.client(stranger).get(f"/results/{result.pk}").content.decode()
        purpose.edit_objective(objective=scene.fresh(scene.objective), changes={"is_confidential": True}, by=scene.cast.head)
        for person, status in ((stranger, 404), (scene.cast.head, 200), (scene.cast.pmo, 200)):
            client = scene.cast.client(person)
            for address in (
                f"/results/{result.pk}",
                f"/api/expected-results/{result.pk}",
                f"/api/expected-results/{result.pk}/looks",
            ):
                assert client.get(address.format(result.pk)).status_code == status, (person, address)
            for address in ("/results", "/api/expected-results"):
                assert (str(scene.kpi.name) in client.get(address).content.decode()) is (status == 200 and "api" not in address)
            for model in (ResultCheck, RivalExplanation):
                assert visible(model.objects.all(), person).exists() is (status == 200)

    def test_nobody_is_made_to_look_at_work_that_may_not_be_named_to_him(self, scene):
        day = scene.today - timedelta(days=5)
        hidden = projects.add_project(name="Canary", by=None, under=scene.cast.office.scope, starts_on=day - DAY, finishes_on=day)
        projects.edit_project(project=hidden, changes={"is_confidential": True}, by=scene.cast.head)
        plan.contribute(kpi=scene.kpi, by=None, project=hidden, effect=(-1.5, -1.0, -0.5))
        Changeset.objects.filter(pk=Changeset.objects.latest("pk").pk).update(at=timezone.now() - 20 * DAY)
        projects.close_project(project=scene.fresh(hidden), by=scene.cast.head)
        assert actions.register_finished(office=scene.cast.office, today=scene.today) == 1
        assert ExpectedResult.objects.get().looker is None
        for address in ("/results", "/api/expected-results"):
            assert "Canary" not in scene.cast.client(scene.cast.member).get(address).content.decode()
            assert str(hidden.pk) not in scene.cast.client(scene.cast.member).get("/api/expected-results").content.decode()
