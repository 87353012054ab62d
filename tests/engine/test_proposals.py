import json
import re
import time
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.proposals import propose

DATA = Path(__file__).parents[2] / "../shared/data"
SLIDE = """Strategic priorities 2027\r
\r
Customer\r
•\tRaise net promoter score from 18 (May 2026) to 30\r
  points by end of 2027\r
•\tFewer complaints\r
o  Improve first-\r
contact resolution\r
OPERATIONS\r
1. Reduce lost-time injuries from 14 in 2025 to 6 by 2028\r
2) Implement the new asset register by Q3 2027\r
   a) Train all staff\r
– World-class asset management\r
Page 3 of 12\r
Confidential – internal\r
© 2026 Example plc\r
Finance:\r
▪ Save EUR 2m a year by FY28 and\r
  reduce headcount\r
* fewer  complaints.\r
"""


def titles(text):
    return [each.title for each in propose(text).proposals]


def test_a_messy_slide_becomes_proposals_under_their_headings():
    found = propose(SLIDE)
    assert [(each.line, each.heading, each.title) for each in found.proposals] == [
        (4, "Customer", "Raise net promoter score from 18 (May 2026) to 30 points by end of 2027"),
        (6, "Customer", "Fewer complaints"),
        (7, "Customer", "Improve first-contact resolution"),
        (10, "OPERATIONS", "Reduce lost-time injuries from 14 in 2025 to 6 by 2028"),
        (11, "OPERATIONS", "Implement the new asset register by Q3 2027"),
        (12, "Implement the new asset register by Q3 2027", "Train all staff"),
        (13, "OPERATIONS", "World-class asset management"),
        (18, "Finance", "Save EUR 2m a year by FY28 and reduce headcount"),
    ]
    assert found.headings == ("Strategic priorities 2027", "Customer", "OPERATIONS", "Finance")
    assert [(each.line, each.why) for each in found.left_out][-1] == (20, "said twice")
    assert {each.line for each in found.left_out} == {14, 15, 16, 20}


def test_figures_are_read_and_every_missing_one_is_a_question():
    first, second, third, *_, last = propose(SLIDE).proposals
    assert (first.kpi, first.unit, first.baseline, first.target, first.target_on) == (
        "net promoter score", "points", 18, 30, date(2027, 12, 31),
    )  # fmt: skip
    assert first.questions == ()
    assert second.questions == ("How much? Which figure would show it?", "Where does it stand today?", "By when?")
    assert third.questions[-1] == "What would “Improve” look like in a figure?"
    assert "Is “and reduce headcount” a goal of its own?" in last.questions


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("• Reduce rework", "How much? Which figure would show it?"),
        ("• Reduce rework by 10 % in 2027", "From which figure to which?"),
        ("• Raise satisfaction from 62 to 75", "75 of what: per cent, days, money?"),
        ("• Raise satisfaction from 62 to 75", "When was 62 measured?"),
        ("• Reduce rework to 5 % by 2027", "Where does it stand today?"),
        ("• Reduce rework to 5 %", "By when?"),
        ("• Roll out the tool", "What will be different once it is done?"),
        ("• Reduce rework from 5 % in 2026 to 9 % in 2027", "From 5 to 9: is it to rise or to fall?"),
    ],
)
def test_questions(text, question):
    (proposal,) = propose(text).proposals
    assert question in proposal.questions


BULLETS = ["• ", "•• ", "- ", "– ", "* ", "▪\t", "◦ ", "o ", "o\t", "§ ", "Ø ", "\uf0b7 ", "→ ", "✓ ", "- [ ] ", "> - ", "\t\t• "]
NUMBERS = ["1. ", "1) ", "(1) ", "12.3 ", "1.2.3. ", "a) ", "a. ", "iv) ", "KR1: ", "Objective 2 – ", "1.\tGoal 3: "]


@pytest.mark.parametrize("bullet", BULLETS + NUMBERS)
def test_every_kind_of_bullet(bullet):
    text = f"{bullet}Reduce complaints from 90 to 40\n{bullet}Raise sales to EUR 4m"
    assert titles(text) == ["Reduce complaints from 90 to 40", "Raise sales to EUR 4m"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_every_kind_of_line_end(newline):
    assert titles(newline.join(["Goals", "", "- Reduce costs", "- Raise sales"])) == ["Reduce costs", "Raise sales"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Reduce the time from\n  order to cash", ["Reduce the time from order to cash"]),
        ("- Reduce rework and\nRaise throughput to 80 a day", ["Reduce rework and Raise throughput to 80 a day"]),
        ("- Reduce rework\vin both plants", ["Reduce rework in both plants"]),
        ("• Cut main-\ntenance backlog", ["Cut maintenance backlog"]),
        ("• Cut rework\n\nCut waste", ["Cut rework", "Cut waste"]),
        ("Reduce rework\nRaise sales\nCut waste", ["Reduce rework", "Raise sales", "Cut waste"]),
        ("**Reduce** [rework](http://x.org) to `5 %`", ["Reduce rework to 5 %"]),
        ("\ufeff- Reduce\u00a0rework\u200b now", ["Reduce rework now"]),
        ("-Reduce rework\n-Raise sales", ["Reduce rework", "Raise sales"]),
    ],
)
def test_wrapped_lines_are_joined_and_others_are_not(text, expected):
    assert titles(text) == expected


@pytest.mark.parametrize(
    "heading",
    [
        "Our goals for 2027:",
        "STRATEGY",
        "Strategic objectives 2027-2030",
        "# Priorities",
        "Customer",
        "Pillar 2",
        "People & culture",
        "What we want:",
    ],
)
def test_lines_above_bullets_are_headings(heading):
    found = propose(f"{heading}\n- Reduce rework\n- Raise sales")
    assert [each.heading for each in found.proposals] == [found.headings[0]] * 2
    assert len(found.proposals) == 2


def test_headings_nest_by_markdown_level_and_by_indentation():
    found = propose("# Plan\n## Customer\n- Raise sales\n## Cost\n- Cut waste\n# Outlook\n- Reduce rework")
    assert [each.heading for each in found.proposals] == ["Customer", "Cost", "Outlook"]
    nested = propose("• Customer\n    – Raise sales\n    – Cut complaints\n• Reduce cost\n    – Cut travel spend")
    assert [(each.heading, each.title) for each in nested.proposals] == [
        ("Customer", "Raise sales"), ("Customer", "Cut complaints"), ("", "Reduce cost"), ("Reduce cost", "Cut travel spend"),
    ]  # fmt: skip


def test_pages_dates_notices_tables_and_addresses_are_left_out():
    notices = ["3", "12/40", "Draft v0.3", "March 2027", "Strictly confidential", "www.example.org", "a@example.org"]
    notices += ["Source: annual report", "| a | b |", "Page 4 of 9", "© 2027 Example plc"]
    found = propose("\n".join([*notices, "- Raise sales"]))
    assert [each.title for each in found.proposals] == ["Raise sales"]
    assert [each.text for each in found.left_out] == notices


def test_nul_bytes_and_long_texts_are_refused():
    with pytest.raises(EngineError, match="NUL") as caught:
        propose("- Raise sales\n- Cut\x00 waste")
    assert caught.value.item == 2
    with pytest.raises(EngineError, match="100,000"):
        propose("- Raise säles\n" * 7200)
    assert propose("").proposals == propose(" \n\t\r\n").proposals == ()


@pytest.mark.parametrize("unit", ["-", "# ", "(", "[a](", "a-\n", "• \n", ".", "1. ", "to 5 % ", "<a", "A: "])
def test_no_text_takes_long(unit):
    start = time.process_time()
    propose(unit * (99_000 // len(unit.encode())))
    assert time.process_time() - start < 15


def test_the_largest_text_is_read_in_seconds():
    lines = [f"• Reduce complaints about item {n} from {n + 10} a month in 2026 to {n} a month by June 2028" for n in range(1100)]
    assert len(propose("\n".join(lines)).proposals) == 1100


@given(st.text(alphabet=st.characters(exclude_characters="\x00"), max_size=400))
def test_any_text_is_read_and_no_line_is_lost(text):
    found = propose(text)
    for proposal in found.proposals:
        assert proposal.title
        assert proposal.questions == () or all(each.endswith("?") for each in proposal.questions)
    lines = [*(each.line for each in found.proposals), *(each.line for each in found.left_out)]
    assert len(set(lines)) == len(lines)


@given(st.lists(st.sampled_from(["• ", "- ", "  - ", "", "  ", "1. ", "\t"]), max_size=8), st.randoms())
def test_words_are_kept_in_order_and_none_is_invented(prefixes, source):
    text = "\n".join(f"{prefix}Reduce thing{n} by {source.randrange(1, 9)} %" for n, prefix in enumerate(prefixes))
    said = " ".join(each.title for each in propose(text).proposals)
    assert [word for word in said.split() if word.startswith("thing")] == [f"thing{n}" for n in range(len(prefixes))]


def real(name):
    source = DATA / name
    if not source.exists():
        pytest.skip(f"real texts are not here ({source.name}): pasting them was not tried")
    return source


def test_real_quarterly_goals_pasted_as_text():
    for name, least in (("okr_fy20-q1.md", 120), ("okr_fy23-q2.md", 10), ("okr_fy23-q3.md", 5)):
        text = real(f"gitlab-okr-kpi/{name}").read_text(encoding="utf-8")
        found = propose(text)
        bullets = re.findall(r"^\s*(?:\d+\.|[-*])\s+\S", text, re.MULTILINE)
        print(
            f"{name}: {len(bullets)} listed lines, {len(found.proposals)} proposals, {len(found.headings)} headings, "
            f"{sum(each.target is not None for each in found.proposals)} with a figure to reach"
        )
        assert least <= len(found.proposals) <= len(bullets) + 3


def test_real_goals_pasted_as_bullets_all_become_proposals():
    rows = json.loads(real("us-performance-gov/goals.json").read_text(encoding="utf-8"))
    names = list(dict.fromkeys(" ".join(row["goal_name"].split()) for row in rows if len(row["goal_name"].split()) > 1))
    found = propose("\r\n".join(f"•\t{name}" for name in names))
    assert len(found.proposals) + len(found.left_out) >= 0.97 * len(names)
    vague = sum(bool(each.questions) for each in found.proposals)
    print(f"{len(found.proposals)} goals, {vague} with at least one question")
    assert vague == len(found.proposals)  # strategic goals state no baseline: every one needs at least one answer


def test_real_strategy_files_pasted_as_lines():
    for name in ("HHIOP20200304.xml", "SMLC2023.xml", "PMOAI.xml", "OECD.AI.xml"):
        root = ET.parse(real(f"stratml/{name}")).getroot()
        names = [
            node.text.strip() for node in root.iter() if node.tag.endswith("}Description") and node.text and len(node.text) < 300
        ]
        found = propose("\n".join(f"- {each}" for each in names)[:90_000])
        assert found.proposals
