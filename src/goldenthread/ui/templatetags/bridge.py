"""Lets a Django template hand its parts to a Jinja2 page, so that there is one base page and not two."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth import get_user_model
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from goldenthread.ui.pages import jinja

register = template.Library()


@register.simple_block_tag(takes_context=True)
def part(context: Context, content: str, name: str) -> str:
    """Keep what stands inside under `name` (title, head, layout) for `jinja_shell`; print nothing."""
    context.dicts[0].setdefault("_parts", {})[name] = mark_safe(content.strip())  # noqa: S308 (already escaped by its own engine)
    return ""


@register.simple_block_tag(takes_context=True)
def jinja_shell(context: Context, content: str) -> SafeString:
    """Draw what stands inside as the main part of our base page, with the parts kept before."""
    parts = {"title": "", "head": "", "layout": "", **context.dicts[0].get("_parts", {})}
    page = jinja().get_template("ui/templates/bridge.html")
    names: dict[str, Any] = {"content": mark_safe(content), "parts": parts}  # noqa: S308 (as above)
    return mark_safe(page.render(names, context.get("request")))  # noqa: S308 (Jinja2 escaped it)


WORDS = {
    "login": ("E-mail", ""),
    "email": ("E-mail", ""),
    "oldpassword": ("Password so far", ""),
    "password1": ("New password", "10 characters or more: a sentence is the easiest. Not your name, and not a common one."),
    "password2": ("The same once more", ""),
    "code": ("Code", ""),
    "name": ("Name", "So that you know it again: “My phone”."),
    "passwordless": ("Use it without a password", "It then asks for your fingerprint, face or PIN each time."),
}


@register.simple_tag
def sign_in_fields(form: Any) -> SafeString:
    """The fields of one of allauth's forms, called as we call them."""
    for name, (label, hint) in WORDS.items():
        if name in form.fields:
            form.fields[name].label = label
            form.fields[name].help_text = hint
    return component("fields", form)


@register.simple_tag
def nobody_signs_in() -> bool:
    """Whether this installation has no sign-in at all yet."""
    return not get_user_model()._default_manager.exists()


@register.simple_tag
def component(name: str, *args: Any, **kwargs: Any) -> SafeString:
    """The component of that name from `templates/components/`, as `ui.name(...)` gives it in Jinja2."""
    macro = getattr(jinja().env.globals["ui"], name)
    return mark_safe(macro(*args, **kwargs))  # noqa: S308 (Jinja2 escaped it)
