"""A list of tasks through the import wizard and by command: its columns confirmed, stored as a project, brought again."""

from django.core.files.uploadedfile import SimpleUploadedFile

from goldenthread.projects.models import Project
from goldenthread.schedule.models import Activity, Relationship
from goldenthread.workspace import imports
from goldenthread.workspace.models import ImportedFile

LIST = b"ID,Task name,Duration,Predecessors,Start\n1,Dig,5d,,2027-03-01\n2,Pour,3d,1,\n3,Cure,2w,2FS+1d,\n"


def uploaded(client, content=LIST, **given):
    answer = client.post("/import/upload", {"file": SimpleUploadedFile("weir plan.csv", content), **given})
    return answer["Location"]


def test_its_columns_are_confirmed_and_it_becomes_a_project_that_can_be_undone(cast):
    client = cast.client(cast.head)
    address = uploaded(client)
    assert ImportedFile.objects.get().file_kind == ImportedFile.FileKind.TASKS
    page = client.get(address).content.decode()
    for words in ("Which column is what?", "Predecessors", "Name of the task"):
        assert words in page
    fields = {"field-0": "number", "field-1": "name", "field-2": "duration", "field-3": "predecessors", "field-4": "start"}
    check = client.post(address, fields)["Location"]
    page = client.get(check).content.decode()
    assert "weir plan" in page
    assert "3 activities" in page
    assert client.post(f"{check}/apply", {}).status_code == 303
    project = Project.objects.get()
    assert (project.name, project.schedule.activities.count(), Relationship.objects.count()) == ("weir plan", 3, 2)
    assert "Cure" in client.get(f"/projects/{project.pk}/schedule").content.decode()
    done = client.get(check).content.decode()
    assert "Undo this import" in done
    assert f"Open “{project.name}”" in done


def test_a_wrong_column_can_be_put_right(cast):
    client = cast.client(cast.head)
    address = uploaded(client, b"A,B,C\nDig,4,2027-03-01\nPour,2,2027-03-05\n", file_kind="TASKS")
    assert "No column holds the names" in client.get(address.replace("/columns", "")).content.decode()
    fields = {"field-0": "name", "field-1": "duration", "field-2": "start"}
    check = client.post(address, fields)["Location"]
    assert "2 activities" in client.get(check).content.decode()


def test_the_next_version_changes_the_same_rows(cast):
    imports.run("tasks", "weir.csv", LIST, by=cast.head)
    told = imports.run("tasks", "weir.csv", LIST.replace(b"5d", b"6d"), by=cast.head, decided={})
    assert (told["counts"]["new"], told["counts"]["updated"]) == (0, 1)
    assert Activity.objects.get(name="Dig").duration == 2_880


def test_the_command_for_schedules_takes_it_too(cast):
    told = imports.run("schedule", "weir.csv", LIST, by=cast.head, dry_run=True)
    assert told["counts"]["new"] == 3
    assert not Activity.objects.exists()


def test_a_list_of_projects_stays_one(cast):
    client = cast.client(cast.head)
    uploaded(client, b"Project,Budget,Sponsor,Start\nWeir,1000000,Ada,2027-03-01\nDam,2000000,Ben,2027-04-01\n")
    assert ImportedFile.objects.get().file_kind == ImportedFile.FileKind.PROJECTS
