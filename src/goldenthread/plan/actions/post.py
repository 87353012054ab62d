"""Mails about versions: handed to the mail server outside quiet hours, each at most once.

At most once, not at least once: a mail that comes twice makes people stop reading them, and one that is lost costs little,
because Today and the inbox tell the same exactly once. So a mail is claimed, and that is written, before it is handed over.
"""

from __future__ import annotations

import logging
from datetime import datetime
from smtplib import SMTPException, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone
from django.utils.html import format_html

from goldenthread.accounts.queries import mail_goes_at, sends_mail
from goldenthread.kit.scoping import current_organisation
from goldenthread.plan.actions.telling import address_of
from goldenthread.plan.models import VersionMail

State = VersionMail.State
AT_ONCE = 200  # mails in one go of the worker
log = logging.getLogger(__name__)


def post_mails(now: datetime | None = None) -> int:
    """Send what waits and may go now; how many went out. A mail server that does not answer costs nothing: all of it waits on."""
    moment = now or timezone.now()
    if not sends_mail() or not _waiting(moment):
        return 0
    server = get_connection()
    try:
        server.open()
    except OSError:  # errors of SMTP are OSErrors
        log.warning("The mail server does not answer; mails wait.", exc_info=True)
        return 0
    try:
        return sum(_post(mail, moment, server) for mail in _waiting(moment))
    finally:
        server.close()


def _waiting(moment: datetime) -> list[VersionMail]:
    rows = VersionMail.objects.filter(state=State.WAITING, goes_at__lte=moment)
    return list(rows.select_related("person", "plan_version__plan").order_by("goes_at", "pk")[:AT_ONCE])


def _post(mail: VersionMail, moment: datetime, server: object) -> bool:
    """One mail: put off where quiet hours have begun or changed, dropped where it is not wanted any more, else sent."""
    person, mine = mail.person, VersionMail.objects.filter(pk=mail.pk, state=State.WAITING)
    has_left = person.leaves_on is not None and person.leaves_on < timezone.localdate(moment)
    is_wanted = person.gets_mail and person.email and person.erased_at is None and not has_left
    if not is_wanted or mail.plan_version.state != mail.plan_version.State.IN_FORCE:
        mine.update(state=State.NOT_WANTED)
        return False
    goes_at = mail_goes_at(person, current_organisation(), moment)
    if goes_at > moment:
        mine.update(goes_at=goes_at)
        return False
    if not mine.update(state=State.CLAIMED, claimed_at=timezone.now()):
        return False  # another worker has it
    claimed = VersionMail.objects.filter(pk=mail.pk)
    try:
        message_of(mail, server).send()
    except SMTPResponseException as error:  # it said no, so nothing went out
        log.warning("The mail server refused a mail about a version: %s", error)
        claimed.update(state=State.REFUSED)
        return False
    except (SMTPException, OSError):
        log.warning("It is not known whether a mail about a version went out.", exc_info=True)
        return False
    claimed.update(state=State.SENT, sent_at=timezone.now())
    return True


def message_of(mail: VersionMail, server: object = None) -> EmailMultiAlternatives:
    """The mail, as plain text and as simple HTML. It names the plan and the version, and nothing else."""
    version, person = mail.plan_version, mail.person
    link = f"{_site()}{address_of(version)}"
    title = f"{version.plan}: {version} is in force"
    switch = "You choose under Settings whether and when you get such mails"
    plain = f"Hello {person},\n\n{mail.said}\n\nWhat changes for you, and why:\n{link}\n\n{switch}: {_site()}/settings#mails\n"
    made = EmailMultiAlternatives(title, plain, to=[person.email], connection=server)
    made.attach_alternative(
        format_html(
            '<p>Hello {},</p><p>{}</p><p><a href="{}">What changes for you, and why</a></p><p><small>{}: '
            '<a href="{}/settings#mails">settings</a>.</small></p>',
            person, mail.said, link, switch, _site(),
        ),
        "text/html",
    )  # fmt: skip
    return made


def _site() -> str:
    return (settings.ENVIRONMENT.origin or f"http://127.0.0.1:{settings.ENVIRONMENT.port}").rstrip("/")
