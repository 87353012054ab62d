"""Query strings that nobody sends in good faith: the names of a list's own parameters, and of everything behind them."""

import random
from collections.abc import Iterator
from urllib.parse import quote

NAMES = (
    "q", "page", "size", "sort", "order", "state", "office", "owner", "kpi", "objective",
    "project", "step", "plan", "person", "by",
    "about", "before", "after", "source", "role", "left", "year", "view", "mine", "done",
    "baseline", "team", "show", "on", "from",
    "to", "as_of", "field", "group", "columns", "kind", "ref", "action", "add", "answer", "day",
    "week", "type", "do", "what", "format",
    "__class__", "_connector", "_negated", "pk", "id", "id__in", "owner__user__password", "organisation__slug", "history__id",
    "scope__ancestors__ancestor", "password", "version", "csrfmiddlewaretoken", "next",
    "HX-Request", "name", "name[]", "sort[]", "",
)  # fmt: skip
VALUES = (
    "", "0", "1", "-1", "2", "9" * 40, "1e309", "nan", "inf", "-0", "1.5", "²", "٣", "true",
    "null", "None", "undefined", "[]", "{}",
    "name", "-name", "--name", "?", "-pk", "id", "owner__user__password", "-owner__user__email", "organisation__slug", "pk__in",
    "__class__", "__dict__", "__init__.__globals__", "_connector", "objects", "delete", "save", "history", "_meta", "_state.db",
    "chance", "-chance", "budget", "-budget_minor", "created_at", "random()", "RANDOM", "title;DROP TABLE", "' OR 1=1 --", '")--',
    "1 UNION SELECT password FROM accounts_user", "%", "_", "\\", "\x00", "\ud7ff", "\u202e", "é",
    "%00", "%ff", "%s", "{0}", "{}",
    "{0.__class__}", "{{7*7}}", "{% debug %}", "${7*7}", "<script>", "a" * 3000, "2026-02-30", "2026-03-01", "0001-01-01",
    "9999-12-31", "10000-01-01", "1970-01-01T00:00:00", "2026-W01", "today", "now", "-999999999999", "ALL", "gone", "DRAFT",
    "project:1", "objective:", ":1", "step:x", "activity:" + "9" * 30, "../../etc/passwd",
    "http://evil.example/", "//evil.example",
    "\r\nX: y", "+", " ", "on", "raci", "none", "csv", "xlsx", "EUR",
)  # fmt: skip
OPERATORS = ("", "__in", "__gt", "__isnull", "__regex", "__contains", "__year", "_id", "__id", "[]", "[0]", ".x", "__class__")


def queries(chance: random.Random, own: tuple[str, ...]) -> Iterator[str]:
    """Endless query strings; `own` are the parameters that the list is known to take."""
    while True:
        pairs = []
        for _ in range(chance.choice((1, 1, 2, 3, 5))):
            name = chance.choice(own) if own and chance.random() < 0.8 else chance.choice(NAMES)
            name += chance.choice(OPERATORS) if chance.random() < 0.25 else ""
            value = chance.choice(VALUES)
            value += chance.choice(VALUES) if chance.random() < 0.15 else ""
            raw = chance.random() < 0.05  # not even encoded
            pairs.append(f"{name}={value.encode(errors='replace').decode('latin-1')}" if raw else f"{quote(name)}={quote(value)}")
        yield chance.choice(("&", "&", "&", ";", "&&")).join(pairs)
