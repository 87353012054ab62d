"""Lists of indicators in YAML: what becomes a KPI and a target, what stays in words, and that nothing hostile gets in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from goldenthread.kit.errors import Refused
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.workspace import imports
from tests.formats.material import DATA

LIST = b"""
- name: Contributors per month
  definition: Unique <b>people</b> &amp; teams
  target: Above 120 contributors per month
  org: Quality
  is_key: true
  dri: <a href="https://people.example/ann">Ann Reed</a>
  health:
    level: 2
    reasons:
    - August reached 126
  sisense_data:
    chart: 1
- name: Age of defects
  target: below 30 days
  org: Quality
- name: Pages on call
  target: does not exceed +50% of the average of 12 months
  org: Security
- name: Cost of abuse
  target: Confidential
  org: Security
"""


def run(cast, data=LIST, *, dry_run=False):
    return imports.run("gitlab", "kpis.yml", data, by=cast.head, office=cast.office, dry_run=dry_run)


def test_indicators_become_kpis_of_one_draft_objective_a_department(cast):
    told = run(cast)
    assert sorted(Objective.objects.values_list("title", "state")) == [
        ("Performance indicators of Quality", "DRAFT"),
        ("Performance indicators of Security", "DRAFT"),
    ]
    first = Kpi.objects.get(name="Contributors per month")
    assert (first.unit, first.direction) == ("contributors per month", "RISE")
    assert first.definition.startswith("Unique people & teams\n\nTarget: Above 120 contributors per month\n\nHealth 2 of 3")
    assert Kpi.objects.get(name="Age of defects").direction == "FALL"
    assert sorted(Target.objects.values_list("kpi__name", "value", "due_on")) == [
        ("Age of defects", 30.0, None),
        ("Contributors per month", 120.0, None),
    ]
    missed = {(entry["place"], entry["what"]) for entry in told["not_understood"]}
    assert missed == {("entry 1 > sisense_data", "not taken over"), ("entry 3 > target", "words where a number belongs")}
    assert told["problems"] == []
    run(cast)
    assert (Objective.objects.count(), Kpi.objects.count(), Target.objects.count()) == (2, 4, 2)


def test_a_definition_that_is_cut_is_named(cast):
    told = run(cast, b"- name: Long\n  definition: " + b"word " * 500, dry_run=True)
    assert ("Long", "OtherInformation") in {(entry["place"], entry["field"]) for entry in told["problems"]}


@pytest.mark.parametrize(
    "data",
    [
        b"a: &x [1]\nb: *x",
        b"- name: !!python/object/apply:os.system [ls]",
        b"- 1",
        b"[" * 5000,
        b"- name: [",
        b"\xff\xfe\x00",
        b"x: " + b"[" * 30 + b"]" * 30,
        b"- nam: x",
    ],
    ids=["alias", "object", "numbers", "deep", "broken", "bytes", "nested", "nameless"],
)
def test_what_is_no_list_of_indicators_is_refused_and_changes_nothing(cast, data):
    with pytest.raises(Refused):
        run(cast, data)
    assert not Kpi.objects.exists()


def test_the_real_lists_come_in_whole(cast):
    files = sorted((DATA / "gitlab-okr-kpi").glob("kpi_*.yml"))
    if not files:
        pytest.skip("the shared real lists of indicators are absent")
    for path in files:
        text = path.read_text("utf-8")
        told = run(cast, path.read_bytes(), dry_run=True)
        assert told["counts"]["indicators"] == sum(line.startswith("- name:") for line in text.splitlines())
        assert run(cast, path.read_bytes())["changeset"]
    assert Kpi.objects.count() > 50


def test_the_preview_says_that_a_target_has_no_day(cast):
    client = cast.client(cast.head)
    sent = client.post("/import/upload", {"file": SimpleUploadedFile("kpis.yml", LIST)})
    page = client.get(sent["Location"]).content.decode()
    assert "120 without a day" in page
