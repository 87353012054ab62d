"""A small organisation on a data folder: one office, KPIs, an objective and a plan of two steps.

`python -m tests.reliability.stage` makes it; `opened()` is how the other programs of this folder get at it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

SLUG = "works"


def set_up() -> None:
    """Start Django on the folder named in the environment, without touching the database yet."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "goldenthread.config.settings"
    import django

    django.setup()


@contextmanager
def opened() -> Iterator[tuple[Any, Any]]:
    """The office and its administrator, inside the organisation's scope."""
    from goldenthread.accounts.models import Organisation, Person
    from goldenthread.kit.scoping import organisation_scope
    from goldenthread.purpose.models import Office

    organisation = Organisation.objects.get(slug=SLUG)
    with organisation_scope(organisation):
        office = Office.objects.select_related("organisation", "scope").get()
        person = Person.objects.order_by("pk").first()
        person.organisation = organisation
        yield office, person


def build() -> None:
    """Found the organisation."""
    from django.core.management import call_command

    from goldenthread.accounts import actions, queries
    from goldenthread.kit.scoping import organisation_scope
    from goldenthread.plan import actions as plans
    from goldenthread.purpose import actions as purpose

    call_command("migrate", interactive=False, verbosity=0)
    organisation, person = actions.found_organisation(
        name="Works", slug=SLUG, administrator="Ada Quill", email="ada@works.example"
    )
    with organisation_scope(organisation):
        actions.open_account(person=person, password="a long enough password", by=None)
        with actions.changeset(title="Begin", by=None):
            actions.grant_role(person=person, role="HEAD", scope=queries.top_scope(), by=None)
            queries.forget_rights(person)
            office = purpose.add_office(name="PMO", code="pmo", by=person, head=person)
            person = queries.local_operator()
            kpis = [purpose.add_kpi(office=office, name=f"Figure {i}", unit="points", by=person) for i in range(3)]
            objective = purpose.add_objective(office=office, title="Raise figure 0 from 50 to 60 %", by=person)
            due = date.today() + timedelta(days=300)
            purpose.set_target(objective=objective, kpi=kpis[0], by=person, baseline=50, value=60, due_on=due)
            plan = plans.found_plan(office=office, by=None)
            steps = [plans.add_step(plan=plan, name=f"Step {i}", by=None, accountable=person) for i in range(2)]
            plans.contribute(kpi=kpis[0], step=steps[0], by=None, size="M")


if __name__ == "__main__":
    set_up()
    build()
