"""Take the images of the guide that show the demo, from a demo that is being served: `./gt docs --images [ADDRESS]`.

Light and dark, 1280x800 and one phone. Those of the first run are taken while it is walked: in a demo where nobody has
begun it.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent / "guide" / "images"
WIDE, PHONE = (1280, 800), (390, 844)
WHO, PASSWORD = "head@aldermere.example.org", "a-thread-of-gold"
NEWCOMER = "head@brindle.example.org"
FILES = Path(os.environ.get("GT_DATA_DIR") or Path(__file__).resolve().parents[1] / ".gt" / "data") / "first-run"
KEYS = "12dnuu"  # the answers for the six projects of the demo's list
SHOTS = {  # name: address, size
    "today": ("/", WIDE),
    "today-phone": ("/", PHONE),
    "map": ("/map", WIDE),
    "gaps": ("/gaps", WIDE),
    "objective": ("/objectives", WIDE),
}
OBJECTIVE = "Faster delivery"  # the objective whose page is shown


def sign_in(browser: Browser, site: str, scheme: str, who: str) -> Page:
    """A page of its own, signed in."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", locale="en-GB", timezone_id="Europe/London")
    page = context.new_page()
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.goto(f"{site}/sign-in/login/")
    page.fill("input[name=login]", who)
    page.fill("input[type=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
    page.goto(f"{site}/")  # a second time, without the greeting
    return page


def take(browser: Browser, site: str, scheme: str) -> None:
    """All images in one colour scheme."""
    page = sign_in(browser, site, scheme, WHO)
    for name, (address, (width, height)) in SHOTS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(site + address)
        if name == "objective":
            page.get_by_role("link", name=OBJECTIVE).first.click()
            page.wait_for_url("**/objectives/*")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / f"{name}-{scheme}.png")
    page.context.close()


def take_first_run(browser: Browser, site: str) -> int:
    """The images of the first run, walked as the guide tells it; none where somebody has begun it already."""
    page = sign_in(browser, site, "light", NEWCOMER)
    if not page.get_by_role("link", name="Begin").count():
        print("The first run has been begun in this demo: its images stay as they are. Serve a fresh one to take them.")
        return 0
    page.goto(f"{site}/start/mandate")
    page.get_by_label("Name of the PMO").fill("Change office")
    page.get_by_label("What it is for").fill("Have projects decided in time and show what they were worth.")
    page.get_by_label("Who gave the mandate").fill("The board")
    press(page, "Save and go on")
    page.get_by_label("One objective, or").fill((FILES / "deck.txt").read_text(encoding="utf-8"))
    press(page, "Propose objectives")
    page.screenshot(path=IMAGES / "first-proposals-light.png")
    press(page, "Keep what is ticked")
    page.goto(f"{site}/start/step")
    page.get_by_label("What will you do first?").fill("Agree decision days with the sponsors")
    press(page, "Add to the plan")
    page.goto(f"{site}/start/projects")
    page.set_input_files("input[type=file]", FILES / "portfolio.xlsx")
    press(page, "Read the list")
    press(page, "See what it would do")
    page.screenshot(path=IMAGES / "first-import-light.png")
    press(page, "Import")
    page.goto(f"{site}/projects/goals")
    for key in KEYS:
        shown = page.locator("#goals h2").inner_text()
        page.keyboard.press(key)
        page.wait_for_function("shown => document.querySelector('#goals h2').innerText !== shown", arg=shown)
    dark = sign_in(browser, site, "dark", NEWCOMER)
    for scheme, where in (("light", page), ("dark", dark)):
        where.goto(f"{site}/start/result")
        where.wait_for_load_state("networkidle")
        where.screenshot(path=IMAGES / f"first-result-{scheme}.png")
        where.context.close()
    return 4


def press(page: Page, button: str) -> None:
    """Press it and wait for what comes."""
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state("networkidle")


def main(arguments: list[str]) -> int:
    """Take them from the address given, or from where `./gt` serves."""
    site = next((a for a in arguments if a.startswith("http")), f"http://127.0.0.1:{os.environ.get('GT_PORT', '8000')}")
    path = os.environ.get("GT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            take(browser, site, scheme)
        count = 2 * len(SHOTS) + take_first_run(browser, site)
        browser.close()
    print(f"{count} images taken from {site}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
