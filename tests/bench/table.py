"""One table of 200 rows, written by Jinja2 with our components and by Django's template language with the same words."""

import html
import re
import statistics
import time
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

PAGE = """<table><thead><tr><th>Project</th><th>Led by</th><th>Reported</th><th>Finish</th><th>Budget</th></tr></thead><tbody>
{% for row in rows %}<tr><th scope="row"><a href="/projects/{{ row.pk }}">{{ row.name }}</a>
<small>{{ row.reference }} · {{ row.department }}</small></th>
<td>PILL</td><td>{{ row.owner }}{% if row.is_mandatory %} TAG{% endif %}</td>
<td class="nowrap">{{ row.finish|DATE }}</td><td class="num">{{ row.budget|NUMBER }}</td></tr>
{% endfor %}</tbody></table>"""
OURS = {"PILL": "{{ ui.pill(row.tone, row.rating) }}", "TAG": '{{ ui.tag("mandatory") }}', "DATE": "date", "NUMBER": "number"}
THEIRS = {
    "PILL": '{% include "pill" with tone=row.tone text=row.rating %}',
    "TAG": '{% include "tag" with text="mandatory" %}',
    "DATE": "our_date",
    "NUMBER": "our_number",
}
SHAPE = (
    '<svg viewBox="0 0 8 8" aria-hidden="true">{% if tone == "good" %}<circle cx="4" cy="4" r="4"/>{% elif tone == "warn" %}'
    '<path d="M4 0 8 8H0z"/>{% elif tone == "bad" %}<rect width="8" height="8"/>{% else %}<path d="M4 0a4 4 0 1 1 0 8 '
    '4 4 0 0 1 0-8Zm0 1.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8Z"/>{% endif %}</svg>'
)
PARTS = {
    "pill": '<span class="pill {{ tone }}"{% if title %} title="{{ title }}"{% endif %}>{% include "shape" %}{{ text }}</span>',
    "tag": '<span class="tag">{{ text }}</span>',
    "shape": SHAPE,
}


def rows(count: int = 200) -> list[Any]:
    """Rows as a page gets them."""
    tones = [("good", "Green"), ("warn", "Amber"), ("bad", "Red")]
    return [
        SimpleNamespace(
            pk=i, name=f"Mains & pumps <{i}>", reference=f"P-{i}", department=f"Department {i % 12}", owner=f"Person {i % 50}",
            tone=tones[i % 3][0], rating=tones[i % 3][1], is_mandatory=i % 3 == 0, finish=date(2027, 1, 1) + timedelta(days=i),
            budget=1_000 * i,
        )
        for i in range(count)
    ]  # fmt: skip


def _filled(words: dict[str, str]) -> str:
    page = PAGE
    for word, text in words.items():
        page = page.replace(word, text)
    return page


def templates() -> tuple[Any, Any]:
    """Our template and Django's, each as a function from rows to text."""
    from django.template import Context, Engine, Library, engines

    from goldenthread.ui import writing

    ours = engines["jinja2"].env.from_string(_filled(OURS))
    words = Library()
    words.filter("our_date", writing.date)
    words.filter("our_number", writing.number)
    engine = Engine(loaders=[("django.template.loaders.locmem.Loader", {**PARTS, "page": _filled(THEIRS)})])
    engine.template_builtins.append(words)
    theirs = engine.get_template("page")
    return lambda some: ours.render(rows=some), lambda some: theirs.render(Context({"rows": some}))


def measure(rounds: int = 25) -> dict[str, float]:
    """Median milliseconds of both, taken in turns, and their ratio. The texts are compared first."""
    some, (ours, theirs) = rows(), templates()
    if _plain(ours(some)) != _plain(theirs(some)):
        raise AssertionError("the two templates do not write the same table")
    taken: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(rounds):
        for name, render in (("ours", ours), ("theirs", theirs)):
            begun = time.perf_counter()
            render(some)
            taken[name].append((time.perf_counter() - begun) * 1000)
    found = {name: statistics.median(values) for name, values in taken.items()}
    return {**found, "ratio": found["theirs"] / found["ours"]}


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", html.unescape(text))
