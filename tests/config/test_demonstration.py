"""The demo as its database holds it: each thing that it is to show is there, on whatever day it is loaded."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests import product
from tests.config.test_commands import ALDERMERE
from tests.kept import Kept

pytestmark = pytest.mark.slow
ORGANISATION = "(SELECT id FROM accounts_organisation WHERE slug = 'aldermere')"
IT, WORKS = (f"(SELECT id FROM purpose_office WHERE code = '{code}')" for code in ("it", "capital"))
# a leap day, the end of a year, both more than 400 days ahead; LONG_TESTS: a Sunday
DAYS = ("2028-02-29", "2027-12-31", *(("2027-01-03",) if os.environ.get("LONG_TESTS") else ()))


def one(folder: Path, question: str) -> Any:
    """The first column of the one row that answers."""
    with closing(sqlite3.connect(folder / "golden-thread.sqlite3")) as database:
        return database.execute(question).fetchone()[0]


def count(folder: Path, table: str, where: str = "1") -> int:
    return int(one(folder, f"SELECT COUNT(*) FROM {table} WHERE {where}"))


def rows_of(folder: Path) -> dict[str, int]:
    """How many rows each table of the product holds; history, sessions and what Django keeps are left out."""
    with closing(sqlite3.connect(folder / "golden-thread.sqlite3")) as database:
        names = [n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [n for n in names if not n.startswith(("sqlite", "django", "auth")) and "historical" not in n]
        return {n: database.execute(f'SELECT COUNT(*) FROM "{n}"').fetchone()[0] for n in kept}


def plan_rows(folder: Path, office: str) -> int:
    schedule = f"(SELECT schedule_id FROM plan_businessplan WHERE office_id = {office})"
    return count(folder, "schedule_activity", f"schedule_id = {schedule}")


class TestOffices:
    def test_there_are_two_and_red_means_two_things(self, demo: Path):
        assert count(demo, "purpose_office") == 2
        assert one(demo, "SELECT COUNT(DISTINCT red_means) FROM purpose_office WHERE red_means <> ''") == 2

    def test_the_pmo_has_seven_posts_one_vacant_one_half_time_one_leaving(self, demo: Path):
        staff = "department = 'IT office'"
        assert count(demo, "accounts_person", staff) == 6
        assert count(demo, "schedule_resource", "resource_kind = 'ROLE' AND person_id IS NULL") == 1
        assert count(demo, "accounts_person", f"{staff} AND minutes_per_week = 1200") == 1
        assert count(demo, "accounts_person", f"{staff} AND leaves_on IS NOT NULL") == 1

    def test_each_head_signs_in_and_stands_somebody_in(self, demo: Path):
        heads = "id IN (SELECT head_id FROM purpose_office)"
        assert count(demo, "accounts_person", f"{heads} AND user_id IS NOT NULL AND deputy_id IS NOT NULL") == 2
        doors = {d["email"] for d in product.must(demo, "demo")["sign_ins"]}
        assert {"head@aldermere.example.org", "capital@aldermere.example.org"} <= doors

    def test_the_mandate_moved_from_governance_to_value_and_the_works_mandate_ends_soon(self, demo: Path):
        assert (
            one(demo, f"SELECT mandate_kind FROM purpose_mandate WHERE office_id = {IT} AND state = 'SUPERSEDED'")
            == "CONTROLLING"
        )
        assert one(demo, f"SELECT mandate_kind FROM purpose_mandate WHERE office_id = {IT} AND state = 'IN_FORCE'") == "VALUE"
        assert count(demo, "purpose_mandate", f"office_id = {WORKS} AND valid_to < date('now', '+30 days')") == 1


class TestGoals:
    def test_six_objectives_are_approved_one_is_vague_one_is_reached(self, demo: Path):
        states = {
            s: count(demo, "purpose_objective", f"office_id = {IT} AND state = '{s}'")
            for s in ("APPROVED", "PROPOSED", "ACHIEVED")
        }
        assert states == {"APPROVED": 6, "PROPOSED": 1, "ACHIEVED": 1}
        assert count(demo, "purpose_objective", "is_confidential") == 1
        assert count(demo, "purpose_objective", f"office_id = {WORKS} AND state = 'APPROVED'") == 4

    def test_twelve_kpis_have_two_years_of_figures_one_has_three_one_was_redefined(self, demo: Path):
        points = "(SELECT COUNT(*) FROM purpose_measurement m WHERE m.kpi_id = k.id)"
        with closing(sqlite3.connect(demo / "golden-thread.sqlite3")) as database:
            found = sorted(n for (n,) in database.execute(f"SELECT {points} FROM purpose_kpi k WHERE office_id = {IT}"))
        assert found == [3] + [24] * 11
        redefined = "redefined_on BETWEEN date('now', '-190 days') AND date('now', '-150 days')"
        assert count(demo, "purpose_kpi", f"office_id = {IT} AND {redefined}") == 1

    def test_every_basis_occurs_and_chances_run_from_unlikely_to_likely(self, demo: Path):
        objectives = [
            o for code in ("it", "capital") for o in product.must(demo, "thread", "--office", code, *ALDERMERE)["objectives"]
        ]
        required = [(o["p_attain"], k["basis"]) for o in objectives for k in o["kpis"] if k["required"]]
        assert {basis for _, basis in required} == {"thin", "fair", "good"}
        firm = [chance for chance, basis in required if basis != "thin"]
        assert min(firm) < 0.2
        assert max(firm) > 0.75

    def test_some_value_rates_are_signed_and_some_are_not(self, demo: Path):
        assert (
            count(demo, "purpose_valuerate", "signed_by_id IS NOT NULL"),
            count(demo, "purpose_valuerate", "signed_by_id IS NULL"),
        ) == (4, 2)


class TestPlan:
    def test_about_a_hundred_and_twenty_activities_and_a_shorter_plan_of_the_works(self, demo: Path):
        assert 110 <= plan_rows(demo, IT) <= 140
        assert 45 <= plan_rows(demo, WORKS) <= 75

    def test_every_step_but_the_vacant_one_has_one_who_answers_and_says_what_comes_out(self, demo: Path):
        answered = "EXISTS (SELECT 1 FROM plan_raci r WHERE r.step_id = plan_step.id AND r.letter = 'A')"
        assert count(demo, "plan_step", f"step_kind = 'STEP' AND NOT {answered}") == 1
        assert count(demo, "plan_step", "step_kind = 'STEP' AND deliverable = ''") == 0
        assert count(demo, "plan_step", "step_kind = 'STEP' AND acceptance = ''") <= 8, "those that nobody asked for"
        assert {letter for letter in "RACI" if count(demo, "plan_raci", f"letter = '{letter}'")} == set("RACI")

    def test_effects_say_why_except_the_one_that_is_to_be_found(self, demo: Path):
        assert count(demo, "plan_contribution", "mechanism = '' AND size = ''") == 1
        shown = {s: count(demo, "plan_contribution", f"shown = '{s}'") for s in ("SHOWN", "NOT_SHOWN", "REFUTED")}
        assert shown == {"SHOWN": 2, "NOT_SHOWN": 1, "REFUTED": 1}

    def test_both_offices_supervise_and_have_an_approved_baseline(self, demo: Path):
        assert count(demo, "plan_supervision") == 7
        plans = "(SELECT schedule_id FROM plan_businessplan)"
        assert count(demo, "schedule_baseline", f"schedule_id IN {plans} AND name = 'As approved'") == 2

    def test_both_offices_have_a_version_in_force_and_one_of_them_changed_it_since(self, demo: Path):
        for office, versions in ((IT, 2), (WORKS, 1)):
            mine = f"plan_id = (SELECT id FROM plan_businessplan WHERE office_id = {office})"
            assert count(demo, "plan_planversion", mine) == versions
            assert count(demo, "plan_planversion", f"{mine} AND state = 'IN_FORCE' AND number = {versions}") == 1
        effects = json.loads(one(demo, "SELECT results FROM plan_versioneffect"))
        assert any(told["parts"] and max(map(abs, told["parts"])) > 0.02 for told in effects["objectives"].values())
        told = "link = '/plan/versions/' || (SELECT id FROM plan_planversion WHERE number = 2) || '/changes'"
        read = count(demo, "plan_planevent", "what = 'SEEN'")
        assert 0 < read < count(demo, "workspace_inboxitem", told)
        assert (
            count(
                demo,
                "plan_raci",
                "letter = 'A' AND step_id = (SELECT s.id FROM plan_step s JOIN schedule_activity a "
                "ON a.id = s.activity_id WHERE a.name = 'New benefits analyst')",
            )
            == 0
        )

    def test_both_plans_have_slipped_against_their_baseline_since(self, demo: Path):
        dates = "schedule_activitydates d JOIN schedule_baselineactivity b ON b.activity_id = d.activity_id"
        for office in (IT, WORKS):
            mine = f"(SELECT schedule_id FROM plan_businessplan WHERE office_id = {office})"
            late = f"SELECT COUNT(*) FROM {dates} JOIN schedule_baseline s ON s.id = b.baseline_id WHERE s.schedule_id = {mine}"
            assert one(demo, f"{late} AND d.early_finish > date(b.finish, '+3 days')") >= 2

    def test_the_slide_pack_that_nobody_asked_for_recurs_each_week(self, demo: Path):
        pack = "(SELECT id FROM schedule_activity WHERE name = 'Weekly slide pack')"
        assert one(demo, f"SELECT repeats FROM plan_step WHERE activity_id = {pack}") == "WEEKLY"
        assert count(demo, "schedule_activity", f"parent_id = {pack} AND deadline > date('now')") == 5

    def test_duties_are_due_today_proven_and_expired_in_both_offices(self, demo: Path):
        for office in (IT, WORKS):
            duties = "SELECT d.id FROM plan_duty d JOIN plan_businessplan p ON p.id = d.plan_id"
            mine = f"duty_id IN ({duties} WHERE p.office_id = {office})"
            assert count(demo, "plan_dutyoccurrence", f"{mine} AND due_on = date('now') AND proven_on IS NULL") >= 1
            assert count(demo, "plan_dutyoccurrence", f"{mine} AND proof <> '' AND proven_on IS NOT NULL") >= 1
            ended = f"plan_id IN (SELECT id FROM plan_businessplan WHERE office_id = {office}) AND valid_to < date('now')"
            assert count(demo, "plan_duty", ended) == 1

    def test_gaps_of_every_kind_and_links_in_every_state_are_found(self, demo: Path):
        found = {code: product.must(demo, "gaps", "--office", code, *ALDERMERE) for code in ("it", "capital")}
        assert {row["reason"] for row in found["it"]["unsupported"]} == {f"U{n}" for n in range(1, 9)}
        states = {"not_asked", "owner_says_none", "linked_not_shown", "shown_not_to_work"}
        assert {row["state"] for row in found["it"]["unsupported"]} == states
        assert len({row["reason"] for row in found["capital"]["unsupported"]}) >= 4
        for told in found.values():
            assert told["people_without_line"] == [], "everybody of an office has work that leads somewhere"
            assert 0.1 < told["totals"]["unsupported_hours"] / told["totals"]["hours"] < 0.4


class TestProjects:
    def test_twenty_five_with_forty_five_percent_of_the_spend_mandatory(self, demo: Path):
        assert count(demo, "projects_project", f"organisation_id = {ORGANISATION}") == 25
        for amount in ("budget_minor", "spent_minor"):
            share = one(demo, f"SELECT 100.0 * SUM({amount} * is_mandatory) / SUM({amount}) FROM projects_project")
            assert round(share) == 45, amount

    def test_one_was_rebaselined_three_times_each_with_its_reason_on_its_day(self, demo: Path):
        assert one(demo, "SELECT name FROM projects_project WHERE rebaselined = 3") == "Mains replacement, east"
        project = "(SELECT 'project:' || id FROM projects_project WHERE rebaselined = 3)"
        days = "SELECT COUNT(DISTINCT date(at)) FROM accounts_changeset WHERE title LIKE 'Re-baseline%' AND reason <> ''"
        assert one(demo, f"{days} AND about = {project}") == 3

    def test_each_replacement_of_its_dates_kept_the_baseline_before_it(self, demo: Path):
        network = "(SELECT schedule_id FROM projects_project WHERE rebaselined = 3)"
        assert count(demo, "schedule_baseline", f"schedule_id = {network}") == 4
        ends = "SELECT MAX(finish) FROM schedule_baselineactivity b JOIN schedule_baseline s ON s.id = b.baseline_id"
        with closing(sqlite3.connect(demo / "golden-thread.sqlite3")) as database:
            rows = database.execute(f"{ends} WHERE s.schedule_id = {network} GROUP BY s.id ORDER BY s.id").fetchall()
        assert len(set(rows)) == 4
        assert rows == sorted(rows)

    def test_the_sponsors_favourite_has_no_case(self, demo: Path):
        favourite = "(SELECT id FROM projects_project WHERE name = 'Control room wall')"
        assert count(demo, "plan_contribution", f"project_id = {favourite}") == 0
        assert count(demo, "plan_duty", f"project_id = {favourite}") == 0
        sponsor = "(SELECT id FROM accounts_person WHERE email LIKE 'sponsor@%')"
        said = f"ref_kind = 'project' AND ref_id = {favourite} AND by_id = {sponsor}"
        assert count(demo, "workspace_comment", said) == 1

    def test_a_client_never_answers_and_the_other_one_does(self, demo: Path):
        asked = "asked_id = (SELECT id FROM accounts_person WHERE email LIKE '{}@%')"
        assert count(demo, "workspace_question", f"{asked.format('client')} AND answered_at IS NULL") == 3
        assert count(demo, "workspace_question", f"{asked.format('client')} AND answered_at IS NOT NULL") == 0
        assert count(demo, "workspace_question", f"{asked.format('client2')} AND answered_at IS NOT NULL") == 1

    def test_sixteen_report_monthly_for_a_year_and_colours_lag_behind(self, demo: Path):
        assert count(demo, "projects_statusreport") == 16 * 12
        assert count(demo, "projects_project", "rating = 'GREEN' AND finishes_on > date(baseline_finish, '+60 days')") >= 1

    def test_nobody_asked_for_the_weekly_slide_pack_and_hours_go_into_it(self, demo: Path):
        assert one(demo, "SELECT state FROM purpose_service WHERE name = 'Weekly slide packs'") == "RETIRED"
        pack = "(SELECT id FROM purpose_service WHERE name = 'Weekly slide packs')"
        assert one(demo, f"SELECT SUM(minutes) / 60 FROM resources_timeentry WHERE service_id = {pack}") > 40


class TestPlansOfProjects:
    PLANS = "schedule_id IN (SELECT schedule_id FROM schedule_calendar)"

    def test_four_have_logic_of_all_kinds_with_lags_of_all_kinds(self, demo: Path):
        assert one(demo, "SELECT COUNT(DISTINCT schedule_id) FROM schedule_calendar") == 4
        assert 100 <= count(demo, "schedule_activity", self.PLANS) <= 160
        within = f"successor_id IN (SELECT id FROM schedule_activity WHERE {self.PLANS})"
        assert count(demo, "schedule_relationship", f"{within} AND relationship_kind = 'FS'") > 60
        for kind in ("SS", "FF", "SF"):
            assert count(demo, "schedule_relationship", f"{within} AND relationship_kind = '{kind}'") >= 4
        for lag in ("lag_kind = 'E'", "lag_kind = 'P'", "lag_kind = '' AND lag > 0"):
            assert count(demo, "schedule_relationship", f"{within} AND {lag}") >= 4

    def test_each_is_partly_done_beside_a_baseline_with_holidays_and_something_critical(self, demo: Path):
        for plan in json.loads(one(demo, "SELECT json_group_array(DISTINCT schedule_id) FROM schedule_calendar")):
            rows = f"schedule_id = {plan}"
            assert count(demo, "schedule_activity", f"{rows} AND actual_finish IS NOT NULL") >= 5
            assert count(demo, "schedule_activity", f"{rows} AND actual_finish IS NULL AND progress > 0") >= 1
            assert count(demo, "schedule_calendar", f"{rows} AND json_array_length(exceptions) >= 24") == 2
            assert count(demo, "schedule_baseline", rows) == 1
            ends = f"activity_id IN (SELECT id FROM schedule_activity WHERE {rows} AND actual_finish IS NULL)"
            assert count(demo, "schedule_activitydates", f"{ends} AND is_critical") >= 3


class TestPast:
    def test_breakage_arises_after_the_approval(self, demo: Path):
        approved = one(demo, "SELECT at FROM accounts_changeset WHERE title = 'Approve what is ready'")
        for title in (
            "Cancel Meter reading app",
            "Block Ask the two%",
            "Judge the effect of Reminders%",
            "Mark Second portfolio%",
        ):
            assert one(demo, f"SELECT at FROM accounts_changeset WHERE title LIKE '{title}'") > approved, title

    def test_actions_are_numbered_in_the_order_of_their_days_and_records_bear_those_days(self, demo: Path):
        earlier = "SELECT COUNT(*) FROM accounts_changeset a JOIN accounts_changeset b ON b.id = a.id + 1"
        assert one(demo, f"{earlier} WHERE b.at < a.at AND a.organisation_id = b.organisation_id") == 0
        records = "SELECT COUNT(*) FROM purpose_historicalobjective h JOIN accounts_changeset c ON c.id = h.changeset_id"
        assert one(demo, f"{records} WHERE h.history_date <> c.at") == 0
        assert product.must(demo, "verify")["whole"]

    def test_people_logged_hours_in_each_of_eight_weeks(self, demo: Path):
        for email in ("delivery@", "engineer@"):
            person = f"(SELECT id FROM accounts_person WHERE email LIKE '{email}%')"
            assert (
                one(
                    demo,
                    f'SELECT COUNT(DISTINCT on_) FROM (SELECT "on" AS on_ FROM resources_timeentry WHERE person_id = {person})',
                )
                == 40
            )


def test_the_first_run_folder_holds_deck_sheet_and_two_lists_of_which_some_projects_were_renamed(demo: Path):
    folder = demo / "first-run"
    assert {p.name for p in folder.iterdir()} == {
        "deck.txt",
        "portfolio.xlsx",
        "projects-last-month.csv",
        "projects-this-month.csv",
    }
    lists = [set((folder / f"projects-{when}-month.csv").read_text(encoding="cp1252").splitlines()) for when in ("last", "this")]
    assert len(lists[0] - lists[1]) == 2
    sheet = CalamineWorkbook.from_path(str(folder / "portfolio.xlsx")).get_sheet_by_index(0)
    assert len(sheet.merged_cell_ranges or []) == 1 + 6, "the title, and a line for each department"
    assert "fewer leavers in the first year" in (folder / "deck.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("day", DAYS)
def test_on_any_day_the_demo_loads_alike_and_is_whole(kept: Kept, demo: Path, tmp_path: Path, day: str):
    folder = shutil.copytree(kept.tables(), tmp_path / "data")
    done = product.module(folder, "tests.config.on_a_day", day, "demo")
    assert done.code == 0, done.err
    assert rows_of(folder) == rows_of(demo)
    assert one(folder, "SELECT MAX(date(at)) FROM accounts_changeset") == day
    found = product.module(folder, "tests.config.on_a_day", day, "gaps", *ALDERMERE, "--office", "it", "--json")
    assert {row["reason"] for row in found.answer["unsupported"]} == {f"U{n}" for n in range(1, 9)}


def test_clearing_leaves_no_row_in_any_table_of_the_product_nor_in_its_history(folder: Path):
    assert any(rows_of(folder).values())
    product.must(folder, "demo", "--clear")
    with closing(sqlite3.connect(folder / "golden-thread.sqlite3")) as database:
        names = [n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {n for n in names if database.execute(f'SELECT COUNT(*) FROM "{n}"').fetchone()[0]}
    assert held <= {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence", "sqlite_stat1"}
