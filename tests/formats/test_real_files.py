"""The real lists: five years of one government's largest projects, two of another's, a federal dashboard, a city's capital
programme, a water company's gates. Figures are those the files state of themselves, counted by other means."""

import csv
import datetime as dt
import io
from collections import Counter
from decimal import Decimal
from functools import cache

import pytest

from goldenthread.formats.project_lists import Known, ProjectOptions, guess_mapping, read_project_file, read_projects, reconcile
from goldenthread.formats.tables import ColumnSettings, Settings, detect
from tests.formats.material import real_file

UK = {year: f"uk-gmpp/gmpp_{year}.csv" for year in (2016, 2019, 2020, 2021, 2022)}
CANADA = {year: f"canada-it/gc-it-projects-{year}.csv" for year in (2016, 2019)}


@cache
def found_in(name):
    return detect(real_file(name))


def read(name, **options):
    if not options:
        table = found_in(name).table
        return read_projects(table, guess_mapping(table))
    return read_project_file(real_file(name), ProjectOptions(**options)).projects


def headings(name, field):
    found = found_in(name)
    mapping = guess_mapping(found.table)
    return [found.table.columns[index].name for index in mapping[field].columns] if field in mapping else []


@pytest.mark.parametrize(("year", "count"), [(2016, 143), (2019, 133), (2020, 125), (2021, 184), (2022, 235)])
def test_uk_projects_and_the_cells_withheld(year, count):
    """Oracle: the standard library's csv reader, and plain patterns for what a value looks like."""
    found = read(UK[year])
    assert len(found.projects) == count
    assert not found.problems
    rows = list(csv.reader(io.StringIO(real_file(UK[year]).decode("latin-1"), newline=""), delimiter=";" if year > 2020 else ","))
    rows = [list(row) for row in zip(*rows, strict=True)] if year == 2016 else rows
    mapping = {field: match.columns for field, match in found.mapping.items()}
    for field, looks_right in (("budget", money), ("whole_life_cost", money), ("start", date), ("finish", date)):
        cells = [row[mapping[field][0]].strip() for row in rows[1:]]
        assert sum(getattr(project, field) is not None for project in found.projects) == sum(map(looks_right, cells)), field
        assert sum(field in project.withheld for project in found.projects) == sum(
            bool(c) and not looks_right(c) for c in cells
        ), field


def money(cell):
    return cell.startswith(("£", "\x80")) and cell.strip("£").replace(",", "").replace(".", "").isdigit()


def date(cell):
    return len(cell) in (8, 10) and cell.replace(".", "").replace("/", "").replace("-", "").isdigit()


def test_uk_ratings_first_filled_of_two_columns_wins():
    assert Counter(p.rating for p in read(UK[2022]).projects) == {"amber": 170, "red": 27, "green": 24, None: 14}
    assert headings(UK[2022], "rating") == ["colour_rating", "colour_rating"]
    five = Counter(p.rating for p in read(UK[2021]).projects)
    assert sum(five.values()) == 184
    assert set(five) == {"green", "amber-green", "amber", "amber-red", "red", None}
    assert all("rating" in p.withheld for p in read(UK[2022]).projects if p.rating is None)


def test_uk_2016_is_turned_and_in_millions():
    first = read(UK[2016]).projects[0]
    assert (first.place, first.organisation, first.start, first.finish) == (
        "column B",
        "BIS",
        dt.date(2006, 10, 1),
        dt.date(2016, 12, 31),
    )
    assert (first.budget, first.currency) == (Decimal(6_200_000), "GBP")


def test_uk_2019_does_not_say_millions_so_it_is_asked_and_can_be_told():
    found = found_in(UK[2019])
    assert any(note.topic == "scale" and note.sure == "unsure" for note in found.notes)
    budget = guess_mapping(found.table)["budget"].columns[0]
    told = read(UK[2019], settings=Settings(columns={str(budget): ColumnSettings(power=6)}))
    assert (told.projects[0].budget, told.projects[0].finish) == (Decimal(40_270_000), dt.date(2040, 12, 31))


@pytest.mark.parametrize(
    ("year", "encoding", "delimiter"), [(2016, "cp1252", ","), (2020, "cp1252+latin-1", ","), (2022, "cp1252", ";")]
)
def test_uk_encodings_and_delimiters(year, encoding, delimiter):
    used = found_in(UK[year]).settings
    assert (used.encoding, used.delimiter, used.date_order) == (encoding, delimiter, "dmy")


def snapshots(*names):
    return [read(name).projects for name in names]


def compared(before, after):
    known = [Known(str(place), project.name, project.reference, project.organisation) for place, project in enumerate(before)]
    result = reconcile(known, after)
    paired = len(result.matched) + len(result.renamed)
    assert paired + len(result.new) + len(result.duplicates) == len(after)
    assert paired + len(result.gone) == len(before)
    return result


def test_five_uk_years_as_five_imports():
    lists = snapshots(*UK.values())
    print("\nyear      known  rows  matched  renamed  new  gone")
    for year, before, after in zip(list(UK)[1:], lists, lists[1:], strict=False):
        result = compared(before, after)
        print(
            f"{year} {len(before):9} {len(after):5} {len(result.matched):8} "
            f"{len(result.renamed):8} {len(result.new):4} {len(result.gone):5}"
        )
        same_reference = {p.reference.casefold() for p in before if p.reference} & {p.reference.casefold() for p in after}
        by_reference = [pair for pair in result.matched + result.renamed if pair.why.startswith("same reference")]
        assert len(by_reference) == len(same_reference)
        shared_names = {(p.name.casefold(), p.organisation.casefold()) for p in before} & {
            (p.name.casefold(), p.organisation.casefold()) for p in after
        }
        matched = {
            (after[pair.row].name.casefold(), after[pair.row].organisation.casefold()) for pair in result.matched + result.renamed
        }
        assert shared_names <= matched


def test_a_uk_list_against_itself_is_all_matched():
    for projects in snapshots(*UK.values(), *CANADA.values()):
        result = compared(projects, projects)
        assert (len(result.matched), len(result.renamed), len(result.new), len(result.gone)) == (len(projects), 0, 0, 0)


@pytest.mark.parametrize(("year", "count"), [(2016, 398), (2019, 463)])
def test_canadian_projects(year, count):
    found = read(CANADA[year])
    assert len(found.projects) == count
    assert headings(CANADA[year], "reference") == ["uniqueId"]
    assert headings(CANADA[year], "organisation") == ["department"]
    assert headings(CANADA[year], "finish") == ["estimatedCompletionDate", "rawProvidedDate"]
    assert sum(p.budget is None for p in found.projects) == {2016: 6, 2019: 7}[year]
    assert {p.currency for p in found.projects} == {None}, "a dollar sign alone does not say whose dollar"


def test_canadian_years_are_linked_by_the_identifier():
    before, after = snapshots(*CANADA.values())
    result = compared(before, after)
    shared = {p.reference for p in before} & {p.reference for p in after}
    assert sum(pair.why.startswith("same reference") for pair in result.matched + result.renamed) == len(shared)


def test_the_us_dashboard():
    found = read("us-it-dashboard/projects.csv")
    assert len(found.projects) == 1043
    name = "us-it-dashboard/projects.csv"
    assert {
        field: headings(name, field)
        for field in ("reference", "name", "category", "organisation", "budget", "forecast_cost", "baseline_finish")
    } == {
        "reference": ["Project ID"],
        "name": ["Project Name"],
        "category": ["Investment Title"],
        "organisation": ["Agency Name"],
        "budget": ["Planned Cost ($ M)"],
        "forecast_cost": ["Projected/Actual Cost ($ M)"],
        "baseline_finish": ["Planned Project Completion Date (B2)"],
    }
    assert found.projects[0].budget == 15_297_000
    assert sum(p.finish is not None for p in found.projects) == 1033


def test_new_york_repeats_its_projects_per_reporting_date():
    found = read("nyc-capital/capital_projects.csv")
    assert (found.rows, len(found.projects), found.folded) == (1032, 182, 850)
    assert sum(len(p.history) for p in found.projects) == 850
    for project in found.projects:
        dates = [point.reported_on for point in project.history]
        assert dates == sorted(dates)
        assert not dates or dates[-1] < project.reported_on
    ward = found.projects[0]
    assert (ward.reference, ward.finish, ward.budget) == ("3", dt.date(2020, 10, 9), Decimal("180577716.63"))
    assert detect(real_file("nyc-capital/capital_projects.csv")).settings.date_order == "mdy"


def test_water_gates_with_two_date_styles_in_one_file():
    found = detect(real_file("melbourne-water/capital_delivery.csv"))
    assert len(found.table.texts) == 302
    kinds = {column.name: (column.kind, column.withheld) for column in found.table.columns}
    assert all(kinds[name] == ("date", 0) for name in ("Tender Closed", "BNI", "BCA", "PBC", "Stage1", "Stage2", "Stage3"))
    assert found.table.values[0][5] == dt.date(2016, 6, 24)
    assert headings("melbourne-water/capital_delivery.csv", "forecast_cost") == ["FFC"]


@pytest.mark.parametrize(
    "name", ["20170209_PMexam_Solutions", "20140205_Solution", "8.1.3_monitoring", "20190228_Exam_Solutions"]
)
def test_workbooks_laid_out_for_people_are_read_without_trouble(name):
    found = detect(real_file(f"evm-worked/{name}.xlsx"))
    assert len(found.table.columns) >= 4
    assert any(column.kind in ("number", "money") for column in found.table.columns)
