"""Erasing a person: no trace of name and address in any table or file, all else as it was; and before, all of it as one file."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.mail import send_mail
from django.db import connection, models

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import ApiToken, Erasure, Person, RoleGrant, User
from goldenthread.accounts.undo import undo
from goldenthread.config.keeping import _history_faults
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects.models import Project
from goldenthread.resources.models import TimeEntry
from goldenthread.workspace.actions import add_comment, notify, take_in
from goldenthread.workspace.models import Comment, ImportedFile, InboxItem
from goldenthread.workspace.queries.traces import files_naming
from tests.rows import Planter, tracked

NAME, EARLIER, ADDRESS, EARLIER_ADDRESS = (
    "Brandolf Øster-Lee",
    "Brandolf Quist",
    "b.oster@aldermere.example",
    "b.quist@aldermere.example",
)
TRACES = ("brandolf", "quist", "ster-lee", "b.oster")
PASSWORD = "a long enough password"


@pytest.fixture
def leaver(cast) -> Person:
    """Somebody who married, held a role, worked on everything, is named in every kind of row and signed in."""
    person = actions.add_person(name=EARLIER, email=EARLIER_ADDRESS, job_title="Assistant", department="Works", by=cast.admin)
    actions.open_account(person=person, password=PASSWORD, by=cast.admin)
    actions.grant_role(person=person, role=Role.TEAM_MEMBER, scope=cast.office.scope, by=cast.admin)
    actions.edit_person(person=person, changes={"name": NAME, "email": ADDRESS}, by=cast.admin)
    actions.issue_token(person=person, name="my script", days=30, may_write=False, by=person)
    for word in (NAME, NAME.upper(), ADDRESS, f"by {EARLIER}"):
        planter = Planter(cast.office.scope, word, person=person, everywhere=True)
        with actions.changeset(title=f"Rows of {word}", by=cast.admin, reason=f"{word} asked"):
            for model in tracked():
                if model._meta.label not in {
                    "accounts.Erasure",
                    "accounts.RoleGrant",
                    "accounts.CurrencyRate",
                    "accounts.Person",
                }:
                    planter.row(model)
    notify(people=[person, cast.head], title=f"{NAME} commented", body=f"{ADDRESS} wrote")
    return person


def every_text() -> dict[str, str]:
    """Every value of every column of every table, as text, by its place."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for number, row in enumerate(cursor.fetchall()):
                found |= {f"{table}.{name} {number}": str(value) for name, value in zip(names, row, strict=True)}
    return found


def traces() -> list[str]:
    return [f"{place}: {text[:80]}" for place, text in every_text().items() if any(trace in text.lower() for trace in TRACES)]


def figures() -> dict[str, list]:
    """Ids, references and figures of every row: all columns that hold no words and say nothing of absence or sign-in."""
    told = {}
    for model in tracked():
        if model not in (RoleGrant, Erasure):
            kept = [
                f.attname
                for f in model._meta.concrete_fields
                if not isinstance(f, models.CharField | models.TextField | models.JSONField)
                and f.name not in {"version", "user", "deputy", "leaves_on", "erased_at", "expires_at"}
            ]
            told[model._meta.label] = list(model.objects.order_by("pk").values_list(*kept))
    return told


def erase(person, by, **given):
    words = {"also": ("Brandolf",), "reason": f"Asked by {NAME} on 3 March 2026", "typed": NAME, **given}
    return actions.erase_person(person=Person.objects.get(pk=person.pk), by=by, **words)


def test_no_column_of_any_table_holds_the_name_or_the_address_any_more(cast, leaver, django_capture_on_commit_callbacks):
    assert len(traces()) > 100, "the name must stand everywhere before"
    with django_capture_on_commit_callbacks(execute=True):
        erase(leaver, cast.admin)
    assert traces() == []


def test_ids_figures_and_the_history_of_roles_stay_and_the_record_still_agrees_with_itself(cast, leaver):
    before, changesets = figures(), queries.newest_changeset_id()
    erase(leaver, cast.admin)
    assert figures() == before
    held = history.records(RoleGrant).filter(person_id=leaver.pk).values_list("history_type", "role")
    assert [*held.order_by("history_id")][:1] == [("+", Role.TEAM_MEMBER.value)]
    assert ("-", Role.TEAM_MEMBER.value) in held
    assert queries.newest_changeset_id() > changesets
    assert list(_history_faults()) == []


def test_who_is_erased_can_no_longer_come_in_and_is_given_nothing_more(cast, leaver):
    erase(leaver, cast.admin)
    gone = Person.objects.get(pk=leaver.pk)
    assert (gone.name, gone.email, gone.user, gone.job_title) == (f"Person {leaver.pk}", "", None, "")
    assert not User.objects.filter(email=ADDRESS).exists()
    assert not ApiToken.objects.filter(person=gone).exists()
    assert not InboxItem.objects.filter(person=gone).exists()
    for refused in (
        lambda: actions.grant_role(person=gone, role=Role.PMO, scope=cast.office.scope, by=cast.admin),
        lambda: actions.edit_person(person=gone, changes={"name": NAME}, by=cast.admin),
        lambda: actions.invite(person=gone, by=cast.admin),
        lambda: erase(gone, cast.admin, typed=gone.name),
    ):
        with pytest.raises(Refused, match="erased"):
            refused()


def test_an_erasure_is_not_undone_and_no_earlier_undo_brings_the_name_back(cast, leaver):
    earlier = history.records(Person).filter(id=leaver.pk).order_by("history_id").select_related("changeset")
    edits = [record.changeset for record in earlier]
    erase(leaver, cast.admin)
    made = history.last_changeset()
    assert not queries.may_undo(made, cast.fresh(cast.admin))
    for changeset in (made, *edits):
        with pytest.raises((Refused, Forbidden)):
            undo(changeset=changeset, by=None)
    assert traces() == []


def test_only_an_administrator_erases_and_only_with_the_name_typed_again(cast, leaver):
    for by in (cast.head, cast.member, leaver):
        with pytest.raises(Forbidden):
            erase(leaver, by)
    with pytest.raises(Refused, match="not the name"):
        erase(leaver, cast.admin, typed="Brandolf")
    with pytest.raises(Refused, match="reason"):
        erase(leaver, cast.admin, reason=" ")
    with pytest.raises(Refused, match="themselves"):
        erase(cast.admin, cast.admin, typed=cast.admin.name)
    assert Person.objects.get(pk=leaver.pk).name == NAME


def test_a_namesake_keeps_the_name_and_words_that_only_contain_it_stay(cast, leaver):
    namesake = actions.add_person(name=NAME, email="other@aldermere.example", by=cast.admin)
    words = "Brandolf Øster-Leening and xb.oster@aldermere.example"
    near = add_comment(ref_kind="project", ref_id=_project(cast).pk, text=words, by=cast.head)
    preview = actions.preview_erasure(person=Person.objects.get(pk=leaver.pk), by=cast.admin)
    assert preview.namesakes == 1
    erase(leaver, cast.admin, also=())
    assert Person.objects.get(pk=namesake.pk).name == NAME
    assert Comment.objects.get(pk=near.pk).text == near.text


def test_the_preview_counts_what_the_erasure_then_touches_and_writes_nothing(cast, leaver):
    head = queries.newest_changeset_id()
    preview = actions.preview_erasure(person=leaver, also=("Brandolf",), by=cast.admin)
    assert queries.newest_changeset_id() == head
    assert preview.texts > 100
    assert {"objective", "comment"} <= {table.noun.rstrip("s") for table in preview.tables}
    ended = 4  # the planted links are ended by the erasure: one more version of each carries the planted word
    assert erase(leaver, cast.admin).texts == preview.texts + ended


def _project(cast):
    from goldenthread.projects.models import Project

    with actions.changeset(title="A project", by=cast.admin):
        return Planter(cast.office.scope, "plain").plant(Project)


def _packed(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", text)
    return packed.getvalue()


def test_kept_files_and_mails_that_name_the_person_go_and_others_stay(
    cast, leaver, settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(tmp_path / "mail")
    table = "Project;Manager\nPipes;{}\nWells;Somebody\n"
    named = take_in(name="named.csv", chunks=[table.format(NAME).encode()], by=cast.admin, file_kind="PROJECTS")
    plain = take_in(name="plain.csv", chunks=[table.format("Nobody").encode()], by=cast.admin, file_kind="PROJECTS")
    folder = Path(settings.MEDIA_ROOT) / "imports"
    packed = ImportedFile.objects.get(pk=plain.pk)
    (folder / f"{packed.digest}-packed.reading").write_bytes(_packed(NAME))
    send_mail("Welcome", f"Dear {NAME}", None, [ADDRESS])
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"the preview opened {path}"))
    assert actions.preview_erasure(person=leaver, by=cast.admin).files == 2
    page = cast.client(cast.admin).get(f"/people/{leaver.pk}/erase").content.decode()
    assert "deleted; 2 kept files will be looked into" in page
    monkeypatch.undo()
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(leaver, cast.admin).files >= 3
    assert not (folder / named.digest).exists()
    assert (folder / plain.digest).exists()
    assert list((tmp_path / "mail").iterdir()) == []
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Brandolf" not in kept


def test_mails_of_another_organisation_and_files_that_nobody_can_look_into(cast, leaver, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(tmp_path / "mail")
    send_mail("Welcome", f"Dear {NAME}", None, ["namesake@elsewhere.example"])
    assert files_naming(queries.identity_of(leaver)) == []
    file = take_in(name="damaged.xlsx", chunks=[b"Project\nPipes\n"], by=cast.admin, file_kind="PROJECTS")
    path = tmp_path / "files" / "imports" / file.digest
    packed = bytearray(_packed("nobody at all"))
    packed[packed.index(b"xl/sharedStrings.xml") + 24] ^= 0x55
    path.write_bytes(packed)
    assert files_naming(queries.identity_of(leaver)) == [path]  # it may name anybody
    assert actions.preview_erasure(person=leaver, by=cast.admin).files == 1


def test_who_takes_it_out_reads_no_words_that_are_closed_to_him(cast, leaver):
    secret = "the merger of the southern office"
    with actions.changeset(title=f"{NAME} prepares {secret}", by=cast.head):
        planter = Planter(cast.office.scope, secret, person=cast.head)
        project = planter.plant(Project, is_confidential=True)
        entry = planter.plant(TimeEntry, project=project, activity=None, service=None, person=leaver, note=f"{NAME}: {secret}")
        planter.plant(Comment, ref_kind="project", ref_id=project.pk, text=f"{NAME} leads {secret}", by=cast.head)
    own, told = (json.dumps(actions.take_out_everything(person=leaver, by=by), default=str) for by in (leaver, cast.admin))
    assert secret in own  # the note is the person's own
    assert secret not in told
    assert f'"id": {entry.pk}' in told


def test_everything_about_a_person_is_one_document_that_misses_no_row(cast, leaver):
    found = json.loads(json.dumps(actions.take_out_everything(person=leaver, by=leaver), default=str))
    assert found["person"]["name"] == NAME
    assert EARLIER in {record["name"] for record in found["person"]["earlier"]}
    assert found["sign_in"]["email"] == ADDRESS
    assert [token["name"] for token in found["tokens"]] == ["my script"]
    assert "pbkdf2" not in json.dumps(found)
    assert "digest" not in json.dumps(found)
    for model in tracked():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is Person and model is not Person:
                wanted = set(model.objects.filter(**{field.name: leaver.pk}).values_list("pk", flat=True))
                told = {row["id"] for row in found["rows"][model._meta.label] if field.name in row["as"]}
                assert told == wanted, f"{model._meta.label}.{field.name}"
    assert len(found["rows"]["resources.TimeEntry"]) == 4
    assert any(NAME in sentence["text"] for sentence in found["sentences"])


def test_an_administrator_takes_it_out_on_the_record_and_others_not_at_all(cast, leaver):
    actions.take_out_everything(person=leaver, by=cast.admin)
    assert "Take out everything" in history.last_changeset().title
    with pytest.raises(Forbidden):
        actions.take_out_everything(person=leaver, by=cast.head)


def test_the_pages_show_first_and_erase_only_with_the_name(cast, leaver):
    client = cast.client(cast.admin)
    page = client.get(f"/people/{leaver.pk}/erase").content.decode()
    assert "It cannot be undone" in page
    assert client.post(f"/people/{leaver.pk}/erase", {"typed": "x", "reason": "asked"}).status_code == 422
    assert client.post(f"/people/{leaver.pk}/erase", {"look": "1", "also": "Brandolf"}).status_code == 200
    taken = client.post(f"/people/{leaver.pk}/everything")
    assert taken.headers["Content-Disposition"] == f'attachment; filename="person-{leaver.pk}.json"'
    assert json.loads(taken.content)["person"]["name"] == NAME
    done = client.post(f"/people/{leaver.pk}/erase", {"typed": NAME, "reason": "Asked on 3 March", "also": "Brandolf"})
    assert done.status_code == 303
    assert "Erased on" in client.get(f"/people/{leaver.pk}").content.decode()
    assert traces() == []


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("Li Wa", "LI  WA asks", "Person 7 asks"),
        ("Wa", "Wa asks", "Wa asks"),  # too short to be looked for
        ("李明", "请问李明在吗", "请问Person 7在吗"),
        ("Will", "Will will", "Person 7 will"),
        ("Ann (Bo) Li", "ask Ann (Bo) Li.", "ask Person 7."),
        ("Ann Li", "Li, Ann signed", "Person 7 signed"),
    ],
)
def test_a_name_is_found_as_people_write_it(cast, name, text, left):
    person = Person(pk=7, name=name)
    assert queries.identity_of(person).without({"a": [text]}) == {"a": [left]}
