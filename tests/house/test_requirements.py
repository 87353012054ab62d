"""What is installed is pinned and checked, and no file of ours says where it comes from."""

import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.architecture.source import ROOT

PINS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(r"^[a-z0-9][a-z0-9.-]*==[^\s;]+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def pinned(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    found = [line.removesuffix(" \\") for line in lines if "==" in line and not line.startswith(" ")]
    return {Requirement(line).name: str(Requirement(line).specifier) for line in found}


def declared() -> dict[str, list[Requirement]]:
    extras = [line for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines]
    groups = {"base": PROJECT["project"]["dependencies"] + extras + PROJECT["dependency-groups"]["build"]}
    return {
        name: [Requirement(line) for line in lines]
        for name, lines in (groups | {"dev": PROJECT["dependency-groups"]["dev"]}).items()
    }


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_every_line_is_a_pin_or_its_hash(path):
    wrong = [line for line in path.read_text(encoding="utf-8").splitlines() if not PIN.match(line) and not HASH.match(line)]
    assert not wrong


def test_the_three_lists_are_there():
    assert [path.stem for path in PINS] == ["base", "boot", "dev"]


@pytest.mark.parametrize("group", ["base", "dev"])
def test_every_dependency_is_pinned_within_its_range(group):
    pins = {name.lower().replace("_", "-"): version.removeprefix("==") for name, version in pinned(group).items()}
    missing = [r for r in declared()[group] if not r.specifier.contains(pins.get(r.name.lower(), ""), prereleases=True)]
    assert not missing, "run ./gt lock"


def test_developers_have_what_everybody_has():
    base, dev = pinned("base"), pinned("dev")
    assert base.items() <= dev.items()


def test_each_dependency_says_its_licence_and_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:dependencies|dev|build|reports|exchange) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in lists for line in block.splitlines() if line.strip()]
    assert len(lines) == sum(len(group) for group in declared().values())
    assert not [
        line
        for line in lines
        if not re.search(r'",\s*# [^:]*(MIT|BSD|Apache|PSF|MPL|LGPL|GPL-2 with the classpath exception)[^:]*: .{10,}', line)
    ]


def test_no_file_names_a_registry_or_a_folder_of_one_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    hosts = ["pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js", "deb.debian" + ".org", "gh" + "cr.io"]
    folders = ["/work" + "/main", "/work" + "/shared", "/ro" + "ot/", "/home" + "/user"]
    found = []
    for path in (ROOT / name for name in tracked):
        if path.is_file() and path.suffix not in {".woff2", ".png", ".xlsx", ".ods", ".ico"}:
            content = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}: {word}" for word in hosts + folders if word in content]
    assert not found
