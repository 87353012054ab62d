"""Commands that read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from goldenthread.config.printing import document, say, table, write_whole
from goldenthread.config.session import Session


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 2) + 0:.0%}"


def _chance(objective: dict[str, Any]) -> str:
    """A percentage, or a word where the basis is thin."""
    from goldenthread.ui.writing import chance_words

    if objective["basis"] == "thin" and objective["p_attain"] is not None:
        return chance_words(objective["p_attain"])
    return _percent(objective["p_attain"])


def _may(session: Session, kind: str, act: str = "v") -> None:
    from goldenthread.accounts.queries import rights
    from goldenthread.kit.errors import Forbidden

    if not rights(session.person).anywhere(act, kind):
        raise Forbidden(f"{session.person} may not see this.")


def thread(session: Session, *, json: bool) -> None:
    """`thread`: objectives with chance, KPIs with range, coverage and basis."""
    from django.utils import timezone

    from goldenthread.accounts.queries import visible
    from goldenthread.plan.actions.forecasts import make_forecast
    from goldenthread.plan.queries import changes_since, latest_forecast, plan_work
    from goldenthread.purpose.models import Objective, Target

    _may(session, "OBJECTIVE")
    office = session.office
    made = latest_forecast(office)
    if made is None or changes_since(made):
        made = make_forecast(office=office)
    shown = visible(Objective.objects.filter(office=office), session.person).exclude(state__in=["ACHIEVED", "RETIRED"])
    targets: dict[int, list[Target]] = {}
    for target in Target.objects.filter(objective__in=shown.values("pk")).select_related("kpi").order_by("pk"):
        targets.setdefault(target.objective_id, []).append(target)
    rows = [_objective(o, targets.get(o.pk, []), made.results) for o in shown.order_by("pk")]
    plan = plan_work(office, timezone.localdate(), session.person).hours
    if json:
        about = {"office": office.code, "made_at": made.made_at.isoformat(), "digest": made.digest, "plan": _hours(plan)}
        document(about | {"objectives": rows})
        return
    say(f"The plan: {_hours_in_words(plan)}\n")
    table(
        ["objective", "chance", "KPI", "P10", "P50", "P90", "coverage", "basis"],
        [
            [
                o["title"][:50] if i == 0 else "",
                _chance(o) if i == 0 else "",
                k["kpi"],
                k["p10"],
                k["p50"],
                k["p90"],
                _percent(k["coverage"]),
                k["basis"],
            ]
            for o in rows
            for i, k in enumerate(
                o["kpis"] or [{"kpi": "no target", "p10": "", "p50": "", "p90": "", "coverage": None, "basis": ""}]
            )
        ],
        "No objective yet.",
    )


def _objective(objective: Any, targets: list[Any], results: dict[str, Any]) -> dict[str, Any]:
    known = results["objectives"].get(str(objective.pk), {})
    return {
        "id": objective.pk,
        "title": objective.title,
        "state": objective.state,
        "p_attain": known.get("chance"),
        "basis": known.get("basis"),
        "kpis": [_target(t, results["targets"].get(str(t.pk))) for t in targets],
    }


def _target(target: Any, known: dict[str, Any] | None) -> dict[str, Any]:
    figures = known or {}
    digits = target.kpi.decimals

    def rounded(name: str) -> float | None:
        value = figures.get(name)
        return None if value is None else round(value, digits + 2)

    return {
        "id": target.pk,
        "kpi": target.kpi.name,
        "unit": target.kpi.unit,
        "baseline": target.baseline,
        "target": target.value,
        "due_on": target.due_on.isoformat() if target.due_on else None,
        "required": target.is_required,
        "p_attain": figures.get("chance"),
        "p10": rounded("p10"),
        "p50": rounded("p50"),
        "p90": rounded("p90"),
        "coverage": None if figures.get("coverage") is None else figures["coverage"] + 0.0,  # never “−0”
        "coverage_reason": figures.get("coverage_reason", "target not complete"),
        "basis": figures.get("basis", "none"),
    }


def today(session: Session, email: str, *, json: bool) -> None:
    """`today E-MAIL`: the person's day. One's own, or that of one's team."""
    from goldenthread.accounts.models import Person
    from goldenthread.accounts.queries import rights
    from goldenthread.kit.errors import Forbidden, Refused
    from goldenthread.thread import queries

    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        raise Refused(f"There is no person with the address {email}.", field="E-MAIL")
    held = rights(session.person)
    if person.pk != session.person.pk and not (held.anywhere("e", "PLAN") or held.everywhere("e", "SETTINGS")):
        raise Forbidden("You may see only your own day.")
    person.organisation = session.organisation
    day = queries.today(person, viewer=session.person)
    items: list[dict[str, Any]] = [
        {
            "title": row.title,
            "kind": row.kind,
            "chain": [link.label for link in row.chain],
            "reason": row.ranked.sentence,
            "cost_of_delay": row.ranked.item.cost_of_delay,
            "hours_left": row.ranked.item.hours_left,
            "due": row.ranked.item.due.isoformat() if row.ranked.item.due else None,
        }
        for row in day.rows
    ]
    if json:
        document({"person": person.email, "day": day.day.isoformat(), "items": items})
        return
    say(f"{day.title}: {day.summary or 'nothing waits.'}\n")
    rows = [
        [
            i,
            r["title"][:60],
            r["reason"],
            "" if r["hours_left"] is None else f"{r['hours_left']:.1f} h",
            " < ".join(r["chain"])[:80],
        ]
        for i, r in enumerate(items, 1)
    ]
    table(["", "what", "why now", "left", "serves"], rows, "Nothing waits.")


def gaps(session: Session, *, json: bool) -> None:
    """`gaps`: unsupported work, uncovered objectives, people without a line."""
    from django.utils import timezone

    from goldenthread.plan.queries import gaps as found_gaps

    _may(session, "PULSE")
    found = found_gaps(session.office, timezone.localdate(), session.person)
    unsupported: list[dict[str, Any]] = [
        {
            "ref": str(f.key),
            "title": f.title,
            "reason": f.reason,
            "state": f.state,
            "hours": round(f.hours, 2),
            "sentence": f.sentence,
            "actions": list(f.actions),
        }
        for f in found.unsupported.findings
    ]
    goals: list[dict[str, Any]] = [
        {"objective": g.goal, "title": g.title, "kpi": g.kpi, "reason": g.reason, "sentence": g.sentence} for g in found.goals
    ]
    people: list[dict[str, Any]] = [
        {"person": found.names.get(int(p.person), ""), "reason": p.reason, "hours": round(p.hours, 2), "asked": p.asked}
        for p in found.people
    ]
    if json:
        totals = _hours(found.hours) | {"plan": _hours(found.plan_hours)}
        document({"totals": totals, "unsupported": unsupported, "uncovered_objectives": goals, "people_without_line": people})
        return
    say(f"All work: {_hours_in_words(found.hours)}\nThe plan: {_hours_in_words(found.plan_hours)}\n")
    table(
        ["work", "hours", "reason", "state"],
        [[u["title"][:60], u["hours"], u["reason"], u["state"]] for u in unsupported],
        "All work has a line.",
    )
    say("")
    table(["goal", "what is missing"], [[g["title"][:60], g["sentence"]] for g in goals], "Every goal has work.")
    say("")
    table(["person", "hours", "why"], [[p["person"], p["hours"], p["reason"]] for p in people], "Everybody has a line.")


def _hours(part: Any) -> dict[str, float]:
    return {name: getattr(part, name) for name in ("hours", "thread_hours", "duty_hours", "unsupported_hours")}


def _hours_in_words(part: Any) -> str:
    return (
        f"{part.hours:.1f} h: {part.thread_hours:.1f} h on the thread, {part.duty_hours:.1f} h for duties, "
        f"{part.unsupported_hours:.1f} h with no line to a goal."
    )


def lint_objective(text: str, *, json: bool) -> None:
    """`lint-objective TEXT`: the ten checks on a text alone."""
    from goldenthread.engine.objective_quality import draft_from_text, review

    found = review(draft_from_text(text))
    results: list[dict[str, Any]] = [
        {"id": r.check, "title": r.title, "passed": r.passed, "words": [word for word, _, _ in r.words], "advice": r.advice}
        for r in found.results
    ]
    if json:
        document(
            {
                "text": text,
                "score": found.score,
                "ready": found.ready,
                "results": results,
                "warnings": [word for word, _, _ in found.warnings],
            }
        )
        return
    say(f"{found.score} of 100{', ready for approval' if found.ready else ''}\n")
    marks = {True: "yes", False: "no", None: "not known"}
    table(
        ["", "check", "passed", "words at fault", "advice"],
        [
            [r["id"], r["title"], marks[r["passed"]], ", ".join(r["words"]), r["advice"] if r["passed"] is not True else ""]
            for r in results
        ],
    )


def explain(session: Session, ref: str, *, json: bool) -> None:
    """`explain REF`: the figure, its formula and inputs, and the same figure computed again."""
    from goldenthread.kit.errors import Refused
    from goldenthread.plan.models import Forecast
    from goldenthread.plan.queries import explanation, may_explain, shown_to

    _may(session, "PLAN")
    kind, _, ident = ref.partition(":")
    made = Forecast.objects.filter(office=session.office).order_by("-made_at", "-id").first()
    if made is None:
        raise Refused("There is no forecast yet.", advice="Run “thread” first.")
    if kind not in {"objective", "target", "contribution", "supervision"} or not ident.isdecimal():
        raise Refused(
            f"“{ref}” is not a reference.",
            field="REF",
            advice="Write objective:ID, target:ID, contribution:ID or supervision:ID.",
        )
    if not may_explain(kind, int(ident), session.person):
        raise Refused(f"The forecast holds no {ref}.", field="REF")
    try:
        found = shown_to(explanation(made, kind, int(ident)), session.person, session.office.scope_id)
    except KeyError as error:
        raise Refused(f"The forecast holds no {ref}.", field="REF") from error
    if json:
        document(found)
        return
    equal = "equal to the last digit" if found["same"] else "NOT equal"
    _tell(session, found, made, equal)


def _tell(session: Session, found: dict[str, Any], made: Any, equal: str) -> None:
    """An explanation for people: names, units and days."""
    from goldenthread.plan.queries import LABELS, figure_in_words, in_words, subject_in_words
    from goldenthread.ui import writing

    kind, _, ident = found["ref"].partition(":")
    name, unit = subject_in_words(kind, int(ident), session.person)
    currency = session.organisation.currency

    def told(row: dict[str, Any], which: str) -> str:
        return figure_in_words(row["figure"], row[which], basis=found["basis"], unit=unit, currency=currency)

    say(f"{name} ({found['ref']}), computed again from the rows below: {equal}\n")
    figures = [found, *found["figures"]]
    table(
        ["figure", "value", "again", "formula"],
        [[LABELS[row["figure"]], told(row, "value"), told(row, "again"), row["formula"]] for row in figures],
        "",
    )
    when = f"made {writing.datetime(made.made_at)}, days counted from {writing.date(made.data_date)}"
    say(f"\n{found['runs']:,} runs, seed {found['seed']}, {found['engine']}, {when}; --json gives every digit")
    for row in in_words(found, session.person, made.data_date, currency):
        say(f"  {row.noun} “{row.name}” ({row.ref}): " + ", ".join(f"{label} {value}" for label, value in row.values))
    if found["hidden"]:
        say(f"  and {found['hidden']} that you may not see")


def export(session: Session, form: str, place: str, *, json: bool) -> None:
    """`export csv|xlsx`: every noun the person may export."""
    from goldenthread.workspace.queries import exports

    written = exports(session.person, form)
    target = Path(place)
    if form == "csv":
        target.mkdir(parents=True, exist_ok=True)
    contents = {target / name if form == "csv" else target: content for name, content in written}
    write_whole(contents)
    files = [{"file": str(path), "bytes": len(content)} for path, content in contents.items()]
    if json:
        document({"files": files})
        return
    table(["file", "bytes"], [[f["file"], f["bytes"]] for f in files])


def export_stratml(session: Session, place: str, part: int, *, json: bool) -> None:
    """`export stratml`: one file of the office's live objectives; what has no place in it is counted."""
    from django.utils import timezone

    from goldenthread.formats.stratml_writer import write_stratml
    from goldenthread.purpose.queries.strategy_export import live_plan

    live = live_plan(session.office, session.person, timezone.localdate())
    part = part or live.plan.part
    written = write_stratml(live.plan, part)
    write_whole({Path(place): written.data})
    counts, left = live.plan.counts(), dict([*live.left_out, *written.left_out])
    if json:
        document({"file": place, "part": part, "bytes": len(written.data), "counts": counts, "left_out": left})
        return
    table(["what", "count"], [[name, number] for name, number in counts.items() if number])
    for what, number in left.items():
        say(f"  left out: {what}: {number}")


def track_record(session: Session, *, json: bool) -> None:
    """`track-record`: how good the chances that were said turned out to be."""
    from goldenthread.evidence.queries.calibration import ENOUGH, calibration

    _may(session, "OBJECTIVE")
    found = calibration(session.person)
    scores = found.scores
    figures: dict[str, Any] = {
        "closed": len(found.closed),
        "needed": ENOUGH,
        "waiting": len(found.waiting),
        "without_figure": found.without,
        "brier": scores.brier if scores else None,
        "brier_of_base_rate": scores.uncertainty if scores else None,
        "skill": found.skill,
        "sharpness_points": found.sharpness,
        "inside_80_range": found.covered,
        "ranges": found.ranges,
    }
    bins = (
        [{"low": b.low, "high": b.high, "n": b.n, "said": b.said, "happened": b.happened} for b in scores.bins] if scores else []
    )
    if json:
        document(figures | {"reliability": bins})
        return
    table(["what", "figure"], [[name.replace("_", " "), "–" if value is None else value] for name, value in figures.items()])
    if not scores:
        say(f"Not enough yet: {found.missing} more targets must close.")


def results(session: Session, *, json: bool) -> None:
    """`results`: expected results, where each stands, and what the newest look found."""
    from goldenthread.evidence.queries import results as reads

    _may(session, "PLAN")
    found = reads.results(session.person, session.office)
    rows = [_result(row) for row in found]
    unsaid = reads.never_written_down(session.office, session.person)
    if json:
        document({"office": session.office.code, "tally": reads.tally(found), "never_written_down": unsaid, "results": rows})
        return
    table(
        ["work", "KPI", "state", "promised", "found", "9 of 10", "figures", "look on"],
        [
            [
                r["work"][:40],
                r["kpi"][:30],
                r["words"],
                f"{r['likely']:+g} {r['unit']}",
                "–" if r["found"] is None else f"{r['found']:+.3g}",
                "–" if r["low"] is None else f"{r['low']:+.3g} to {r['high']:+.3g}",
                "–" if r["before"] is None else f"{r['before']} before, {r['after']} after",
                r["look_on"],
            ]
            for r in rows
        ],
        "No expected result is written down yet.",
    )
    for r in rows:
        for words in filter(None, (r["why"], r["judgement"])):
            say(f"  {r['work']}: {words}")
    if unsaid:
        say(f"  {unsaid} finished with an effect that nobody wrote down in time")


def _result(row: Any) -> dict[str, Any]:
    result, check = row.result, row.check
    names = ("low", "high", "sure", "before", "after", "observed", "by_itself", "attributed", "to_others", "remainder")
    return {
        "id": result.pk,
        "work": str(result.subject),
        "kpi": result.kpi.name,
        "unit": result.unit,
        "state": row.state,
        "words": row.words,
        "why": row.why,
        "by_hand": row.judged or None,
        "judgement": row.judgement,
        "likely": result.likely,
        "said_on": result.said_on.isoformat(),
        "begins_on": result.begins_on.isoformat(),
        "look_on": result.look_on.isoformat(),
        "looks": len(row.checks),
        "found": check.step_size if check else None,
        **{name: getattr(check, name) if check else None for name in names},
    }
