"""One style sheet and one script: joined from the rooms, light, whole, and safe under the content policy."""

import gzip
import hashlib
import re
import shutil
import subprocess
import tomllib

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from goldenthread.formats import typesetting
from goldenthread.ui import assets

VENDOR = assets.OWN / "vendor"
FONTS = typesetting.FONTS


def compressed(text: str) -> int:
    return len(gzip.compress(text.encode(), 9))


@pytest.mark.parametrize("folder", [VENDOR, FONTS], ids=["pages", "paper"])
def test_every_vendored_file_is_the_one_we_looked_at(folder):
    listed = tomllib.loads((folder / "vendor.toml").read_text("utf-8"))["file"]
    for entry in listed:
        assert hashlib.sha256((folder / entry["path"]).read_bytes()).hexdigest() == entry["sha256"], entry["path"]
        assert len((folder / entry["licence_file"]).read_text("utf-8")) > 300
    known = {name for entry in listed for name in (entry["path"], entry["licence_file"])} | {"vendor.toml"}
    assert {path.name for path in folder.iterdir()} == known


def test_the_joined_files_hold_every_source_in_order():
    for kind, joined in (("css", assets.joined_css()), ("js", assets.joined_js())):
        places = [joined.index(path.read_text("utf-8").strip()) for path in assets.sources(kind)]
        assert places == sorted(places)
        own = {path.stem for path in (assets.OWN / kind).glob(f"*.{kind}")}
        assert own == set(assets.STYLES if kind == "css" else assets.SCRIPTS)


def test_they_are_light():
    assert compressed(assets.joined_js()) <= 40 * 1024
    assert compressed(assets.joined_css()) <= 20 * 1024


def test_our_scripts_need_no_eval_and_import_nothing():
    for path in assets.sources("js"):
        code = path.read_text("utf-8")
        assert not re.search(
            r"\beval\(|new Function|setTimeout\([\"'`]|^\s*(import|export)\b|document\.write", code, re.MULTILINE
        ), path


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed here; the browser tests run the same script")
def test_the_joined_script_parses_as_a_module(tmp_path):
    module = tmp_path / "app.mjs"
    module.write_text(assets.joined_js(), "utf-8")
    done = subprocess.run(["node", "--check", str(module)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_components_use_meanings_and_only_tokens_name_colours():
    for path in assets.sources("css"):
        if path.stem in {"tokens", "print"}:
            continue
        rules = re.sub(r"light-dark\([^;]*|color-mix\([^;]*|mask-image[^;]*", "", path.read_text("utf-8"))
        found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) - {"#fff"}
        assert not {colour for colour in found if not re.match(r"#[a-z]{4,}$", colour)}, (path.name, found)


def test_every_meaning_that_is_used_is_defined():
    css = assets.joined_css()
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", css))
    used = set(re.findall(r"var\((--[a-z0-9-]+)\s*[),]", css))
    assert used <= defined
    without_use = {name for name in defined - used if not name.startswith(("--s", "--text"))}
    assert without_use == set()


def test_the_development_server_finds_them_and_the_sign_in_scripts():
    for name in ("ui/app.css", "ui/app.js", "ui/mark.svg", "ui/vendor/inter.woff2", "mfa/js/webauthn.js"):
        assert isinstance(finders.find(name), str), name
    assert not finders.find("admin/css/base.css")
    assert not finders.find("ui/app.txt")


def test_collecting_hashes_and_compresses_them(tmp_path):
    storages = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
                "staticfiles": {"BACKEND": "goldenthread.ui.assets.HashedFiles"}}  # fmt: skip
    with override_settings(STORAGES=storages, STATIC_ROOT=str(tmp_path)):
        from django.contrib.staticfiles.storage import staticfiles_storage as storage

        assert storage.url("ui/app.css") == "/static/ui/app.css"  # nothing is collected yet
        call_command("collectstatic", "--noinput", verbosity=0)
    hashed = [path.name for path in (tmp_path / "ui").iterdir() if re.fullmatch(r"app\.[0-9a-f]{12}\.(css|js)", path.name)]
    assert len(hashed) == 2
    assert all((tmp_path / "ui" / f"{name}.gz").exists() for name in hashed)
    css = next(path for path in (tmp_path / "ui").glob("app.*.css") if path.name in hashed).read_text("utf-8")
    font = re.search(r"url\(\"/static/(ui/vendor/inter\.[0-9a-f]{12}\.woff2)\"\)", css)
    assert font
    assert (tmp_path / font[1]).exists()
