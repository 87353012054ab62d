"""Risks kept with a schedule: written, undone, listed in and out; what they do to a finish on page, by command, in a forecast."""

import datetime as dt
import io
import json
from io import BytesIO

import numpy as np
import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import grant_role
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.config import schedule_simulation
from goldenthread.config.session import Session
from goldenthread.formats import limits
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.risk_list import RiskEvent
from goldenthread.formats.schedule_risk import RiskRequest
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects.actions import simulations
from goldenthread.projects.queries import schedule_simulation as page_query
from goldenthread.projects.queries import simulation_page
from goldenthread.schedule import actions
from goldenthread.schedule.models import Activity, DrivenActivity, ScheduleRisk
from goldenthread.schedule.queries import compared_risks, finishes_of_schedule, listed_risks
from tests.formats.schedules import link, mspdi, task
from tests.formats.test_risk_list import working_days
from tests.projects.test_simulation import asked, stored

DAY = dt.date(2027, 3, 1)
CERTAIN = RiskRequest(runs=2_000, low=100, likely=100, high=100)
HEAD = "risk,chance,activities,low,likely,high,unit\r\n"
PLAN = mspdi(
    task(1, "Dig", Duration="PT40H0M0S", WBS="A.1")
    + task(2, "Pour; cure", 1, link(1), Duration="PT40H0M0S", WBS="B.2")
    + task(3, "Gate", 1, link(2), Milestone=1, Duration="PT0H0M0S")
    + task(4, "Survey", 1, Duration="PT8H0M0S")
)


@pytest.fixture
def dam(cast):
    return stored(cast, PLAN)


def event(name="Rain", chance=100.0, figures=(10, 10, 10), *, is_factor=False):
    return RiskEvent("", name, chance, *map(float, figures), is_factor, ())


def add(cast, project, *names, **given):
    rows = [Activity.objects.get(schedule=project.schedule, name=name).pk for name in names]
    return actions.add_risk(schedule=project.schedule, event=event(**given), activities=rows, by=cast.head)


def finish(project, request=CERTAIN):
    return simulation_page(project, request, DAY).told["finish"]


def kept(project):
    """Risks with what they drive, as words."""
    return [
        (r.name, r.chance, r.unit, r.low, r.likely, r.high, sorted(r.driven.values_list("activity__name", flat=True)))
        for r in ScheduleRisk.objects.filter(schedule=project.schedule).order_by("id")
    ]


def address(project, rest=""):
    return f"/projects/{project.pk}/schedule/risks{rest}"


def sent(*activities, **fields):
    given = {"name": "Rain", "chance": "30", "unit": "days", "low": "1", "likely": "2", "high": "5"} | fields
    return given | {"activities": [row.pk if isinstance(row, Activity) else row for row in activities]}


def test_a_certain_risk_of_ten_days_on_the_critical_path_moves_the_finish_by_ten_working_days(cast, dam):
    before = finish(dam)
    add(cast, dam, "Dig")
    after = finish(dam)
    assert [working_days(before[name], after[name]) for name in ("p10", "p50", "p80", "p90")] == [10] * 4
    assert after["stated"] == before["stated"]
    assert after["chance_of_stated"] == 0


def test_a_risk_happens_in_as_many_runs_as_it_is_likely_and_costs_what_the_finish_gains_without_it(cast, dam):
    add(cast, dam, "Dig", chance=30.0)
    told = simulation_page(dam, CERTAIN, DAY).told
    assert abs(told["finish"]["chance_of_stated"] - 0.7) < 4.5 * (0.21 / 2_000) ** 0.5
    assert told["finish"]["p50"] == told["finish"]["stated"]
    ((risk, fall),) = [(one["name"], one["p80_falls_days"]) for one in told["risks"]]
    assert (risk, fall) == ("Rain", 14), "ten working days over two weekends"
    assert told["helps"][0] == {"id": "", "name": "Rain", "kind": "risk", "p80_falls_days": 14}


def test_page_and_command_count_what_is_kept_and_give_the_same_figures(cast, dam, capsys, tmp_path):
    add(cast, dam, "Dig", "Pour; cure", chance=40.0, figures=(2, 5, 20))
    add(cast, dam, "Survey", name="Lost key", chance=10.0, figures=(150, 200, 300), is_factor=True)
    session = Session(cast.organisation, cast.head, "")
    given = {"runs": 200, "seed": 3, "spread": "90/100/125", "shape": "triangular", "correlation": 0.0}

    def by_command(risks=""):
        schedule_simulation.simulate_project(session, str(dam.pk), json=True, risks=risks, **given)
        return json.loads(capsys.readouterr().out)["projects"][0]

    shown = simulation_page(dam, RiskRequest(runs=200, seed=3), dt.date.today()).told
    told = by_command()
    assert (shown["finish"], shown["risks"]) == (told["finish"], told["risks"])
    text = asked(cast, dam, "runs=200&seed=3").content.decode()
    for words in ("2 risks count", "Lost key", "150 · 200 · 300 % of what remains", "2 · 5 · 20 working days", ">risk</span>"):
        assert words in text
    same = tmp_path / "risks.csv"
    same.write_bytes(listed_risks(dam.schedule, "csv", DAY))
    assert by_command(str(same))["finish"] == told["finish"], "the list alone says the same"
    same.write_text(f"{HEAD}Frost,100,Dig,30,30,30,days\r\n")
    assert [one["name"] for one in by_command(str(same))["risks"]] == ["Frost"], "a list takes the place of what is kept"


def test_the_forecast_draws_the_finish_with_the_risks_and_anew_after_each_change(cast, dam):
    before = finishes_of_schedule(dam.schedule, DAY, 7)
    risk = add(cast, dam, "Dig", figures=(100, 100, 100))
    with_it = finishes_of_schedule(dam.schedule, DAY, 7)
    assert np.all(with_it - before >= 138), "a hundred working days"
    actions.change_risk(risk=risk, event=event(chance=0.0), activities=[risk.driven.get().activity_id], by=cast.head)
    assert np.array_equal(finishes_of_schedule(dam.schedule, DAY, 7), before)
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert np.array_equal(finishes_of_schedule(dam.schedule, DAY, 7), with_it)


def test_each_write_is_one_action_that_is_undone_and_says_what_was_seen(cast, dam):
    risk = add(cast, dam, "Dig")
    first = kept(dam)
    survey = Activity.objects.get(name="Survey").pk
    actions.change_risk(risk=risk, event=event(), activities=[survey], by=cast.head, version=1)
    assert kept(dam)[0][-1] == ["Survey"]
    with pytest.raises(Conflict):
        actions.change_risk(risk=risk, event=event(chance=5.0), activities=[survey], by=cast.head, version=1)
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert kept(dam) == first
    risk.refresh_from_db()
    with pytest.raises(Conflict):
        actions.remove_risk(risk=risk, by=cast.head, version=1)
    actions.remove_risk(risk=risk, by=cast.head, version=risk.version)
    assert (kept(dam), DrivenActivity.objects.count()) == ([], 0)
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert kept(dam) == first
    undo(changeset=Changeset.objects.get(title="Add the risk Rain"), by=cast.head)
    assert (kept(dam), DrivenActivity.objects.count()) == ([], 0)


def test_what_is_finished_is_passed_over_and_the_answer_says_so(cast, dam):
    add(cast, dam, "Survey", "Dig")
    add(cast, dam, "Survey", name="Lost key")
    Activity.objects.filter(name="Survey").update(actual_start=DAY, actual_finish=DAY, progress=100)
    told = simulation_page(dam, CERTAIN, DAY).told
    assert [(one["name"], [row["name"] for row in one["activities"]]) for one in told["risks"]] == [("Rain", ["Dig"])]
    assert "One risk does not count, since nothing that it could lengthen is left to do: “Lost key”." in told["notes"]
    text = asked(cast, dam, "runs=200").content.decode()
    assert "1 of 2 risks" in text
    assert "does not count" in text


def test_a_list_taken_out_is_taken_in_as_equal(cast, dam):
    add(cast, dam, "Dig", "Survey", name="=Rain; or +snow", chance=12.5, figures=(-2, 0.1, 1 / 3))
    add(cast, dam, "Pour; cure", name="Twice", figures=(110, 150, 300), is_factor=True)
    add(cast, dam, "Gate", name="Twice")
    Activity.objects.filter(name="Survey").update(cancelled_on=DAY)
    before = kept(dam)
    for form in ("csv", "xlsx"):
        data = cast.client(cast.head).get(address(dam, f"/file?form={form}")).content
        compared = compared_risks(dam.schedule, read_guarded("risks", data), DAY)
        assert (len(compared.same), compared.does_something, compared.faults) == (3, False, ()), form
    actions.take_list(
        schedule=dam.schedule,
        compared=compared_risks(dam.schedule, read_guarded("risks", f"{HEAD}New,5,Dig,1,1,1,\r\n".encode()), DAY),
        seen=compared.mark,
        by=cast.head,
    )
    assert [one[0] for one in kept(dam)] == ["New"]
    changed = compared_risks(dam.schedule, read_guarded("risks", data), DAY)
    actions.take_list(schedule=dam.schedule, compared=changed, seen=changed.mark, by=cast.head)
    assert kept(dam) == before


def test_a_list_is_looked_at_then_taken_as_one_action_and_refused_by_rows(cast, dam):
    add(cast, dam, "Dig", name="Old")
    add(cast, dam, "Dig", name="Rain")
    before = kept(dam)
    client = cast.client(cast.head)

    def bring(text):
        return client.post(address(dam, "/list"), {"file": SimpleUploadedFile("risks.csv", f"{HEAD}{text}".encode())})

    bad = bring(
        "Rain,often,Dig,1,2,3,days\r\nFrost,10,Nowhere,1,2,3,days\r\nFog,10,Dig,3,2,1,days\r\nHail,9,Gate,110,120,130,percent"
    )
    text = bad.content.decode()
    assert bad.status_code == 422
    assert "4 rows cannot be used" in text
    places = [text.index(f"Row {n} of the list of risks") for n in (2, 3, 4, 5)]
    assert places == sorted(places)
    for words in ("“often” is no number", "no activity “Nowhere”", "not in order", "“Gate” takes no time"):
        assert words in text
    page = bring("Rain,40,A.1;Pour,5,10,30,days".replace("Pour", "B.2") + "\r\nFrost,10,4,1,2,3,days").content.decode()
    for words in ("1 new, 1 changed, 1 removed, 0 as before", "chance: 100 → 40", "activities: 1 → 2, of which 1 new"):
        assert words in page
    assert kept(dam) == before, "looking writes nothing"
    form = {"seen": page.split('name="seen" value="')[1].split('"')[0], "list": page.split("hidden>")[1].split("</textarea>")[0]}
    assert client.post(address(dam, "/list"), form).status_code == 303
    assert kept(dam) == [
        ("Rain", 40, "days", 5, 10, 30, ["Dig", "Pour; cure"]),
        ("Frost", 10, "days", 1, 2, 3, ["Survey"]),
    ]
    again = client.post(address(dam, "/list"), form)
    assert (again.status_code, "Somebody changed the risks" in again.content.decode()) == (422, True)
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert kept(dam) == before
    nothing = client.post(address(dam, "/list"), {"file": io.BytesIO(b"name,owner\nRain,Ada\n")})
    assert "no headings" in nothing.content.decode()


def test_a_risk_is_added_changed_and_removed_on_the_page_and_activities_are_found_by_name_or_code(cast, dam):
    client = cast.client(cast.head)
    dig, gate = (Activity.objects.get(name=name) for name in ("Dig", "Gate"))
    assert "No risk has been named" in asked(cast, dam, "runs=200").content.decode()
    looked = client.post(address(dam), sent(dig, find="1", words="b.2")).content.decode()
    assert looked.index("checked> <span>Dig") < looked.index("Pour; cure")
    assert "Survey" not in looked
    refused = client.post(address(dam), sent(gate, unit="percent", low="110", likely="120", high="130"))
    assert (refused.status_code, "takes no time" in refused.content.decode()) == (422, True)
    for wrong in (
        sent(),
        sent(10**12),
        sent(dig, low="9"),
        sent(dig, chance="130"),
        sent(dig, chance="nan"),
        sent(dig, name=" "),
    ):
        assert client.post(address(dam), wrong).status_code == 422
    assert not ScheduleRisk.objects.exists()
    added = client.post(address(dam, "?then=runs%3D200"), sent(dig))
    assert added.headers["Location"].endswith("/simulation?runs=200#risks")
    risk = ScheduleRisk.objects.get()
    one = address(dam, f"?risk={risk.pk}")
    assert 'name="version" value="1"' in client.get(one).content.decode()
    assert client.post(one, sent(dig, gate, chance="60")).status_code == 428
    assert client.post(one, sent(dig, gate, chance="60", version="1")).status_code == 303
    assert kept(dam) == [("Rain", 60, "days", 1, 2, 5, ["Dig", "Gate"])]
    assert client.post(one, sent(dig, version="1")).status_code == 409
    assert client.post(one, {"remove": "1", "version": "2"}).status_code == 303
    assert client.get(one).status_code == 404


def test_who_sees_the_plan_sees_the_risks_and_who_may_change_the_schedule_changes_them(cast, dam):
    risk = add(cast, dam, "Dig", name="Rain on the dam")
    sponsor, client = cast.people[Role.SPONSOR], cast.people[Role.CLIENT]
    grant_role(person=client, role=Role.CLIENT, scope=dam.scope, by=cast.admin)
    assert "Rain on the dam" in asked(cast, dam, "runs=200", person=sponsor).content.decode()
    assert "Add a risk" not in asked(cast, dam, "runs=200", person=sponsor).content.decode()
    for person, status in ((sponsor, 403), (client, 404), (cast.nobody, 404)):
        for rest in ("", f"?risk={risk.pk}", "/list"):
            assert cast.client(person).get(address(dam, rest)).status_code == status
            assert cast.client(person).post(address(dam, rest), {"remove": "1", "version": "1"}).status_code == status
    assert cast.client(client).get(address(dam, "/file")).status_code == 404
    with pytest.raises(Forbidden):
        actions.remove_risk(risk=risk, by=sponsor)
    other = stored(cast, mspdi(task(1, "Elsewhere", Duration="PT8H0M0S")))
    assert cast.client(cast.head).get(address(other, f"?risk={risk.pk}")).status_code == 404
    with pytest.raises(Refused, match="of this schedule alone"):
        add(cast, other, "Elsewhere")
        actions.add_risk(
            schedule=dam.schedule, event=event(), activities=[Activity.objects.get(name="Elsewhere").pk], by=cast.head
        )


def test_the_worker_draws_them_for_a_large_schedule_and_a_change_makes_its_answer_old(cast, dam, monkeypatch):
    monkeypatch.setattr(page_query, "LARGE", 3)
    risk = add(cast, dam, "Dig")
    simulations.make_simulation(project=dam, asked=RiskRequest(runs=200), today=dt.date.today())
    shown = simulation_page(dam, RiskRequest(runs=200), dt.date.today())
    assert ([one["stored"] for one in shown.told["risks"]], shown.is_old) == ([risk.pk], False)
    add(cast, dam, "Dig", name="Frost")
    text = asked(cast, dam, "runs=200").content.decode()
    assert "has changed since" in text
    assert "no simulation of them is shown here" in text


def test_many_risks_are_paged_and_cost_the_page_no_more_statements(cast, dam):
    counts = []
    for many in (1, 26):
        rows = "\r\n".join(f"Risk {n},1,Dig;Survey,1,2,3,days" for n in range(many))
        compared = compared_risks(dam.schedule, read_guarded("risks", f"{HEAD}{rows}".encode()), DAY)
        actions.take_list(schedule=dam.schedule, compared=compared, seen=compared.mark, by=cast.head)
        asked(cast, dam, "runs=200")
        with CaptureQueriesContext(connection) as asked_for:
            text = asked(cast, dam, "runs=200").content.decode()
        counts.append(len(asked_for))
    assert counts[0] == counts[1] <= 30
    assert "1 to 20 of 26 risks" in text
    assert "21 to 26 of 26 risks" in asked(cast, dam, "runs=200&page=2").content.decode()


def test_a_list_beyond_all_measure_is_refused_before_it_is_read(cast, dam, monkeypatch):
    monkeypatch.setattr(limits, "UPLOAD_BYTES", 1000)
    monkeypatch.setattr(InMemoryUploadedFile, "read", lambda *_: pytest.fail("it was read"))
    sent = BytesIO(HEAD.encode() + b"x" * 1000)
    sent.name = "risks.csv"
    answer = cast.client(cast.head).post(address(dam, "/list"), {"file": sent})
    assert answer.status_code == 422
    assert "the limit is" in answer.content.decode()
