"""Pages keep the content security policy by themselves: no inline script or style, nothing that needs eval, nothing unescaped."""

import re

import pytest

from tests.architecture.source import name, templates, text

RULES = {
    "a script inside the page": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"(?:application/json|speculationrules)\")", re.IGNORECASE
    ),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on (needs eval)": re.compile(r"\bhx-on\b", re.IGNORECASE),
    "a js: or javascript: value (needs eval)": re.compile(r"[\"'\s](?:js|javascript):", re.IGNORECASE),
    "a filter in hx-trigger (needs eval)": re.compile(r"hx-trigger(?::inherited)?\s*=\s*(\"[^\"]*\[|'[^']*\[)", re.IGNORECASE),
    "autoescape switched off": re.compile(r"autoescape\s+(?:off|false)", re.IGNORECASE),
    "an address on another host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
SAFE = re.compile(r"\|\s*safe\b")
SAFE_ALLOWED: dict[str, str] = {
    "src/goldenthread/ui/templates/components/basics.html": "closing tags written out, no value of anybody's",
}
COMMENT = re.compile(r"{#.*?#}|<!--.*?-->", re.DOTALL)


@pytest.mark.parametrize("path", templates(), ids=name)
def test_a_template_keeps_the_policy(path):
    page = COMMENT.sub("", text(path))
    assert not [rule for rule, pattern in RULES.items() if pattern.search(page)]
    assert not SAFE.search(page) or name(path) in SAFE_ALLOWED


def test_every_exception_is_still_needed():
    kept = {name(path) for path in templates() if SAFE.search(text(path))}
    assert set(SAFE_ALLOWED) <= kept


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        ("<script>alert(1)</script>", "a script inside the page"),
        ('<p class="a" style="width:3%">', "a style attribute"),
        ("<style>a{}</style>", "a style element"),
        ('<a onclick="x()">', "an event attribute"),
        ('<a hx-on:click="x()">', "hx-on (needs eval)"),
        ("<a hx-vals='js:{a:1}'>", "a js: or javascript: value (needs eval)"),
        ('<a hx-trigger="click[ctrlKey]">', "a filter in hx-trigger (needs eval)"),
        ("{% autoescape off %}", "autoescape switched off"),
        ('<img src="//example.org/a.png">', "an address on another host"),
    ],
)
def test_each_rule_finds_what_it_is_for(page, rule):
    assert [found for found, pattern in RULES.items() if pattern.search(page)] == [rule]


@pytest.mark.parametrize(
    "page",
    [
        '<script src="{{ static("app.js") }}" type="module"></script>',
        '<script type="application/json">{}</script>',
        '<p data-style="x">',
        "<option>",
    ],
)
def test_the_rules_leave_good_pages_alone(page):
    assert not [found for found, pattern in RULES.items() if pattern.search(page)]
