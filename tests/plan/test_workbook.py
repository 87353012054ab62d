"""The whole plan out to Excel and back: nothing lost, every change shown first, everything written or nothing."""

import copy
import io
import json
import os
import random
from datetime import date, timedelta

import pytest
import xlsxwriter
from django.db import transaction

from goldenthread.accounts.models import Changeset
from goldenthread.config import plan_papers
from goldenthread.config.session import Session
from goldenthread.formats.sheets import OutSheet, write_xlsx
from goldenthread.formats.workbook import read_workbook
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.plan import actions
from goldenthread.plan.models import Contribution, Duty, Raci, Step
from goldenthread.plan.queries.workbook import plan_workbook
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Objective, Target
from goldenthread.workspace import imports
from goldenthread.workspace.models import ImportedFile

TABLES = ["objectives", "kpis", "targets", "steps", "duties", "contributions"]
HOSTILE = ["=1+1", "+4", "-x", "@SUM(A1)", "'quoted", "a\nb", "Łódź → 5 €", "<b>&amp;", "07", "1e400", "2027-01-01", "TRUE"]


@pytest.fixture
def full(scene):
    """A plan with two steps, one below the other, a duty, and effects by a step and by a project."""
    cast, head = scene.cast, scene.cast.head
    part = actions.add_step(plan=scene.plan, name="Part", by=head, parent=scene.step, accountable=cast.pmo, duration=960)
    other = purpose.add_kpi(office=cast.office, name="Projects on time", unit="%", by=head, floor=0.0, ceiling=100.0)
    purpose.set_target(objective=scene.objective, kpi=other, by=head, baseline=50.0, value=80.0, due_on=date(2027, 12, 31))
    actions.contribute(kpi=scene.kpi, step=scene.step, size="M", by=head)
    actions.contribute(kpi=other, step=part, effect=(1.0, 2.0, 4.0), by=head)
    actions.contribute(kpi=other, project=scene.project, effect=(1.0, 2.5, 4.0), by=head)
    actions.add_duty(
        plan=scene.plan, name="Report", source="The Water Act", by=head, holder=cast.member, next_due=date(2027, 3, 1), minutes=90
    )
    return scene


def taken_out(scene, person=None) -> bytes:
    return plan_workbook(scene.plan, scene.cast.fresh(person or scene.cast.head), scene.today)


def sheets(data):
    """Sheet -> its rows as dictionaries, as a spreadsheet program reads them."""
    found = {}
    for sheet in read_workbook(data).sheets:
        header, *rows = sheet.rows
        found[sheet.name] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


def packed(book) -> bytes:
    """A workbook as another program would save it: about, then the tables."""
    out = []
    for name, rows in book.items():
        header = list(dict.fromkeys(key for row in rows for key in row))
        out.append(OutSheet(name, header, [[row.get(key) for key in header] for row in rows]))
    return write_xlsx(out)


def changed(data, change) -> bytes:
    book = sheets(data)
    change(book)
    return packed(book)


def packed_with(book, change) -> bytes:
    """The same with a change, the book left as it is."""
    own = copy.deepcopy(book)
    change(own)
    return packed(own)


def bring_back(scene, data, *, by=None, dry_run=False):
    who = scene.cast.fresh(by or scene.cast.head)
    return imports.run("plan", "plan.xlsx", data, by=who, office=scene.cast.office, dry_run=dry_run)


def looked(scene, data, by=None):
    return bring_back(scene, data, by=by, dry_run=True)


def told(found):
    return [(row["about"], row["field"], row["before"], row["after"]) for row in found["changes"]]


def one(book, sheet, name, title="name"):
    (row,) = [row for row in book[sheet] if row[title] == name]
    return row


def test_it_has_a_sheet_a_table_with_ids_first_and_no_formula(full):
    Step.objects.filter(pk=full.step.pk).update(deliverable="=HYPERLINK(1)")
    data = taken_out(full)
    book = sheets(data)
    assert list(book) == ["about", *TABLES]
    assert all(next(iter(rows[0])) == "id" for name, rows in book.items() if name != "about")
    step, part = one(book, "steps", "Clients decide"), one(book, "steps", "Part")
    assert step["deliverable"] == "=HYPERLINK(1)"
    assert (step["accountable"], step["duration hours"]) == (full.cast.head.email, 80)
    dates = full.task("Part").dates
    assert (part["start"], part["finish"], part["parent id"]) == (dates.early_start, dates.early_finish, full.step.pk)
    assert not any(sheet.formulas for sheet in read_workbook(data).sheets)


def test_unchanged_it_changes_nothing(full):
    found = looked(full, taken_out(full))
    assert (found["changes"], found["problems"], found["not_understood"]) == ([], [], [])
    assert found["counts"]["same"] == 11
    assert found["counts"]["left_out"] == 0
    with pytest.raises(Refused, match="nothing new"):
        bring_back(full, taken_out(full))


def test_saved_again_by_another_program_it_changes_nothing(full):
    assert looked(full, changed(taken_out(full), lambda book: None))["changes"] == []


def test_changes_are_shown_cell_by_cell_then_written_whole_and_undone_in_one_go(full, undo_last):
    def change(book):
        one(book, "steps", "Clients decide").update({"deliverable": "Seats in three groups", "duration hours": 100})
        one(book, "targets", "Decision latency", "kpi")["value"] = 2.5
        one(book, "duties", "Report")["holder"] = full.cast.pmo.email
        book["steps"].append(
            {"id": None, "name": "Ask the regulator", "plan": full.cast.office.code, "accountable": full.cast.head.email}
        )

    data = changed(taken_out(full), change)
    found = looked(full, data)
    assert ("Clients decide", "deliverable", "Seats", "Seats in three groups") in told(found)
    assert ("Clients decide", "duration hours", "80", "100") in told(found)
    assert ("Faster decisions: Decision latency", "value", "3", "2.5") in told(found)
    assert ("Report", "holder", full.cast.member.email, full.cast.pmo.email) in told(found)
    assert ("Ask the regulator", "name", "", "Ask the regulator") in told(found)
    (line,) = [row for row in found["changes"] if row["field"] == "deliverable"]
    assert full.cast.head.name in line["note"], "whom it concerns"
    assert (found["counts"]["new"], found["counts"]["changed"]) == (1, 3)
    assert full.fresh(full.step).deliverable == "Seats", "looking writes nothing"
    before = Changeset.objects.count()
    assert bring_back(full, data)["changeset"]
    assert Changeset.objects.count() == before + 2, "the upload and the import"
    assert full.fresh(full.step).deliverable == "Seats in three groups"
    assert full.fresh(full.target).value == 2.5
    assert Duty.objects.get().holder == full.cast.pmo
    assert Step.objects.filter(activity__name="Ask the regulator").exists()
    undo_last()
    assert (full.fresh(full.step).deliverable, full.fresh(full.target).value) == ("Seats", 3.0)
    assert not Step.objects.filter(activity__name="Ask the regulator").exists()


def test_a_row_left_out_stays_and_a_row_marked_goes(full):
    def leave_out(book):
        book["steps"] = [row for row in book["steps"] if row["name"] != "Part"]
        one(book, "contributions", "Billing renewal", "work")["remove"] = "remove"
        one(book, "targets", "Projects on time", "kpi")["remove"] = "Remove"

    data = changed(taken_out(full), leave_out)
    found = looked(full, data)
    assert (found["counts"]["left_out"], found["counts"]["removed"]) == (1, 2)
    assert {row["about"] for row in found["changes"] if row["fate"] == "removed"} == {
        "Billing renewal → Projects on time",
        "Faster decisions: Projects on time",
    }
    bring_back(full, data)
    assert Step.objects.filter(activity__name="Part").exists()
    assert not Contribution.objects.filter(project=full.project).exists()
    assert not Target.objects.filter(kpi__name="Projects on time").exists()


def test_an_effect_and_its_step_are_removed_together(full):
    def remove(book):
        one(book, "steps", "Part")["remove"] = "remove"
        one(book, "contributions", "Part", "work")["remove"] = "remove"

    bring_back(full, changed(taken_out(full), remove))
    assert not Step.objects.filter(activity__name="Part").exists()


def test_what_cannot_be_removed_says_what_to_do_instead(full):
    stays = [("duties", "Report", "valid to"), ("kpis", "Decision latency", "figures stay"), ("steps", "Part", "has effects")]
    data = taken_out(full)
    for sheet, name, words in stays:
        row = {"remove": "remove"}
        found = looked(full, changed(data, lambda book, at=(sheet, name), row=row: one(book, *at).update(row)))
        (problem,) = found["problems"]
        assert words in problem["message"]
        assert problem["place"].startswith(f"sheet {sheet}, row ")


def test_what_somebody_else_changed_meanwhile_is_a_conflict_and_is_told_cell_by_cell(full):
    data = taken_out(full)
    actions.edit_step(step=full.fresh(full.step), changes={"deliverable": "Chairs"}, by=full.cast.pmo)
    assert looked(full, data)["changes"] == [], "a row that the file leaves alone is left alone"
    edited = changed(data, lambda book: one(book, "steps", "Clients decide").update({"acceptance": "All sit"}))
    (problem,) = looked(full, edited)["problems"]
    assert "changed here after this file was exported" in problem["message"]
    assert "deliverable is “Chairs” here and “Seats” in the file" in problem["message"]
    assert problem["place"].startswith("sheet steps, row 2, column ")
    with pytest.raises(Refused):
        bring_back(full, edited)
    assert full.fresh(full.step).deliverable == "Chairs"


def test_people_put_on_a_step_meanwhile_are_not_taken_off_again(full):
    data = taken_out(full)
    actions.set_raci(step=full.step, person=full.cast.pmo, letter=Raci.Letter.RESPONSIBLE, by=full.cast.head)
    edited = changed(data, lambda book: one(book, "steps", "Clients decide").update({"responsible": full.cast.sponsor.email}))
    assert "changed here after" in looked(full, edited)["problems"][0]["message"]
    again = changed(
        taken_out(full), lambda book: one(book, "steps", "Clients decide").update({"responsible": full.cast.sponsor.email})
    )
    bring_back(full, again)
    held = Raci.objects.filter(step=full.step, letter=Raci.Letter.RESPONSIBLE).values_list("person", flat=True)
    assert set(held) == {full.cast.sponsor.pk}


def rename(old, new):
    def change(book):
        book["steps"] = [{new if key == old else key: value for key, value in row.items()} for row in book["steps"]]

    return change


def test_a_column_with_another_heading_is_told_and_nothing_is_emptied(full):
    found = looked(full, changed(taken_out(full), rename("deliverable", "outcome")))
    assert ("sheet steps, row 1", "deliverable") in {(p["place"], p["field"]) for p in found["problems"]}
    assert ("sheet steps", "outcome") in {(n["place"], n["text"]) for n in found["not_understood"]}
    found = looked(full, changed(taken_out(full), rename("name", "title")))
    assert ("sheet steps, row 1", "name") in {(p["place"], p["field"]) for p in found["problems"]}


def test_a_column_more_is_told_and_does_no_harm(full):
    def add(book):
        for row in book["steps"]:
            row["my notes"] = "hello"
        one(book, "steps", "Part")["deliverable"] = "A list"

    found = looked(full, changed(taken_out(full), add))
    assert [n["text"] for n in found["not_understood"]] == ["my notes"]
    assert told(found) == [("Part", "deliverable", "", "A list")]


def test_of_an_ordinary_table_a_missing_column_stays_as_it_is(full):
    """The same rows as a table of records, without most of their columns: what the file does not say is not emptied."""
    Objective.objects.update(detail="Kept")
    row = {
        "id": full.objective.pk,
        "version": full.fresh(full.objective).version,
        "title": "Another title",
        "short name": "Faster",
        "office": full.cast.office.code,
        "owner": "",
        "ambition": "Committed",
        "state": "Draft",
    }
    data = write_xlsx(OutSheet("objectives", list(row), [list(row.values())]))
    imports.run("csv", "objectives.xlsx", data, by=full.cast.head, office=full.cast.office, noun="objectives")
    stored = full.fresh(full.objective)
    assert (stored.title, stored.detail) == ("Another title", "Kept")


BAD = [
    ("steps", "id", 999_999_999, "no row with this id"),
    ("steps", "id", "9" * 400, "no row with this id"),
    ("steps", "deadline", "31/02/2027", "not a date"),
    ("steps", "deadline", "03/04/2027", "two different days"),
    ("steps", "duration hours", "1e400", "finite"),
    ("steps", "duration hours", "9" * 400, "not a number"),
    ("targets", "value", "9" * 400, "not a number"),
    ("targets", "value", "#REF!", "spreadsheet error"),
    ("contributions", "chance", 140, "above 100"),
    ("contributions", "likely", 99, "between"),
    ("steps", "kind", "Dream", "not one of the choices"),
    ("steps", "accountable", "nobody@example.org", "nobody called"),
    ("steps", "name", "", "empty"),
    ("objectives", "state", "Approved", "on its page"),
    ("duties", "cadence", "Daily", "not one of the choices"),
]


def test_bad_cells_are_told_with_their_addresses_and_nothing_is_written(full):
    book = sheets(taken_out(full))
    for sheet, column, value, words in BAD:

        def change(book, sheet=sheet, column=column, value=value):
            book[sheet][0][column] = value
            one(book, "duties", "Report")["proof wanted"] = "A receipt"

        data = packed_with(book, change)
        found = looked(full, data)
        at = [p for p in found["problems"] if words in p["message"]]
        assert at, (sheet, column, value, found["problems"])
        assert at[0]["place"].startswith(f"sheet {sheet}, row 2, column "), at
    with pytest.raises(Refused):
        bring_back(full, data)
    assert Duty.objects.get().proof_wanted == ""


def test_an_id_twice_is_told(full):
    found = looked(full, changed(taken_out(full), lambda book: book["steps"].append(dict(book["steps"][0]))))
    assert any("occurs already" in p["message"] and p["place"] == "sheet steps, row 4, column A" for p in found["problems"])


def test_a_formula_is_told_with_its_cell(full):
    stream = io.BytesIO()
    book = sheets(taken_out(full))
    with xlsxwriter.Workbook(stream) as made:
        for name, rows in book.items():
            page = made.add_worksheet(name)
            page.write_row(0, 0, list(rows[0]))
            for n, row in enumerate(rows, 1):
                for m, value in enumerate(row.values()):
                    if name == "targets" and list(row)[m] == "value" and n == 1:
                        page.write_formula(n, m, "=2+2", None, 4)
                    elif isinstance(value, date):
                        page.write_string(n, m, value.isoformat())
                    elif value is not None:
                        page.write(n, m, value)
    (problem,) = looked(full, stream.getvalue())["problems"]
    assert "holds a formula" in problem["message"]
    assert (problem["place"], problem["field"]) == ("sheet targets, row 2, column I", "value")


def test_cells_that_only_the_pages_change_are_told_as_not_taken(full):
    def change(book):
        one(book, "steps", "Part").update({"start": date(2031, 1, 1), "parent id": None, "deliverable": "A list"})
        one(book, "targets", "Projects on time", "kpi").update({"objective": "Another objective", "tolerance": 2})

    found = looked(full, changed(taken_out(full), change))
    assert {n["text"] for n in found["not_understood"]} == {"start", "parent id", "objective"}
    assert all("column" in n["place"] and "Not taken" in n["what"] for n in found["not_understood"])
    assert {row["field"] for row in found["changes"]} == {"deliverable", "tolerance"}


def test_the_workbook_of_somewhere_else_and_other_files_are_refused(full):
    def elsewhere(book):
        one(book, "about", "organisation", "Golden Thread plan workbook")["value"] = "another"

    data = changed(taken_out(full), elsewhere)
    with pytest.raises(Refused, match="another organisation"):
        looked(full, data)
    with pytest.raises(Refused, match="not the workbook of a plan"):
        looked(full, write_xlsx(OutSheet("steps", ["id", "name"], [[1, "x"]])))
    for junk in (b"", b"PK\x03\x04nonsense", b"%PDF-1.7", b"\x00" * 100):
        with pytest.raises(Refused):
            looked(full, junk)


def test_what_one_may_not_see_is_not_in_it_and_its_id_is_unknown(full):
    cast, head = full.cast, full.cast.head
    secret = purpose.add_objective(office=cast.office, title="Close the canary site", by=head, is_confidential=True)
    kpi = purpose.add_kpi(office=cast.office, name="Canary cost", by=head)
    hidden = purpose.set_target(objective=secret, kpi=kpi, by=head, baseline=2.0, value=1.0, due_on=date(2027, 6, 1))
    actions.contribute(kpi=kpi, step=full.step, effect=(-1.0, -0.5, -0.2), by=head)
    assert "anary" in str(sheets(taken_out(full)))
    data = taken_out(full, cast.pmo)
    assert "anary" not in str(sheets(data))

    def reach(book):
        book["objectives"].append({**book["objectives"][0], "id": secret.pk, "mark": "", "title": "Mine now"})
        book["targets"].append({**book["targets"][0], "id": hidden.pk, "mark": ""})
        book["kpis"].append({**book["kpis"][0], "id": kpi.pk, "mark": ""})

    found = looked(full, changed(data, reach), by=cast.pmo)
    assert [p["message"] for p in found["problems"]] == ["There is no row with this id, or you may not see it."] * 3
    assert "anary" not in json.dumps(found)
    assert looked(full, data, by=cast.pmo)["counts"]["left_out"] == 0, "what may not be seen is not missed"


def test_rights_are_asked_for_each_row(full):
    with pytest.raises(Forbidden):
        taken_out(full, full.cast.member)
    data = changed(
        taken_out(full), lambda book: one(book, "objectives", full.objective.title, "title").update({"detail": "Mine"})
    )
    with pytest.raises(Forbidden):
        looked(full, data, by=full.cast.member)
    found = looked(full, data, by=full.cast.people["PROJECT_ADMINISTRATOR"])
    assert "may not" in found["problems"][0]["message"]


def test_there_is_no_money_in_it(full):
    assert not any("worth" in key or "amount" in key or "rate" in key or "cost" in key
                   for rows in sheets(taken_out(full)).values() for key in rows[0])  # fmt: skip


def test_the_page_shows_what_a_file_would_change_before_it_is_written(full):
    client = full.cast.client(full.cast.head)
    page = client.get("/plan/workbook").content.decode()
    assert "Take it out" in page
    data = client.get("/plan/workbook?xlsx").content
    edited = changed(data, lambda book: one(book, "steps", "Clients decide").update({"deliverable": "Benches"}))
    file = io.BytesIO(edited)
    file.name = "plan.xlsx"
    answer = client.post("/plan/workbook", {"file": file})
    assert answer.status_code == 303
    check = client.get(answer["Location"]).content.decode()
    for words in ("deliverable", "Seats", "Benches", full.cast.head.name, "nothing has been written yet"):
        assert words in check
    kept = ImportedFile.objects.get()
    assert (kept.file_kind, kept.outcome) == ("PLAN", {})
    assert client.post(f"/import/{kept.pk}/apply").status_code == 303
    assert full.fresh(full.step).deliverable == "Benches"
    assert client.post("/plan/workbook", {}).status_code == 422
    assert full.cast.client(full.cast.member).get("/plan/workbook").status_code == 403
    assert full.cast.client(full.cast.member).get("/plan/workbook?xlsx").status_code == 403
    assert full.cast.client(full.cast.people["CLIENT"]).get("/plan/workbook").status_code == 404


def test_the_command_takes_it_out_shows_and_applies(full, tmp_path, capsys):
    session = Session(full.cast.organisation, full.cast.fresh(full.cast.head), "")
    file = tmp_path / "plan.xlsx"
    plan_papers.take_out(session, file, json=True)
    assert json.loads(capsys.readouterr().out)["file"] == str(file)
    file.write_bytes(changed(file.read_bytes(), lambda book: one(book, "steps", "Part").update({"deliverable": "A list"})))
    plan_papers.bring_in(session, file, applies=False, json=True)
    said = json.loads(capsys.readouterr().out)
    assert (said["applied"], said["changeset"]) == (False, None)
    assert [(row["field"], row["after"]) for row in said["changes"]] == [("deliverable", "A list")]
    plan_papers.bring_in(session, file, applies=True, json=False)
    out = capsys.readouterr().out
    assert "A list" in out
    assert "can be undone" in out
    assert Step.objects.get(activity__name="Part").deliverable == "A list"
    with pytest.raises(Refused, match="does not end in"):
        plan_papers.take_out(session, tmp_path / "plan.csv", json=False)


def edits(scene, chance):
    """Sheet -> column -> a way to a value that the cell may hold."""
    people = [person.email for person in (scene.cast.head, scene.cast.pmo, scene.cast.member, scene.cast.sponsor)]

    def text():
        return chance.choice([*HOSTILE, f"word {chance.randrange(999)}"])

    def day():
        return scene.today + timedelta(days=chance.randrange(1, 900))

    def one_of(*words):
        return lambda: chance.choice(words)

    def number(low, high):
        return lambda: chance.randrange(low, high)

    def several():
        return "; ".join(sorted(chance.sample(people, chance.randrange(4))))

    words = {
        "objectives": ["short name", "detail", "missed by", "disbenefits"],
        "kpis": ["definition", "source"],
        "targets": [],
        "steps": ["deliverable", "acceptance", "requested by"],
        "duties": ["proof wanted", "source"],
        "contributions": ["mechanism", "assumption"],
    }
    ways = {
        "objectives": {"owner": one_of(*people), "ambition": one_of("Committed", "Aspirational"), "valid to": day},
        "kpis": {"decimals": number(0, 5), "owner": one_of(*people), "cadence": one_of("Weekly", "Monthly", "Yearly")},
        "targets": {
            "value": lambda: round(chance.uniform(3, 5), chance.randrange(15)),
            "due on": day,
            "tolerance": one_of(None, 0.1, 1 / 3),
            "required": one_of(True, False),
        },
        "steps": {
            "name": lambda: f"Step {text()}",
            "mode": one_of("Direct", "Enabled"),
            "accountable": one_of(*people),
            "responsible": several,
            "not before": day,
            "deadline": day,
            "duration hours": number(1, 400),
            "effort low hours": number(1, 9),
            "effort likely hours": number(20, 30),
            "effort high hours": number(50, 99),
            "progress": number(0, 100),
        },
        "duties": {
            "name": lambda: f"Duty {text()}",
            "holder": one_of(*people),
            "next due": day,
            "hours each time": one_of(0.5, 1, 7.25),
            "cadence": one_of("Weekly", "Quarterly"),
        },
        "contributions": {
            "chance": number(0, 101),
            "lag days": number(0, 400),
            "ramp days": number(0, 400),
            "grade": number(0, 6),
        },
    }
    return {name: ways[name] | dict.fromkeys(words[name], text) for name in TABLES}


COMPUTED = {"version", "mark", "start", "finish", "work", "objective", "kpi"}


def said(book):
    """What a workbook says, less what follows from the rest."""
    return {
        name: {row["id"]: {key: value for key, value in row.items() if key not in COMPUTED} for row in rows}
        for name, rows in book.items()
        if name != "about"
    }


def test_random_edits_come_back_as_they_were_made(full):
    for seed in range(100 if os.environ.get("LONG_TESTS") else 2):
        with transaction.atomic():
            go_round(full, random.Random(seed))
            transaction.set_rollback(True)


def go_round(full, chance):
    """Out, edited at random, in, out again: what the second one says is what was edited, and a third way changes nothing."""
    ways = edits(full, chance)
    book = sheets(taken_out(full))
    for name in TABLES:
        for row in book[name]:
            for column in chance.sample(sorted(ways[name]), chance.randrange(len(ways[name]))):
                row[column] = ways[name][column]()
    wanted = said(book)
    data = packed(book)
    found = looked(full, data)
    assert (found["problems"], found["not_understood"]) == ([], [])
    if found["changes"]:
        bring_back(full, data)
    again = sheets(taken_out(full))
    assert plain(said(again)) == plain(wanted)
    assert looked(full, taken_out(full))["changes"] == []


def plain(book):
    """An empty text and no text are the same cell."""
    return {
        name: {key: {column: value for column, value in row.items() if value not in (None, "")} for key, row in rows.items()}
        for name, rows in book.items()
    }
