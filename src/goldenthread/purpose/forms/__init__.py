"""Forms of this room: they read what was typed; what it may be is decided by the actions."""

from goldenthread.purpose.forms.kpis import FigureForm, KpiForm, RateForm, RedefineForm
from goldenthread.purpose.forms.mandates import MandateForm, ServiceForm
from goldenthread.purpose.forms.objectives import AgreeForm, ObjectiveForm, TargetForm
from goldenthread.purpose.forms.offices import OfficeForm

__all__ = [
    "AgreeForm",
    "FigureForm",
    "KpiForm",
    "MandateForm",
    "ObjectiveForm",
    "OfficeForm",
    "RateForm",
    "RedefineForm",
    "ServiceForm",
    "TargetForm",
]
