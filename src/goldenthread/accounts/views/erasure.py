"""What data protection asks for: everything about a person as one file, and the erasure of a person."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.accounts import actions, queries
from goldenthread.accounts.forms import ErasureForm
from goldenthread.accounts.models import Erasure, Person
from goldenthread.accounts.views.settings import SEE_OTHER, refuse
from goldenthread.kit.errors import Refused
from goldenthread.ui import pages
from goldenthread.ui.writing import plural


def _subject(request: Any, pk: int) -> Person:
    return get_object_or_404(queries.people(request.person).select_related("user", "organisation"), pk=pk)


@require_POST
def everything(request: Any, pk: int) -> HttpResponse:
    """One JSON document; that somebody else took it out stands in the activity."""
    subject = _subject(request, pk)
    found = actions.take_out_everything(person=subject, by=request.person)
    text = json.dumps(found, cls=DjangoJSONEncoder, indent=1, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="person-{subject.pk}.json"'
    return response


def _told(done: Erasure) -> str:
    texts = f"Erased: {done.person} stands for the name in {plural(done.texts, 'text')}"
    return f"{texts}; {plural(done.files, 'kept file is', 'kept files are')} deleted" if done.files else texts


@require_http_methods(["GET", "POST"])
def erase(request: Any, pk: int) -> HttpResponse:
    """First what it would touch; then, with the name typed once more, it is done for good."""
    subject = _subject(request, pk)
    actions.require_erasure(request.person, subject)
    form = ErasureForm(request.POST) if request.method == "POST" and "look" not in request.POST else None
    also = ErasureForm.called(request.POST.get("also", "")[:400])
    if form is not None and form.is_valid():
        try:
            words = {"reason": form.cleaned_data["reason"], "typed": form.cleaned_data["typed"]}
            done = actions.erase_person(person=subject, also=also, by=request.person, **words)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            pages.announce(request, _told(done))
            return HttpResponseRedirect(reverse("accounts:person", args=[subject.pk]), status=SEE_OTHER)
    preview = actions.preview_erasure(person=subject, also=also, by=request.person)
    form = form or ErasureForm(initial={name: request.POST.get(name, "") for name in ("also", "reason")})
    context = {"subject": subject, "preview": preview, "form": form}
    return pages.page(request, "accounts/templates/erase.html", context, status=422 if form.errors else 200)
