"""What people said, asked and did not answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from goldenthread.config.demonstration.dates import ago, happened
from goldenthread.config.demonstration.life import World
from goldenthread.kit import history
from goldenthread.plan import actions as plan
from goldenthread.workspace import actions as workspace
from goldenthread.workspace.models import Question

SAID = (  # days ago, who, what kind, which, words
    (6, "finance", "objective", "return", "I sign £1m for each £1m. What is counted twice with the stop list comes off at my desk."),
    (6, "head", "objective", "return", "Agreed. The overlap is one page; Ilse has it."),
    (6, "sponsor", "project", "prestige", "This one has my full support. Please do not hold it up with forms."),
    (5, "head", "project", "prestige", "Gladly. Which figure is it to move, and by how much? One line is enough."),
    (5, "delivery", "step", "Seats in three steering groups", "Garroway Laundries said yes within a day. Farrow Dairies has not answered; I have tried three ways."),
    (5, "benefits", "step", "One register for decisions", "Shown. The two committees that did not join are our comparison."),
    (4, "manager1", "project", "billing", "Green means that we hold the date. The trial run moved; the date did not, yet."),
    (4, "assurance", "project", "billing", "Then the range belongs into the report. We look at it before the gate."),
    (4, "reporting", "step", "Weekly slide pack", "I asked eleven readers who opens it. Two answered: for the cover picture."),
    (3, "head", "step", "Weekly slide pack", "Nobody asked for it in the new mandate. I have asked the sponsor: keep, or stop?"),
    (3, "planner", "step", "Repair the logic with the planners", "I leave in six weeks. Somebody should sit beside me for the second schedule."),
    (3, "manager2", "project", "mains", "Section 5 begins again on Monday. Three sets of dates taught us to show a range."),
    (3, "capital", "project", "mains", "The committee wants one promise it can keep. Lewis brings the recovery plan."),
    (2, "site", "step", "Unannounced site visits", "Six of eight done. Two crews had the pump running in a closed trench; mended the same hour."),
    (2, "consents", "objective", "consents", "Both councils agreed to one calendar. It is the first time."),
    (2, "costs", "objective", "carbon", "Three figures in three years. I can say where we are, not where we are going."),
    (1, "operations", "objective", "supply", "Station 4 waits for its transformer. If it comes in spring, the summer is ours."),
    (1, "customer", "objective", "customer", "The survey stands still since two months: the supplier changed. New figures come next week."),
)  # fmt: skip
ASKED = (  # days ago, by whom, of whom, question, what kind, which, words
    (24, "delivery", "client", "FREE", "project", "meters", "Which bill lay-out do you choose, A or B?"),
    (12, "delivery", "client", "FREE", "project", "meters", "We still need your choice of the bill’s lay-out: A or B?"),
    (9, "head", "sponsor", "GOAL", "project", "prestige", ""),
    (5, "delivery", "client", "FREE", "project", "meters", "The printer’s date is near: lay-out A or B?"),
    (5, "delivery", "client2", "FREE", "project", "meters", "Which bill lay-out do you choose, A or B?"),
    (3, "head", "sponsor", "KEEP", "step", "Weekly slide pack", ""),
    (3, "assurance", "customer", "GOAL", "project", "chat", ""),
    (2, "capital", "operations", "GOAL", "project", "sludge", ""),
)  # fmt: skip
ANSWERS = (  # what owners said when asked for a goal
    ("identity", "NONE"), ("archive", "DONT_KNOW"), ("valves", "NONE"), ("solar", "DONT_KNOW"),
)  # fmt: skip


def events(world: World) -> list[tuple[int, Callable[[], object]]]:
    """Questions, answers and comments, by how many days ago."""
    found: list[tuple[int, Callable[[], object]]] = [(6, partial(_answer, world, key, answer)) for key, answer in ANSWERS]
    found += [(row[0], partial(_ask, world, *row)) for row in ASKED]
    found += [(row[0], partial(_say, world, *row)) for row in SAID]
    return [*found, (4, partial(_reply, world))]


def _answer(world: World, key: str, answer: str) -> None:
    project = world.projects[key]
    with happened(ago(world.today, 6), f"Answer for {project}", by=world.people["delivery"], about=f"project:{project.pk}"):
        plan.answer_goal(subject=project, answer=answer, by=None)


def _thing(world: World, kind: str, name: str) -> tuple[int, str]:
    """Id and name of a project, an objective or a step of either plan."""
    if kind == "step":
        step = (world.it if name in world.it.steps else world.works).steps[name]
        return step.pk, str(step)
    row = world.projects[name] if kind == "project" else world.objectives[name]
    return row.pk, str(row)


def _say(world: World, days: int, who: str, kind: str, name: str, text: str) -> None:
    pk, title = _thing(world, kind, name)
    by = world.people[who]
    with happened(ago(world.today, days), f"Comment on {title}", by=by, about=f"{kind}:{pk}"):
        workspace.add_comment(ref_kind=kind, ref_id=pk, text=text, by=by)


def _ask(world: World, days: int, by: str, asked: str, question: str, kind: str, name: str, text: str) -> None:
    pk, title = _thing(world, kind, name)
    whom = world.people[asked]
    with happened(ago(world.today, days), f"Ask {whom} about {title}", by=world.people[by], about=f"{kind}:{pk}"):
        workspace.ask_question(asked=whom, ref_kind=kind, ref_id=pk, question_kind=question, by=world.people[by], text=text)


def _reply(world: World) -> None:
    """One of the two pilot clients answers within a day."""
    who = world.people["client2"]
    question = Question.objects.get(asked=who)
    with happened(ago(world.today, 4), f"{who} answers: B", by=who, about=f"project:{question.ref_id}") as answered:
        history.change(question, {"answer": "B", "answered_at": answered.at})
        link = f"/projects/{question.ref_id}"
        workspace.notify(people=[world.people["delivery"]], title=f"{who} answered: B", body=question.text, link=link)
