"""Secrets are stored as digests: what a link or a program shows is hashed and compared."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from django.db.models import QuerySet
from django_scopes import scopes_disabled

from goldenthread.accounts.models import ApiToken
from goldenthread.kit.prepared import Blank, Prepared


def digest_of(secret: str) -> str:
    """SHA-256 of a secret of 256 random bits, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


@Prepared
def _named() -> QuerySet[ApiToken]:
    with scopes_disabled():  # nobody is known yet; the row names the organisation
        return ApiToken.objects.filter(prefix=Blank("prefix")).select_related("person", "person__user", "person__organisation")


def bearer(text: str, *, now: datetime) -> ApiToken | None:
    """The token that `text` (gt_PREFIX_SECRET) is, with its person and organisation; None where it is wrong, over or revoked.

    Looked up by the public prefix, then compared in constant time. Works before an organisation's scope is open.
    """
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "gt":
        return None
    token = next(iter(_named.rows(prefix=parts[1])), None)
    if token is None or not hmac.compare_digest(token.digest, digest_of(text)):
        return None
    person = token.person
    gone = person.leaves_on is not None and person.leaves_on < now.date()
    closed = person.user is None or not person.user.is_active
    return None if token.revoked_at is not None or token.expires_at <= now or gone or closed else token
