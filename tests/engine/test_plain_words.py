"""Plain words: syllables of words looked up by hand, the grade by its formula, and which sentences are at fault."""

import pytest

from goldenthread.engine.plain_words import readability, syllables_of

BY_HAND = {
    1: "cat make makes walked house lead three years fees times",
    2: "table tables value people wanted needed changes houses create being client quiet little agreed question science",
    3: "decision objective creation area idea services various serious media customers governance assurance created financial",
    4: "portfolio delivery situation society supervision governmental relationship",
    5: "organisation evaluation implementation",
    6: "responsibility prioritisation",
}


@pytest.mark.parametrize(("count", "word"), [(n, word) for n, words in BY_HAND.items() for word in words.split()])
def test_syllables_are_those_of_the_dictionary(count, word):
    assert syllables_of(word) == count


def test_an_abbreviation_is_spelt_out():
    assert syllables_of("KPI") == 3


def test_the_grade_is_the_formula_of_flesch_and_kincaid():
    """Six words and six syllables in a sentence; then 8 words with 8 + 5 syllables in two sentences."""
    assert readability([("a", "The cat sat on the mat.")]).grade == round(0.39 * 6 + 11.8 - 15.59, 1)
    told = readability([("a", "The value of decisions grows."), ("b", "Make it quick.")])
    assert (told.words, told.sentences) == (8, 2)
    assert told.grade == round(0.39 * 8 / 2 + 11.8 * (1 + 2 + 1 + 3 + 1 + 1 + 1 + 1) / 8 - 15.59, 1)


def test_only_sentences_that_are_long_or_full_of_long_words_are_named():
    plain, long = "Bring decisions from five to three days.", " ".join(["word"] * 26) + "."
    heavy = "Organisational prioritisation evaluation implementation governance."
    told = readability([("plain", plain), ("long", f"{plain} {long}"), ("heavy", heavy)])
    assert [(row.key, row.sentence) for row in told.hard] == [("long", long), ("heavy", heavy)]
    assert told.hard[1].long_words == ("Organisational", "prioritisation", "evaluation", "implementation")
    assert readability([("edge", " ".join(["word"] * 25) + ".")]).hard == ()


def test_nothing_to_read_has_no_grade():
    assert readability([("a", ""), ("b", "12 %")]).grade is None


def test_easy_fair_and_hard():
    assert readability([("a", "We cut the time from five days to three.")]).judgement == "easy"
    assert readability([("a", "Organisational prioritisation evaluation implementation.")]).judgement == "hard"
