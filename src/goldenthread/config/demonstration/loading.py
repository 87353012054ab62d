"""The order in which the demo comes to be."""

from __future__ import annotations

from datetime import date
from typing import Any

from goldenthread.config.printing import document, note, say
from goldenthread.config.session import set_up

SLUG = "aldermere"
DOORS = (
    ("head", "Head of PMO"),
    ("delivery", "PMO member"),
    ("sponsor", "Executive sponsor"),
    ("capital", "Head of PMO, capital works"),
    ("administrator", "Administrator"),
)


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
    """Doors into the demo, and one into the empty organisation."""
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


def _load_aldermere(today: date) -> None:
    from goldenthread.accounts import actions
    from goldenthread.config.demonstration import cast, dates, versions
    from goldenthread.kit.scoping import organisation_scope
    from goldenthread.plan.actions.forecasts import make_forecast
    from goldenthread.purpose.models import Office

    organisation, operator = actions.found_organisation(
        name="Aldermere Water", slug=SLUG, administrator="Quentin Rusk", email=f"operator@{cast.DOMAIN}", currency="GBP",
        country="GB-ENG", is_demo=True,
    )  # fmt: skip
    with organisation_scope(organisation):
        _fill(operator, today)
        dates.settle(organisation, dates.ago(today, 801))
        for office in Office.objects.order_by("pk"):  # what changed since when is known now
            make_forecast(office=office, today=today)
        versions.effects()


def _fill(operator: Any, today: date) -> None:
    """Two years, oldest first: people, projects, mandates, figures, plans, and what came of them."""
    from goldenthread.config.demonstration import cascades, life, networks, projects, purpose, talk, versions
    from goldenthread.config.demonstration.dates import Agenda, ago, happened
    from goldenthread.evidence import actions as evidence
    from goldenthread.plan.actions.forecasts import make_forecast

    people, it, works = _open(operator, today)
    purpose.give_first(it, people, today)
    with happened(ago(today, 620), "Take over the project list"):
        running = projects.start(people, {"it": it.scope, "capital": works.scope}, today)
        _forget_rights(people)
    world = life.World(people, running, today)
    agenda = Agenda(
        [
            *projects.memories(running, people, today),
            *talk.events(world),
            *life.events(world),
            *cascades.events(world),
            *networks.events(running, people, today),
        ]
    )
    agenda.until(371)
    works_mandate = purpose.give_capital(works, people, today)
    agenda.until(336)
    _promise(world, {"it": (it, "head"), "capital": (works, "capital")})
    agenda.until(41)
    mandate = purpose.give(it, people, today)
    _plan(world, {"it": (it, mandate, "head"), "capital": (works, works_mandate, "capital")}, agenda)
    make_forecast(office=it, today=today)
    cascades.agree_on_dates(world.objectives, people, today)
    life.approve(world.objectives, people, today)
    for_a_while: dict[str, Any] = {}
    for made, who in ((world.it, "head"), (world.works, "capital")):
        life.freeze(made, people[who], today)
        for_a_while[who] = versions.first(made, people, who, today)
    agenda.until(4)
    versions.second(world.it, people, "head", today, for_a_while["head"])
    agenda.until(0)
    life.log_hours(world)
    with happened(ago(today, 1), "Look at what finished work has brought"):
        for office in (it, works):
            evidence.follow_work(office=office, today=today)
            evidence.register_finished(office=office, today=today)
        evidence.check_due(today=today)
    life.explain(world)


def _promise(world: Any, offices: dict[str, Any]) -> None:
    """What the offices began with: a few figures, and steps of which it was written down what they were to bring."""
    from goldenthread.config.demonstration import capital_rows, figures, plan, plan_rows
    from goldenthread.config.demonstration.dates import ago, happened

    people, today, day = world.people, world.today, ago(world.today, figures.EARLY_DAYS)
    courses = {"it": figures.KPIS, "capital": figures.CAPITAL_KPIS}
    done = {"it": plan_rows.DONE, "capital": capital_rows.DONE}
    for code, (office, who) in offices.items():
        world.early[code] = figures.measure_first(office, courses[code], people, today, by=people[who])
        with happened(day, f"Write down what the first steps of {office.name} are to bring", by=people[who]):
            world.plans[code] = plan.promise(office, done[code], world.early[code], people, today, day)


def _plan(world: Any, offices: dict[str, Any], agenda: Any) -> None:
    """Figures, rates, objectives and plans of both offices."""
    from goldenthread.config.demonstration import capital_rows, duties, figures, plan, plan_rows, purpose
    from goldenthread.config.demonstration.dates import ago, happened

    people, today = world.people, world.today
    courses = {"it": figures.KPIS, "capital": figures.CAPITAL_KPIS}
    aims = {"it": purpose.AIMS, "capital": purpose.CAPITAL_AIMS}
    kpis = {
        c: figures.measure(o, courses[c], world.early[c], people, today, by=people[who]) for c, (o, _, who) in offices.items()
    }
    agenda.until(39)
    figures.redefine(kpis["it"]["contacts"], people["head"], today)
    for code, (_, _, who) in offices.items():
        purpose.value(kpis[code], people, today, by=people[who])
    agenda.until(12)
    for code, (office, _, who) in offices.items():
        figures.measure_newest(office, courses[code], kpis[code], today, by=people[who])
    for code, (office, mandate, who) in offices.items():
        world.objectives |= purpose.aim(office, aims[code], mandate, kpis[code], people, today, by=people[who])
    for code, (office, _, who) in offices.items():
        purpose.agree(office, aims[code], world.objectives, people, today, by=people[who])
    agenda.until(9)
    world.objectives["vague"] = purpose.add_vague(offices["it"][0], offices["it"][1], people, today)
    tables = {"it": plan_rows, "capital": capital_rows}
    for code, (office, _, who) in offices.items():
        with happened(ago(today, 9), f"Write the business plan of {office.name}", by=people[who]):
            table = (tables[code].PLAN, tables[code].DONE, tables[code].OF_PROJECTS)
            made = plan.write(world.plans[code], table, kpis[code], world.projects)
            if code == "it":
                plan.fill_with(made, _vacancy(), "New benefits analyst")
            laws = [world.projects[key] for key in ("lead", "reservoir")] if code == "capital" else []
            duties.oblige(made, duties.ROWS[code], people, today, laws)


def _open(operator: Any, today: date) -> tuple[dict[str, Any], Any, Any]:
    """People, their two offices, and who stands in for whom."""
    from goldenthread.accounts import actions, queries
    from goldenthread.config.demonstration import cast
    from goldenthread.config.demonstration.dates import ago, happened
    from goldenthread.purpose import actions as offices

    with happened(ago(today, 800), "Open the two offices"):
        people = cast.hire(queries.top_scope(), today, operator)
        actions.grant_role(person=operator, role="HEAD", scope=queries.top_scope(), by=None)
        queries.forget_rights(operator)
        it = offices.add_office(
            name="IT office", code="it", by=operator, head=people["head"], red_means="Needs a decision of the board",
            supervision_minutes=1800,
        )  # fmt: skip
        works = offices.add_office(
            name="Capital works office", code="capital", by=operator, head=people["capital"],
            red_means="Will miss its regulatory date", supervision_minutes=1200,
        )  # fmt: skip
        cast.place(people, {"it": it.scope, "capital": works.scope})
        cast.stand_in(people, today)
        _forget_rights(people)
    return people, it, works


def _vacancy() -> Any:
    from goldenthread.config.demonstration import cast

    return cast.leave_post_open(cast.VACANCY)


def _forget_rights(people: dict[str, Any]) -> None:
    from goldenthread.accounts import queries

    for person in people.values():
        queries.forget_rights(person)
