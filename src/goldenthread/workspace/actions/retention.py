"""What is kept for a while only, as the organisation's settings say. Facts stay: an answered question loses its words alone.

Run every night by a job; running it twice does nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from goldenthread.accounts.actions import changeset, forget_sessions
from goldenthread.accounts.models import Changeset, Organisation
from goldenthread.kit import history
from goldenthread.workspace import queries
from goldenthread.workspace.models import ImportedFile, InboxItem, Question

REMOVED = "(words removed after their time)"
NOUNS = {"answers": "answered questions without words", "messages": "read messages", "files": "files", "sessions": "sessions"}


def apply_retention(*, organisation: Organisation) -> dict[str, int]:
    """Remove what has had its time; answers how much of each: answers, messages, files, sessions."""
    now = timezone.now()
    rules: list[tuple[str, int | None, Callable[[datetime], int]]] = [
        ("answers", organisation.keeps_answers_days, _forget_words),
        ("messages", organisation.keeps_messages_days, _forget_messages),
        ("files", organisation.keeps_files_days, _forget_files),
        ("sessions", organisation.keeps_sessions_days, lambda before: forget_sessions(before=before)),
    ]
    with transaction.atomic():
        gone = {name: rule(now - timedelta(days=days)) for name, days, rule in rules if days is not None}
        told = ", ".join(f"{count} {NOUNS[name]}" for name, count in gone.items() if count and name != "sessions")
        if told:
            about = f"organisation:{organisation.pk}"
            with changeset(
                title="Apply the retention rules", by=None, source=Changeset.Source.JOB, reason=f"Removed: {told}", about=about
            ):
                pass
    return gone


def _forget_words(before: datetime) -> int:
    """What was asked and answered in words goes, now and in all former versions; who answered when, and the choice, stay."""
    old = Question.objects.filter(answered_at__lt=before).exclude(text=REMOVED)
    free = Question.QuestionKind.FREE
    for question in old:
        words = {"text": REMOVED, **({"answer": REMOVED} if question.question_kind == free else {})}
        past = history.records(Question).filter(id=question.pk)
        if question.question_kind == free:  # the answer stands in the title of the action that gave it
            gave = past.filter(answered_at__isnull=False).values("changeset_id")
            Changeset.objects.filter(pk__in=gave, source=Changeset.Source.LINK).update(title=f"{question.asked} answers")
        past.filter(answered_at__isnull=False).update(**words)
        past.filter(answered_at__isnull=True).update(text=REMOVED)
        Question.objects.filter(pk=question.pk).update(**words)
    return len(old)


def _forget_messages(before: datetime) -> int:
    return InboxItem.objects.filter(read_at__lt=before).delete()[0]


def _forget_files(before: datetime) -> int:
    """The bytes go; what they were, who brought them and what came of it stays."""
    folder, count = Path(settings.MEDIA_ROOT) / "imports", 0
    young = set(ImportedFile.objects.filter(at__gte=before).values_list("digest", flat=True))
    old = list(ImportedFile.objects.filter(at__lt=before).exclude(digest__in=young))
    wanted = {row.digest for row in queries.taken_in_elsewhere({file.digest for file in old}) if _keeps(row)}
    for file in old:
        if file.digest not in wanted and (folder / file.digest).exists():
            queries.forget(file)
            count += 1
    return count


def _keeps(row: ImportedFile) -> bool:
    """Whether the organisation of this row still keeps its bytes."""
    days = row.organisation.keeps_files_days
    return days is None or row.at >= timezone.now() - timedelta(days=days)
