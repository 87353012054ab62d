import pytest

from goldenthread.engine.confusion import Claim, ClarityAnswer, Doubled, claimed_twice, clarity, people_without_step
from goldenthread.engine.errors import EngineError


def test_people_without_a_step_are_the_others():
    assert people_without_step(["ann", "bob", "cy", "di"], ["bob", "di", "a stranger"]) == ("ann", "cy")


def test_a_marked_double_and_one_name_under_two_people_are_claimed_twice():
    claims = [
        Claim(1, "Ask the regulator", "ann"),
        Claim(2, " ask  the REGULATOR", "bob"),
        Claim(3, "Train clients", "ann"),
        Claim(4, "Teach clients", "cy", doubles=3),
        Claim(5, "Report", "ann"),
        Claim(6, "Report", "ann"),  # twice by one person: no second claim
        Claim(7, "Plan", "ann"),
        Claim(8, "Plan", None),  # nobody claims the second
    ]
    assert claimed_twice(claims) == (Doubled((4, 3), "marked"), Doubled((1, 2), "same_name"))


def test_what_is_marked_is_not_found_again_and_a_double_of_finished_work_is_its_only_claim():
    assert claimed_twice([Claim(1, "Report", "ann"), Claim(2, "Report", "bob", doubles=1)]) == (Doubled((2, 1), "marked"),)
    assert claimed_twice([Claim(2, "Report", "bob", doubles=1)]) == ()


def answers(n):
    return [ClarityAnswer(person, person % 2, knows_goal=person == 0) for person in range(n)]


def test_clarity_is_told_of_groups_alone():
    told = clarity(answers(5), minimum=5)
    assert (told.share, told.knows_goal, told.n) == (2 / 5, 1 / 5, 5)
    few = clarity(answers(4), minimum=5)
    assert (few.share, few.knows_goal, few.n) == (None, None, 4)


def test_answers_that_cannot_be_are_refused():
    with pytest.raises(EngineError, match="twice"):
        clarity([*answers(5), ClarityAnswer(0, 1, knows_goal=True)])
    with pytest.raises(EngineError, match="between 0 and 1"):
        clarity([ClarityAnswer(9, 1.5, knows_goal=True)])
    with pytest.raises(EngineError, match="smallest group"):
        clarity(answers(5), minimum=1)
