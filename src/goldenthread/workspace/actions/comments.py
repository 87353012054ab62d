"""Writes of comments on any noun."""

from __future__ import annotations

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.workspace import queries
from goldenthread.workspace.actions.inbox import notify
from goldenthread.workspace.models import Comment

LONGEST = 4000


def add_comment(*, ref_kind: str, ref_id: int, text: str, by: Person) -> Comment:
    """Say something about a thing one may see. Those who spoke before are told, once."""
    subject = queries.subject(ref_kind, ref_id, by)
    text = _checked(text)
    with changeset(title=f"Comment on {subject}", by=by, about=f"{ref_kind}:{ref_id}") as made:
        comment = Comment(ref_kind=ref_kind, ref_id=ref_id, by=by, text=text, at=made.at)
        comment.save()
        earlier = Person.objects.filter(pk__in=queries.comments(ref_kind, ref_id).values("by")).exclude(pk=by.pk)
        readers = [person for person in earlier if may(person, Act.VIEW, subject)]
        notify(people=readers, title=f"{by} commented on {subject}", body=text[:200], link=queries.address_of(subject))
    return comment


def edit_comment(*, comment: Comment, text: str, by: Person, version: int | None = None) -> None:
    """Change one's own words."""
    _must_own(comment, by)
    with changeset(title="Change a comment", by=by, about=f"{comment.ref_kind}:{comment.ref_id}"):
        history.change(comment, {"text": _checked(text)}, version=version)


def remove_comment(*, comment: Comment, by: Person) -> None:
    """Take one's own comment back; undo brings it again."""
    _must_own(comment, by)
    with changeset(title="Remove a comment", by=by, about=f"{comment.ref_kind}:{comment.ref_id}"):
        comment.delete()


def _must_own(comment: Comment, by: Person) -> None:
    if comment.by_id != by.pk:
        raise Forbidden("A comment is changed by who wrote it.")


def _checked(text: str) -> str:
    text = text.replace("\0", "").strip()
    if not text:
        raise Refused("A comment needs words.", field="text")
    if len(text) > LONGEST:
        raise Refused(f"A comment has at most {LONGEST:,} characters; this one has {len(text):,}.", field="text")
    return text
