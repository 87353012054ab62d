"""Any day of the past, rebuilt from the records alone."""

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.db.utils import OperationalError
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import RoleGrant
from goldenthread.kit import history, past, worlds
from goldenthread.kit.errors import Refused
from goldenthread.kit.history import Tracked
from goldenthread.plan.actions.scenarios import compute_all_dates
from goldenthread.plan.models import Step
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Measurement, Objective, Target
from goldenthread.schedule.actions import compute_dates
from goldenthread.schedule.models import Activity
from tests.plan.test_versions import text
from tests.rows import under_top

PAGES = (
    *(
        "/plan",
        "/plan/conflicts",
        "/plan/duties",
        "/plan/freshness",
        "/plan/versions",
        "/plan/one-page",
        "/map",
        "/gaps",
        "/mandate",
        "/kpis",
    ),
    *("/services", "/projects", "/objectives", "/offices"),
)
KEPT = [model for model in apps.get_models() if issubclass(model, Tracked) and past.in_past(model) == past.HISTORY]


def as_bytes(rows, model):
    """The rows as they stand, byte for byte."""
    columns = [f.attname for f in model._meta.concrete_fields]
    return repr(sorted(rows.order_by().values_list(*columns))).encode()


class TestRebuilding:
    def test_two_hundred_random_days_come_back_byte_for_byte(self, scene):
        chance, stood = random.Random(20_261), {}
        models = [Objective, Target, Measurement, Step, Activity]
        start = datetime.now(UTC).replace(hour=12) + timedelta(days=1)
        last = {model: as_bytes(model.objects.all(), model) for model in models}
        for day in range(200):
            with time_machine.travel(start + timedelta(days=day, minutes=chance.randrange(600)), tick=False):
                for model in chance.sample(models, chance.randrange(3)):
                    self._edit(model, chance)
                    last[model] = as_bytes(model.objects.all(), model)
            stood[day] = dict(last)
        assert len({tuple(found.values()) for found in stood.values()}) > 100, "the days differ"
        for day, expected in chance.sample(sorted(stood.items()), 200):
            moment = (start + timedelta(days=day)).replace(hour=23, minute=59)
            assert {m: as_bytes(history.rows_as_of(m, moment), m) for m in models} == expected, day

    def _edit(self, model, chance):
        rows = list(model.objects.order_by("pk"))
        texts = {f.name for f in model._meta.concrete_fields if f.get_internal_type() == "CharField" and f.max_length >= 200}
        field = min(texts) if texts else "value"
        with changeset(title="Edit", by=None):
            if model is Measurement and chance.random() < 0.7:
                taken = chance.choice(rows)
                history.remove_all(model, [taken]) if chance.random() < 0.5 else history.add_all(
                    model, [model(kpi=taken.kpi, on=taken.on - timedelta(days=chance.randrange(9_000)), value=chance.random())]
                )
                return
            for row in chance.sample(rows, min(len(rows), chance.randrange(1, 4))):
                old = getattr(row, field)
                setattr(row, field, chance.random() if isinstance(old, float) else f"Words {chance.random()}")
                if chance.random() < 0.5:
                    history.change_all(model, [row], [field])
                else:
                    row.save()

    def test_the_whole_data_of_now_comes_back_from_the_records(self, kept_cast):
        planter = under_top()
        with changeset(title="Plant", by=None):
            for model in KEPT:
                planter.row(model)
        moment = datetime(2099, 12, 31, tzinfo=UTC)
        stored = {m: as_bytes(m.objects.all(), m) for m in KEPT}
        with worlds.inside(worlds.World(past.content_as_of(moment), moment)):
            assert {m: as_bytes(m.objects.all(), m) for m in KEPT} == stored

    def test_inside_a_world_the_stored_data_is_out_of_reach(self, scene):
        content = past.content_as_of(datetime(2099, 1, 1, tzinfo=UTC))
        title = scene.objective.title
        with worlds.inside(worlds.World(content)), pytest.raises(OperationalError, match="readonly"):
            Objective.objects.update(title="Changed")
        with worlds.inside(worlds.World(content, may_write=True)) as made:
            Objective.objects.update(title="Changed")
            other = made()
        assert Objective.objects.get().title == title
        with worlds.inside(worlds.World(other)):
            assert Objective.objects.get().title == "Changed"

    def test_an_error_inside_gives_the_stored_data_back(self, scene):
        before = connection.vendor
        with pytest.raises(RuntimeError), worlds.inside(worlds.World(past.content_as_of(datetime(2099, 1, 1, tzinfo=UTC)))):
            assert connection.vendor == "sqlite"
            raise RuntimeError
        assert connection.vendor == before
        assert Objective.objects.exists()

    def test_a_world_that_is_left_gives_its_memory_back(self, scene):
        with worlds.inside(worlds.World(past.content_as_of(datetime(2099, 1, 1, tzinfo=UTC)))):
            made = connection.connection
            assert Objective.objects.exists()
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            made.execute("SELECT 1")

    def test_who_asks_for_a_world_that_is_kept_does_not_wait_for_another_that_is_built(self):
        kept, begun, done = worlds.Kept(2), Event(), Event()
        kept.put("known", worlds.World(b"known"))

        def build():
            begun.set()
            assert done.wait(20)
            return worlds.World(b"new")

        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(kept.get, "new", build) for _ in range(2)]
            assert begun.wait(20)
            found = Thread(target=lambda: kept.get("known", build), daemon=True)
            found.start()
            found.join(5)
            is_found = not found.is_alive()
            done.set()
            assert [one.result(20).content for one in asked] == [b"new", b"new"]
        assert is_found

    def test_a_plan_that_cannot_be_computed_has_a_past_without_dates(self, scene):
        Activity.objects.update(not_before=date(2199, 12, 1), duration=10_000_000)
        with pytest.raises(Refused):
            compute_dates(schedule=scene.plan.schedule)
        compute_all_dates(scene.today)

    def test_nothing_of_another_organisation_is_in_it(self, scene):
        with worlds.inside(worlds.World(past.content_as_of(datetime(2099, 1, 1, tzinfo=UTC)))), connection.cursor() as cursor:
            for model in apps.get_models():
                if "organisation" in {f.name for f in model._meta.concrete_fields}:
                    table = connection.ops.quote_name(model._meta.db_table)
                    cursor.execute(f"SELECT count(*) FROM {table} WHERE organisation_id <> %s", [scene.cast.organisation.pk])
                    assert cursor.fetchone() == (0,), table
            cursor.execute("SELECT count(*) FROM accounts_user WHERE password <> ''")
            assert cursor.fetchone() == (0,)


@pytest.fixture
def later(scene):
    """Ten days on, with the target changed on the fifth: the address of the day before it, and of that day."""
    today, now = scene.today, datetime.now(UTC)
    with time_machine.travel(now + timedelta(days=5), tick=False):
        purpose.edit_target(target=scene.fresh(scene.target), changes={"value": 2.25}, by=scene.cast.fresh(scene.cast.head))
    with time_machine.travel(now + timedelta(days=10)):
        yield f"/as-of/{today + timedelta(days=4)}", f"/as-of/{today + timedelta(days=5)}"


class TestPages:
    def test_a_page_shows_the_values_then_in_force_and_its_links_stay_there(self, scene, later):
        client, page = scene.cast.client(scene.cast.head), f"/objectives/{scene.objective.pk}"
        before, after = (client.get(f"{world}{page}") for world in later)
        assert "Target 3 days by" in text(before)
        assert "Target 2.25 days by" in text(after)
        assert "Target 2.25 days by" in text(client.get(page))
        assert "As it stood at the end of" in text(before)
        body = before.content.decode()
        assert f'href="{later[0]}/plan"' in body
        assert 'href="/plan"' not in body
        assert 'href="/inbox"' in body
        assert f'href="{page}" data-leaves' in body

    def test_every_page_of_purpose_and_plan_has_a_past(self, scene, later):
        client = scene.cast.client(scene.cast.head)
        for path in PAGES:
            assert "Show this page as it stood on another day" in client.get(path).content.decode(), path
            answer = client.get(f"{later[0]}{path}")
            assert answer.status_code == 200, path
            assert "Nothing can be changed here" in text(answer), path

    def test_the_past_is_only_read(self, scene, later):
        client = scene.cast.client(scene.cast.head)
        assert client.post(f"{later[0]}/plan/rows/add", {"name": "New"}).status_code == 405
        assert client.get(f"{later[0]}/objectives/{scene.objective.pk}/edit").status_code in {403, 404}
        assert 'method="post" action="/plan' not in client.get(f"{later[0]}/plan").content.decode()
        assert Step.objects.count() == 1

    def test_what_is_confidential_now_is_so_in_the_past(self, scene, later):
        address, member = f"{later[0]}/objectives", scene.cast.client(scene.cast.member)
        assert "Faster decisions" in text(member.get(address))
        purpose.edit_objective(
            objective=scene.fresh(scene.objective), changes={"is_confidential": True}, by=scene.cast.fresh(scene.cast.head)
        )
        answer = text(member.get(address))
        assert scene.objective.title not in answer
        assert "Faster decisions" not in answer
        assert member.get(f"{address}/{scene.objective.pk}").status_code == 404
        assert "Faster decisions" in text(scene.cast.client(scene.cast.head).get(address))

    def test_who_lost_the_right_to_see_does_not_see_the_past(self, scene, later):
        client = scene.cast.client(scene.cast.member)
        assert "Faster decisions" in text(client.get(f"{later[0]}/objectives"))
        with changeset(title="Take it away", by=None):
            for grant in RoleGrant.objects.filter(person=scene.cast.member):
                grant.delete()
        assert "Faster decisions" not in text(client.get(f"{later[0]}/objectives"))

    def test_what_was_ones_own_is_not_shown_once_it_is_not(self, scene):
        cast, now, project = scene.cast, datetime.now(UTC), scene.project
        projects.edit_project(project=project, changes={"is_confidential": True, "manager": cast.member}, by=cast.head)
        address = f"/as-of/{scene.today + timedelta(days=1)}/projects/{project.pk}"
        with time_machine.travel(now + timedelta(days=5)):
            assert cast.client(cast.member).get(address).status_code == 200
            projects.edit_project(project=scene.fresh(project), changes={"manager": cast.head}, by=cast.head)
            assert cast.client(cast.member).get(address).status_code == 404
            assert cast.client(cast.head).get(address).status_code == 200

    def test_days_without_records_are_told(self, scene, later):
        client = scene.cast.client(scene.cast.head)
        ask = lambda day: client.get("/as-of", {"page": "/plan?office=it", "day": day})
        assert ask(later[0][-10:])["Location"] == f"{later[0]}/plan?office=it"
        assert "Nothing was recorded before" in text(ask("2001-01-01"))
        assert "still to come" in text(ask("2099-01-01"))
        assert "is no day" in text(ask("yesterday"))
        assert 'name="page" value="/plan?office=it"' in ask("").content.decode()
        assert client.get("/as-of", {"page": "//evil.example", "day": later[0][-10:]}).status_code == 404
        assert client.get("/as-of/2001-01-01/plan")["Location"] == "/plan"
        assert client.get(f"{later[0]}/settings")["Location"] == "/settings"
        assert client.get(f"{later[0]}/objectives/999999").status_code == 404

    def test_a_page_kept_costs_few_statements_of_the_stored_data(self, scene, later):
        client = scene.cast.client(scene.cast.head)
        client.get(f"{later[0]}/objectives")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{later[0]}/objectives")
        assert len(asked) <= 6, [q["sql"][:90] for q in asked]
