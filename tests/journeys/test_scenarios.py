"""What if a target were lower: tried on a copy, seen beside the plan, adopted, and looked back upon."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.conftest import Product
from tests.journeys.walking import Walker

HEAD = "head@aldermere.example.org"


def test_from_a_question_to_an_adopted_plan(page, product: Product) -> None:
    head = Walker(page, product).sign_in(HEAD).go("/plan").follow("What if")
    page.get_by_role("button", name="New scenario").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Name").fill("A milder target")
    dialog.get_by_role("button", name="Copy the plan").click()
    head.reads("Scenario: A milder target").look()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Objectives").click()
    head.reads("Scenario: A milder target").follow("Faster delivery")
    page.get_by_role("link", name="Edit the target").first.click()
    page.locator("input[name=value]").fill("4.8")
    page.locator("[name=reason]").fill("What if")
    head.press("Save").reads("target 4.8 days")
    head.go("/objectives").follow("Faster delivery").lacks("target 4.8 days")

    head.go("/plan/scenarios").press("Compute what they would bring")
    row = page.locator("tr", has_text="Faster delivery")
    for _ in range(40):  # the worker computes within a minute
        page.goto(f"{product.address}/plan/scenarios")
        if row.get_by_text("points more").count():
            break
        page.wait_for_timeout(1500)
    expect(row).to_contain_text("points more")
    expect(page.locator("tr", has_text="Forecasts that hold")).to_contain_text("same")
    head.follow("A milder target")
    page.get_by_role("button", name="Adopt it").click()
    page.locator("dialog[open]").get_by_role("button", name="Adopt").click()
    expect(page.locator("#toasts")).to_contain_text("Propose it as a version")
    head.go("/objectives").follow("Faster delivery").reads("target 4.8 days")


@pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="LONG_TESTS; tests/plan/test_as_of.py needs no browser")
def test_a_page_goes_back_to_another_day(page, product: Product) -> None:
    """Before the first record there is nothing to show, which is said; after it the page is there."""
    head = Walker(page, product).sign_in(HEAD).go("/plan")
    page.get_by_label("Show this page as it stood on another day").click()
    form = page.locator("#as-of")
    form.get_by_label("As it stood at the end of").fill(str(timezone.localdate() - timedelta(days=4000)))
    form.get_by_role("button", name="Show").click()
    head.reads("Nothing was recorded before")
