"""S14 and S23: what every answer carries, what a public address adds, and what it refuses to start with."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from goldenthread.config import environment
from tests import product

ORIGIN = "https://pmo.example.org"
EVERYWHERE = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
STATUS = {
    "page": 200, "page of sign-in": 200, "redirect to sign in": 302, "static file": 200, "static file not changed": 304,
    "no such static file": 404, "icon": 301, "health": 200, "table to take away": 200, "workbook to take away": 200,
    "no such page": 404, "no such row": 404, "refused form": 422, "wrong method": 405, "forged form": 403, "unknown name": 400,
    "unreadable text": 400, "api": 401, "api document": 200, "signed in": 302, "fault": 500,
}  # fmt: skip
PLAIN = {"plain page": 301, "plain form": 301, "plain file": 301, "plain unknown name": 400}
YEAR = "max-age=31536000; includeSubDomains; preload"


@pytest.fixture(scope="module")
def asked(works: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Every answer of the product behind a proxy at a public address."""
    folder = shutil.copytree(works, tmp_path_factory.mktemp("public") / "data")
    words = [sys.executable, "-m", "tests.reliability.public"]
    done = subprocess.run(words, env=product.environment(folder) | {"GT_ORIGIN": ORIGIN}, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def test_every_kind_of_answer_carries_its_headers(asked: dict):
    answers = asked["answers"]
    assert {name: told["status"] for name, told in answers.items()} == STATUS | PLAIN
    missing = [
        (name, header, told["headers"].get(header))
        for name, told in answers.items()
        for header, allowed in EVERYWHERE.items()
        if told["headers"].get(header) not in allowed
    ]
    for name, told in answers.items():
        parts = (part.strip().partition(" ") for part in told["headers"].get("Content-Security-Policy", "").split(";"))
        policy = {word: rest for word, _, rest in parts}
        missing += [(name, word, policy.get(word)) for word, value in POLICY.items() if policy.get(word) != value]
        missing += [(name, "policy", "unsafe")] if "unsafe" in str(policy) else []
    assert not missing
    assert not [name for name, told in answers.items() if told["traceback"]]
    for name in ("table to take away", "workbook to take away"):
        assert answers[name]["headers"]["Content-Disposition"].startswith("attachment")
    for name in ("page", "table to take away", "no such row", "refused form"):
        assert "no-store" in answers[name]["headers"]["Cache-Control"]


def test_a_public_address_is_served_by_https_alone(asked: dict):
    answers = asked["answers"]
    assert asked["debug"] is False
    for name, told in answers.items():
        assert told["headers"].get("Strict-Transport-Security") == (None if name in PLAIN else YEAR), name
    assert answers["plain page"]["headers"]["Location"] == f"{ORIGIN}/objectives?q=1"
    assert answers["plain file"]["headers"]["Location"] == f"{ORIGIN}/static/plain.css"
    assert set(asked["cookies"]) == {"__Host-gt-session", "__Host-gt-csrf", "messages"}
    for cookie in asked["cookies"].values():
        assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
        assert not cookie["domain"]
        assert cookie["samesite"] in {"Lax", "Strict"}


def started(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A program of the product to its end."""
    settings = {"DJANGO_SETTINGS_MODULE": "goldenthread.config.settings"} if words[0] == "django" else {}
    return subprocess.run(
        [sys.executable, "-m", *words],
        env=product.environment(folder) | settings | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_public_address_has_nothing_to_be_warned_of(tmp_path: Path):
    """Django's own list of what to look at before serving to others, every warning counted."""
    words = ("django", "check", "--deploy", "--fail-level", "WARNING")
    done = started(tmp_path, *words, GT_ORIGIN=ORIGIN, GT_HOSTS="pmo.example.org")
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


@pytest.mark.parametrize(
    ("variables", "where"),
    [
        ({"GT_ORIGIN": ORIGIN, "GT_HOSTS": "localhost"}, ORIGIN),
        ({"GT_HOSTS": "localhost,pmo.example.org"}, "pmo.example.org"),
        ({"GT_HOSTS": "127.0.0.1,*"}, "*"),
        ({"GT_HOSTS": "192.168.0.7"}, "192.168.0.7"),
    ],
)
def test_what_shows_code_is_refused_at_a_public_address(monkeypatch, variables, where):
    for name, value in ({"GT_DEBUG": "1"} | variables).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=r"GT_DEBUG shows code and data to every visitor") as refused:
        environment.debug(environment.read())
    assert where in str(refused.value)


@pytest.mark.parametrize("hosts", ["127.0.0.1,localhost,[::1]", "pmo.localhost"])
def test_what_shows_code_may_be_on_for_this_machine_alone(monkeypatch, hosts):
    monkeypatch.setenv("GT_DEBUG", "1")
    monkeypatch.setenv("GT_HOSTS", hosts)
    assert environment.debug(environment.read())


@pytest.mark.parametrize(
    ("words", "variables"),
    [(("serve",), {"GT_DEBUG": "1", "GT_ORIGIN": ORIGIN}), (("serve", "--host", "::"), {"GT_DEBUG": "1"}),
     (("verify",), {"GT_PORT": "abc"})],
)  # fmt: skip
def test_a_start_that_is_refused_says_so_in_one_sentence_and_sets_nothing_up(tmp_path: Path, words, variables):
    done = started(tmp_path, product.COMMAND, *words, **variables)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("GT_")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.glob("*.sqlite3"))
