"""Every address x method x player x place: what this product answers beside what docs/rights.md says."""

import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlencode

import time_machine
from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from goldenthread.config.worlds import has_past
from tests.rights.asked import ASKED, EXPORTS
from tests.rights.policy import Address, Demand, addresses, matrix
from tests.rights.stage import ANONYMOUS, BYSTANDER, ELSEWHERE, FOREIGN, MARKUP, NOBODY, SECRET, Player, Stage, covers

METHODS = ("GET", "POST", "PATCH", "DELETE", "PUT")
LOOK_BACK = {"PMO", "TEAM_MEMBER", "CLIENT", NOBODY}  # who may not see what is confidential, or nearly nothing
TRY_EVERY_METHOD = {ANONYMOUS, "HEAD"}
HIDDEN_PLACES = ("own", "other", "secret", "foreign")
PLACEHOLDER = re.compile(r"{(\w+\.\w+)(?:\.(\w+))?}")
SENSELESS = ("²", "9" * 40, "nan", *(("-1", "x", "1e999", "2026-02-30", "٣") if os.environ.get("LONG_TESTS") else ()))
READ_DONE = {200, 204, 302, 303, 304, 422}
WRITE_DONE = {200, 201, 202, 204, 302, 303, 400, 409, 422, 428}
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
ALLOWED_WRITES = re.compile(r"django_session|account_emailaddress|accounts_apitoken")  # where the sign-in keeps its state
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICTER = {"Referrer-Policy": "no-referrer"}
POLICY = (
    "default-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "script-src 'self'",
)


def routes() -> list[str]:
    """Every address that the product answers, as docs/rights.md writes it."""
    return sorted({re.sub(r"<\w+:", "<", simplify_regex(pattern)) for pattern in _patterns(get_resolver())})


def _patterns(resolver: Any, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry, pattern)
        else:
            yield pattern


@dataclass
class Findings:
    """What came of the walk."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    headers: Counter = field(default_factory=Counter)
    stumbles: list[str] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    past: Counter = field(default_factory=Counter)  # statuses of pages as they stood on another day


@dataclass(frozen=True)
class Cell:
    """One request to judge."""

    address: Address
    method: str
    player: Player
    place: str  # empty where the address names no row
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.address.path} as {self.player.name}" + (f" on {self.place}" if self.place else "")


class Walk:
    """Sends the requests and keeps what was not as it should be."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.found = stage, Findings()
        self.client = Client(raise_request_exception=False)

    def run(self) -> Findings:
        for address in addresses().values():
            for cell in self._cells(address):
                self._ask(cell)
            self._probe(address)
            self._smuggle(address)
        self._search()
        if connection.vendor == "sqlite":  # which the past is on any database
            self._look_back()
        return self.found

    def _look_back(self) -> None:
        """Every page that has a past, two days later as it stood then: it names nothing that is hidden, and nothing fails."""
        players = [player for player in self.stage.players if player.name in LOOK_BACK]
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            before = f"/as-of/{timezone.localdate() - timedelta(days=1)}"
            for address in addresses().values():
                if address.read.is_offered:
                    for (place, path), player in product(self._places(address), players):
                        if has_past(path) and place in ("", *HIDDEN_PLACES):
                            self.found.past[self._look(Cell(address, "GET", player, place, f"{before}{path}"))] += 1

    def _search(self) -> None:
        """Every list asked in every way that it offers, by everybody, about every place: it names nothing that is hidden."""
        for path, queries in ASKED.items():
            for place, query, player in product(HIDDEN_PLACES, queries, self.stage.players):
                if "{" in query or place == HIDDEN_PLACES[0]:
                    cell = Cell(
                        replace(addresses()[path], example=""), "GET", player, place, f"{path}?{self._named(query, place)}"
                    )
                    self._look(cell)
        for player, export in product(self.stage.players, EXPORTS):
            self._look(Cell(replace(addresses()["/export/<noun>/<form>"], example=""), "GET", player, "", f"/export/{export}"))

    def _look(self, cell: Cell) -> int:
        response, wrote = self._watched(cell)
        if response.status_code >= 500:
            self.found.stumbles.append(f"{cell} at {cell.path}: {response.status_code}")
        if wrote:
            self.found.writes.append(f"{cell} at {cell.path}: {wrote[0]}")
        body = b"".join(response.streaming_content) if response.streaming else response.content
        self._look_for_words(cell, response, _unpacked(body))
        return int(response.status_code)

    def _smuggle(self, address: Address) -> None:
        """A form about one's own row that names, inside, a row of a place where one may see nothing: refused, nothing written."""
        if not address.write.is_offered:
            return
        _, path = next(iter(self._places(address)))
        for label in dict.fromkeys(PLACEHOLDER.findall(address.example)):
            for place, name in (("foreign", "HEAD"), ("other", "PMO"), ("secret", "PMO")):
                if place == "foreign" or self.stage.hides(label[0], place):
                    player = next(p for p in self.stage.players if p.name == name)
                    self._try_to_smuggle(Cell(address, "POST", player, "own", path), label[0], place)

    def _try_to_smuggle(self, cell: Cell, label: str, place: str) -> None:
        key = self._named("{" + label + "}", place)
        example = self._named(cell.address.example.replace("{" + label + "}", key), "own")
        smuggled = replace(cell, address=replace(cell.address, example=example))
        response, _ = self._watched(smuggled)
        if response.status_code < 400:
            self.found.wrong.append(f"{cell}: took {label} of {place} with {response.status_code}")
        self._look_for_words(smuggled, response, response.content)

    def _probe(self, address: Address) -> None:
        """An empty form and a senseless one are refused, not stumbled over."""
        if not address.write.is_offered:
            return
        head = next(player for player in self.stage.players if player.name == "HEAD")
        _, path = next(iter(self._places(address)))
        given = {} if address.path.startswith("/api/") else parse_qs(self._named(address.example, "own"))
        spoilt = [urlencode({**given, name: text}, doseq=True) for name in given for text in SENSELESS]
        for body in ("", "version=x&name=%00&on=2026-13-45&reason=&ids=1&ids=-1&text=" + "y" * 5000, *spoilt):
            with transaction.atomic():
                status = self._send(Cell(replace(address, example=body), "POST", head, "", path)).status_code
                transaction.set_rollback(True)
            if status >= 500:
                self.found.stumbles.append(f"POST {address.path} with “{body[:40]}”: {status}")

    def _cells(self, address: Address) -> Iterator[Cell]:
        for place, path in self._places(address):
            for player in self.stage.players:
                if place == "mine" and player.name != NOBODY:
                    continue
                for method in self._methods(address, player, place):
                    yield Cell(address, method, player, place, path)

    def _methods(self, address: Address, player: Player, place: str) -> list[str]:
        """Those that are offered; the others by two players in one place, for whom they change nothing they change for nobody."""
        everything = player.name in TRY_EVERY_METHOD and place in ("", "own")
        offered = {"GET": address.read.is_offered, "POST": address.write.is_offered}
        if address.path.startswith("/api/") and address.path.endswith("/<key>"):
            few = place == "own" or player.name in {*TRY_EVERY_METHOD, NOBODY, "ADMINISTRATOR"}
            offered |= {"PATCH": few, "DELETE": few}
        return [method for method in METHODS if everything or offered.get(method)]

    def _places(self, address: Address) -> Iterator[tuple[str, str]]:
        labels = [label for label in address.rows if not label.startswith('"')]
        if not labels:
            yield "", _filled(address, tuple(text.strip('"') for text in address.rows))
            return
        first = labels[0]
        places = ["own", "other", "foreign"]
        terms = [t for d in (address.read, address.write) for terms in d.alternatives for t in terms]
        if self.stage.has_secrets(first) or (any("here" in t.marks for t in terms) and first == "accounts.Changeset"):
            places.append("secret")
        if first.startswith("projects."):
            places.append("project")
        if address.read.own or address.write.own:
            places.append("mine")
        for place in places:
            rows = self.stage.rows(address.rows, place)
            if rows is not None:
                yield place, _filled(address, tuple(getattr(row, "pk", row) for row in rows))

    def _watched(self, cell: Cell) -> tuple[Any, list[str]]:
        """The response to a request that leaves nothing, and what it would have written."""
        wrote: list[str] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if WRITES.match(sql) and not ALLOWED_WRITES.search(sql):
                wrote.append(sql[:120])
            return execute(sql, params, many, context)

        with transaction.atomic(), connection.execute_wrapper(watch):
            response = self._send(cell)
            transaction.set_rollback(True)
        self.found.cells += 1
        return response, wrote

    def _ask(self, cell: Cell) -> None:
        response, wrote = self._watched(cell)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        self.found.statuses[response.status_code] += 1
        wanted = self.expected(cell) | (set() if wrote or self._is_offered(cell) else ANY_BUT_A_FAULT)
        answer = _answer(response)
        if answer not in wanted:
            self.found.wrong.append(f"{cell}: {answer}, not {sorted(wanted, key=str)}")
        self._look_for_words(cell, response, body)
        if cell.method == "GET" and wrote:
            self.found.writes.append(f"{cell}: {wrote[0]}")
        self._judge_headers(cell, response)

    def _look_for_words(self, cell: Cell, response: Any, body: bytes) -> None:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        for word in [*self._words_to_hide(cell.player), *([MARKUP[:15]] if is_page else [])]:
            if word.encode() in body:
                at = body.index(word.encode())
                self.found.leaks.append(f"{cell}: {word} in …{body[max(0, at - 60) : at + 60].decode(errors='replace')}…")

    def _send(self, cell: Cell) -> Any:
        self.client.cookies.clear()
        headers = {}
        if cell.address.path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {cell.player.bearer}"} if cell.player.bearer else {}
        elif cell.player.cookie:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = cell.player.cookie
        form = "application/json" if cell.address.path.startswith("/api/") else "application/x-www-form-urlencoded"
        example = self._example(cell)
        data = b"" if cell.method == "GET" else example.encode() or (b"{}" if "json" in form else b"")
        path = f"{cell.path}?{example}" if example and "json" not in form else cell.path
        return self.client.generic(cell.method, path, data, content_type=form, headers=headers)

    def _example(self, cell: Cell) -> str:
        return self._named(cell.address.example, cell.place or "own")

    def _named(self, text: str, place: str) -> str:
        """A text with the rows of a place where it names some."""
        planter = self.stage.planters[place]
        return PLACEHOLDER.sub(lambda found: str(getattr(planter.row(found[1]), found[2] or "pk")), text)

    def expected(self, cell: Cell) -> set[Any]:
        """The answers that docs/rights.md allows for."""
        demand = cell.address.read if cell.method == "GET" else cell.address.write
        api = cell.address.path.startswith("/api/")
        if demand.text == "public":
            return ANY_BUT_A_FAULT
        if cell.player.name == ANONYMOUS:
            return {401, 405} if api else {"sign-in"} if demand.is_offered and cell.method in METHODS[:2] else {"sign-in", 405}
        if cell.address.path.startswith("/sign-in/"):  # allauth's own pages, about nobody but oneself
            return ANY_BUT_A_FAULT
        if not self._is_offered(cell):
            return {403, 404, 405}
        done = READ_DONE if cell.method == "GET" else WRITE_DONE | ({405} if api else set())
        if demand.text == "signed-in":
            return done | ({404} if cell.address.rows else set())
        if self.allows(demand, cell):
            return done
        if demand.own and not cell.place:
            return done | {403, 404}  # a page of one's own rows: the walk does not know whether there are any
        if not cell.place and "{" in cell.address.example and not self.allows(cell.address.read, cell):
            return {403, 404, 422, *({405} if api else ())}  # the row stands in the form: refused as if it were not there
        if cell.method == "GET":
            return {404} if demand.only_views and cell.place else {403, 404}  # a row must not be told; an address is no secret
        return {403, 404} | ({405, 422} if api else set())

    def _is_offered(self, cell: Cell) -> bool:
        demand = cell.address.read if cell.method == "GET" else cell.address.write
        return demand.is_offered and (cell.address.path.startswith("/api/") or cell.method in METHODS[:2])

    def allows(self, demand: Demand, cell: Cell) -> bool:
        """Whether the player may, by the tables of docs/rights.md alone."""
        if demand.own and cell.place == "mine":
            return True
        return any(all(self._holds(term, cell) for term in terms) for terms in demand.alternatives)

    def _holds(self, term: Any, cell: Cell) -> bool:
        role, place = cell.player.name, cell.place
        if place == "foreign" or term.act not in matrix().get((role, term.kind), ""):
            return False
        if "whole" in term.marks:
            return role == "ADMINISTRATOR"
        labels = [label for label in cell.address.rows if not label.startswith('"')]
        if not place or not (self.stage.is_scoped(labels[0]) or "here" in term.marks):
            return True
        sees_secrets = "v" in matrix().get((role, "CONFIDENTIAL"), "")
        return covers(role, "other" if place == "mine" else place) and (place != "secret" or sees_secrets)

    def _words_to_hide(self, player: Player) -> list[str]:
        words = [FOREIGN]
        if "v" not in matrix().get((player.name, "PERSON"), ""):
            words.append(BYSTANDER)
        if player.name not in ("ADMINISTRATOR", NOBODY):  # nobody's own rows lie there
            words.append(ELSEWHERE)
        if "v" not in matrix().get((player.name, "CONFIDENTIAL"), ""):
            words.append(SECRET)
        return words

    def _judge_headers(self, cell: Cell, response: Any) -> None:
        for name, value in HEADERS.items():
            if response.headers.get(name) not in {value, STRICTER.get(name)}:
                self.found.headers[f"{cell.address.path}: {name} is {response.headers.get(name)}"] += 1
        policy = response.headers.get("Content-Security-Policy", "")
        missing = [part for part in POLICY if part not in policy]
        if missing or "unsafe" in policy:
            self.found.headers[f"{cell.address.path}: content policy without {missing}"] += 1
        kept = response.headers.get("Cache-Control", "")
        if (
            cell.player.person is not None
            and response.status_code == 200
            and "no-store" not in kept
            and cell.address.path not in MAY_BE_KEPT
        ):
            self.found.headers[f"{cell.address.path}: may be kept ({kept})"] += 1


ANY_BUT_A_FAULT = {200, 204, 301, 302, 303, 400, 401, 403, 404, 405, 409, 422, 429, "sign-in"}
MAY_BE_KEPT = {"/head", "/healthz", "/favicon.ico"}  # a number and two plain files: nothing of anybody's


def _filled(address: Address, values: tuple[Any, ...]) -> str:
    rest = iter(values)
    return re.sub(r"<\w+>", lambda _: str(next(rest)), address.path)


def _answer(response: Any) -> Any:
    if response.status_code in {302, 303} and response["Location"].startswith("/sign-in/login/"):
        return "sign-in"
    return response.status_code


def _unpacked(body: bytes) -> bytes:
    """What lies in a workbook or a zip of tables; other bytes as they are."""
    if body[:2] != b"PK":
        return body
    with zipfile.ZipFile(BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())
