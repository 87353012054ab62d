"""Every page of the room: who sees it, what stands on it, what a form does, and how many statements a list takes."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.kit import slots
from goldenthread.kit.money import Money
from goldenthread.purpose import actions
from goldenthread.purpose.models import Kpi, Mandate, Measurement, Objective, Service, Target

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-23 10:00Z", tick=False):
        yield


def text(response) -> str:
    """What a reader reads: no tags, white space tidied."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def follow(client, address, data):
    response = client.post(address, data)
    assert response.status_code == 303, text(response)
    return client.get(response["Location"])


PAGES = [
    "/objectives",
    "/objectives/new",
    "/objectives/{objective}",
    "/objectives/{objective}/edit",
    "/objectives/{objective}/targets/new",
    "/targets/{target}/edit",
    "/kpis",
    "/kpis/new",
    "/kpis/{kpi}",
    "/kpis/{kpi}/edit",
    "/kpis/{kpi}/redefine",
    "/mandate",
    "/mandate/new",
    "/mandate/{mandate}",
    "/mandate/{mandate}/edit",
    "/services",
    "/services/new",
]


def addresses(scene):
    keys = {"objective": scene.objective.pk, "target": scene.target.pk, "kpi": scene.kpi.pk, "mandate": scene.mandate.pk}
    return [page.format(**keys) for page in PAGES]


def test_the_head_opens_every_page(scene):
    client = scene.cast.client(scene.cast.head)
    assert {page: client.get(page).status_code for page in addresses(scene)} == dict.fromkeys(addresses(scene), 200)


def test_nobody_of_another_organisation_or_without_a_role_opens_a_thing(scene):
    things = [page for page in addresses(scene) if re.search(r"\d", page)]
    for person in (scene.cast.foreign_admin, scene.cast.nobody):
        client = scene.cast.client(person)
        assert {page: client.get(page).status_code for page in things} == dict.fromkeys(things, 404)


def test_who_only_reads_gets_no_form(scene):
    client = scene.cast.client(scene.cast.people["TEAM_MEMBER"])
    for page in ("/objectives/{}/edit", "/objectives/{}/targets/new"):
        assert client.get(page.format(scene.objective.pk)).status_code == 403
    assert client.get("/objectives/new").status_code == 403
    assert client.get(f"/targets/{scene.target.pk}/edit").status_code == 403
    assert "Propose for approval" not in client.get(f"/objectives/{scene.objective.pk}").content.decode()


class TestObjectives:
    def test_the_table_says_where_each_objective_stands(self, scene):
        actions.enter_measurement(kpi=scene.kpi, on=TODAY, value=4.0, by=scene.cast.head)
        shown = text(scene.cast.client(scene.cast.head).get("/objectives"))
        assert "Faster decisions Decision latency" in shown
        assert "5 → 3" in shown
        assert "50 %" in shown  # (4 - 5) / (3 - 5)
        assert "9 of 10" in shown
        assert "today" in shown

    def test_filters_leave_out_and_the_empty_table_says_so(self, scene):
        client = scene.cast.client(scene.cast.head)
        actions.add_objective(office=scene.cast.office, title="Fewer complaints", by=scene.cast.head)
        for query, kept, gone in (
            ("q=complaints", "Fewer complaints", "Faster decisions"),
            (f"owner={scene.cast.pmo.pk}", "Faster decisions", "Fewer complaints"),
            ("owner=none", "Fewer complaints", "Faster decisions"),
            ("chance=unknown&q=faster", "Faster decisions", "Fewer complaints"),
        ):
            shown = text(client.get(f"/objectives?{query}"))
            assert kept in shown, query
            assert gone not in shown, query
        assert "No objective fits" in text(client.get("/objectives?state=ACHIEVED"))

    @pytest.mark.parametrize("key", ["title", "owner", "attained", "due", "chance", "quality", "state", "figure", "nonsense"])
    def test_every_order_works_both_ways_with_gaps_in_the_data(self, scene, key):
        client = scene.cast.client(scene.cast.head)
        actions.add_objective(office=scene.cast.office, title="Nothing known", by=scene.cast.head)
        for sort in (key, f"-{key}"):
            assert "Nothing known" in text(client.get(f"/objectives?sort={sort}"))

    def test_a_long_table_has_pages_and_begins_with_what_is_approved(self, scene):
        Objective.objects.filter(pk=scene.objective.pk).update(state=Objective.State.APPROVED)
        for n in range(120):
            actions.add_objective(office=scene.cast.office, title=f"Draft {n:03}", by=scene.cast.head)
        client = scene.cast.client(scene.cast.head)
        first, second = text(client.get("/objectives")), text(client.get("/objectives?page=2"))
        assert first.index("Faster decisions") < first.index("Draft 000")
        assert "1 to 100 of 121 objectives" in first
        assert "Draft 099" not in first
        assert "Draft 099" in second
        assert "101 to 121 of 121 objectives" in second
        assert "1 objective" in text(client.get("/objectives?q=draft+007&page=2"))

    @pytest.mark.parametrize(("chance", "word"), [(0.0, "not reached"), (1.0, "reached"), (None, "not known")])
    def test_once_the_day_has_passed_there_is_an_outcome_and_no_chance(self, scene, monkeypatch, chance, word):
        target = {"p10": 1.0, "p50": 2.0, "p90": 3.0, "coverage": 0.5, "has_work": True, "rests_on": "", "basis": "thin"}
        told = {"chance": chance, "basis": "thin", "targets": {scene.target.pk: target}}
        monkeypatch.setitem(slots._providers, "objective_forecasts", [(1, "test", lambda ids: {scene.objective.pk: told})])
        client = scene.cast.client(scene.cast.head)
        Target.objects.filter(pk=scene.target.pk).update(due_on=TODAY)
        ahead = text(client.get(f"/objectives/{scene.objective.pk}"))
        assert "Expected 2" in ahead
        assert "has passed" not in ahead
        Target.objects.filter(pk=scene.target.pk).update(due_on=TODAY - timedelta(days=1))
        over = text(client.get(f"/objectives/{scene.objective.pk}"))
        assert f"{word} the day it was due" in over
        assert "close it, or set a target with a new day" in over
        for gone in ("Expected 2", "likely", "of the change still needed", "The next figure is late"):
            assert gone not in over
        assert f"{word} date passed" in text(client.get("/objectives?chance=over"))
        assert "Faster decisions" not in text(client.get("/objectives?chance=unlikely"))

    def test_an_objective_whose_day_has_passed_stands_beside_others_without_a_forecast(self, scene, monkeypatch):
        other = actions.add_objective(office=scene.cast.office, title="Forecast", by=scene.cast.head)
        told = {other.pk: {"chance": 0.5, "basis": "fair", "targets": {}}}
        monkeypatch.setitem(slots._providers, "objective_forecasts", [(1, "test", lambda ids: told)])
        Target.objects.filter(pk=scene.target.pk).update(due_on=TODAY - timedelta(days=1))
        assert "not known date passed" in text(scene.cast.client(scene.cast.head).get("/objectives"))

    def test_an_empty_office_teaches(self, cast):
        assert "Write the first one" in text(cast.client(cast.head).get("/objectives"))

    def test_the_list_takes_the_same_statements_for_many_as_for_few(self, scene):
        client = scene.cast.client(scene.cast.head)
        client.get("/objectives")

        def statements() -> int:
            with CaptureQueriesContext(connection) as found:
                assert client.get("/objectives").status_code == 200
            return len(found)

        few = statements()
        fill(scene, 60)
        assert statements() == few <= 8

    def test_htmx_gets_the_list_alone(self, scene):
        answer = scene.cast.client(scene.cast.head).get("/objectives?q=faster", headers={"HX-Request": "true"})
        assert answer.content.decode().lstrip().startswith('<div id="objectives">')

    def test_a_page_shows_thread_chart_quality_and_history(self, scene):
        cast = scene.cast
        actions.agree_objective(
            objective=scene.objective, leadership_goal="Serve clients faster", agreed_by=cast.sponsor, by=cast.head
        )
        page = cast.client(cast.head).get(f"/objectives/{scene.objective.pk}?open=history")
        shown = text(page)
        for words in (
            "Decisions about projects are made in time. Serve clients faster Faster decisions Decision latency",
            "ready for approval",
            "4.6 days on 1 Apr 2026. Target 3 days by 31 Oct 2027.",
            "The next figure is late.",
            "agrees to Faster decisions",
        ):
            assert words in shown, words
        assert page.content.decode().count('<svg class="chart wide-only"') == 1

    def test_money_is_said_with_its_signature_or_without(self, scene):
        cast = scene.cast
        rate = actions.set_value_rate(kpi=scene.kpi, worth=Money.of(310000, "EUR"), valid_from=date(2026, 1, 1), by=cast.head)
        client, address = cast.client(cast.head), f"/objectives/{scene.objective.pk}"
        assert "one day is worth €310k a year, not signed yet" in text(client.get(address))
        assert "worth" not in text(cast.client(cast.member).get(address)).split("Quality")[0]
        actions.sign_value_rate(rate=rate, by=cast.sponsor)
        assert f"signed by {cast.sponsor.name}" in text(client.get(address))

    def test_words_at_fault_are_marked_and_never_run_as_markup(self, scene):
        made = actions.add_objective(office=scene.cast.office, title="Improve <b>synergies</b> strategically", by=scene.cast.head)
        page = scene.cast.client(scene.cast.head).get(f"/objectives/{made.pk}").content.decode()
        assert re.search(r"<mark[^>]*>Improve</mark>", page)
        assert "<b>synergies" not in page

    def test_an_objective_its_kpi_and_its_target_are_one_form_and_one_undo(self, scene):
        client, before = scene.cast.client(scene.cast.head), Objective.objects.count()
        shown = follow(client, "/objectives/new", {
            "title": "Cut complaints", "ambition": "COMMITTED", "target-kpi_name": "Complaints", "target-unit": "complaints",
            "target-direction": "FALL", "target-cadence": "MONTHLY", "target-baseline": "38", "target-baseline_on": "2026-10-01",
            "target-value": "20", "target-due_on": "2027-12-31", "target-is_required": "on",
        })  # fmt: skip
        assert "Cut complaints" in text(shown)
        target = Target.objects.get(kpi__name="Complaints")
        assert (target.baseline, target.value, target.objective.title) == (38.0, 20.0, "Cut complaints")
        scene.undo_last()
        assert (Objective.objects.count(), Kpi.objects.filter(name="Complaints").exists()) == (before, False)

    def test_a_refused_target_leaves_nothing_behind_and_shows_why(self, scene):
        client, before = scene.cast.client(scene.cast.head), (Objective.objects.count(), Kpi.objects.count())
        answer = client.post("/objectives/new", {"title": "X", "ambition": "COMMITTED", "target-kpi_name": "Decision latency"})
        assert answer.status_code == 422
        assert "There is a KPI “Decision latency” already" in text(answer)
        assert (Objective.objects.count(), Kpi.objects.count()) == before

    def test_the_sentence_fills_the_fields_without_saving(self, scene):
        client, before = scene.cast.client(scene.cast.head), Objective.objects.count()
        sentence = "Cut complaints about billing from 38 a month in October 2026 to 20 a month by 31 December 2027"
        answer = client.post("/objectives/new", {"title": sentence, "target-value": "19", "fill": "1"})
        page = answer.content.decode()
        assert answer.status_code == 200
        for field, value in (
            ("kpi_name", "Complaints about billing"),
            ("baseline", "38.0"),
            ("value", "19"),
            ("due_on", "2027-12-31"),
        ):
            assert re.search(rf'name="target-{field}" value="{value}"', page), field
        assert Objective.objects.count() == before

    def test_advice_never_refuses(self, scene):
        client = scene.cast.client(scene.cast.head)
        for title in ("", "Improve things", "x" * 290, "Reduce waiting from 9 days to 4 days by June 2028"):
            answer = client.post(
                "/objectives/advice", {"title": title, "target-baseline": "not a number"}, headers={"HX-Request": "true"}
            )
            assert answer.status_code == 200
            assert answer.content.decode().lstrip().startswith('<div id="advice"')

    @pytest.mark.parametrize("key", ["decision-time", "load"])
    def test_a_template_of_the_library_fills_the_form(self, scene, key):
        page = scene.cast.client(scene.cast.head).get(f"/objectives/new?template={key}").content.decode()
        assert "… days" in page or "… %" in page
        assert 'aria-current="true"' in page

    def test_the_way_to_approval_by_its_buttons(self, scene):
        head, member = scene.cast.client(scene.cast.head), scene.cast.client(scene.cast.pmo)
        address = f"/objectives/{scene.objective.pk}"
        assert "Proposed" in text(follow(member, f"{address}/propose", {"version": scene.objective.version}))
        assert member.post(f"{address}/approve").status_code == 403
        assert "Approved" in text(follow(head, f"{address}/approve", {"version": scene.objective.version + 1}))
        assert head.post(f"{address}/achieve").status_code == 422
        assert head.post(f"{address}/retire", {"reason": ""}).status_code == 422
        retired = {"reason": "The strategy changed", "version": scene.objective.version + 2}
        assert "Retired" in text(follow(head, f"{address}/retire", retired))

    def test_a_stale_form_answers_with_both_versions(self, scene):
        client, seen = scene.cast.client(scene.cast.head), scene.objective.version
        actions.edit_objective(objective=scene.objective, changes={"title": "By somebody else"}, by=scene.cast.pmo)
        answer = client.post(
            f"/objectives/{scene.objective.pk}/edit", {"title": "By me", "ambition": "COMMITTED", "version": seen}
        )
        assert answer.status_code == 409
        assert "By somebody else" in text(answer)
        assert Objective.objects.get(pk=scene.objective.pk).title == "By somebody else"

    def test_an_approved_target_changes_only_with_a_reason(self, scene):
        actions.propose_objective(objective=scene.objective, by=scene.cast.head)
        actions.approve_objective(objective=scene.objective, by=scene.cast.head)
        client, address = scene.cast.client(scene.cast.head), f"/targets/{scene.target.pk}/edit"
        data = {
            "baseline": "5",
            "baseline_on": "2026-01-01",
            "value": "3.5",
            "due_on": "2027-10-31",
            "tolerance": "0.2",
            "is_required": "on",
            "version": scene.target.version,
        }
        answer = client.post(address, data)
        assert answer.status_code == 422
        assert "Say why what was approved changes" in text(answer)
        follow(client, address, data | {"reason": "The board asked for less"})
        assert "The board asked for less" in text(client.get(f"/objectives/{scene.objective.pk}?open=history"))

    def test_a_confidential_objective_is_neither_listed_nor_opened(self, scene):
        actions.edit_objective(objective=scene.objective, changes={"is_confidential": True}, by=scene.cast.head)
        client = scene.cast.client(scene.cast.people["PORTFOLIO_MANAGER"])
        assert "Faster decisions" not in text(client.get("/objectives?state=ALL"))
        assert client.get(f"/objectives/{scene.objective.pk}").status_code == 404
        assert "Faster decisions" not in text(client.get(f"/kpis/{scene.kpi.pk}"))
        assert client.get(f"/targets/{scene.target.pk}/edit").status_code == 404


def fill(scene, count: int) -> None:
    """Many more objectives, each with a KPI, a target and a year of figures."""
    for number in range(count):
        kpi = actions.add_kpi(
            office=scene.cast.office, name=f"KPI {number}", unit="days", direction=Kpi.Direction.FALL, by=scene.cast.head
        )
        days = [TODAY - timedelta(days=30 * month) for month in range(3)]
        actions.enter_measurements(figures=[actions.Figure(kpi, day, 5.0) for day in days], by=scene.cast.head)
        made = actions.add_objective(
            office=scene.cast.office, title=f"Objective {number}", by=scene.cast.head, clause=scene.clause
        )
        actions.set_target(objective=made, kpi=kpi, by=scene.cast.head, baseline=9.0, value=3.0, due_on=date(2028, 1, 1))


class TestKpis:
    def test_the_list_is_filtered_and_has_pages(self, scene):
        by, client = scene.cast.head, scene.cast.client(scene.cast.head)
        for n in range(120):
            actions.add_kpi(office=scene.cast.office, name=f"Figure {n:03}", unit="%", by=by)
        first = text(client.get("/kpis"))
        assert first.index(scene.kpi.name) < first.index("Figure 000")  # in use, so it comes first
        assert "1 to 100 of 121 KPIs" in first
        assert "Figure 119" in text(client.get("/kpis?page=2"))
        for query, kept, gone in (
            ("q=figure+007", "Figure 007", "Figure 008"),
            ("show=used", scene.kpi.name, "Figure 000"),
            ("show=unused", "Figure 000", scene.kpi.name),
            ("show=late", scene.kpi.name, "Figure 000"),
            (f"office={scene.cast.office.pk}", "Figure 000", "No KPI fits"),
        ):
            shown = text(client.get(f"/kpis?{query}"))
            assert kept in shown, query
            assert gone not in shown, query
        assert "No KPI fits these filters. Show all 121" in text(client.get("/kpis?q=nowhere"))

    def test_a_figure_is_entered_inline_and_a_withdrawn_one_is_struck_with_its_reason(self, scene):
        client, address = scene.cast.client(scene.cast.head), f"/kpis/{scene.kpi.pk}"
        follow(client, f"{address}/figures", {"on": "2026-11-20", "value": "44"})
        wrong = Measurement.objects.get(value=44.0)
        assert client.post(f"/measurements/{wrong.pk}/withdraw", {"reason": ""}).status_code == 422
        page = follow(client, f"/measurements/{wrong.pk}/withdraw", {"reason": "A slip of the pen", "version": wrong.version})
        assert "withdrawn: A slip of the pen" in text(page)
        assert "<del>44</del>" in page.content.decode()

    def test_a_figure_that_cannot_be_keeps_what_was_typed(self, scene):
        client = scene.cast.client(scene.cast.head)
        answer = client.post(f"/kpis/{scene.kpi.pk}/figures", {"on": "2026-11-24", "value": "4.25"})
        assert answer.status_code == 422
        assert "A figure of a day to come" in text(answer)
        assert 'value="4.25"' in answer.content.decode()

    def test_its_owner_enters_and_others_do_not(self, scene):
        address = f"/kpis/{scene.kpi.pk}"
        owner = scene.cast.client(scene.cast.member)
        assert 'id="enter"' in owner.get(address).content.decode()
        follow(owner, f"{address}/figures", {"on": "2026-11-20", "value": "4"})
        other = scene.cast.client(scene.cast.people["PROGRAMME_MANAGER"])
        assert 'id="enter"' not in other.get(address).content.decode()
        assert other.post(f"{address}/figures", {"on": "2026-11-20", "value": "4"}).status_code == 403

    def test_what_a_unit_is_worth_is_said_unsigned_then_signed(self, scene):
        cast, address = scene.cast, f"/kpis/{scene.kpi.pk}"
        data = {"amount": "310000", "currency": "EUR", "rate_kind": "PER_YEAR", "valid_from": "2026-01-01"}
        assert "unsigned: not counted" in text(follow(cast.client(cast.head), f"{address}/rates", data))
        rate = scene.kpi.value_rates.get()
        assert cast.client(cast.head).post(f"/value-rates/{rate.pk}", {"do": "sign"}).status_code == 403
        assert "signed by" in text(
            follow(cast.client(cast.sponsor), f"/value-rates/{rate.pk}", {"do": "sign", "version": rate.version})
        )
        assert "What one unit is worth" not in text(cast.client(cast.member).get(address))

    def test_the_list_takes_the_same_statements_for_many_as_for_few(self, scene):
        client = scene.cast.client(scene.cast.head)
        counts = []
        for extra in (0, 30):
            fill(scene, extra)
            client.get("/kpis")
            with CaptureQueriesContext(connection) as found:
                client.get("/kpis")
            counts.append(len(found))
        assert counts[0] == counts[1]


class TestMandates:
    def test_a_mandate_is_written_put_in_force_and_compared_with_the_one_before(self, scene):
        client = scene.cast.client(scene.cast.head)
        actions.add_service(office=scene.cast.office, name="Paper gates", by=scene.cast.head)
        clauses = "1. Decisions about projects are made in days.\n\n- Something new about skills"
        data = {
            "title": "Value mandate",
            "mandate_kind": "VALUE",
            "purpose": "Show value.",
            "issuer": "Board",
            "clauses": clauses,
        }
        page = follow(client, "/mandate/new", data)
        made = Mandate.objects.get(title="Value mandate")
        assert list(made.clauses.order_by("number").values_list("text", flat=True)) == [
            "Decisions about projects are made in days.",
            "Something new about skills",
        ]
        assert "draft" in text(page)
        shown = text(follow(client, f"/mandate/{made.pk}/in-force", {"version": made.version}))
        for words in ("reworded", "dropped", "added", "Faster decisions", "Kept: Paper gates", "Supportive", "Value office"):
            assert words in shown, words
        assert "objective cites the old mandate" not in shown  # no clause kept its words

    def test_objectives_whose_clause_kept_its_words_are_carried_over_by_one_button(self, scene):
        head = scene.cast.head
        client = scene.cast.client(head)
        following = actions.draft_successor(mandate=scene.mandate, by=head, title="Mandate 2027")
        actions.put_mandate_in_force(mandate=following, by=head)
        address = f"/mandate/{scene.mandate.pk}/compare/{following.pk}"
        assert "1 objective cites the old mandate in words that the new one keeps" in text(client.get(address))
        shown = text(follow(client, address, {}))
        assert "1 objective carried over" in shown
        assert "cites the old mandate" not in shown
        assert scene.cast.client(scene.cast.pmo).post(address).status_code == 403

    def test_objectives_of_a_mandate_that_ended_are_flagged_where_one_looks(self, scene):
        client = scene.cast.client(scene.cast.head)
        actions.propose_objective(objective=scene.objective, by=scene.cast.head)
        actions.approve_objective(objective=scene.objective, by=scene.cast.head)
        follow(
            client,
            f"/mandate/{scene.mandate.pk}/end",
            {"reason": "The board closed the office", "version": scene.mandate.version},
        )
        assert "1 objective proposed or approved on no mandate in force" in text(client.get("/mandate"))
        assert "mandate not in force" in text(client.get("/objectives"))
        assert "which is not in force: nothing carries it" in text(client.get(f"/objectives/{scene.objective.pk}"))

    def test_an_office_without_a_mandate_teaches(self, cast):
        assert "Write the mandate" in text(cast.client(cast.head).get("/mandate"))

    def test_mandates_of_two_offices_are_not_compared(self, scene):
        cast = scene.cast
        from goldenthread.accounts.actions import grant_role

        grant_role(person=cast.head, role="HEAD", scope=cast.second_office.scope, by=None)
        head = cast.fresh(cast.head)
        other = actions.draft_mandate(office=cast.second_office, title="Theirs", purpose="P", issuer="B", by=head)
        assert cast.client(cast.head).get(f"/mandate/{scene.mandate.pk}/compare/{other.pk}").status_code == 404


class TestServices:
    def test_the_catalogue_with_its_stop_list_and_no_hours(self, scene):
        client = scene.cast.client(scene.cast.head)
        for data in (
            {"name": "Gate reviews", "service_class": "GOVERNANCE", "state": "OFFERED", "planned_percent": "40"},
            {"name": "Slide pack", "service_class": "SUPPORT", "state": "OFFERED", "planned_percent": "10"},
            {"name": "Booking rooms", "service_class": "SUPPORT", "state": "NOT_OFFERED", "goes_to": "Facilities"},
        ):
            follow(client, "/services/new", data)
        pack = Service.objects.get(name="Slide pack")
        shown = text(follow(client, f"/services/{pack.pk}/stop", {"goes_to": "the portfolio page", "version": pack.version}))
        for words in (
            "Gate reviews",
            "40 %",
            "Booking rooms goes to Facilities",
            "Slide pack since 23 Nov 2026",
            "No hours logged",
        ):
            assert words in shown, words
        answer = client.post(
            "/services/new", {"name": "More", "service_class": "VALUE", "state": "OFFERED", "planned_percent": "61"}
        )
        assert answer.status_code == 422
        assert "60 % is left" in text(answer)
