"""Strategies in the import wizard: StratML files, and text pasted from slides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import timezone

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.engine.errors import EngineError
from goldenthread.engine.proposals import ObjectiveProposal, propose
from goldenthread.formats import strategy as plans
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.scoping import current_organisation
from goldenthread.purpose.actions.strategies import add_strategy
from goldenthread.purpose.actions.strategy_losses import losses
from goldenthread.purpose.mapping.aims import Aim, GoalFigure, Indicator, aims_of
from goldenthread.purpose.models import Objective, Office
from goldenthread.purpose.queries.strategy_export import key_of
from goldenthread.ui import writing
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import Choice, Preview, PreviewGroup, PreviewRow

SHOWN = 300
DIRECTIONS = {"up": "RISE", "down": "FALL", "band": "BAND"}
TAKE = (("add", "Add"), ("leave", "Leave out"))


def office_for(file: ImportedFile, person: Person) -> Office:
    """The office named for the file, else the first to which the person may add objectives."""
    offices = visible(Office.objects.select_related("scope"), person).order_by("id")
    named = offices.filter(scope=file.settings.get("under", 0)).first()
    if named is not None:
        return named
    found = next((o for o in offices if may_in(person, Act.EDIT, Kind.OBJECTIVE, o.scope_id)), None)
    if found is None:
        raise Forbidden("There is no office to which you may add objectives.")
    return found


class StratmlFiles:
    """Takes in strategic plans and performance reports in StratML (ISO 17469)."""

    file_kind = ImportedFile.FileKind.STRATML
    label = "StratML"

    def likeness(self, name: str, data: bytes) -> float:
        """XML that is nothing more particular is taken for StratML; the reader says where it is not."""
        head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
        return 0.9 if head.startswith(b"<") or b"<\x00" in head[:8] or b"\x00<" in head[:8] else 0.0

    def read(self, data: bytes, file: ImportedFile) -> plans.Plan:
        """The plan, and all that was not understood."""
        plan: plans.Plan = read_guarded("stratml", data, None)
        return plan

    def layout(self, reading: plans.Plan) -> str:
        """Nothing to remember: the elements have names."""
        return ""

    def table(self, reading: plans.Plan, file: ImportedFile) -> None:
        """No columns."""
        return

    def size(self, reading: plans.Plan) -> int:
        """Its objectives."""
        return len(aims_of(reading))

    def preview(self, reading: plans.Plan, file: ImportedFile, person: Person) -> Preview:
        """Objectives by goal, what is there already, what was not understood."""
        office = office_for(file, person)
        aims = aims_of(reading)
        known = _known(office)
        new = [aim for aim in aims if aim.source_key not in known]
        counts = reading.counts()
        figures = [("new objectives", len(new)), ("already here", len(aims) - len(new))]
        figures += [(name, counts[name]) for name in ("goals", "indicators", "targets", "actuals") if counts[name]]
        rows = [
            PreviewRow(aim.title, aim.leadership_goal, [(i.name, "", _targets(i)) for i in aim.indicators[:4]]) for aim in new
        ]
        missed = [(n.place, n.what, n.text[:200]) for n in reading.not_understood]
        groups = [
            PreviewGroup("new", "New objectives", f"As drafts of {office}; nothing is approved.", rows[:SHOWN], len(rows), True)
        ]
        blocked = "" if aims else "The file holds neither objectives nor goals."
        left = losses(reading, timezone.localdate())
        return Preview(figures, [g for g in groups if g.total], left, missed, blocked=blocked, counts=counts)

    def prepare(self, reading: plans.Plan, file: ImportedFile, person: Person, answers: Mapping[str, str]) -> plans.Plan:
        """The plan, with the objectives to add."""
        return reading

    def apply(self, prepared: plans.Plan, file: ImportedFile, person: Person) -> dict[str, int]:
        """Write it."""
        return _write(aims_of(prepared), file, person, prepared)


class GitlabKpis(StratmlFiles):
    """Takes in lists of indicators in YAML, as GitLab's handbook keeps them: one objective for each department."""

    file_kind = ImportedFile.FileKind.GITLAB
    label = "KPI list in YAML (GitLab)"

    def likeness(self, name: str, data: bytes) -> float:
        """By its ending and its first entry."""
        named = name.lower().endswith((".yml", ".yaml"))
        return 0.95 if named and b"- name:" in data[:4096] else 0.0

    def read(self, data: bytes, file: ImportedFile) -> plans.Plan:
        """The list as a plan, and all that was not understood."""
        plan: plans.Plan = read_guarded("gitlab", data, None)
        return plan


class PerformanceGov(StratmlFiles):
    """Takes in Performance.gov's JSON: its goals as objectives, its targets by quarter as KPIs with targets and figures."""

    file_kind = ImportedFile.FileKind.PERFORMANCE
    label = "Performance.gov (JSON)"

    def likeness(self, name: str, data: bytes) -> float:
        """By the names of its fields."""
        head = data[:20_000]
        return 0.95 if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[") and b'goal_id"' in head else 0.0

    def read(self, data: bytes, file: ImportedFile) -> plans.Plan:
        """The records as a plan, and every cell that was not understood."""
        plan: plans.Plan = read_guarded("performance-gov", data, None)
        return plan


class Slides:
    """Takes in text pasted from slides: every bullet a proposed objective."""

    file_kind = ImportedFile.FileKind.SLIDES
    label = "Pasted text"

    def likeness(self, name: str, data: bytes) -> float:
        """Never found out: it is what was pasted."""
        return 0.0

    def read(self, data: bytes, file: ImportedFile) -> str:
        """The text; refused where it is none, or too long."""
        try:
            text = data.decode("utf-8")
            propose(text, _last_month())
        except UnicodeDecodeError as error:
            raise FormatError("This is not text.", "", "Copy the words of the slide and paste them.") from error
        except EngineError as error:
            raise FormatError(str(error), "", "Paste one deck at a time.") from error
        return text

    def layout(self, reading: str) -> str:
        """Nothing to remember."""
        return ""

    def table(self, reading: str, file: ImportedFile) -> None:
        """No columns."""
        return

    def size(self, reading: str) -> int:
        """Its lines: each may be an objective."""
        return len(reading.splitlines())

    def preview(self, reading: str, file: ImportedFile, person: Person) -> Preview:
        """Each proposal with what it states and what to ask; lines left out, and why."""
        office = office_for(file, person)
        found = propose(reading, _last_month())
        known = _known(office)
        rows = [_proposed(p, known=_key(p) in known) for p in found.proposals]
        questions = sum(len(p.questions) for p in found.proposals)
        figures = [
            ("proposed objectives", len(rows)),
            ("questions to settle later", questions),
            ("lines left out", len(found.left_out)),
        ]
        lead = f"Added as drafts of {office}. A figure that is missing stays a question."
        groups = [PreviewGroup("new", "Proposed objectives", lead, rows, len(rows), is_open=True)]
        missed = [(f"line {left.line}", left.why, left.text[:200]) for left in found.left_out]
        blocked = "" if rows else "No line of this text can be an objective."
        counts = {"objectives": len(rows), "questions": questions, "left_out": len(found.left_out)}
        return Preview(figures, [g for g in groups if g.total], (), missed, blocked=blocked, counts=counts)

    def prepare(self, reading: str, file: ImportedFile, person: Person, answers: Mapping[str, str]) -> list[Aim]:
        """The proposals that were kept."""
        kept = [p for p in propose(reading, _last_month()).proposals if answers.get(f"take-{p.line}") != "leave"]
        return [_aim(p) for p in kept]

    def apply(self, prepared: list[Aim], file: ImportedFile, person: Person) -> dict[str, int]:
        """Write them."""
        return _write(prepared, file, person)


def import_kinds() -> list[StratmlFiles | Slides]:
    """For the slot of the same name."""
    return [StratmlFiles(), GitlabKpis(), PerformanceGov(), Slides()]


def _targets(indicator: Indicator) -> str:
    days = [f"by {writing.date(g.due_on)}" if g.due_on else "without a day" for g in indicator.targets]
    said = [f"{writing.number(g.value)} {day}" for g, day in zip(indicator.targets, days, strict=True) if g.value is not None]
    figures = writing.plural(len(indicator.figures), "figure") if indicator.figures else ""
    return ", ".join([*said[-2:], *([figures] if figures else [])]) or "no figure yet"


def _known(office: Office) -> set[str]:
    return {key_of(one) for one in Objective.objects.filter(office=office)}


def _write(aims: Sequence[Aim], file: ImportedFile, person: Person, plan: plans.Plan | None = None) -> dict[str, int]:
    title = f"Import {file.name}"
    added = add_strategy(office=office_for(file, person), aims=aims, by=person, title=title, plan=plan, file_name=file.name)
    return {"objectives": added.objectives, "kpis": added.kpis, "targets": added.targets, "measurements": added.measurements}


def _last_month() -> int:
    """The last month of the organisation's fiscal year."""
    start: int = current_organisation().fiscal_year_start
    return (start + 10) % 12 + 1


def _key(proposal: ObjectiveProposal) -> str:
    return f"slide/{' '.join(proposal.title.split()).casefold()}"[:120]


def _proposed(proposal: ObjectiveProposal, *, known: bool) -> PreviewRow:
    said: list[tuple[str, str, str]] = []
    if proposal.baseline is not None or proposal.target is not None:
        until = f" by {writing.date(proposal.target_on)}" if proposal.target_on else ""
        figures = f"{writing.number(proposal.baseline)} → {writing.number(proposal.target)} {proposal.unit}".strip()
        said.append((proposal.kpi or "Figure", "", figures + until))
    said += [("To settle", "", question) for question in proposal.questions]
    choice = Choice(f"take-{proposal.line}", TAKE, "leave" if known else "add")
    note = "is here already" if known else proposal.heading
    return PreviewRow(proposal.title, note, said, f"line {proposal.line}", choice=choice)


def _aim(proposal: ObjectiveProposal) -> Aim:
    """An objective that names a goal, with a KPI even where its figure is still a question, so that work can be tied to it."""
    name = proposal.kpi or proposal.title
    direction = DIRECTIONS.get(proposal.direction or "up", "RISE")
    goal = GoalFigure(proposal.target, proposal.target_on, proposal.baseline, proposal.baseline_on)
    indicator = Indicator(name[:1].upper() + name[1:], proposal.unit, direction, targets=[goal])
    return Aim(proposal.title, _key(proposal), detail="", leadership_goal=proposal.heading, indicators=[indicator])
