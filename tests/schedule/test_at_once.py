"""Two that change one schedule at once."""

import threading

import pytest
from django.db import OperationalError, connection, connections

from goldenthread.kit.errors import why_not_written
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan.actions import rows
from goldenthread.plan.actions.steps import found_plan
from goldenthread.schedule import actions
from goldenthread.schedule.actions import dates
from goldenthread.schedule.models import Activity
from tests import cast as players
from tests.schedule.conftest import network


@pytest.fixture
def stage(transactional_db):
    """The cast for several connections: everything is really stored."""
    built = players.build()
    with organisation_scope(built.organisation):
        yield built


def test_of_an_edit_that_moves_a_row_and_its_removal_one_is_told_to_try_again(stage, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("one writes at a time there")
    made = network(found_plan(office=stage.office, by=None).schedule, "A 1; B 1 after A")
    known, is_gone, refused = dates._of_business_plan, threading.Event(), []

    def edit():
        actions.edit_activity(activity=Activity.objects.get(pk=made["A"].pk), changes={"duration": 2 * 480}, by=None)

    def remove():
        with organisation_scope(stage.organisation):
            rows.remove_row(row=Activity.objects.get(pk=made["B"].pk), by=stage.fresh(stage.head))

    def run(act):
        try:
            act()
        except OperationalError as error:
            refused.append((act, why_not_written(error)))

    def noticed(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("DELETE") and '"schedule_activity"' in sql:
            is_gone.set()
        return answer

    def beside():
        with connection.execute_wrapper(noticed):
            run(remove)
        connections.close_all()

    def slowly(schedule, today):
        if threading.current_thread() is threading.main_thread():
            other.start()  # the edit holds the schedule, and the other the row: each waits for what the other has
            assert is_gone.wait(20)
        return known(schedule, today)

    other = threading.Thread(target=beside)
    monkeypatch.setattr(dates, "_of_business_plan", slowly)
    run(edit)
    other.join(20)
    monkeypatch.setattr(dates, "_of_business_plan", known)
    ((act, why),) = refused
    assert why == "The database cannot write now."
    act()
    stands = Activity.objects.filter(pk__in=[row.pk for row in made.values()])
    assert list(stands.values_list("name", "duration")) == [("A", 2 * 480)]
