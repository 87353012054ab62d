"""Two at once: one import, one answer, one effect."""

import threading

import pytest
from django.db import connections
from django.test import Client

from goldenthread.kit.errors import Conflict, Refused
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan.models import Contribution
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi
from goldenthread.workspace import actions
from goldenthread.workspace.models import ImportedFile, InboxItem, Question
from tests import cast as players
from tests.projects.conftest import LIST

RACERS = 4


@pytest.fixture
def stage(transactional_db):
    """The cast for several connections: everything is really stored."""
    built = players.build()
    with organisation_scope(built.organisation):
        yield built


def race(act) -> list:
    """Run `act` in several threads that start together; answers what each returned or raised."""
    gate, results = threading.Barrier(RACERS), []

    def run() -> None:
        gate.wait()
        try:
            results.append(act())
        except Exception as error:  # noqa: BLE001  the test judges every kind
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_a_file_applied_by_several_at_once_is_applied_once(stage):
    file = actions.take_in(name="list.csv", chunks=[LIST.encode()], by=stage.head)

    def act():
        with organisation_scope(stage.organisation):
            actions.apply_file(file=ImportedFile.objects.get(pk=file.pk), by=stage.fresh(stage.head), answers={})
        return "applied"

    results = race(act)
    assert results.count("applied") == 1, results
    assert all(isinstance(r, (Refused, Conflict)) for r in results if r != "applied"), results
    assert Project.objects.count() == 3


def test_a_link_pressed_several_times_at_once_has_one_effect(stage, django_capture_on_commit_callbacks):
    from goldenthread.projects import actions as projects
    from goldenthread.purpose import actions as purpose

    objective = purpose.add_objective(office=stage.office, title="Decide faster", by=stage.head)
    kpi = purpose.add_kpi(office=stage.office, name="Decision time", by=stage.head)
    purpose.set_target(objective=objective, kpi=kpi, by=stage.head, baseline=10.0, value=5.0)
    project = projects.add_project(name="Board", by=stage.head)
    with django_capture_on_commit_callbacks(execute=False):
        asked = actions.ask_question(
            asked=stage.sponsor, ref_kind="project", ref_id=project.pk, question_kind="GOAL", by=stage.head, site="http://x"
        )
    path = asked.address.removeprefix("http://x")
    results = race(lambda: Client().post(path, {"answer": f"kpi:{kpi.pk}"}).status_code)
    assert results == [200] * RACERS
    assert Contribution.objects.count() == 1
    assert InboxItem.objects.count() == 1
    assert Question.objects.get().answer == f"kpi:{Kpi.objects.get().pk}"
