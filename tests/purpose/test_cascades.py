"""Where an objective comes from: negotiated by two sides, signed by both, void once anything that was signed changes."""

import re

import pytest

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.purpose import actions
from goldenthread.purpose.models import Cascade, CascadeSignature, Objective, Target
from goldenthread.purpose.queries import cascades as queries
from goldenthread.thread.queries.decisions import decisions


@pytest.fixture
def negotiated(scene):
    """From a goal in words that the sponsor signs for; the PMO controls 60 percent."""
    return actions.set_cascade(
        objective=scene.objective, goal="Serve clients faster", sponsor=scene.cast.sponsor, share=60, by=scene.cast.head
    )


def state(cascade):
    return queries.cascade_state(queries.cascades_of([cascade.objective_id]).get())


def sign_both(scene, cascade):
    actions.sign_cascade(cascade=cascade, by=scene.cast.pmo)
    return actions.sign_cascade(cascade=cascade, by=scene.cast.sponsor)


def asked(person):
    return [one.url for one in decisions(person) if one.url.startswith("/cascades/")]


class TestSigning:
    def test_an_objective_is_self_issued_until_both_sides_have_signed(self, scene, negotiated):
        assert (state(negotiated).is_signed, state(negotiated).waits_for) == (False, ("PMO", "GOAL"))
        actions.sign_cascade(cascade=negotiated, by=scene.cast.pmo)
        assert (state(negotiated).is_signed, state(negotiated).words) == (False, "waits for the leadership’s signature")
        actions.sign_cascade(cascade=negotiated, by=scene.cast.sponsor)
        assert (state(negotiated).is_signed, state(negotiated).waits_for) == (True, ())
        assert Objective.objects.get(pk=scene.objective.pk).leadership_goal == "Serve clients faster"

    @pytest.mark.parametrize("change", ["value", "tolerance", "due_on", "share", "goal", "another target"])
    def test_what_was_signed_is_void_once_it_stands_otherwise_and_the_fact_stays(self, scene, negotiated, change):
        signed, head = sign_both(scene, negotiated), scene.cast.head
        if change in ("share", "goal"):
            given = {"goal": "Serve clients faster", "sponsor": scene.cast.sponsor, "share": 60}
            actions.set_cascade(
                objective=scene.objective, by=head, **(given | {change: 40 if change == "share" else "Save money"})
            )
        elif change == "another target":
            other = actions.add_kpi(office=scene.cast.office, name="Errors", by=head, unit="errors")
            actions.set_target(objective=scene.objective, kpi=other, by=head, value=1.0)
        else:
            new = {"value": 2.5, "tolerance": 0.5, "due_on": scene.target.due_on.replace(year=2028)}[change]
            actions.edit_target(target=Target.objects.get(pk=scene.target.pk), changes={change: new}, by=head)
        found = state(negotiated)
        assert (found.is_signed, found.is_void, found.waits_for) == (False, True, ("PMO", "GOAL"))
        assert found.changed({scene.kpi.pk: scene.kpi})
        kept = CascadeSignature.objects.get(pk=signed.pk)
        assert (kept.signed["targets"][0]["value"], kept.signed["share"]) == (3.0, 60)

    def test_a_title_may_be_polished(self, scene, negotiated):
        sign_both(scene, negotiated)
        actions.edit_objective(objective=scene.objective, changes={"short_name": "Quick decisions"}, by=scene.cast.head)
        assert state(negotiated).is_signed

    def test_a_change_that_is_undone_leaves_the_signatures_as_they_were(self, scene, negotiated):
        sign_both(scene, negotiated)
        actions.edit_target(target=Target.objects.get(pk=scene.target.pk), changes={"value": 2.0}, by=scene.cast.head)
        assert state(negotiated).is_void
        assert asked(scene.cast.sponsor)
        scene.undo_last()
        assert state(negotiated).is_signed
        assert not asked(scene.cast.sponsor)

    def test_a_signature_is_never_undone(self, scene, negotiated):
        sign_both(scene, negotiated)
        with pytest.raises(Refused, match="fact that cannot be taken back"):
            undo(changeset=Changeset.objects.latest("id"), by=scene.cast.head)

    def test_who_may_sign_for_which_side(self, scene, negotiated):
        cast = scene.cast
        assert queries.signs_for(negotiated, cast.fresh(cast.head)) == ("PMO",)  # may change and approve it
        assert queries.signs_for(negotiated, cast.fresh(cast.pmo)) == ("PMO",)  # owns it
        assert queries.signs_for(negotiated, cast.fresh(cast.sponsor)) == ("GOAL",)  # is named
        for role in ("PORTFOLIO_MANAGER", "TEAM_MEMBER", "AUDITOR", "ADMINISTRATOR"):
            person = cast.fresh(cast.people[role])
            assert queries.signs_for(negotiated, person) == queries.speaks_for(negotiated, person) == ()
            with pytest.raises(Forbidden):
                actions.sign_cascade(cascade=negotiated, by=person)
            with pytest.raises(Forbidden):
                actions.say(cascade=negotiated, by=person, text="Me too")

    def test_nobody_signs_for_both(self, scene):
        cast = scene.cast
        cascade = actions.set_cascade(objective=scene.objective, goal="G", sponsor=cast.head, share=60, by=cast.head)
        assert queries.signs_for(cascade, cast.head) == ("PMO", "GOAL")
        actions.sign_cascade(cascade=cascade, by=cast.head, side="PMO")
        with pytest.raises(Refused, match="signed for the other side"):
            actions.sign_cascade(cascade=cascade, by=cast.head, side="GOAL")

    def test_nothing_is_signed_twice_nor_before_share_and_target_are_said(self, scene):
        cast = scene.cast
        cascade = actions.set_cascade(objective=scene.objective, goal="G", sponsor=cast.sponsor, by=cast.head)
        with pytest.raises(Refused, match="how much of it the PMO controls"):
            actions.sign_cascade(cascade=cascade, by=cast.pmo)
        actions.set_cascade(objective=scene.objective, goal="G", sponsor=cast.sponsor, share=0, by=cast.head)
        actions.sign_cascade(cascade=cascade, by=cast.pmo)
        with pytest.raises(Refused, match="has signed what stands"):
            actions.sign_cascade(cascade=cascade, by=cast.pmo)
        actions.remove_target(target=Target.objects.get(pk=scene.target.pk), by=cast.head)
        with pytest.raises(Refused, match="no target"):
            actions.sign_cascade(cascade=cascade, by=cast.pmo)


class TestNegotiating:
    def test_a_counter_proposal_waits_for_the_other_side_and_blocks_signing_until_it_stands(self, scene, negotiated):
        cast, kpi = scene.cast, scene.kpi
        first = actions.say(cascade=negotiated, by=cast.pmo, kpi=kpi, value=3.0, share=60)
        second = actions.say(cascade=negotiated, by=cast.sponsor, kpi=kpi, value=2.5, share=70, text="Others do it in two")
        third = actions.say(cascade=negotiated, by=cast.pmo, text="Let us see")
        assert [word.what for word in (first, second, third)] == ["PROPOSAL", "COUNTER", "COMMENT"]
        assert (state(negotiated).is_open_offer, state(negotiated).waits_for) == (True, ("PMO",))
        with pytest.raises(Refused, match="differs from what stands"):
            actions.sign_cascade(cascade=negotiated, by=cast.sponsor)
        actions.take_over(word=second, by=cast.head)
        assert (Target.objects.get(pk=scene.target.pk).value, Cascade.objects.get().share) == (2.5, 70)
        sign_both(scene, negotiated)
        assert state(negotiated).is_signed

    def test_figures_that_are_taken_over_are_undone_in_one_go(self, scene, negotiated):
        word = actions.say(cascade=negotiated, by=scene.cast.sponsor, kpi=scene.kpi, value=2.5, share=70)
        actions.take_over(word=word, by=scene.cast.head)
        scene.undo_last()
        assert (Target.objects.get(pk=scene.target.pk).value, Cascade.objects.get().share) == (3.0, 60)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({}, "text"),
            ({"share": 101}, "share"),
            ({"share": -1}, "share"),
            ({"value": 2.0}, "kpi"),
            ({"value": float("nan")}, "value"),
        ],
    )
    def test_empty_words_and_figures_that_are_none_are_refused(self, scene, negotiated, given, field):
        with pytest.raises(Refused) as refusal:
            actions.say(cascade=negotiated, by=scene.cast.pmo, **given)
        assert refusal.value.field == field

    def test_who_is_waited_for_finds_it_on_today(self, scene, negotiated):
        cast = scene.cast
        assert asked(cast.pmo) == asked(cast.sponsor) == [f"/cascades/{negotiated.pk}"]
        assert asked(cast.head) == []  # may sign, but an owner is named
        actions.sign_cascade(cascade=negotiated, by=cast.pmo)
        assert (asked(cast.pmo), len(asked(cast.sponsor))) == ([], 1)
        actions.say(cascade=negotiated, by=cast.sponsor, share=80)
        assert (len(asked(cast.pmo)), asked(cast.sponsor)) == (1, [])
        actions.say(cascade=negotiated, by=cast.pmo, share=60)
        assert (asked(cast.pmo), len(asked(cast.sponsor))) == ([], 1)
        actions.sign_cascade(cascade=negotiated, by=cast.sponsor)
        assert asked(cast.pmo) == asked(cast.sponsor) == []


class TestParents:
    @pytest.fixture
    def above(self, scene):
        """An objective of the second office, owned by its head."""
        cast = scene.cast
        with accounts.changeset(title="Above", by=None):
            made = Objective(office=cast.second_office, title="Everything in time", owner=cast.people["PORTFOLIO_MANAGER"])
            made.save()
            accounts.grant_role(person=cast.head, role="TEAM_MEMBER", scope=cast.second_office.scope, by=None)
            accounts.grant_role(
                person=cast.people["PORTFOLIO_MANAGER"], role="PORTFOLIO_MANAGER", scope=cast.second_office.scope, by=None
            )
        return made

    def test_the_owner_of_the_parent_signs_for_it_and_a_change_of_its_target_makes_that_void(self, scene, above):
        cast = scene.cast
        head, owner = cast.fresh(cast.head), cast.fresh(cast.people["PORTFOLIO_MANAGER"])
        cascade = actions.set_cascade(objective=scene.objective, parent=above, share=50, by=head)
        assert queries.signs_for(cascade, owner) == ("GOAL",)
        actions.sign_cascade(cascade=cascade, by=head)
        actions.sign_cascade(cascade=cascade, by=owner)
        assert state(cascade).is_signed
        with accounts.changeset(title="Tighten", by=None):
            Target(objective=above, kpi=scene.kpi, value=2.0).save()
        assert state(cascade).is_void
        assert state(cascade).changed({}) == ["The targets of the goal it comes from changed."]
        assert asked(owner) == [f"/cascades/{cascade.pk}"]

    def test_a_parent_that_is_retired_makes_it_void(self, scene, above):
        cast = scene.cast
        head, owner = cast.fresh(cast.head), cast.fresh(cast.people["PORTFOLIO_MANAGER"])
        cascade = actions.set_cascade(objective=scene.objective, parent=above, share=50, by=head)
        actions.sign_cascade(cascade=cascade, by=head)
        actions.sign_cascade(cascade=cascade, by=owner)
        with accounts.changeset(title="Retire", by=None):
            history.change(above, {"state": "RETIRED"})
        assert state(cascade).changed({}) == ["The goal it comes from was retired."]

    def test_no_objective_comes_from_itself_however_far_round(self, scene):
        head = scene.cast.head
        other = actions.add_objective(office=scene.cast.office, title="Other", by=head)
        actions.set_cascade(objective=other, parent=scene.objective, share=1, by=head)
        for parent in (scene.objective, other):
            with pytest.raises(Refused, match="cannot come from itself"):
                actions.set_cascade(objective=scene.objective, parent=parent, share=1, by=head)

    def test_a_confidential_parent_is_named_to_nobody_who_may_not_see_it(self, scene):
        cast = scene.cast
        above = actions.add_objective(
            office=cast.office, title="Hidden merger", by=cast.head, is_confidential=True, owner=cast.head
        )
        cascade = actions.set_cascade(objective=scene.objective, parent=above, share=1, by=cast.head)
        manager = cast.people["PORTFOLIO_MANAGER"]
        for person in (manager, cast.pmo):  # the second owns the objective below
            client = cast.client(person)
            for address in (f"/objectives/{scene.objective.pk}", f"/cascades/{cascade.pk}", "/objectives", "/api/cascades"):
                assert "Hidden merger" not in client.get(address).content.decode(), address
            with pytest.raises(Forbidden):
                actions.set_cascade(objective=scene.objective, goal="Mine", sponsor=person, share=1, by=cast.fresh(person))
        assert cast.client(manager).get(f"/cascades/{cascade.pk}").status_code == 404
        assert cast.client(cast.pmo).get(f"/objectives/{scene.objective.pk}/cascade").status_code == 403
        assert "Hidden merger" in cast.client(cast.head).get(f"/cascades/{cascade.pk}").content.decode()


class TestPages:
    def test_from_the_objective_to_both_signatures_and_the_lists(self, scene):
        cast, pk = scene.cast, scene.objective.pk
        client = cast.client(cast.head)
        assert "Say where it comes from" in client.get(f"/objectives/{pk}").content.decode()
        wrong = client.post(f"/objectives/{pk}/cascade", {"goal": "Serve clients", "share": "60"})
        assert wrong.status_code == 422
        assert "Say who signs for this goal" in wrong.content.decode()
        sent = {"goal": "Serve clients", "sponsor": cast.sponsor.pk, "share": "60", "share_means": "the rest is the board’s"}
        assert client.post(f"/objectives/{pk}/cascade", sent).status_code == 303
        address = f"/cascades/{Cascade.objects.get().pk}"
        sponsor = cast.client(cast.sponsor)
        page = sponsor.get(address).content.decode()
        assert "Sign for the leadership" in page
        assert "Sign for the PMO" not in page
        assert (
            sponsor.post(f"{address}/say", {"kpi": scene.kpi.pk, "value": "2.5", "text": "Sooner", "side": "GOAL"}).status_code
            == 303
        )
        assert "Let it stand" in client.get(address).content.decode()
        word = Cascade.objects.get().words.get()
        assert client.post(f"/cascades/words/{word.pk}/take-over", {}).status_code == 303
        assert client.post(f"{address}/sign", {"side": "PMO", "stands": stands(Cascade.objects.get())}).status_code == 303
        assert sponsor.post(f"{address}/sign", {"stands": stands(Cascade.objects.get())}).status_code == 303
        assert "signed by both sides" in client.get(f"/objectives/{pk}").content.decode()
        assert "Faster decisions" in client.get("/objectives?goal=signed").content.decode()
        assert "No objective fits" in client.get("/objectives?goal=self").content.decode()
        actions.edit_target(target=Target.objects.get(pk=scene.target.pk), changes={"value": 2.0}, by=cast.head)
        page = client.get(address).content.decode()
        assert "Decision latency: the figure to reach was 2.5, now 2 stands." in page
        assert "Faster decisions" in client.get("/objectives?goal=self").content.decode()


def stands(cascade):
    """The digest of what stands, as the page carries it."""
    return queries.cascade_state(queries.cascades_of([cascade.objective_id]).get()).digest


def test_who_signs_signs_what_stood_on_the_page(scene, negotiated):
    client, address = scene.cast.client(scene.cast.pmo), f"/cascades/{negotiated.pk}"
    shown = re.search(r'name="stands" value="(\w+)"', client.get(address).content.decode())
    assert shown is not None
    actions.edit_target(target=scene.target, changes={"value": 2.75}, by=scene.cast.head)
    assert client.post(f"{address}/sign", {"stands": shown[1]}).status_code == 409
    assert client.post(f"{address}/sign").status_code == 428
    assert not negotiated.signatures.exists()
