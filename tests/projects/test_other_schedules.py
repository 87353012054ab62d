"""Files of other planning tools through the page, read by MPXJ: seen, stored, and told apart from what is no schedule."""

import os

import pytest

from goldenthread.formats import exchange
from goldenthread.formats.errors import FormatError
from goldenthread.projects.actions.schedule_kind import ScheduleFiles
from goldenthread.projects.models import Project
from goldenthread.schedule.models import Activity
from tests.formats.material import real_file
from tests.formats.test_exchange import PIER, REPORTED
from tests.projects.test_schedule_files import upload, work

LONG = bool(os.environ.get("LONG_TESTS"))


def test_plans_of_other_tools_are_taken_for_schedules_and_other_xml_is_not():
    likeness = ScheduleFiles().likeness
    assert likeness("plan.gan", PIER) == 0.95
    assert likeness("plan.mpp.gz", b"\x1f\x8b") == 0.95
    assert likeness("plan.xml", b'<?xml version="1.0"?><APIBusinessObjects xmlns="x">') == 1.0
    assert likeness("strategy.xml", b'<?xml version="1.0"?><StrategicPlan>') == 0.0


@pytest.mark.skipif(not LONG, reason="each file starts a Java machine; run with LONG_TESTS=1")
@pytest.mark.parametrize("name", ["own/pier.gan", *REPORTED])
def test_a_plan_of_another_tool_is_stored_from_the_page(cast, name):
    try:
        exchange.check_ready()
    except FormatError as refusal:
        pytest.skip(refusal.message)
    content = PIER if name == "own/pier.gan" else real_file(f"schedules/{name}")
    file, _ = upload(cast, content, name.rpartition("/")[2])
    work()  # what is large waits for a job
    answer = cast.client(cast.head).post(f"/import/{file.pk}/apply", {})
    refused = answer.content.decode().partition('role="alert"')[2][:500] if answer.status_code != 303 else ""
    assert not refused
    rows = 2 if name == "own/pier.gan" else REPORTED[name][0]
    assert Activity.objects.filter(schedule=Project.objects.get().schedule).count() == rows
