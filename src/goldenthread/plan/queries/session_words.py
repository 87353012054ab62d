"""What is said in planning sessions: which objections are open, and so stand in the way of a version of the plan."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.plan.models import BusinessPlan, SessionWord, StepProposal

GONE = (StepProposal.State.DECLINED, StepProposal.State.WITHDRAWN)


def open_objections(plan: BusinessPlan) -> QuerySet[SessionWord]:
    """Objections to steps, or to proposals not turned down, that nobody answered and their author has not taken back."""
    return _open().filter(session__plan=plan).select_related(
        "person", "item__step__activity", "proposal__item__step__activity", "session"
    ).order_by("pk")  # fmt: skip


def answerable(word: SessionWord) -> bool:
    """Whether this is an objection that is still open."""
    return _open().filter(pk=word.pk).exists()


def _open() -> QuerySet[SessionWord]:
    later = SessionWord.objects.filter(person=OuterRef("person"), pk__gt=OuterRef("pk")).exclude(stance=SessionWord.Stance.SAYS)
    same = Q(item=OuterRef("item")) | Q(proposal=OuterRef("proposal"))
    objects = SessionWord.objects.filter(stance=SessionWord.Stance.OBJECTS, answer=SessionWord.Answer.OPEN)
    return objects.filter(~Exists(later.filter(same)), ~Q(proposal__state__in=GONE) | Q(proposal__isnull=True))


def said_of(word: SessionWord) -> str:
    """What a word is about, in words."""
    if word.proposal is not None:
        return f"a proposal for “{word.proposal.item.step}”"
    return f"“{word.item.step}”" if word.item is not None else "what was said"
