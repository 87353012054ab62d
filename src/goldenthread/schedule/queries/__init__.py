"""Reads of schedules: the outline, what a person works on, a schedule file beside what is stored, the page of a schedule."""

from goldenthread.schedule.mapping import Chains, computed_dates, driving_chains
from goldenthread.schedule.queries.baselines import KnownBaseline, baselines
from goldenthread.schedule.queries.chart_paper import CHART_TYPES, papers_here, schedule_paper
from goldenthread.schedule.queries.comparison import ChangedRow, Comparison, compared
from goldenthread.schedule.queries.file_rows import NO_PLACE, OPTIONS, FileResource, FileRow, FileSchedule, file_schedules
from goldenthread.schedule.queries.finish_runs import entered_ranges, finishes_of_plan, finishes_of_schedule
from goldenthread.schedule.queries.kept_files import KeptVersion, kept_versions
from goldenthread.schedule.queries.movements import BASELINE
from goldenthread.schedule.queries.plan_dates import plan_dates
from goldenthread.schedule.queries.reviews import (
    HEALTH,
    AtFault,
    Review,
    question_of,
    review,
    review_key,
    reviewed,
    revision,
    rows_at_fault,
)
from goldenthread.schedule.queries.risks import (
    ComparedRisks,
    ListedRisk,
    compared_risks,
    driven_by,
    found_to_drive,
    listed_risks,
    risk_events,
    risks,
)
from goldenthread.schedule.queries.row_page import RowPage, row_page
from goldenthread.schedule.queries.rows import InShort, OutlineRow, activities, in_short, open_work, outline, relationships
from goldenthread.schedule.queries.stored_file import StoredFile, stored_file
from goldenthread.schedule.queries.timelines import Filters, Timeline, timeline
from goldenthread.schedule.queries.written_file import ENDINGS, TYPES, written_schedule

__all__ = [
    "BASELINE",
    "CHART_TYPES",
    "ENDINGS",
    "HEALTH",
    "NO_PLACE",
    "OPTIONS",
    "TYPES",
    "AtFault",
    "Chains",
    "ChangedRow",
    "ComparedRisks",
    "Comparison",
    "FileResource",
    "FileRow",
    "FileSchedule",
    "Filters",
    "InShort",
    "KeptVersion",
    "KnownBaseline",
    "ListedRisk",
    "OutlineRow",
    "Review",
    "RowPage",
    "StoredFile",
    "Timeline",
    "activities",
    "baselines",
    "compared",
    "compared_risks",
    "computed_dates",
    "driven_by",
    "driving_chains",
    "entered_ranges",
    "file_schedules",
    "finishes_of_plan",
    "finishes_of_schedule",
    "found_to_drive",
    "in_short",
    "kept_versions",
    "listed_risks",
    "open_work",
    "outline",
    "papers_here",
    "plan_dates",
    "question_of",
    "relationships",
    "review",
    "review_key",
    "reviewed",
    "revision",
    "risk_events",
    "risks",
    "row_page",
    "rows_at_fault",
    "schedule_paper",
    "stored_file",
    "timeline",
    "written_schedule",
]
