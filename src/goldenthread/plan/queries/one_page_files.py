"""One-page plans as files: PDF, PowerPoint and Excel, each made from what the page says to the same person."""

from __future__ import annotations

from datetime import date

from goldenthread.accounts.models import Person
from goldenthread.engine.page_room import arrange_all
from goldenthread.formats import one_page, one_page_slide, typesetting
from goldenthread.formats.sheets import OutCell, OutSheet, write_xlsx
from goldenthread.kit.errors import Refused
from goldenthread.plan.models import BusinessPlan
from goldenthread.plan.queries.one_page import OfficePage, office_page
from goldenthread.plan.queries.one_page_paper import office_paper, person_paper
from goldenthread.plan.queries.one_page_person import PersonPage, person_page
from goldenthread.plan.queries.one_page_slide import office_slide, person_slide
from goldenthread.plan.queries.page_parts import Figure
from goldenthread.ui import writing
from goldenthread.ui.terms import term

UNBOUNDED = 10**9  # half lines
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "pdf": "application/pdf",
    "pptx": f"{OFFICE}.presentationml.presentation",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}
LABELS = {"pdf": "PDF", "pptx": "PowerPoint", "xlsx": "Excel"}
NEEDS = {"pdf": typesetting.is_available, "pptx": one_page_slide.is_available, "xlsx": lambda: True}


def forms_here() -> list[tuple[str, str]]:
    """The forms of file that can be made here: (ending, label)."""
    return [(form, label) for form, label in LABELS.items() if NEEDS[form]()]


def office_file(form: str, plan: BusinessPlan, viewer: Person, day: date) -> bytes:
    """An office's plan on one page, as the viewer may see it."""
    _must_be_here(form)
    if form == "pptx":
        return one_page_slide.as_slide(office_slide(plan, viewer, day))
    if form == "xlsx":
        return write_xlsx(_office_sheets(office_page(plan, viewer, day, arrange_all)))
    return one_page.as_pdf(office_paper(office_page(plan, viewer, day)))


def person_file(form: str, subject: Person, viewer: Person, day: date) -> bytes:
    """The page of a person, as the viewer may see it."""
    _must_be_here(form)
    if form == "pptx":
        return one_page_slide.as_slide(person_slide(subject, viewer, day))
    if form == "xlsx":
        return write_xlsx(_person_sheet(person_page(subject, viewer, day, UNBOUNDED)))
    return one_page.as_pdf(person_paper(person_page(subject, viewer, day)))


def _must_be_here(form: str) -> None:
    if not NEEDS[form]():
        raise Refused(f"{LABELS[form]} is not installed here.", advice="Print the page, or have the extra “reports” installed.")


def _office_sheets(page: OfficePage) -> list[OutSheet]:
    """The page as tables."""
    hidden = f"{writing.plural(page.hidden, 'objective')} not shown to you" if page.hidden else ""
    head = [(text,) for text in (page.plan.office.name, page.standing.words, page.mandate, hidden) if text]
    goals = [
        (g.title, "proposed" if g.is_proposed else "approved", g.owner, *_cells(figure), g.chance, g.basis)
        for g in page.goals
        for figure in (g.figures or (None,))
    ]
    works = [(g.title, work.name, work.who, work.finish) for g in page.goals for work in g.works]
    columns = (term("Objective"), "State", "Owner", "KPI", "From → to", "Now", "Share of the way", "Due", "Chance", "Basis")
    sheets = [
        OutSheet("Plan", (term("The plan on one page"),), head, (90,)),
        OutSheet(term("Objectives"), columns, goals, (48, 11, 22, 30, 20, 16, 16, 12, 12, 8)),
        OutSheet(term("Steps"), (term("Objective"), term("Step"), "Who", "By"), works, (48, 44, 24, 12)),
    ]
    for title, lines in ((term("Duties"), page.duties), (term("What we do not do"), page.not_done)):
        rows = [(line.name, line.note, line.when, "late" if line.is_late else "") for line in lines.rows]
        sheets += [OutSheet(title, ("What", "Who or where to", "When", ""), rows, (48, 28, 20, 8))] if rows else []
    return sheets


def _cells(figure: Figure | None) -> tuple[OutCell, ...]:
    return (
        ("", "no figure yet", "", None, None)
        if figure is None
        else (figure.name, figure.course, figure.now, figure.share, figure.due)
    )


def _person_sheet(page: PersonPage) -> OutSheet:
    rows = [
        (term(section.title), line.when, line.name, line.note, "late" if line.is_late else "")
        for section in page.sections
        for line in section.lines.rows
    ]
    return OutSheet("One page", ("Part", "When", "What", "Why, or who to ask", ""), rows, (28, 20, 48, 60, 8))
