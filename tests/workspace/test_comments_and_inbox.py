"""Comments on anything one may see; an inbox with one line for each event."""

import pytest
from django.http import Http404

from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.workspace import actions, queries
from goldenthread.workspace.models import Comment, InboxItem


def say(scene, by, text="Looks good"):
    return actions.add_comment(ref_kind="project", ref_id=scene.project.pk, text=text, by=by)


def test_those_who_spoke_before_are_told_once(cast, scene):
    say(scene, cast.head)
    say(scene, cast.pmo, "I doubt it")
    say(scene, cast.pmo, "Still")
    assert [item.person for item in InboxItem.objects.all()] == [cast.head]
    assert [c.text for c in queries.comments("project", scene.project.pk)] == ["Looks good", "I doubt it", "Still"]


def test_nobody_is_told_of_what_they_may_no_longer_see(cast, scene):
    say(scene, cast.pmo)
    from goldenthread.projects import actions as projects

    projects.edit_project(project=scene.project, changes={"is_confidential": True}, by=cast.head)
    say(scene, cast.head, "Between us")
    assert not InboxItem.objects.filter(person=cast.pmo).exists()


def test_one_comments_only_on_what_one_sees(cast, scene):
    with pytest.raises(Http404):
        say(scene, cast.nobody)
    for kind in ("invitation", "changeset", "user", "nonsense"):
        with pytest.raises(Http404):
            actions.add_comment(ref_kind=kind, ref_id=1, text="x", by=cast.head)


def test_words_are_changed_and_removed_by_who_wrote_them_and_undone(cast, scene, undo_last):
    comment = say(scene, cast.head)
    with pytest.raises(Forbidden):
        actions.edit_comment(comment=comment, text="Looks bad", by=cast.pmo)
    actions.edit_comment(comment=comment, text="Looks better", by=cast.head, version=1)
    with pytest.raises(Conflict):
        actions.edit_comment(comment=comment, text="Looks best", by=cast.head, version=1)
    actions.remove_comment(comment=comment, by=cast.head)
    assert not Comment.objects.exists()
    undo_last()
    assert Comment.objects.get().text == "Looks better"


@pytest.mark.parametrize("text", ["", "   ", "\0", "x" * 4001])
def test_a_comment_has_words_and_not_too_many(cast, scene, text):
    with pytest.raises(Refused):
        say(scene, cast.head, text)


def test_an_inbox_shows_ones_own_items_unread_first(cast):
    actions.notify(people=[cast.head, cast.pmo], title="Old", link="/projects")
    actions.mark_read(person=cast.head, item=InboxItem.objects.get(person=cast.head))
    actions.notify(people=[cast.head], title="Fresh", needs_answer=True)
    client = cast.client(cast.head)
    page = client.get("/inbox").content.decode()
    assert page.index("Fresh") < page.index("Old")
    assert "waits for your answer" in page
    assert "Old" not in client.get("/inbox?show=unread").content.decode()
    client.post("/inbox/read")
    assert queries.unread_count(cast.head) == 1, "what needs an answer stays"
    fresh = InboxItem.objects.get(title="Fresh")
    assert client.post(f"/inbox/{fresh.pk}").status_code == 303
    assert queries.unread_count(cast.head) == 0
    assert queries.unread_count(cast.pmo) == 1


def test_nobody_opens_the_item_of_somebody_else(cast):
    actions.notify(people=[cast.head], title="Yours")
    item = InboxItem.objects.get()
    assert cast.client(cast.pmo).post(f"/inbox/{item.pk}").status_code == 404
    assert cast.client(cast.people[Role.TEAM_MEMBER]).get("/inbox").status_code == 200
    item.refresh_from_db()
    assert item.read_at is None


def test_an_empty_inbox_teaches(cast):
    assert "Nothing waits for you" in cast.client(cast.head).get("/inbox").content.decode()
