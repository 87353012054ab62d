"""Reads of cascades: how far a negotiation has come, who may speak and sign for which side, and whose word is waited for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, visible
from goldenthread.kit.history import records
from goldenthread.kit.permissions import Act
from goldenthread.purpose.mapping.cascades import Signed, differences, digest_of, stands
from goldenthread.purpose.models import Cascade, CascadeSignature, CascadeWord, Kpi, Objective, Side, Target

LIVE = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)
OTHER = {Side.PMO: Side.GOAL, Side.GOAL: Side.PMO}
HAS_FIGURES = Q(kpi__isnull=False) | Q(share__isnull=False)


@dataclass(frozen=True)
class CascadeState:
    """How a cascade stands: the newest signature of each side, and what stands now."""

    cascade: Cascade
    now: Signed
    newest: dict[str, CascadeSignature]
    offer: CascadeWord | None = None  # the newest word with figures

    @cached_property
    def digest(self) -> str:
        """Of what stands now: who signs says which he or she has seen."""
        return digest_of(self.now)

    def holds(self, side: str) -> bool:
        """Whether the side has signed what stands now."""
        signature = self.newest.get(side)
        return signature is not None and signature.digest == self.digest

    @property
    def is_signed(self) -> bool:
        """Whether both sides have signed what stands now."""
        return self.holds(Side.PMO) and self.holds(Side.GOAL)

    @property
    def is_void(self) -> bool:
        """Whether both sides had signed, and what they signed stands otherwise now."""
        return len(self.newest) == len(Side.values) and not self.is_signed and any(not self.holds(side) for side in self.newest)

    @property
    def is_open_offer(self) -> bool:
        """Whether the newest figures on the table are not those that stand."""
        offer = self.offer
        if offer is None:
            return False
        share = offer.share is not None and offer.share != self.now["share"]
        values = [row["value"] for row in self.now["targets"] if row["kpi_id"] == offer.kpi_id]
        return share or (offer.kpi_id is not None and offer.value not in values)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The sides whose answer or signature is waited for."""
        if self.cascade.objective.state not in LIVE:
            return ()
        if self.is_open_offer and self.offer is not None:
            return (OTHER[Side(self.offer.side)],)
        return tuple(side for side in Side.values if not self.holds(side))

    @property
    def words(self) -> str:
        """How it stands, in a few words."""
        if self.is_signed:
            return "signed by both sides"
        if self.is_void:
            return "signed once, void now"
        if self.holds(Side.PMO):
            return "waits for the leadership’s signature"
        if self.holds(Side.GOAL):
            return "waits for the PMO’s signature"
        return "being negotiated"

    def changed(self, kpis: dict[int, Kpi]) -> list[str]:
        """Why a signature is void: what stands otherwise than it was signed."""
        told: dict[str, None] = {}
        for side, signature in self.newest.items():
            if signature.signed and not self.holds(side):
                told |= dict.fromkeys(differences(signature.signed, self.now, kpis))
        return list(told)


def cascade_states(cascades: Iterable[Cascade], targets: Iterable[Target] | None = None) -> dict[int, CascadeState]:
    """How each cascade stands, by objective. `targets`: those of the objectives, where they are at hand. Three statements."""
    rows = list(cascades)
    wanted = {row.parent_id for row in rows if row.parent_id} | ({row.objective_id for row in rows} if targets is None else set())
    of: dict[int, dict[int, Target]] = defaultdict(dict)
    for target in [*(targets or ()), *(Target.objects.filter(objective__in=wanted) if wanted else ())]:
        of[target.objective_id][target.pk] = target
    signed: dict[int, dict[str, CascadeSignature]] = defaultdict(dict)
    offers: dict[int, CascadeWord] = {}
    if rows:
        for signature in CascadeSignature.objects.filter(cascade__in=rows).select_related("person").order_by("at", "pk"):
            signed[signature.cascade_id][signature.side] = signature
        for word in CascadeWord.objects.filter(HAS_FIGURES, cascade__in=rows).order_by("at", "pk"):
            offers[word.cascade_id] = word
    return {
        row.objective_id: CascadeState(
            row,
            stands(row, of[row.objective_id].values(), of[row.parent_id].values() if row.parent_id else ()),
            signed[row.pk],
            offers.get(row.pk),
        )
        for row in rows
    }


def cascade_state(cascade: Cascade) -> CascadeState:
    """How one cascade stands."""
    return cascade_states([cascade])[cascade.objective_id]


def cascades_of(objectives: Iterable[int]) -> QuerySet[Cascade]:
    """The cascades of these objectives, whoever may see what they come from: for what is said of the objectives themselves."""
    found = Cascade.objects.filter(objective__in=list(objectives))
    return found.select_related("objective__office", "objective__owner", "parent__office", "parent__owner", "sponsor").order_by(
        "pk"
    )


def may_see_goal(cascade: Cascade, person: Person) -> bool:
    """Whether the person may be told which goal an objective comes from."""
    return cascade.parent is None or may(person, Act.VIEW, cascade.parent)


def speaks_for(cascade: Cascade, person: Person) -> tuple[str, ...]:
    """For which sides the person may speak: for the PMO who may change or owns the objective, for the goal its signer."""
    ours = cascade.objective.owner_id == person.pk or may(person, Act.EDIT, cascade.objective)
    return (*((Side.PMO.value,) if ours else ()), *((Side.GOAL.value,) if _for_goal(cascade, person) else ()))


def signs_for(cascade: Cascade, person: Person) -> tuple[str, ...]:
    """For which sides the person may sign.

    For the PMO: the owner of the objective, or who may both change and approve it. For the goal: its sponsor; of an objective
    its owner, or who may approve it.
    """
    objective = cascade.objective
    ours = objective.owner_id == person.pk or (may(person, Act.EDIT, objective) and may(person, Act.APPROVE, objective))
    return (*((Side.PMO.value,) if ours else ()), *((Side.GOAL.value,) if _for_goal(cascade, person) else ()))


def _for_goal(cascade: Cascade, person: Person) -> bool:
    if cascade.parent is None:
        return cascade.sponsor_id == person.pk
    return cascade.parent.owner_id == person.pk or may(person, Act.APPROVE, cascade.parent)


def asked_for(cascade: Cascade, side: str) -> Person | None:
    """Who is asked for one side: the owner, or the head of the office where nobody owns it; the sponsor of a goal in words."""
    if side == Side.GOAL and cascade.parent is None:
        return cascade.sponsor
    about = cascade.parent if side == Side.GOAL and cascade.parent is not None else cascade.objective
    return about.owner or about.office.head


def may_wait_for(person: Person) -> QuerySet[Cascade]:
    """The cascades that may wait for this person's word: no side of his or hers has signed since anything changed.

    `waiting_for` judges by the figures themselves: a change that was undone again does not ask anybody anew.
    """
    ours = Q(objective__owner=person) | Q(objective__owner__isnull=True, objective__office__head=person)
    theirs = (
        Q(sponsor=person)
        | Q(parent__owner=person)
        | Q(parent__isnull=False, parent__owner__isnull=True, parent__office__head=person)
    )
    live = Cascade.objects.filter(objective__state__in=LIVE)
    return live.filter((ours & ~Exists(_standing(Side.PMO))) | (theirs & ~Exists(_standing(Side.GOAL))))


def _standing(side: Side) -> QuerySet[Any]:
    """Signatures of a side since which nothing was changed or proposed."""
    signed = CascadeSignature.objects.filter(cascade=OuterRef("pk"), side=side)
    about = Q(objective_id=OuterRef("cascade__objective_id")) | Q(objective_id=OuterRef("cascade__parent_id"))
    moved = records(Target).filter(about, history_date__gt=OuterRef("at"))
    edited = records(Cascade).filter(id=OuterRef("cascade_id"), history_date__gt=OuterRef("at"))
    offered = CascadeWord.objects.filter(HAS_FIGURES, cascade=OuterRef("cascade"), side=OTHER[side], at__gt=OuterRef("at"))
    above = records(Objective).filter(id=OuterRef("cascade__parent_id"), state="RETIRED", history_date__gt=OuterRef("at"))
    return signed.filter(~Exists(moved), ~Exists(edited), ~Exists(offered), ~Exists(above))


def waiting_for(keys: Iterable[int], person: Person) -> set[int]:
    """Of these cascades, those that wait for this person's word, judged by the figures."""
    rows = list(cascades_of(Cascade.objects.filter(pk__in=list(keys)).values_list("objective_id", flat=True)))
    states = cascade_states(rows)
    return {row.pk for row in rows if any(asked_for(row, side) == person for side in states[row.objective_id].waits_for)}


@dataclass(frozen=True)
class CascadePage:
    """What the page of a negotiation shows."""

    state: CascadeState
    words: tuple[CascadeWord, ...]
    signatures: tuple[CascadeSignature, ...]
    targets: tuple[Target, ...]
    above: tuple[Target, ...]
    changed: tuple[str, ...]
    sees_goal: bool
    sees_objective: bool
    speaks: tuple[str, ...]
    signs: tuple[str, ...]


def cascade_page(cascade: Cascade, person: Person) -> CascadePage:
    """The negotiation of one objective, as the person may see it."""
    state = cascade_state(cascade)
    both = [cascade.objective_id, *([cascade.parent_id] if cascade.parent_id else [])]
    targets = list(Target.objects.filter(objective__in=both).select_related("kpi").order_by("-is_required", "due_on", "pk"))
    kpis = {row.kpi_id: row.kpi for row in targets}
    sees_goal = may_see_goal(cascade, person)
    return CascadePage(
        state=state,
        words=tuple(cascade.words.select_related("person", "kpi").order_by("at", "pk")),
        signatures=tuple(cascade.signatures.select_related("person").order_by("-at", "-pk")),
        targets=tuple(row for row in targets if row.objective_id == cascade.objective_id),
        above=tuple(row for row in targets if row.objective_id == cascade.parent_id and sees_goal),
        changed=tuple(state.changed(kpis)),
        sees_goal=sees_goal,
        sees_objective=may(person, Act.VIEW, cascade.objective),
        speaks=speaks_for(cascade, person),
        signs=signs_for(cascade, person),
    )


def children_of(objective: Objective, person: Person) -> list[Objective]:
    """The objectives that come from this one, as the person may see them."""
    return list(visible(Objective.objects.filter(cascade__parent=objective), person).order_by("pk"))


def goals_to_come_from(objective: Objective, person: Person) -> QuerySet[Objective]:
    """The live objectives that this one may come from, as the person may see them."""
    live = visible(Objective.objects.filter(state__in=LIVE).select_related("office"), person)
    return live.exclude(pk=objective.pk).order_by("office__name", "pk")


def backing(objectives: Iterable[Objective], targets: Iterable[Target]) -> dict[int, CascadeState]:
    """How the cascades of these objectives stand; an objective whose is not signed by both is self-issued."""
    rows = list(cascades_of([row.pk for row in objectives]))
    return cascade_states(rows, list(targets)) if rows else {}


def signed_by_both(rows: Iterable[Any]) -> set[int]:
    """Of these rows of the table of objectives, those whose goal both sides have signed: the others are self-issued."""
    known = list(rows)
    states = backing([row.objective for row in known], [view.target for row in known for view in row.targets])
    return {key for key, state in states.items() if state.is_signed}
