"""Five yearly lists of one portfolio read in one after the other, and three other portfolios, where the files are at hand."""

import time
from datetime import date
from pathlib import Path

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.formats.limits import read_guarded
from goldenthread.projects import queries
from goldenthread.projects.actions import Decisions, apply_list
from goldenthread.projects.models import Project, StatusReport

DATA = Path(__file__).parents[2] / "../shared/data"
needs_files = pytest.mark.skipif(not DATA.is_dir(), reason="the folder ../shared/data with real project lists is not here")
LONGEST_WRITE = 3.0  # seconds, on a busy machine; about a fifth of it on an idle one


def take_in(cast, name, day=None):
    listed = read_guarded("projects", (DATA / name).read_bytes()).projects
    found = queries.dry_run(listed, person=cast.head, under=queries.home_scope(cast.head), currency="GBP")
    started = time.process_time()
    written = apply_list(compared=found, decisions=Decisions(), by=cast.head, name=Path(name).name, as_of=day)
    taken = time.process_time() - started
    print(name, found.counts(), written, f"written in {taken:.2f} s")
    assert taken < LONGEST_WRITE
    return found, written


@needs_files
def test_five_years_read_in_one_after_the_other_stay_one_portfolio(cast):
    rows = {2016: 143, 2019: 133, 2020: 125, 2021: 184, 2022: 235}
    seen = {}
    for year, count in rows.items():
        found, written = take_in(cast, f"uk-gmpp/gmpp_{year}.csv", date(year, 3, 31))
        seen[year] = found.counts()
        assert found.counts()["projects"] == count
        assert written["new"] + written["matched"] == count
        assert year == 2016 or found.is_next_edition
    assert seen[2016]["new"] == 143
    assert seen[2020]["matched"] + seen[2020]["renamed"] >= 100, "most of 2019 goes on in 2020"
    assert seen[2022]["matched"] + seen[2022]["renamed"] >= 150, "ids link 2021 with 2022"
    assert seen[2022]["withheld"] > 50, "sentences in place of figures are kept"
    assert Project.objects.count() < sum(rows.values()) / 2, "the years are not added up"
    standing = Project.objects.filter(gone_on__isnull=True).count()
    assert standing == 235, "what stands is the newest list, no more and no less"
    assert StatusReport.objects.filter(withdrawn_at__isnull=True).count() == sum(rows.values())
    longest = Project.objects.filter(status_reports__withdrawn_at__isnull=True).values("pk").distinct().count()
    assert longest == Project.objects.count()


@needs_files
def test_the_newest_year_is_taken_back_in_one_go(cast):
    take_in(cast, "uk-gmpp/gmpp_2021.csv", date(2021, 3, 31))
    before = sorted(Project.objects.values_list("name", "reference", "rating", "finishes_on", "gone_on"), key=str)
    take_in(cast, "uk-gmpp/gmpp_2022.csv", date(2022, 3, 31))
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert sorted(Project.objects.values_list("name", "reference", "rating", "finishes_on", "gone_on"), key=str) == before


@needs_files
def test_other_portfolios_are_lists_of_their_own(cast):
    found, written = take_in(cast, "nyc-capital/capital_projects.csv")
    assert (found.rows, written["new"]) == (1032, 182)
    assert StatusReport.objects.count() > 900, "a row per reporting date becomes the history of its project"
    take_in(cast, "canada-it/gc-it-projects-2016.csv")
    again, _ = take_in(cast, "canada-it/gc-it-projects-2019.csv")
    assert again.is_next_edition
    assert again.counts()["matched"] > 80
    assert not Project.objects.filter(reference__in=[p.reference for p in again.gone], department__icontains="New York").exists()
    found, written = take_in(cast, "us-it-dashboard/projects.csv")
    assert not found.is_next_edition
    assert written["new"] == 1043
