"""Every kind of answer the product gives, with its headers: as served to this machine, or behind a proxy at a public address.

`python -m tests.reliability.public` prints one JSON object; GT_ORIGIN says which of the two. The settings are the product's own.
"""

import json
import os
from pathlib import Path
from typing import Any

from tests.reliability import stage

STYLE = "body { color: black }"


def main() -> None:
    """Ask for everything once."""
    origin = os.environ.get("GT_ORIGIN", "")
    host = origin.removeprefix("https://") or "localhost"
    os.environ["GT_HOSTS"] = host
    static = Path(os.environ["GT_DATA_DIR"]) / "static"
    static.mkdir()
    (static / "plain.css").write_text(STYLE)
    stage.set_up()
    from django.conf import settings
    from django.test import Client

    from goldenthread.accounts.models import User
    from goldenthread.config import views

    secure = {"HTTP_X_FORWARDED_PROTO": "https"} if origin else {}
    defaults = {"SERVER_NAME": host, "raise_request_exception": False}
    stranger, browser = Client(**defaults, **secure), Client(**defaults, **secure)
    browser.force_login(User.objects.get())
    told = {
        "page": browser.get("/objectives"),
        "page of sign-in": stranger.get("/sign-in/login/"),
        "redirect to sign in": stranger.get("/objectives"),
        "static file": stranger.get("/static/plain.css"),
        "static file not changed": stranger.get("/static/plain.css", HTTP_IF_MODIFIED_SINCE="Fri, 01 Jan 2100 00:00:00 GMT"),
        "no such static file": stranger.get("/static/none.css"),
        "icon": stranger.get("/favicon.ico"),
        "health": stranger.get("/healthz"),
        "table to take away": browser.get("/export/objectives/csv"),
        "workbook to take away": browser.get("/export/all/xlsx"),
        "no such page": browser.get("/nothing/here"),
        "no such row": browser.get("/objectives/999999"),
        "refused form": browser.post("/objectives/new", {"title": ""}),
        "wrong method": browser.post("/objectives"),
        "forged form": Client(**defaults, **secure, enforce_csrf_checks=True).post("/sign-in/login/", {}),
        "unknown name": Client(SERVER_NAME="evil.example", **secure).get("/"),
        "unreadable text": browser.get("/objectives?q=%00"),
        "api": stranger.get("/api/objectives"),
        "api document": stranger.get("/api/openapi.json"),
        "signed in": stranger.post("/sign-in/login/", {"login": "ada@works.example", "password": "a long enough password"}),
    }
    health, views.health.__code__ = views.health.__code__, (lambda request: 1 / 0).__code__
    told["fault"] = stranger.get("/healthz")
    views.health.__code__ = health
    if origin:
        plain = Client(**defaults)
        told |= {"plain page": plain.get("/objectives?q=1"), "plain form": plain.post("/sign-in/login/", {})}
        told |= {"plain file": plain.get("/static/plain.css"), "plain unknown name": Client(SERVER_NAME="evil.example").get("/")}
    cookies = {name: dict(morsel) for name, morsel in stranger.cookies.items()}
    print(json.dumps({"debug": settings.DEBUG, "answers": {k: answer(r) for k, r in told.items()}, "cookies": cookies}))


def answer(response: Any) -> dict[str, Any]:
    """Status and headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return {"status": response.status_code, "headers": dict(response.headers), "traceback": b"Traceback" in body}


if __name__ == "__main__":
    main()
