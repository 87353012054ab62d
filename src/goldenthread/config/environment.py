"""What the environment may say. Every variable starts with GT_; a wrong value stops the start with a plain sentence."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_KEY = 50
OWN_MACHINE = ("localhost", "::1")


class Environment(BaseSettings):
    """The variables that are read."""

    model_config = SettingsConfigDict(env_prefix="GT_", extra="ignore")

    database_url: str = ""
    data_dir: Path = Path.home() / ".golden-thread"
    secret_key: str = ""
    port: int = Field(default=8000, ge=1, le=65535)
    hosts: str = "127.0.0.1,localhost,[::1]"
    origin: str = Field(default="", description="Public address behind a proxy, such as https://pmo.example.org")
    smtp_url: str = Field(default="", description="smtp://user:password@host:587; empty writes mails to files")
    mail_from: str = "golden-thread@localhost"
    debug: bool = False


def read() -> Environment:
    """The variables as they are set; a value that is none of its kind is named with what is wrong about it."""
    try:
        return Environment()
    except ValidationError as error:
        faults = [f"GT_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
        raise ImproperlyConfigured("; ".join(faults)) from None


def debug(environment: Environment) -> bool:
    """Whether faults are shown with their code and data: never where anybody but this machine can ask."""
    names = [name for name in host_names(environment) if not is_own_machine(name)]
    where = environment.origin or ", ".join(names)
    if environment.debug and where:
        raise ImproperlyConfigured(
            f"GT_DEBUG shows code and data to every visitor: unset it, or serve to this machine alone ({where})"
        )
    return environment.debug


def host_names(environment: Environment) -> list[str]:
    """The names that the product answers to."""
    return [name.strip() for name in environment.hosts.split(",") if name.strip()]


def is_own_machine(name: str) -> bool:
    """Whether a name or address is only ever this machine's."""
    plain = name.strip("[]").lower()
    return plain in OWN_MACHINE or plain.startswith("127.") or plain.endswith(".localhost")


def secret_key(environment: Environment) -> str:
    """The signing key: given, or made once per installation and kept beside the data with mode 600."""
    if environment.secret_key:
        if len(environment.secret_key) < SHORTEST_KEY:
            raise ImproperlyConfigured(f"GT_SECRET_KEY is too short: at least {SHORTEST_KEY} characters are needed")
        return environment.secret_key
    path = environment.data_dir / "secret.key"
    if not path.exists():
        environment.data_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # the first of several starting processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA cache_size=-20000; "
    "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364;"
)


def sqlite(path: Path | str) -> dict[str, Any]:
    """A SQLite file: write-ahead log, every acknowledged write on disk, writers queue instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": 60,  # opening the file anew for each page costs as much as a third of one
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_START},
    }


def database(environment: Environment) -> dict[str, Any]:
    """Django's entry for GT_DATABASE_URL; empty means a SQLite file in the data folder."""
    if not environment.database_url:
        environment.data_dir.mkdir(parents=True, exist_ok=True)
        return sqlite(environment.data_dir / "golden-thread.sqlite3")
    url = urlsplit(environment.database_url)
    if url.scheme == "sqlite":
        return sqlite(unquote(url.path))
    if url.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("GT_DATABASE_URL must start with sqlite:// or postgresql://")
    options = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", url.hostname or ""),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def mail(environment: Environment) -> dict[str, Any]:
    """Django's mail settings: SMTP when an address is given, files in the data folder otherwise."""
    if not environment.smtp_url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(environment.data_dir / "mail"),
        }
    url = urlsplit(environment.smtp_url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname or "",
        "EMAIL_PORT": url.port or 587,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": url.scheme == "smtp" and (url.port or 587) == 587,
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_TIMEOUT": 5,
    }
