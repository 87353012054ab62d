"""Renamed words: what the product says is renamed, with article, plural and capitals; what people entered is not."""

import pytest

from goldenthread.plan import api as plan
from goldenthread.purpose import api as purpose
from goldenthread.ui import terms
from goldenthread.ui.pages import jinja

RENAMED = {"objective": "ambition", "step": "activity", "PMO": "portfolio office", "client": "Kunde, Kunden"}


@pytest.fixture
def renamed(monkeypatch):
    monkeypatch.setattr(terms, "terms", lambda: RENAMED)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Add an objective", "Add an ambition"),
        ("Objectives to look at", "Ambitions to look at"),
        ("a step", "an activity"),
        ("A step waits", "An activity waits"),
        ("Steps and steps", "Activities and activities"),
        ("two clients", "two Kunden"),
        ("Why is there a PMO?", "Why is there a portfolio office?"),
        ("“The objective” is an objective", "“The objective” is an ambition"),
        ("First steps", "First steps"),
        ("stepwise, objectively", "stepwise, objectively"),
    ],
)
def test_a_sentence_in_the_words_of_the_organisation(ours, theirs):
    assert terms.said(ours, RENAMED) == theirs
    assert terms.said(ours, {}) == ours


@pytest.mark.parametrize("broken", ["", ",", ", Ziele", " , "])
def test_a_term_without_a_word_leaves_ours(broken):
    assert terms.said("An objective of the objectives", {"objective": broken}) == "An objective of the objectives"


def test_a_template_says_the_words_and_leaves_data_addresses_and_names_alone(renamed):
    template = jinja().env.from_string(
        '<a class="step" id="objectives" href="/objectives/1" aria-label="Open the objective" title="{{ title }}">'
        '{{ title }} is an objective</a>{{ "No objectives yet" }}{{ "step" }}{{ url("purpose:objectives") }}'
    )
    assert template.render(title="Step objective") == (
        '<a class="step" id="objectives" href="/objectives/1" aria-label="Open the ambition" title="Step objective">'
        "Step objective is an ambition</a>No ambitions yetstep/objectives"
    )
    assert "activities" in jinja().env.from_string('{{ plural(2, "step") }}').render()


def test_one_compiled_template_serves_organisations_with_different_words(monkeypatch):
    template = jinja().env.from_string('<h1>An objective</h1>{{ "An objective" }}')
    for word, said in (("goal", "A goal"), ("aim", "An aim")):
        monkeypatch.setattr(terms, "terms", lambda word=word: {"objective": word})
        assert template.render() == f"<h1>{said}</h1>{said}"


def test_a_term_is_text_and_never_markup(monkeypatch):
    monkeypatch.setattr(terms, "terms", lambda: {"step": "<b>step</b>"})
    assert "<b>" not in jinja().env.from_string("<p>A step</p>").render()


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("Add the objective Fewer step changes", "Add the ambition Fewer step changes"),
        ("Undo: Edit the objective The objective of clients", "Undo: Edit the ambition The objective of clients"),
        ("Add the step Objective review", "Add the activity Objective review"),
        ("Keep 3 objectives", "Keep 3 ambitions"),
        ("Carry objectives over to PMO mandate", "Carry ambitions over to PMO mandate"),
        ("Edit Client portal", "Edit Client portal"),
        ("Report on step counters", "Report on step counters"),
        ("Send back the objective Faster steps", "Send back the ambition Faster steps"),
    ],
)
def test_a_stored_title_is_read_in_the_words_of_the_organisation_and_its_names_stay(renamed, stored, read):
    assert terms.action(stored) == read


def test_every_title_that_the_api_gives_to_an_objective_or_a_step_is_read_so(renamed):
    nouns = {"objective": purpose.OBJECTIVES, "step": plan.STEPS}
    for word, noun in nouns.items():
        assert noun.model._meta.verbose_name == word
        for write in (noun.create, noun.change, noun.remove, *noun.verbs.values()):
            if write is not None:
                assert terms.action(f"{write.label} the {word} Client steps") == f"{write.label} the {RENAMED[word]} Client steps"
