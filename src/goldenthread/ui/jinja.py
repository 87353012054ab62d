"""The Jinja2 environment of all our pages: strict about missing names, with our words for figures and our components.

Named in settings as `goldenthread.ui.jinja.environment`. Templates are named by their path in the package, for instance
`ui/templates/base.html`. Components are called from anywhere, also inside fragments: `{{ ui.pill("warn", "2 days left") }}`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from jinja2.runtime import Context
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from goldenthread.kit import clock
from goldenthread.ui import charts, terms, writing

COMPONENTS = Path(__file__).parent / "templates" / "components"
FILTERS = "date day month iso datetime number signed percent plural hours money chance chance_change chance_words outcome".split()


class Components:
    """The macros of every file in `templates/components/`, as attributes: `ui.pill`, `ui.table`, `ui.thread`.

    A macro's name must be used once only. Files are read at the first use; with auto-reload on, at every use.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._macros: dict[str, Any] = {}

    def _load(self) -> dict[str, Any]:
        macros: dict[str, Any] = {}
        for path in sorted(COMPONENTS.glob("*.html")):
            module = self._env.get_template(f"ui/templates/components/{path.name}").module
            for name, macro in vars(module).items():
                if name.startswith("_"):
                    continue
                if name in macros:
                    raise ValueError(f"component {name} is defined twice, the second time in {path.name}")
                macros[name] = macro
        return macros

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if not self._macros or self._env.auto_reload:
            self._macros = self._load()
        try:
            return self._macros[name]
        except KeyError:
            raise AttributeError(f"no component named {name}") from None

    def names(self) -> list[str]:
        """The names of all components, for the gallery and its test."""
        return sorted(self._load())


@lru_cache(maxsize=1 << 15)  # the addresses of a few large pages; they never change while the server runs
def url(name: str, *args: Any) -> str:
    """Django's `reverse`, with the arguments written plainly."""
    return reverse(name, args=args)


@pass_context
def since(context: Context, value: writing.Day, now: Any = None) -> str:
    """`writing.since` seen from the page's `now`, else from its `today`, else from the clock."""
    return writing.since(value, now or context.get("now") or context.get("today") or clock.now())


@pass_context
def due(context: Context, value: writing.Day, today: Any = None) -> str:
    """`writing.due` seen from the page's `today`, else from the clock."""
    return writing.due(value, today or context.get("today") or clock.today())


@pass_context
def term(_context: Context, text: Any) -> Any:
    """A text in the organisation's own words. Asks for the context so that no page is compiled with the words of the first."""
    return terms.term(text)


@pass_context
def action(_context: Context, title: Any) -> Any:
    """The title of an action in the organisation's own words; asks for the context as `term` does."""
    return terms.action(title) if title else title


def _plural(*args: Any, **kwargs: Any) -> str:
    """`writing.plural` in the organisation's own words."""
    return str(terms.term(writing.plural(*args, **kwargs)))


def written(value: Any) -> str:
    """A value as it stands in a page, escaped unless it is markup. It is joined to others next, so no `Markup` is made of it."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    return value if kind is Markup else escape(value)


class Writer(CodeGenerator):
    """Jinja's compiler, with `written` in place of `escape` around each `{{ }}`."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class Pages(Environment):
    """Our environment."""

    code_generator_class = Writer
    written = staticmethod(written)


def environment(**options: Any) -> Environment:
    """Build the environment from the options of Django's Jinja2 backend."""
    options["undefined"] = StrictUndefined
    options["extensions"] = [*options.get("extensions", ()), terms.Terms]
    env = Pages(trim_blocks=True, lstrip_blocks=True, **options)
    env.filters.update({name: getattr(writing, name) for name in FILTERS})
    env.filters.update({"plural": _plural, "since": since, "due": due, "term": term, "action": action, "fit": writing.fit})
    env.globals.update({"url": url, "static": static, "charts": charts, "plural": _plural, "ui": Components(env)})
    return env
