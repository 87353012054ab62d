"""Whether and when a person is told by mail."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from goldenthread.accounts.models import Organisation, Person
from goldenthread.engine.quiet_hours import Quiet, may_go


def sends_mail() -> bool:
    """Whether a mail server is set; without one, mails that somebody asks for go into files, and no others are made."""
    return "filebased" not in settings.EMAIL_BACKEND


def mail_goes_at(person: Person, organisation: Organisation, moment: datetime) -> datetime:
    """The moment, or the end of the quiet hours that it lies in: the person's own, else the organisation's."""
    begin, end = person.quiet_from, person.quiet_to
    if begin is None or end is None:
        begin, end = organisation.quiet_from, organisation.quiet_to
    free = {day for day, minutes in enumerate(organisation.working_week) if not minutes}
    days = frozenset(free if organisation.is_quiet_on_free_days else ())
    return may_go(moment, organisation.time_zone, Quiet(begin or moment.time(), end or begin or moment.time(), days))
