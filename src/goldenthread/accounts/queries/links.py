"""Links that are the right themselves: they carry the organisation and a secret, signed; only the secret's digest is stored."""

from __future__ import annotations

import hashlib

from django.core import signing

from goldenthread.accounts.models import Organisation
from goldenthread.kit.scoping import current_organisation


def signed(secret: str, purpose: str) -> str:
    """What stands in the address. `purpose` keeps links of one kind from being used as another."""
    return signing.Signer(salt=purpose, sep=".").sign(f"{current_organisation().pk}~{secret}")


def organisation_of(link: str, purpose: str) -> Organisation | None:
    """Whose link it is; None for one that we did not sign."""
    number = _read(link, purpose)[0]
    return Organisation.objects.filter(pk=int(number)).first() if number.isdecimal() else None


def digest_of(link: str, purpose: str) -> str:
    """What is stored of a link."""
    return digest(_read(link, purpose)[1])


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _read(link: str, purpose: str) -> tuple[str, str]:
    try:
        number, _, secret = signing.Signer(salt=purpose, sep=".").unsign(link).partition("~")
    except signing.BadSignature:
        return "", ""
    return number, secret
