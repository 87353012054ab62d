"""Files that people, programs and attackers hand in.

Name -> (kind of import, file name, content or size, words that say where)."""

import io
import zipfile

HEAD = "title,id\n"
NAMESPACE = "urn:ISO:std:iso:17469:tech:xsd:stratml_core"
SMALL_STRATML = '<?xml version="1.0"?>{dtd}<StrategicPlan xmlns="' + NAMESPACE + '"><Name>{name}</Name></StrategicPlan>'


def entity_bomb() -> str:
    """Each entity holds ten of the one before."""
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    return SMALL_STRATML.format(dtd=f'<!DOCTYPE b [<!ENTITY e0 "lol">{entities}]>', name="&e11;")


def zip_bomb() -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to 600 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            block = b" " * 2**20
            for _ in range(600):
                sheet.write(block)
    return packed.getvalue()


def cyclic_plan() -> str:
    """Two steps, each below the other."""
    return "id,name,parent id\n{first},Step 0,{second}\n{second},Step 1,{first}\n"


FILES = {
    "broken XML": ("stratml", "plan.xml", "<StrategicPlan><Name>x</StrategicPlan>", ("line", "not")),
    "a DTD": (
        "stratml",
        "plan.xml",
        SMALL_STRATML.format(dtd='<!DOCTYPE a SYSTEM "file:///etc/passwd">', name="x"),
        ("DTD", "DOCTYPE"),
    ),
    "an entity bomb": ("stratml", "plan.xml", entity_bomb(), ("DTD", "DOCTYPE", "entit")),
    "a big file": ("projects", "list.csv", 200 * 2**20, ("MiB",)),
    "a zip bomb": ("projects", "list.xlsx", zip_bomb, ("MiB", "unpack", "large")),
    "a NUL byte": ("csv:objectives", "objectives.csv", b"title\nReach\x00 it\n", ("NUL", "row 2", "line 2", "A2", "binary")),
    "year 10000": ("csv:measurements", "m.csv", "kpi,on,value\nFigure 0,10000-01-01,5\n", ("row 2", "A2", "B2", "line 2")),
    "NaN": ("csv:measurements", "m.csv", "kpi,on,value\nFigure 0,2026-01-01,NaN\n", ("row 2", "C2", "line 2")),
    "infinity": ("csv:measurements", "m.csv", "kpi,on,value\nFigure 0,2026-01-01,inf\n", ("row 2", "C2", "line 2")),
    "140 %": ("csv:steps", "steps.csv", "name,progress\nBuild it,140 %\n", ("row 2", "B2", "line 2")),
    "a cyclic plan": ("csv:steps", "steps.csv", cyclic_plan, ("elsewhere in the plan", "circle")),
    "an empty file": ("projects", "list.csv", b"", ("empty",)),
    "noise": ("projects", "list.xlsx", bytes(range(256)) * 64, ("list.xlsx",)),
}
