"""Offices: added and edited on their pages, with a history that says who changed what, and an undo."""

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Conflict, Refused
from goldenthread.purpose import actions, queries
from goldenthread.purpose.models import Office


def test_an_office_is_added_and_edited_on_its_pages(cast):
    admin, head = cast.client(cast.admin), cast.client(cast.head)
    assert admin.post("/offices/new", {"name": "Digital PMO", "supervision_hours": "7.5"}).status_code == 303
    office = Office.objects.get(code="digital-pmo")
    assert office.supervision_minutes == 450
    assert head.get("/offices/new").status_code == 403
    said = {"name": "Digital office", "code": "digital", "red_means": "Needs the board", "head": cast.head.pk, "version": 1}
    assert head.post(f"/offices/{cast.office.pk}/edit", said | {"version": cast.office.version}).status_code == 303
    page = head.get(f"/offices/{cast.office.pk}").content.decode()
    assert "Digital office" in page
    assert "Needs the board" in page
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert Office.objects.get(pk=cast.office.pk).name == cast.office.name


def test_the_history_says_each_change_in_words(cast):
    office = Office.objects.get(pk=cast.office.pk)
    actions.edit_office(office=office, changes={"red_means": "Needs the board", "head": cast.pmo}, by=cast.head)
    newest = queries.office_changes(office)[0]
    assert newest.changeset.by == cast.head
    assert ("What red means", None, "Needs the board") in newest.sentences
    assert any(what == "The head" and after == cast.pmo.name for what, _, after in newest.sentences)


def test_two_offices_never_share_a_short_name_and_an_empty_one_stays(cast):
    office = Office.objects.get(pk=cast.office.pk)
    with pytest.raises(Refused, match="already") as refusal:
        actions.edit_office(office=office, changes={"code": cast.second_office.code}, by=cast.head)
    assert refusal.value.field == "code"
    actions.edit_office(office=office, changes={"name": "Changed", "code": ""}, by=cast.head)
    assert Office.objects.get(pk=office.pk).code == cast.office.code
    with pytest.raises(Refused, match="needs a name"):
        actions.edit_office(office=office, changes={"name": "  "}, by=cast.head)


def test_a_second_writer_of_an_office_is_told(cast):
    office = Office.objects.get(pk=cast.office.pk)
    actions.edit_office(office=office, changes={"name": "First"}, by=cast.head, version=cast.office.version)
    with pytest.raises(Conflict):
        actions.edit_office(office=office, changes={"name": "Second"}, by=cast.head, version=cast.office.version)


def test_a_role_names_the_office_as_it_is_called_now(cast):
    office = Office.objects.get(pk=cast.office.pk)
    actions.edit_office(office=office, changes={"name": "Digital office"}, by=cast.head)
    account = cast.client(cast.head).get("/settings").content.decode()
    assert "of Digital office" in account
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    account = cast.client(cast.head).get("/settings").content.decode()
    assert "of IT PMO" in account
    assert "Digital office" not in account
