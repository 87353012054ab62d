"""Take the images of the guide that show the demo, from a demo that is being served: `./gt docs --images [ADDRESS]`.

Light and dark, 1280x800 and one phone. Those of the first run are taken by hand: they need an organisation half way through it.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).resolve().parent / "guide" / "images"
WIDE, PHONE = (1280, 800), (390, 844)
WHO, PASSWORD = "head@aldermere.example.org", "a-thread-of-gold"
SHOTS = {  # name: address, size
    "today": ("/", WIDE),
    "today-phone": ("/", PHONE),
    "map": ("/map", WIDE),
    "gaps": ("/gaps", WIDE),
    "objective": ("/objectives", WIDE),
}
OBJECTIVE = "Faster delivery"  # the objective whose page is shown


def take(browser: Browser, site: str, scheme: str) -> None:
    """All images in one colour scheme."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", locale="en-GB", timezone_id="Europe/London")
    page = context.new_page()
    page.goto(f"{site}/sign-in/login/")
    page.fill("input[name=login]", WHO)
    page.fill("input[type=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
    page.goto(f"{site}/")  # a second time, without the greeting
    for name, (address, (width, height)) in SHOTS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(site + address)
        if name == "objective":
            page.get_by_role("link", name=OBJECTIVE).first.click()
            page.wait_for_url("**/objectives/*")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / f"{name}-{scheme}.png")
    context.close()


def main(arguments: list[str]) -> int:
    """Take them from the address given, or from where `./gt` serves."""
    site = next((a for a in arguments if a.startswith("http")), f"http://127.0.0.1:{os.environ.get('GT_PORT', '8000')}")
    path = os.environ.get("GT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            take(browser, site, scheme)
        browser.close()
    print(f"{2 * len(SHOTS)} images taken from {site}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
