"""Links to the plan on one page: made by who may approve it, read without an account, and less than anybody inside sees."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person, RoleGrant
from goldenthread.config.limits import LIMITS
from goldenthread.formats.one_page import pages_of
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.plan import actions
from goldenthread.plan.actions.links import revoke_link, share_plan
from goldenthread.plan.models import PlanLink, PlanLinkReads
from goldenthread.plan.queries.one_page_outside import is_money
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Objective, Service


@pytest.fixture
def full(scene):
    """An approved objective with a step, a confidential one, a proposed one, a figure in money, a duty, a stopped service."""
    cast, head = scene.cast, scene.cast.head
    for word, confidential, state, unit in (
        ("canarysecret", True, "APPROVED", "days"),
        ("canaryproposed", False, "PROPOSED", "days"),
        ("Savings", False, "APPROVED", "£m a year"),
    ):
        objective = purpose.add_objective(
            office=cast.office, title=f"{word} objective", by=head, owner=cast.pmo, is_confidential=confidential
        )
        kpi = purpose.add_kpi(office=cast.office, name=f"{word} figure", unit=unit, by=head)
        purpose.set_target(
            objective=objective, kpi=kpi, by=head, baseline=77.0, baseline_on=scene.today - timedelta(days=30), value=88.0,
            due_on=scene.today + timedelta(days=300),
        )  # fmt: skip
        step = actions.add_step(plan=scene.plan, name=f"{word} step", by=head, accountable=cast.member, duration=480)
        actions.contribute(kpi=kpi, step=step, effect=(1.0, 2.0, 3.0), by=head)
        Objective.objects.filter(pk=objective.pk).update(state=state)
    Objective.objects.filter(pk=scene.objective.pk).update(state="APPROVED")
    actions.contribute(kpi=scene.kpi, step=scene.step, size="M", by=head)
    actions.contribute(kpi=scene.kpi, project=scene.project, size="M", by=head)
    actions.add_duty(plan=scene.plan, name="canaryduty", source="The Water Act", holder=cast.member, by=head, minutes=60)
    service = purpose.add_service(office=cast.office, name="Minutes of meetings", by=head)
    purpose.stop_service(service=service, by=head, goes_to="Each project")
    assert Service.objects.filter(state="RETIRED").exists()
    return scene


def shared(scene, **given):
    base = {"plan": scene.plan, "note": "The regulator", "by": scene.cast.fresh(scene.cast.head)}
    return share_plan(**(base | given))


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_whoever_has_the_link_reads_the_page_and_its_pdf_without_an_account(full):
    made = shared(full)
    page = Client().get(made.path)
    seen = text(page)
    assert page.status_code == 200
    for words in (
        "IT PMO: the plan on one page",
        "Faster decisions",
        "Decision latency",
        "5.5 → 3.0 days",
        "Clients decide",
        "Minutes of meetings",
    ):
        assert words in seen, words
    pdf = Client().get(f"{made.path}?pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pages_of(pdf.content) == 1


def test_it_shows_nothing_confidential_no_money_no_people_and_nothing_that_is_only_proposed(full):
    seen = Client().get(shared(full).path).content.decode()
    assert "Savings objective" in seen
    for hidden in ("canary", "77", "88", "£", "Billing renewal", "in 10", "not shown to you"):
        assert hidden not in text(Client().get(shared(full).path)), hidden
    for person in Person.objects.all():
        assert person.name not in seen, person
        assert not person.email or person.email not in seen
    assert "/objectives/" not in seen
    assert "/plan/" not in seen


def test_neither_cached_nor_indexed_nor_told_to_others(full):
    made = shared(full)
    for response in (Client().get(made.path), Client().get(f"{made.path}?pdf"), Client().get("/shared/nonsense")):
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]


def test_a_wrong_an_old_and_a_revoked_link_answer_alike(full):
    made, revoked = shared(full, days=30), shared(full)
    revoke_link(link=revoked.link, by=full.cast.head)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        old = Client().get(made.path)
    answers = [
        old,
        Client().get(revoked.path),
        Client().get("/shared/nonsense"),
        Client().get(made.path[:-1] + "x"),
        Client().get("/shared/1~a.b"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({text(answer) for answer in answers}) == 1
    assert Client().get(made.path).status_code == 200


def test_only_the_fingerprint_of_a_link_is_stored(full):
    made = shared(full)
    secret = made.path.rsplit("/", 1)[1]
    stored = str(list(PlanLink.objects.values())) + str(list(PlanLink.history.values())) + str(list(Changeset.objects.values()))
    assert secret not in stored
    assert secret.split("~")[1].split(".")[0] not in stored
    assert Client().get(f"/answer/{secret}").status_code == 404, "a link of one kind is none of another"


def test_reading_is_counted_by_number_and_day_alone(full):
    made = shared(full)
    before = Changeset.objects.count()
    for _ in range(3):
        Client().get(made.path)
    Client().get("/shared/nonsense")
    reads = PlanLinkReads.objects.get()
    assert (reads.times, reads.last_on) == (3, full.today)
    assert Changeset.objects.count() == before
    assert {field.name for field in PlanLinkReads._meta.get_fields()} == {"organisation", "link", "times", "last_on"}
    page = text(full.cast.client(full.cast.head).get("/plan/links"))
    assert "3 times, last on" in page


def test_the_page_makes_lists_and_revokes_links_for_who_may_approve(full, undo_last):
    client = full.cast.client(full.cast.head)
    assert "No link yet" in text(client.get("/plan/links"))
    made = client.post("/plan/links", {"note": "The board", "days": "7"})
    (address,) = re.findall(r'value="(http://testserver/shared/[^"]+)"', made.content.decode())
    assert Client().get(address.removeprefix("http://testserver")).status_code == 200
    link = PlanLink.objects.get()
    assert (link.expires_at - link.made_at).days == 7
    assert "/shared/" not in client.get("/plan/links").content.decode(), "shown once"
    assert client.post(f"/plan/links/{link.pk}/revoke").status_code == 303
    assert Client().get(address.removeprefix("http://testserver")).status_code == 404
    undo_last()
    assert Client().get(address.removeprefix("http://testserver")).status_code == 200
    for wrong in (
        {"note": "", "days": "7"},
        {"note": "x", "days": "367"},
        {"note": "x", "days": "0"},
        {"note": "x", "days": "9e9"},
    ):
        assert client.post("/plan/links", wrong).status_code == 422
    for person in (full.cast.pmo, full.cast.member):
        assert full.cast.client(person).get("/plan/links").status_code == 403
        assert full.cast.client(person).post("/plan/links", {"note": "Mine", "days": "7"}).status_code == 403
        with pytest.raises(Forbidden):
            shared(full, by=full.cast.fresh(person))
        with pytest.raises(Forbidden):
            revoke_link(link=link, by=full.cast.fresh(person))
    assert PlanLink.objects.count() == 1


def test_making_a_link_can_be_undone_and_ends_it(full, undo_last):
    made = shared(full)
    Client().get(made.path)
    undo_last()
    assert Client().get(made.path).status_code == 404


def test_a_link_for_a_client_shows_what_that_client_would_see(full):
    client, cast = full.cast.people["CLIENT"], full.cast
    project = projects.add_project(name="Telemetry", by=None, under=cast.project_scope, manager=cast.people["PROJECT_MANAGER"],
                                   starts_on=full.today, finishes_on=full.today + timedelta(days=50))  # fmt: skip
    made = shared(full, client=cast.fresh(client))
    seen = text(Client().get(made.path))
    assert project.name in seen
    assert "What comes, and when" in seen
    for hidden in ("Faster decisions", "canary", "To decide"):
        assert hidden not in seen
    assert pages_of(Client().get(f"{made.path}?pdf").content) == 1
    with pytest.raises(Refused, match="no client"):
        shared(full, client=cast.fresh(cast.member))


def test_a_link_for_a_client_shows_nothing_confidential(full):
    cast, client = full.cast, full.cast.people["CLIENT"]
    project = projects.add_project(name="Canary merger", by=None, under=cast.project_scope, sponsor=client, is_confidential=True)
    assert project.name in text(cast.client(client).get("/plan/one-page/me"))
    path = shared(full, client=cast.fresh(client)).path
    answer = Client().get(path)
    assert answer.status_code == 200
    assert project.name not in text(answer)


def test_a_link_for_a_client_ends_when_that_person_is_no_client_any_more(full):
    cast, client = full.cast, full.cast.people["CLIENT"]
    path = shared(full, client=cast.fresh(client)).path
    assert Client().get(path).status_code == 200
    with changeset(title="Hire", by=None):
        grant = RoleGrant(person=client, role="PMO", scope=cast.office.scope)
        grant.save()
    assert Client().get(path).status_code == 404
    with changeset(title="Leave again", by=None):
        grant.delete()
        history.change(cast.fresh(client), {"leaves_on": timezone.localdate() - timedelta(days=1)})
    assert Client().get(path).status_code == 404


def test_it_is_limited_as_other_open_doors_are(full, settings):
    settings.COUNTS_REQUESTS = True
    limit = next(limit for limit in LIMITS["plan:shared"] if limit.wrong)
    answers = [Client().get(f"/shared/nonsense{n}").status_code for n in range(limit.many + 1)]
    assert answers == [404] * limit.many + [429]


def test_a_signed_in_visitor_of_another_organisation_reads_it_like_anybody(full):
    made = shared(full)
    stranger = Client()
    stranger.force_login(full.cast.foreign_admin.user)
    assert "Faster decisions" in text(stranger.get(made.path))


@pytest.mark.parametrize(
    ("unit", "money"),
    [("£m a year", True), ("k€", True), ("EUR", True), ("days", False), ("%", False), ("points of 7", False), ("", False)],
)
def test_units_in_money_are_known(unit, money):
    assert is_money(unit) is money
