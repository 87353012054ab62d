"""A planner at work in the outline: by keyboard, by mouse, and back."""

import pytest
from playwright.sync_api import expect

from tests.browser import NewPage, Page
from tests.journeys.conftest import Product


def names(page: Page) -> list[str]:
    found = page.locator("table[data-outline] tbody [data-cell=name]").all_inner_texts()
    return [name.split(" ", 1)[1] for name in found[1:6]]


def row(page: Page, name: str):
    return page.locator("table[data-outline] tbody tr").filter(has=page.locator("[data-cell=name]", has_text=name))


START = ["Benefit profile for each running project", "List the owners outside the project", "Interview six owners"]


def test_the_outline_is_edited_by_keyboard_and_each_step_is_undone(page: Page, product: Product) -> None:
    product.sign_in(page)
    page.goto(f"{product.address}/plan")
    assert names(page)[:3] == START
    row(page, "Interview six owners").locator("[data-cell=name]").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_text("Moved: Interview six owners").wait_for()
    page.locator("[data-value='Interview six owners']:focus").wait_for()
    assert names(page)[1:3] == [START[2], START[1]]
    page.keyboard.press("Alt+Enter")
    page.keyboard.type("Thank the owners")
    page.keyboard.press("Enter")
    page.get_by_text("Added: Thank the owners").wait_for()
    page.locator("[data-value='Thank the owners']:focus").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("F2")
    page.keyboard.type("Thank all owners")
    page.keyboard.press("Enter")
    page.get_by_text("Changed: Thank all owners").wait_for()
    row(page, "Thank all owners").locator("[data-cell=days]").press("Enter")
    page.keyboard.type("2.5")
    page.keyboard.press("Tab")
    page.locator("input[type=date]:focus").wait_for()
    page.keyboard.press("Escape")
    expect(row(page, "Thank all owners").locator("[data-cell=days]")).to_have_text("2.5")
    page.get_by_role("button", name="Undo").last.click()
    expect(row(page, "Thank all owners").locator("[data-cell=days]")).to_have_text("1")


def test_a_wrong_value_stays_in_its_field_and_says_why(page: Page, product: Product) -> None:
    product.sign_in(page)
    page.goto(f"{product.address}/plan")
    row(page, "Interview six owners").locator("[data-cell=waits_for]").click()
    page.keyboard.type("99.9")
    page.keyboard.press("Enter")
    page.get_by_text("There is no row 99.9").wait_for()
    assert page.evaluate("document.activeElement.value") == "99.9"
    page.keyboard.press("Escape")
    assert row(page, "Interview six owners").locator("[data-cell=waits_for]").inner_text() == "1.1.1"


def test_the_sheet_names_the_keys_and_the_menu_does_the_same(page: Page, product: Product) -> None:
    product.sign_in(page)
    page.goto(f"{product.address}/plan")
    page.keyboard.press("?")
    sheet = page.locator("#keys-list").inner_text()
    assert all(said in sheet for said in ("Indent", "Outdent", "Add a row below", "Edit in place"))
    page.keyboard.press("Escape")
    shortcuts = page.eval_on_selector_all(".rail [data-shortcut]", "all => all.map(e => e.dataset.shortcut)")
    assert len(shortcuts) == len(set(shortcuts)) >= 10, "every page has a key of its own"
    row(page, "Interview six owners").get_by_role("button", name="Actions for").click()
    page.locator(".menu:popover-open").get_by_role("button", name="Indent").click()
    page.get_by_text("Moved: Interview six owners").wait_for()
    indented = row(page, "Interview six owners").locator("[data-level]")
    expect(indented).to_have_attribute("data-level", "3")


def test_a_letter_is_given_in_the_grid(page: Page, product: Product) -> None:
    product.sign_in(page)
    page.goto(f"{product.address}/plan?view=raci")
    cell = page.get_by_role("button", name="Anouk Sedley on Benefit profile for each running project", exact=False)
    cell.press("Enter")
    page.locator("select.cell-field").select_option("C")
    page.get_by_text("Anouk Sedley on Benefit profile for each running project: C").wait_for()
    expect(cell).to_have_text("C")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_somebody_is_added_to_a_step_by_a_form_that_is_fetched(product: Product, new_page: NewPage, scripts: bool) -> None:
    page = new_page(scripts=scripts)
    product.sign_in(page)
    page.goto(f"{product.address}/plan")
    page.goto(product.address + page.locator("table[data-outline] a[data-cell=name]").first.get_attribute("href"))
    page.get_by_role("link", name="Add somebody").click()
    form = page.locator("#add")
    form.locator("[name=letter]").select_option(label="Informed")
    who = form.locator("[name=person]")
    who.select_option(index=3)
    name = who.evaluate("s => s.selectedOptions[0].text")
    form.get_by_role("button", name="Add").click()
    expect(page.locator(".raci", has_text=name)).to_contain_text("informed")
