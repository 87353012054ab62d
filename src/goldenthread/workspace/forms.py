"""What the import wizard's pages send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from goldenthread.formats.columns import KINDS
from goldenthread.kit.errors import Refused
from goldenthread.kit.money import currency_code
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import TableView

KIND_CHOICES = [("", "Find out"), *[(k.value, k.label) for k in ImportedFile.FileKind if k != ImportedFile.FileKind.SLIDES]]
WHOLE = ("sheet", "delimiter", "encoding", "orientation", "decimal_mark", "date_order")  # settings of the table that are words
NUMBERS = ("header_row", "header_lines")
DELIMITERS = [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")]
ORIENTATIONS = [("rows", "one a row"), ("columns", "one a column")]
ORDERS = [("dmy", "day first"), ("mdy", "month first")]
MARKS = [(".", "point"), (",", "comma")]
POWERS = [("0", "units"), ("3", "thousands"), ("6", "millions"), ("9", "billions")]
ACCEPTED = ".csv,.tsv,.txt,.xlsx,.ods,.xml,.stratml,.yml,.yaml,.json,.xer,.gz,.mpp,.mpx,.pmxml,.gan,.planner,.pod"
RESHAPES = frozenset({"sheet", "delimiter", "encoding", "orientation", "header_row", "header_lines", "keep_totals"})


class UploadForm(forms.Form):
    """A file, or text copied from slides."""

    file = forms.FileField(
        label="File",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    file_kind = forms.ChoiceField(label="What is it?", choices=KIND_CHOICES, required=False)
    into = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())
    text = forms.CharField(label="Pasted text", required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 8}))


def corrections(sent: Mapping[str, str], view: TableView, file: ImportedFile, today: date) -> dict[str, Any]:
    """The settings and the mapping that the page of columns asks for: only what differs from what was found is kept.

    A change of sheet, header, direction, delimiter or encoding makes other columns, so the mapping is found anew.
    """
    used = view.detected.settings
    table: dict[str, Any] = {k: v for k, v in file.settings.get("table", {}).items() if k != "columns"}
    for name in WHOLE:
        value = sent.get(f"table-{name}", "").replace("tab", "\t") if name == "delimiter" else sent.get(f"table-{name}", "")
        if value and value != getattr(used, name):
            table[name] = value
    for name in NUMBERS:
        value = sent.get(f"table-{name}", "")
        if value.isascii() and value.isdigit() and len(value) < 7 and int(value) != getattr(used, name):
            table[name] = int(value)
    if ("table-keep_totals" in sent) != bool(used.keep_totals):
        table["keep_totals"] = "table-keep_totals" in sent
    reshaped = any(table.get(name) != file.settings.get("table", {}).get(name) for name in RESHAPES)
    columns = {} if reshaped else _columns(sent, view, file)
    settings = {**file.settings, "table": {**table, "columns": columns}, **_of_the_list(sent, view, today)}
    return {"settings": settings, "mapping": {} if reshaped else _mapping(sent, view)}


def _of_the_list(sent: Mapping[str, str], view: TableView, today: date) -> dict[str, str]:
    found = {}
    if sent.get("currency", "").strip():
        found["currency"] = currency_code(sent["currency"])
    if sent.get("as_of"):
        try:
            day = date.fromisoformat(sent["as_of"])
        except ValueError as error:
            raise Refused(f"“{sent['as_of'][:20]}” is not a day.", field="as_of", advice="Write it as 2027-03-31.") from error
        if day > today:
            raise Refused("The list cannot be of a later day than today.", field="as_of")
        found["as_of"] = day.isoformat()
    elif "as_of" in sent and view.day is not None and view.day.value:
        found["as_of"] = ""  # the day proposed was taken away
    return found


def _columns(sent: Mapping[str, str], view: TableView, file: ImportedFile) -> dict[str, dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = {
        key: dict(value) for key, value in file.settings.get("table", {}).get("columns", {}).items()
    }
    for column in view.detected.table.columns:
        key = str(column.index)
        kind, power, order = (sent.get(f"{name}-{key}", "") for name in ("kind", "power", "order"))
        if column.kind == "money" and sent.get("power_all"):
            power = sent["power_all"]
        changes: dict[str, Any] = {}
        if kind in KINDS and kind != column.kind:
            changes["kind"] = kind
        if power in {value for value, _ in POWERS} and int(power) != column.power:
            changes["power"] = int(power)
        if order in {"dmy", "mdy"} and order != column.date_order:
            changes["date_order"] = order
        if changes:
            kept[key] = {**kept.get(key, {}), **changes}
    return kept


def _mapping(sent: Mapping[str, str], view: TableView) -> dict[str, list[int]]:
    offered = {value for value, _ in view.fields}
    mapping: dict[str, list[int]] = {}
    for column in view.detected.table.columns:
        field = sent.get(f"field-{column.index}", "")
        if field in offered:
            mapping.setdefault(field, []).append(column.index)
    return mapping
