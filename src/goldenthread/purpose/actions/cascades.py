"""Writes of cascades: where an objective comes from, what both sides say of its figures, and that they sign."""

from __future__ import annotations

from goldenthread.accounts import queries as people
from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.purpose.actions.ground import add, change, finite, require
from goldenthread.purpose.actions.kpis import edit_target
from goldenthread.purpose.mapping.cascades import digest_of
from goldenthread.purpose.models import Cascade, CascadeSignature, CascadeWord, Kpi, Objective, Side, Target
from goldenthread.purpose.queries import cascades as queries

NO_EDIT = "You may not change objectives of this office."
NO_WORD = "Neither side has you speak for it."
NO_GOAL = "You may not see the goal that it comes from."
NO_SIGNATURE = "You sign for neither side."


def set_cascade(
    *,
    objective: Objective,
    by: Person,
    parent: Objective | None = None,
    goal: str = "",
    sponsor: Person | None = None,
    share: int | None = None,
    share_means: str = "",
    version: int | None = None,
) -> Cascade:
    """Say from which goal the objective comes, and how much of the change the PMO controls. It is then for both sides to sign."""
    require(by, Act.EDIT, objective, NO_EDIT)
    if objective.state not in queries.LIVE:
        raise Refused(f"This objective is {objective.get_state_display().lower()}: it stays as it was.")
    _a_goal(objective, parent, goal, sponsor, by)
    _a_share(share)
    stored = Cascade.objects.filter(objective=objective).select_related("parent").first()
    if stored is not None and not queries.may_see_goal(stored, by):
        raise Forbidden(NO_GOAL)
    given = {"parent": parent, "goal": goal.strip(), "sponsor": sponsor, "share": share, "share_means": share_means.strip()}
    with changeset(title=f"Say where {objective.label} comes from", by=by, about=f"objective:{objective.pk}"):
        if stored is None:
            stored = add(Cascade(objective=objective, **given))
        else:
            change(stored, given, version)
        if goal.strip():
            change(objective, {"leadership_goal": goal.strip()})
    made: Cascade = stored
    return made


def say(
    *,
    cascade: Cascade,
    by: Person,
    text: str = "",
    kpi: Kpi | None = None,
    value: float | None = None,
    share: int | None = None,
    side: str = "",
) -> CascadeWord:
    """Propose figures, answer with others, or comment. Figures after the other side's are a counter-proposal."""
    side = _side(queries.speaks_for(cascade, by), side, NO_WORD)
    finite(value=value)
    _a_share(share)
    if (kpi is None) != (value is None):
        raise Refused("A figure needs its KPI, and a KPI its figure.", field="value" if value is None else "kpi")
    if kpi is not None and not Target.objects.filter(objective=cascade.objective_id, kpi=kpi).exists():
        raise Refused(f"The objective has no target on {kpi}.", field="kpi")
    if kpi is None and share is None and not text.strip():
        raise Refused("Say something, or propose a figure.", field="text")
    with changeset(title=_titled("Negotiate", cascade), by=by, about=f"objective:{cascade.objective_id}") as made:
        _lock(cascade)
        before = CascadeWord.objects.filter(queries.HAS_FIGURES, cascade=cascade).order_by("at", "pk").last()
        answers = before is not None and before.side != side
        figures = CascadeWord.What.COUNTER if answers else CascadeWord.What.PROPOSAL
        what = CascadeWord.What.COMMENT if kpi is None and share is None else figures
        word: CascadeWord = add(
            CascadeWord(
                cascade=cascade, side=side, what=what, kpi=kpi, value=value, share=share, text=text.strip(), person=by, at=made.at
            )
        )
    return word


def take_over(*, word: CascadeWord, by: Person, reason: str = "") -> None:
    """Let the figures that were proposed stand: the share, and the target of the objective. By who may change that."""
    cascade = word.cascade
    require(by, Act.EDIT, cascade.objective, NO_EDIT)
    if word.what == CascadeWord.What.COMMENT:
        raise Refused("A comment has no figures to take over.")
    because = reason.strip() or "Agreed with the leadership"
    with changeset(title=_titled("Take over what was proposed for", cascade), by=by, about=f"objective:{cascade.objective_id}"):
        if word.share is not None:
            change(Cascade.objects.get(pk=cascade.pk), {"share": word.share})
        if word.kpi_id is not None:
            targets = list(
                Target.objects.filter(objective=cascade.objective_id, kpi=word.kpi_id).select_related("objective", "kpi")
            )
            if len(targets) != 1:
                raise Refused("There is not exactly one target on this KPI.", advice="Change the target that is meant.")
            edit_target(target=targets[0], changes={"value": word.value}, by=by, reason=because)


def sign_cascade(*, cascade: Cascade, by: Person, side: str = "", seen: str | None = None) -> CascadeSignature:
    """Sign what stands, for the side that the person signs for. Nobody signs for both.

    `seen`: the digest of what stood on the page that was signed; Conflict where something else stands by now.
    """
    sides = queries.signs_for(cascade, by)
    side = _side(sides, side, NO_SIGNATURE)
    with changeset(title=_titled("Sign", cascade), by=by, about=f"objective:{cascade.objective_id}") as made:
        _lock(cascade)
        state = queries.cascade_state(queries.cascades_of([cascade.objective_id]).get())
        if seen is not None and seen != state.digest:
            raise Conflict(cascade, expected=1 if seen else 0, current=2)
        _ready(state, side, by)
        signature: CascadeSignature = add(
            CascadeSignature(cascade=cascade, side=side, person=by, at=made.at, signed=state.now, digest=digest_of(state.now))
        )
    return signature


def _ready(state: queries.CascadeState, side: str, by: Person) -> None:
    if state.cascade.objective.state not in queries.LIVE:
        raise Refused("This objective is closed.")
    if state.holds(side):
        raise Refused("This side has signed what stands.")
    other = state.newest.get(queries.OTHER[Side(side)])
    if other is not None and other.person_id == by.pk and state.holds(other.side):
        raise Refused("You have signed for the other side.", advice="Each side has somebody of its own sign.")
    if state.now["share"] is None:
        raise Refused("Nobody has said how much of it the PMO controls.", advice="Say it first, from 0 to 100 percent.")
    if not state.now["targets"]:
        raise Refused("The objective has no target to sign.")
    if state.is_open_offer:
        advice = "Take it over, or answer with the figures that stand."
        raise Refused("The newest proposal differs from what stands.", advice=advice)


def _side(sides: tuple[str, ...], wanted: str, words: str) -> str:
    """The side that is meant: the one asked for, or the only one."""
    if not sides or (wanted and wanted not in sides):
        raise Forbidden(words)
    return wanted or sides[0]


def _a_goal(objective: Objective, parent: Objective | None, goal: str, sponsor: Person | None, by: Person) -> None:
    if parent is None:
        if not goal.strip():
            raise Refused("Name the goal it comes from: another objective, or words.", field="goal")
        if sponsor is None:
            raise Refused("Say who signs for this goal.", field="sponsor")
        return
    if goal.strip() or sponsor is not None:
        raise Refused("Either another objective, or a goal in words with its sponsor.", field="parent")
    if not people.may(by, Act.VIEW, parent):
        raise Forbidden("You may not see this objective.")
    above: Objective | None = parent
    while above is not None:
        if above.pk == objective.pk:
            raise Refused("An objective cannot come from itself.", field="parent")
        higher = Cascade.objects.filter(objective=above).select_related("parent").first()
        above = higher.parent if higher is not None else None


def _a_share(share: int | None) -> None:
    if share is not None and not 0 <= share <= 100:
        raise Refused("A share lies between 0 and 100 percent.", field="share")


def _titled(verb: str, cascade: Cascade) -> str:
    return f"{verb} the objective {cascade.objective.label}"


def _lock(cascade: Cascade) -> None:
    """Nobody else speaks or signs in this negotiation until the end of the transaction."""
    Cascade.objects.select_for_update().get(pk=cascade.pk)
