"""From columns to projects, and from last month's list to this month's."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.formats.errors import FormatError
from goldenthread.formats.project_lists import (
    Known,
    Match,
    ProjectOptions,
    guess_mapping,
    headings_of,
    read_project_file,
    read_projects,
    reconcile,
)
from goldenthread.formats.project_rows import ProjectRow
from goldenthread.formats.reconciliation import likeness
from goldenthread.formats.tables import ColumnSettings, Settings, detect
from tests.formats.material import csv_of, xlsx_of


def projects(*lines, **options):
    return read_project_file(csv_of(*lines), ProjectOptions(**options)).projects


def mapped(header, *rows):
    table = detect(csv_of(header, *rows)).table
    return {field: [table.columns[index].name for index in match.columns] for field, match in guess_mapping(table).items()}


def test_headings_in_english():
    found = mapped(
        "Project No.,Project title,Executive Sponsor,Project Manager,Directorate,Overall RAG,Stage,"
        "Kick-off,Go-live date,Approved budget (£k),Spend to date (£k),EAC (£k),% complete,Next steps",
        "P-1,Alpha,Ann,Bob,IT,Amber,Build,13/01/2026,31/12/2026,100,20,110,50%,More work",
        "P-2,Beta,Ann,Cy,HR,Green,Close,14/01/2026,30/11/2026,200,190,195,90%,Hand over",
        "P-3,Gamma,Di,Cy,HR,Red,Plan,15/01/2026,30/10/2026,300,1,310,5%,Staff it",
    )
    assert found == {
        "reference": ["Project No."], "name": ["Project title"], "sponsor": ["Executive Sponsor"], "manager": ["Project Manager"],
        "organisation": ["Directorate"], "rating": ["Overall RAG"], "status": ["Stage"],
        "start": ["Kick-off"], "finish": ["Go-live date"],
        "budget": ["Approved budget (£k)"], "spend": ["Spend to date (£k)"], "forecast_cost": ["EAC (£k)"],
        "progress": ["% complete"],
        "comment": ["Next steps"],
    }  # fmt: skip


@pytest.mark.parametrize("heading", ["Investment Title", "Programme", "Parent project", "Initiative"])
def test_a_second_title_that_several_projects_share_is_what_they_belong_to(heading):
    rows = [f"{'Network' if n < 4 else 'Billing'},Alpha {n},IT" for n in range(6)]
    found = mapped(f"{heading},Project name,Department", *rows)
    assert (found["name"], found["category"]) == (["Project name"], [heading])
    apart = mapped(f"{heading},Project name,Department", *(f"Thing {n},Alpha {n},IT" for n in range(6)))
    assert "category" not in apart
    typed = mapped(f"{heading},Project name,Type", *(f"{row[:-3]},{'big' if n else 'small'}" for n, row in enumerate(rows)))
    assert typed["category"] == ["Type"]


GERMAN = (
    "Projektnummer;Projektname;Abteilung;Projektleiter;Ampel;Beginn;Ende;Gesamtbudget (T€);Bemerkungen",
    "A-1;Alpha;IT;Anna;grün;01.02.2026;31.12.2026;1.234,5;läuft",
)
FRENCH = (
    "Code projet;Nom du projet;Direction;Chef de projet;Météo;Date de début;Date de fin;Budget (k€);Commentaires",
    "A-1;Alpha;DSI;Anne;vert;01/02/2026;31/12/2026;1 234,5;en cours",
)
SPANISH = (
    "Código;Nombre del proyecto;Departamento;Jefe de proyecto;Semáforo;Fecha de inicio;Fecha de fin;Presupuesto (k€);Notas",
    "A-1;Alfa;TI;Ana;verde;01/02/2026;31/12/2026;1.234,5;en curso",
)


@pytest.mark.parametrize(("header", "row"), [GERMAN, FRENCH, SPANISH], ids=["German", "French", "Spanish"])
def test_headings_and_values_in_other_languages(header, row):
    second = row.replace("A-1", "A-2").replace("Al", "Be").replace("31", "30").replace("12/", "11/").replace("12.2", "11.2")
    found = read_project_file(csv_of(header, row, second)).projects
    first = found.projects[0]
    assert (first.reference, first.rating, first.start, first.finish) == (
        "A-1",
        "green",
        dt.date(2026, 2, 1),
        dt.date(2026, 12, 31),
    )
    assert (first.budget, first.currency) == (Decimal(1_234_500), "EUR")
    assert all([first.name, first.organisation, first.manager, first.comment])


def test_each_row_keeps_its_words_place_and_problems():
    found = projects(
        "Ref,Project,Start,Finish,Budget,RAG",
        "P1,Alpha,01/03/2026,13/02/2026,£100,Amber",
        "P2,Beta,TBC,13/05/2026,#REF!,Exempt under section 43",
        "P3,,01/04/2026,13/06/2026,£7,Red",
        "P3,Delta,01/04/2026,13/06/2026,-£8,Red",
        ",,01/04/2026,13/06/2026,£9,Green",
    )
    first, second, third, fourth = found.projects
    assert first.problems == ("The finish 2026-02-13 lies before the start 2026-03-01.",)
    assert second.withheld == {"start": "TBC", "budget": "#REF!", "rating": "Exempt under section 43"}
    assert (second.place, second.budget, second.rating) == ("line 3", None, None)
    assert third.name == "P3"
    assert fourth.budget == -8
    assert {(problem.place, problem.field) for problem in found.problems} == {
        ("line 2", ""), ("line 3", ""), ("line 5", "reference"), ("line 5", ""), ("line 6", "name"),
    }  # fmt: skip


@pytest.mark.parametrize("word", ["NaN", "nan", "#N/A"])
@pytest.mark.parametrize(("column", "field"), [(1, "budget"), (2, "finish"), (3, "progress"), (4, "rating")])
def test_what_could_not_be_computed_is_counted_and_named_and_never_read_as_blank(word, column, field):
    cells = [["Mains", "£120,000", "31/03/2027", "40%", "Green"], ["Pumps", "£80,000", "30/06/2027", "70%", "Red"]]
    cells.append(["Depot", "£60,000", "30/09/2027", "10%", "Amber"])
    cells[1][column] = word
    lines = [",".join(f'"{cell}"' for cell in row) for row in cells]
    found = projects("Project,Budget,Finish date,% complete,RAG", *lines)
    assert found.withheld == 1
    assert found.projects[1].withheld == {field: word}
    assert word in " ".join(found.projects[1].problems)


def test_nan_beside_no_figure_at_all_and_in_a_column_of_words():
    lines = ("Mains,nan,NaN", "Pumps,Ann Hill,to be confirmed", "Depot,Ray Tull,£3m", "Outfall,Jo Marsh,£2m")
    first, second, *_ = projects("Project,Sponsor,Budget", *lines).projects
    assert (first.sponsor, first.withheld) == ("", {"budget": "NaN"})
    assert second.withheld == {"budget": "to be confirmed"}


def test_a_month_without_a_day_is_its_end_for_a_finish_and_its_start_for_a_start():
    found = projects("Project,Start,Finish", "A,Feb 2026,Feb 2026", "B,2026-03-05,2026-04-05")
    assert (found.projects[0].start, found.projects[0].finish) == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))


def test_progress_as_per_cent_fraction_or_number():
    assert [p.progress for p in projects("Project,% complete", "A,50%", "B,7%").projects] == [50, 7]
    assert [p.progress for p in projects("Project,Progress", "A,50", "B,100").projects] == [50, 100]
    sheet = xlsx_of(("P", [["Project", "Progress"], ["A", ("percent", 0.5)], ["B", ("percent", 1)], ["C", 70]]))
    assert [p.progress for p in read_project_file(sheet).projects.projects] == [50, 100, 70]
    for heading in ("Progress", "% complete"):
        assert [p.progress for p in projects(f"Project,{heading}", "A,0.5", "B,1", "C,0").projects] == [50, 100, 0]
    wrong = projects("Project,% complete", "A,50%", "B,140%")
    assert wrong.projects[1].progress is None
    assert "outside 0 to 100" in wrong.problems[0].message


def test_currency_of_the_cell_of_the_column_of_its_own_column():
    assert [p.currency for p in projects("Project,Budget", "A,£5", "B,€6", "C,£7").projects] == ["GBP", "EUR", "GBP"]
    assert [p.currency for p in projects("Project,Budget (CHF)", "A,5", "B,6").projects] == ["CHF", "CHF"]
    assert [p.currency for p in projects("Project,Budget,Currency", "A,5,usd", "B,6,EUR").projects] == ["USD", "EUR"]


def test_a_list_with_one_row_per_report_keeps_the_latest_and_the_history():
    found = projects(
        "Report date,Project ID,Project,Budget,RAG",
        "2026-03-31,P1,Alpha,12,Red", "2026-01-31,P1,Alpha,10,Green", "2026-02-28,P1,Alpha,11,Amber",
        "2026-03-31,P2,Beta,5,Green",
    )  # fmt: skip
    alpha, beta = found.projects
    assert (alpha.budget, alpha.rating, found.folded) == (12, "red", 2)
    assert [(point.reported_on.month, point.budget, point.rating) for point in alpha.history] == [
        (1, 10, "green"),
        (2, 11, "amber"),
    ]
    assert beta.history == ()


def test_a_mapping_given_replaces_the_guess_and_a_wrong_one_is_refused():
    lines = ("X,Y,Z", "Alpha,1,2026-01-01", "Beta,2,2026-02-01")
    found = projects(*lines, mapping={"name": (0,), "budget": (1,), "finish": (2,)})
    assert [(p.name, p.budget, p.finish) for p in found.projects] == [
        ("Alpha", 1, dt.date(2026, 1, 1)),
        ("Beta", 2, dt.date(2026, 2, 1)),
    ]
    with pytest.raises(FormatError, match="not there"):
        projects(*lines, mapping={"name": (9,)})
    with pytest.raises(FormatError, match="names of the projects"):
        read_projects(detect(csv_of(*lines)).table, {"budget": Match((1,), 1.0)})


def known(*rows):
    return [Known(key, name, reference, organisation) for key, name, reference, organisation in rows]


def row(name, reference="", organisation=""):
    return ProjectRow("line 1", reference=reference, name=name, organisation=organisation)


def test_references_then_names_then_likeness():
    before = known(
        ("a", "Harbour wall", "P1", "Works"), ("b", "Pension re-let", "P2", "HR"), ("c", "Smart meters roll-out", "", "Energy"),
        ("d", "Payroll", "P4", "HR"), ("e", "Gone away", "P5", "HR"), ("f", "Network phase 2", "", "IT"),
    )  # fmt: skip
    after = [
        row("Harbour Wall Project", "p1", "Works"), row("Retirement scheme", "P2", "HR"),
        row("Smart metering roll out", "", "Energy"),
        row("Payroll", "P99", "HR"), row("Network phase 3", "", "IT"), row("Brand new", "P7", "IT"), row("Brand new", "P7", "IT"),
    ]  # fmt: skip
    result = reconcile(before, after)
    assert [(pair.key, pair.row, pair.why) for pair in result.matched] == [("a", 0, "same reference")]
    assert [(pair.key, pair.row, pair.why) for pair in result.renamed] == [
        ("b", 1, "same reference, other name"), ("c", 2, "similar name"), ("d", 3, "same name, other reference"),
    ]  # fmt: skip
    assert result.new == (4, 5)
    assert result.gone == ("e", "f")
    assert result.duplicates == ((6, 5),)


def test_two_candidates_alike_are_left_to_a_person():
    result = reconcile(
        known(("a", "Water main renewal north", "", "W")),
        [row("Water main renewal", "", "W"), row("Water main renewal south", "", "W")],
    )
    assert [pair.row for pair in result.renamed] == [0]
    twins = reconcile(known(("a", "Operations", "", "X"), ("b", "Operations", "", "Y")), [row("Operations", "", "Z")])
    assert twins.new == (0,)


@pytest.mark.parametrize(
    ("left", "right", "least", "most"),
    [
        ("Local Land Charges (LLC) Programme", "Local Land Charges Programme", 1, 1),
        ("Smart Meters Implementation Programme", "Smart Metering Implementation Programme", 0.85, 0.99),
        ("Prison Estate Transformation", "Prison Technology Transformation", 0, 0.75),
        ("HS Phase 2a", "HS Phase 2b", 0, 0.75),
        ("Novo (Crime Agency Transformation) Programme", "Crime Agency Transformation Programme", 0.8, 0.99),
        ("Lightning II", "Lightning", 0.8, 0.99),
        ("New hospital IT", "New school IT", 0, 0.75),
        ("Rénovation école", "Renovation Ecole", 1, 1),
    ],
)
def test_likeness(left, right, least, most):
    assert least <= likeness(left, right) <= most
    assert likeness(left, right) == likeness(right, left)


names = st.lists(
    st.sampled_from("water road bridge school phase 1 2 IT network pump north south renewal".split()), min_size=1, max_size=4
).map(" ".join)


@given(
    st.lists(st.tuples(names, st.sampled_from(["", "A-1", "A-2", "A-3"]), st.sampled_from(["", "W", "X"])), max_size=12),
    st.integers(0, 99),
    st.data(),
)
@settings(max_examples=100, deadline=None)
def test_every_project_ends_in_exactly_one_place(entries, seed, data):
    before = [Known(str(place), *entry) for place, entry in enumerate(entries)]
    others = data.draw(st.lists(st.tuples(names, st.sampled_from(["", "A-1", "B-9"]), st.sampled_from(["", "W"])), max_size=12))
    after = [row(*entry) for entry in others]
    result = reconcile(before, after)
    keys = [pair.key for pair in result.matched + result.renamed] + list(result.gone)
    rows = [pair.row for pair in result.matched + result.renamed] + list(result.new) + [place for place, _ in result.duplicates]
    assert sorted(keys) == sorted(project.key for project in before)
    assert sorted(rows) == list(range(len(after)))
    shuffled = random.Random(seed).sample(before, len(before))
    assert len(reconcile(shuffled, after).matched) == len(result.matched)


def test_next_month_needs_no_questions_even_where_columns_moved():
    settings = Settings(by_heading={"Cost": ColumnSettings(kind="money", currency="CHF", power=3)})
    mapping = {"name": (1,), "reference": (0,), "budget": (2,)}
    first = read_project_file(csv_of("Nr,Was,Cost", "1,Alpha,10", "2,Beta,20"), ProjectOptions(settings, mapping))
    stored = headings_of(first.detected.table, first.projects.mapping)
    assert stored == {"name": ("Was",), "reference": ("Nr",), "budget": ("Cost",)}
    later = csv_of("Cost,Owner,Was,Number", "11,Ann,Alpha,1", "22,Bob,Beta,2")
    second = read_project_file(later, ProjectOptions(settings, headings=stored)).projects
    assert [(p.reference, p.name, p.budget, p.currency) for p in second.projects] == [
        ("1", "Alpha", 11_000, "CHF"),
        ("2", "Beta", 22_000, "CHF"),
    ]
    assert all(not p.sponsor for p in second.projects), "only the fields that were mapped last time"
