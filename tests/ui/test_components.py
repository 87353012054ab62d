"""Components: strict, escaped, all of them shown in the gallery, and quick enough for long tables."""

import re
import time
from pathlib import Path

import pytest
from django.template import Context, Template
from jinja2 import UndefinedError

import goldenthread.ui
from goldenthread.ui.pages import jinja

TEMPLATES = Path(goldenthread.ui.__file__).parent / "templates"


def draw(source: str, **names) -> str:
    return jinja().env.from_string(source).render(names)


def test_every_component_is_shown_in_the_gallery_or_part_of_one_that_is():
    sources = {path: path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")}
    everything = "\n".join(sources.values()) + (TEMPLATES.parent / "views.py").read_text("utf-8")
    for name in jinja().env.globals["ui"].names():
        calls = re.findall(rf"\b{name}\(", everything)
        assert len(calls) > 1, f"ui.{name} is shown nowhere"  # one is its definition


def test_a_missing_name_is_an_error_and_so_is_an_unknown_component():
    with pytest.raises(UndefinedError, match="titel"):
        draw("{{ titel }}")
    with pytest.raises(UndefinedError, match="pil"):
        draw("{{ ui.pil('good', 'x') }}")


HOSTILE = "<img src=x onerror=alert(1)>\"'&"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ui.pill('good', bad, title=bad) }}",
        "{{ ui.thread([(bad, bad)]) }}",
        "{{ ui.button(bad, href=bad, attrs={'data-x': bad}) }}",
        "{{ ui.figure(bad, bad, why=bad) }}",
        "{{ ui.work_item(1, bad, [(bad, none)], bad, bad, bad, url=bad) }}",
        "{{ ui.line(bad, bad, bad, bad, bad) }}",
        "{{ ui.toast(bad, undo=bad) }}",
        "{{ ui.palette_results([(bad, [(bad, bad, bad, 'get')])]) }}",
        "{{ ui.raci('A', bad) }}",
        "{{ ui.post(bad, bad, '', fields={'a': bad}, confirm=bad) }}",
        "{% call ui.dialog('d', bad) %}{{ bad }}{% endcall %}",
        "{% call ui.menu(bad, id='m', label=bad) %}{% endcall %}",
    ],
)
def test_no_value_can_break_out_of_its_component(source):
    html = draw(source, bad=HOSTILE)
    assert "<img" not in html
    assert "&lt;img" in html
    assert not re.search(r"=\"[^\"]*<", html)


@pytest.mark.parametrize("tone", ["good", "warn", "bad", ""])
def test_a_state_has_a_shape_of_its_own(tone):
    shapes = {t: re.search(r"<svg.*</svg>", draw("{{ ui.pill(t, 'x') }}", t=t))[0] for t in ("good", "warn", "bad", "")}
    assert len(set(shapes.values())) == 4
    assert "aria-hidden" in shapes[tone]


def test_a_sorted_column_says_so_and_turns_round():
    up = draw("{{ ui.sort_header('Budget', 'budget', 'budget', '/p?q=1&') }}")
    down = draw("{{ ui.sort_header('Budget', 'budget', '-budget', '?') }}")
    other = draw("{{ ui.sort_header('Budget', 'budget', 'name', '?') }}")
    assert 'aria-sort="ascending"' in up
    assert "/p?q=1&amp;sort=-budget" in up
    assert 'aria-sort="descending"' in down
    assert "?sort=budget" in down
    assert "aria-sort" not in other
    assert "?sort=budget" in other


def test_a_renamed_word_reaches_the_page():
    assert draw("{{ 'step'|term }} {{ 'client'|term }}") == "step client"


def test_django_templates_draw_the_same_components():
    html = Template("{% load bridge %}{% component 'pill' 'warn' text %}").render(Context({"text": "<2 days>"}))
    assert html == draw("{{ ui.pill('warn', '<2 days>') }}")


JINJA_ROW = """<tr><th><a href="{{ base }}{{ r.id }}">{{ r.name }}</a></th><td>{{ ui.pill(r.tone, r.state) }}</td>
<td class="num">{{ r.cost|money(r.currency) }}</td><td>{{ r.end|date }}</td><td class="num">{{ r.effort|hours }}</td></tr>"""
DJANGO_ROW = """<tr><th><a href="{{ base }}{{ r.id }}">{{ r.name }}</a></th><td>
{% include pill with tone=r.tone text=r.state %}</td>
<td class="num">{{ r.currency }} {{ r.cost|floatformat:"2g" }}</td><td>{{ r.end|date:"j M Y" }}</td>
<td class="num">{{ r.effort|floatformat:1 }} h</td></tr>"""
DJANGO_PILL = """<span class="pill {{ tone }}"><svg viewBox="0 0 8 8" aria-hidden="true">
{% if tone == "good" %}<circle cx="4" cy="4" r="4"/>
{% elif tone == "warn" %}<path d="M4 0 8 8H0z"/>{% else %}<rect width="8" height="8"/>{% endif %}</svg>{{ text }}</span>"""


def best(draw_once, turns=15):
    times = []
    for _ in range(turns):
        started = time.perf_counter()
        draw_once()
        times.append(time.perf_counter() - started)
    return min(times)


def test_a_table_of_200_rows_is_drawn_at_least_twice_as_fast_as_by_django():
    import datetime as dt

    rows = [
        {"id": i, "name": f"Project {i}", "tone": "warn", "state": "late", "cost": i * 987_654, "currency": "EUR",
         "end": dt.date(2026, 1, 1) + dt.timedelta(days=i), "effort": i * 37}
        for i in range(200)
    ]  # fmt: skip
    table = "<table>{%% for r in rows %%}%s{%% endfor %%}</table>"
    ours, theirs = jinja().env.from_string(table % JINJA_ROW), Template(table % DJANGO_ROW)
    given, pill = {"rows": rows, "base": "/p/"}, Template(DJANGO_PILL)
    html, other = ours.render(given), theirs.render(Context({**given, "pill": pill}))
    assert html.count("<tr>") == other.count("<tr>") == 200
    assert html.count("<svg") == other.count("<svg") == 200
    turns = [
        (best(lambda: ours.render(given), 5), best(lambda: theirs.render(Context({**given, "pill": pill})), 5)) for _ in range(3)
    ]
    fast, slow = min(a for a, _ in turns), min(b for _, b in turns)
    print(f"200 rows: {fast * 1000:.1f} ms, Django's templates {slow * 1000:.1f} ms, ratio {slow / fast:.1f}")
    assert slow / fast >= 2
