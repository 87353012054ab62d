"""The order in which the demo comes to be."""

from __future__ import annotations

from typing import Any

from goldenthread.config.printing import document, note, say
from goldenthread.config.session import set_up

SLUG = "aldermere"
DOORS = (("head", "Head of PMO"), ("delivery", "PMO member"), ("sponsor", "Executive sponsor"))


def run(*, clear: bool, scale: bool, json: bool) -> None:
    """`demo`: load once, or clear, or add the large organisation."""
    set_up()
    from goldenthread.kit.worker import measure_tables

    if clear:
        _clear(json=json)
        return
    if scale:
        from goldenthread.config.demonstration import scale as large

        outcome = large.load()
        measure_tables()
        document(outcome) if json else say(f"{outcome['organisation']}: {outcome['activities']:,} activities.")
        return
    loaded = _load()
    if loaded:
        measure_tables()
    answer: dict[str, Any] = {"organisation": SLUG, "loaded": loaded, "sign_ins": sign_ins()}
    if json:
        document(answer)
        return
    say("The demo is loaded." if loaded else "The demo was there already.")
    for entry in answer["sign_ins"]:
        say(f"  {entry['role']}: {entry['email']}  {entry['password']}")


def sign_ins() -> list[dict[str, str]]:
    """Three doors into the demo, and one into the empty organisation."""
    from goldenthread.config.demonstration import cast, first_run

    names = {p.key: p.name for p in cast.PARTS}
    doors = [
        {"name": names[key], "role": role, "email": f"{key}@{cast.DOMAIN}", "password": cast.PASSWORD} for key, role in DOORS
    ]
    return [
        *doors,
        {
            "name": "Odile Hartnell",
            "role": "First run, an empty organisation",
            "email": first_run.EMAIL,
            "password": cast.PASSWORD,
        },
    ]


def _clear(*, json: bool) -> None:
    from goldenthread.accounts.models import Organisation
    from goldenthread.config.demonstration.clearing import clear

    gone = {o.slug: clear(o) for o in Organisation.objects.filter(is_demo=True)}
    document({"cleared": gone}) if json else say(f"Cleared: {', '.join(gone) or 'nothing was there'}.")


def _load() -> bool:
    """Load both organisations unless they are there. Whether something was loaded."""
    from django.conf import settings
    from django.utils import timezone

    from goldenthread.accounts.models import Organisation
    from goldenthread.config.demonstration import first_run

    today = timezone.localdate()
    missing = {SLUG, first_run.SLUG} - set(Organisation.objects.values_list("slug", flat=True))
    if SLUG in missing:
        note("Loading the demo …")
        _load_aldermere(today)
    if first_run.SLUG in missing:
        first_run.found_empty(today, settings.ENVIRONMENT.data_dir / "first-run")
    return bool(missing)


def _load_aldermere(today: Any) -> None:
    from goldenthread.accounts import actions, queries
    from goldenthread.config.demonstration import cast
    from goldenthread.kit.scoping import organisation_scope

    organisation, operator = actions.found_organisation(
        name="Aldermere Water", slug=SLUG, administrator="Quentin Rusk", email=f"operator@{cast.DOMAIN}", currency="GBP",
        country="GB-ENG", is_demo=True,
    )  # fmt: skip
    with organisation_scope(organisation):
        with actions.changeset(title="Load the demo: people", by=None, source="COMMAND"):
            people = cast.hire(queries.top_scope(), today, operator)
        _fill(people, today)


def _fill(people: dict[str, Any], today: Any) -> None:
    from goldenthread.accounts import actions, queries
    from goldenthread.config.demonstration import capital, cast, life, plan, projects, purpose
    from goldenthread.plan.actions.forecasts import make_forecast
    from goldenthread.purpose import actions as offices
    from goldenthread.purpose.models import Office

    def step(title: str) -> Any:
        return actions.changeset(title=f"Load the demo: {title}", by=None, source="COMMAND")

    with step("offices"):
        administrator = people["operator"]
        actions.grant_role(person=administrator, role="HEAD", scope=queries.top_scope(), by=None)
        queries.forget_rights(administrator)
        it = offices.add_office(
            name="IT office",
            code="it",
            by=administrator,
            head=people["head"],
            red_means="Needs a decision of the board",
            supervision_minutes=1800,
        )
        works = offices.add_office(
            name="Capital works office",
            code="capital",
            by=administrator,
            head=people["capital"],
            red_means="Will miss its regulatory date",
        )
        scopes = {"it": it.scope, "capital": works.scope}
        cast.place(people, scopes)
        for person in people.values():
            queries.forget_rights(person)
    with step("mandates and services"):
        mandate = purpose.give(it, people, today)
        capital.give(works, people, today)
    with step("figures"):
        kpis = purpose.measure(it, people, today)
    with step("objectives"):
        objectives = purpose.aim(it, mandate, kpis, people, today)
    with step("projects"):
        running = projects.start(people, scopes, today)
        for person in people.values():
            queries.forget_rights(person)
    with step("reports"):
        projects.report(running, people, today)
    with step("business plan"):
        made = plan.write(it, kpis, running, people, today)
        plan.oblige(made, people, running, today)
    with step("capital works"):
        capital.plan(works, running, people, today)
    make_forecast(office=it, today=today)
    life.approve(objectives, people)
    with step("hours"):
        life.log_time(it, made, people, today)
        life.answer_pulse(it, people, today)
    life.happen(it, made, objectives, running, people, today)
    for office in Office.objects.all():
        make_forecast(office=office, today=today)
