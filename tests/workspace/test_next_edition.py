"""Next year's list of a real portfolio through the pages of the wizard: only what is new, gone or renamed is asked."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from goldenthread.plan.actions.choices import answer_with_choice
from goldenthread.projects.models import Project
from goldenthread.workspace.models import ImportedFile
from tests.projects.test_real_files import DATA, needs_files
from tests.workspace.filled import filled


def take_in(client, year: int) -> tuple[str, dict[str, int]]:
    """A year's list through the wizard as proposed; the page that asks, and what came of it."""
    data = (DATA / f"uk-gmpp/gmpp_{year}.csv").read_bytes()
    to = client.post("/import/upload", {"file": SimpleUploadedFile(f"gmpp_{year}.csv", data)})["Location"]
    if to.endswith("/columns"):
        to = client.post(to, filled(client.get(to).content.decode()))["Location"]
    page = client.get(to).content.decode()
    assert client.post(f"{to}/apply", filled(page)).status_code == 303
    return page, ImportedFile.objects.latest("id").outcome


@needs_files
def test_the_list_of_the_next_year_asks_only_about_what_is_new_gone_or_renamed(cast):
    client = cast.client(cast.head)
    page, first = take_in(client, 2021)
    assert first["new"] == 184
    assert "gone-" not in page
    next_list = (DATA / "uk-gmpp/gmpp_2022.csv").read_bytes()
    answered = next(p for p in Project.objects.order_by("id") if p.reference and p.reference.encode() in next_list)
    answer_with_choice(subject=answered, choice="duty", by=cast.head)

    page, second = take_in(client, 2022)
    asked = set(re.findall(r'name="((?:same|gone)-\d+)"', page))
    renamed = sum(name.startswith("same-") for name in asked)
    assert (renamed, len(asked) - renamed) == (16, 25), "each renamed and each gone project is one question, nothing else is"
    assert second["new"] + second["matched"] == 235
    assert second["gone"] == 25
    answered.refresh_from_db()
    assert answered.goal_answer == "DUTY", "what was answered is not asked again"
