"""Files meant to do harm: each is refused with a plain message and the caller lives on.

XML in under a second and 100 MiB, archives and text in under two seconds and 512 MiB.
"""

import io
import resource
import time
import zipfile

import pytest

from goldenthread.formats import limits, transport
from goldenthread.formats.errors import FormatError
from tests.formats.material import ODS_HEAD, ods_cell, ods_of, repacked, xlsx_of, zip_of

SECONDS = 2.0
XML_SECONDS = 1.0
XML_MEMORY = 100 * 2**20
CORE = b"<StrategicPlanCore><Goal><Name>G</Name></Goal></StrategicPlanCore>"
PLAN = b'<?xml version="1.0"?><StrategicPlan><Name>%s</Name>' + CORE + b"</StrategicPlan>"


def computing() -> float:
    """Processor seconds of this process and of the children that have ended."""
    used = [resource.getrusage(whom) for whom in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def spied(opened, answers):
    def spy(answer, code):
        if answer:
            answers.append(transport.unpack(answer))
        return opened(answer, code)

    return spy


def refused(kind: str, data: bytes, memory: int = limits.MEMORY_BYTES, most: float = SECONDS) -> FormatError:
    """Read in the guarded way; assert refusal within the bar, with words a person understands.

    Seconds are those of the processor, of this process and its child together: the clock on the wall tells more of the
    neighbours. Memory is what the child says of itself; one that was ended had reached its limit.
    """
    answers = []
    with pytest.MonkeyPatch.context() as patch, pytest.raises(FormatError) as caught:
        patch.setattr(limits, "_opened", spied(limits._opened, answers))
        before = computing()
        limits.read_guarded(kind, data)
    seconds = computing() - before
    assert seconds < most, f"refused only after {seconds:.1f} s of computing"
    assert all(answer["peak_bytes"] < memory for answer in answers), [answer["peak_bytes"] / 2**20 for answer in answers]
    problem = caught.value
    assert problem.message.endswith(".")
    assert "Traceback" not in problem.message
    assert problem.advice or problem.place
    return problem


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><StrategicPlan><Name>&j;</Name></StrategicPlan>"
)
XML_CASES = {
    "broken": (PLAN.replace(b"</Goal>", b""), "broken"),
    "cut off": (PLAN[:60], "broken"),
    "any document type": (b"<!DOCTYPE StrategicPlan><StrategicPlan/>", "document type"),
    "external document type": (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><StrategicPlan/>', "document type"),
    "billion laughs": (LAUGHS, "document type"),
    "quadratic": (
        b'<!DOCTYPE a [<!ENTITY q "' + b"q" * 50_000 + b'">]><StrategicPlan>' + b"&q;" * 50_000 + b"</StrategicPlan>",
        "document type",
    ),
    "external entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><StrategicPlan><Name>&x;</Name></StrategicPlan>',
        "document type",
    ),
    "document type in utf-16": (
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><StrategicPlan/>'.encode("utf-16"),
        "document type",
    ),
    "utf-7": (b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4-<StrategicPlan/>', "encoding"),
    "unknown entity": (PLAN % b"&nbsp;", "broken"),
    "xinclude": (
        b'<StrategicPlan xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></StrategicPlan>',
        "XInclude",
    ),
    "nesting of 100,000": (b"<StrategicPlan>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</StrategicPlan>", "nested"),
    "a million elements": (b"<StrategicPlan>" + b"<a/>" * 1_000_000 + b"</StrategicPlan>", "elements"),
    "a long attribute": (b'<StrategicPlan Type="' + b"x" * 20_000_000 + b'"/>', "attribute"),
    "a hundred thousand attributes": (b"<StrategicPlan " + b" ".join(b'a%d=""' % n for n in range(100_000)) + b"/>", ""),
    "nul byte": (PLAN % b"a\0b", "broken"),
    "wrong encoding": (PLAN % "prévu".encode("latin-1"), "broken"),
    "not stratml": (b"<html><body>hello</body></html>", "not StratML"),
    "not xml": (b"Project;Owner\r\nA;B\r\n", "broken"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("name", XML_CASES)
def test_xml(name):
    data, word = XML_CASES[name]
    assert word in refused("stratml", data, XML_MEMORY, XML_SECONDS).message


def test_200_megabytes_are_refused_before_they_are_read():
    problem = refused("table", b"a;b\n" * 50_000_000)
    assert "200 MiB" not in problem.message.replace("191 MiB", "")
    assert "limit is 20 MiB" in problem.message


def sheet(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


SMALL = xlsx_of(("Plan", [["Name", "Budget"], ["A", 1], ["B", 2]]))


def with_sheet(rows: str) -> bytes:
    return repacked(SMALL, xl__worksheets__sheet1_dot_xml=sheet(rows))


def lying() -> bytes:
    """A part that unpacks to 60 MiB while every size written in the archive says 1,000 bytes."""
    data = bytearray(repacked(SMALL, xl__worksheets__sheet1_dot_xml=b" " * (60 << 20)))
    true = (60 << 20).to_bytes(4, "little")
    while (at := data.find(true)) >= 0:
        data[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


def overlapping() -> bytes:
    """Fifty entries that all point at the same packed megabytes."""
    data = zip_of({"[Content_Types].xml": b"<Types/>", "xl/a0.xml": b" " * (30 << 20)})
    at = data.rfind(b"PK\x01\x02")
    entry, end = data[at : data.rfind(b"PK\x05\x06")], bytearray(data[data.rfind(b"PK\x05\x06") :])
    copies = b"".join(entry.replace(b"xl/a0", b"xl/%c%d" % (97 + n % 26, n // 26)) for n in range(1, 50))
    central = data[: data.rfind(b"PK\x05\x06")]
    start = int.from_bytes(end[16:20], "little")
    end[8:12] = (51).to_bytes(2, "little") * 2
    end[12:16] = (len(central) - start + len(copies)).to_bytes(4, "little")
    return central + copies + bytes(end)


def million_entries() -> bytes:
    """An archive whose directory names one empty part a million times: 46 bytes each, so it cannot be within the limit."""
    data = zip_of({"x": b""})
    at, end = data.rfind(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    return data[:at] + data[at:end] * 1_000_000 + data[end:]


def shared_string_bomb() -> bytes:
    """A long shared string, named by every one of 100,000 cells: 3 GB of text if it were copied out."""
    rows = "".join(
        f'<row r="{r}">' + "".join(f'<c r="{c}{r}" t="s"><v>0</v></c>' for c in "ABCDEFGHIJ") + "</row>" for r in range(1, 10_001)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{space}" count="1" uniqueCount="1"><si><t>{"x" * 32_000}</t></si></sst>'.encode()
    return repacked(SMALL, xl__worksheets__sheet1_dot_xml=sheet(rows), xl__sharedStrings_dot_xml=strings)


def far_cells() -> bytes:
    return with_sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def many_rows(count: int) -> bytes:
    return with_sheet(
        "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}"><v>1</v></c></row>' for r in range(1, count + 1))
    )


def symlink() -> bytes:
    stream = io.BytesIO(SMALL)
    with zipfile.ZipFile(stream, "a") as archive:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def locked() -> bytes:
    data = bytearray(SMALL)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def repeated_ods(rows: int, columns: int) -> bytes:
    cell = ods_cell("x", f'table:number-columns-repeated="{columns}"')
    return ods_of(
        f'<table:table table:name="S"><table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row></table:table>'
    )


ZIP_CASES = {
    "macros": (lambda: repacked(SMALL, xl__vbaProject_dot_bin=b"\0" * 100), "macros"),
    "macros by type": (
        lambda: repacked(
            SMALL, **{"[Content_Types]_dot_xml": b'<Types ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'}
        ),
        "macros",
    ),
    "binary workbook": (lambda: repacked(SMALL, xl__workbook_dot_bin=b"\0"), "binary"),
    "not a spreadsheet": (lambda: zip_of({"word/document.xml": b"<a/>"}), "not a spreadsheet"),
    "nested": (lambda: zip_of({"a.zip": zip_of({"b.zip": zip_of({"c": b"0" * 10_000_000})})}), "not a spreadsheet"),
    "100 to 1": (lambda: repacked(SMALL, xl__media__a_dot_bin=b"0" * (210 << 20)), "unpacks"),
    "lying sizes": (lying, ""),
    "overlapping": (overlapping, ""),
    "100,000 entries": (lambda: zip_of({f"xl/{n}": b"" for n in range(100_000)}), "parts"),
    "a million entries": (million_entries, "limit is 20 MiB"),
    "path traversal": (lambda: repacked(SMALL, **{"..__..__etc__passwd_dot_xml": b"x"}), "outside"),
    "absolute path": (lambda: repacked(SMALL, __etc__passwd_dot_xml=b"x"), "outside"),
    "symbolic link": (symlink, "outside"),
    "password": (locked, "password"),
    "300,000 rows": (lambda: many_rows(300_000), "rows"),
    "cells far away": (far_cells, ""),
    "shared string bomb": (shared_string_bomb, ""),
    "document type in a sheet": (lambda: repacked(SMALL, xl__sharedStrings_dot_xml=LAUGHS), "document type"),
    "cut off": (lambda: SMALL[:2000], "damaged"),
    "noise": (lambda: b"PK\x03\x04" + bytes(range(256)) * 100, "damaged"),
    "old excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000, "old Excel"),
    "pdf": (lambda: b"%PDF-1.7 ...", "not a table"),
    "repeated cells": (lambda: repeated_ods(1_000_000, 1_000), ""),
    "repeated rows": (lambda: repeated_ods(2_000_000_000, 1), ""),
    "ods with a document type": (
        lambda: repacked(ods_of(""), content_dot_xml=b"<!DOCTYPE a [<!ENTITY x 'y'>]>" + ODS_HEAD.split("?>")[1].encode()),
        "document type",
    ),
}


@pytest.mark.parametrize("name", ZIP_CASES)
def test_archives(name):
    make, word = ZIP_CASES[name]
    assert word in refused("table", make()).message


TEXT_CASES = {
    "nul byte": (b"a,b\r\n1,2\r\n3,\x004\r\n", "NUL", "line 3"),
    "300,000 rows": (b"a,b\n" + b"1,2\n" * 300_000, "rows", "line"),
    "a million columns": (b"a" + b",b" * 1_000_000, "columns", "line 1"),
    "a quote never closed": (b'a,b\n1,"2\n' + b"x,y\n" * 60_000, "cells", "line"),
    "an endless cell": (b"a,b\n" + b"x" * 1_500_000 + b",1\n", "cells", "line"),
    "only blanks": (b" \n \n\t\n", "No table", ""),
    "not the encoding it says": (b"\xff\xfea\0b\0\x00", "damaged", ""),
    "a web page": (b"<html><table><tr><td>Project</td></tr></table></html>", "web page", ""),
    "xml": (b'<?xml version="1.0"?><Project/>', "XML", ""),
    "json": (b'[{"project": "A"}]', "JSON", ""),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "not a table", ""),
}


@pytest.mark.parametrize("name", TEXT_CASES)
def test_text(name):
    data, word, place = TEXT_CASES[name]
    problem = refused("table", data)
    assert word in problem.message
    assert place in problem.place


def test_an_unknown_reader_is_named():
    with pytest.raises(FormatError, match="no reader called pickle"):
        limits.read_guarded("pickle", b"x")


def test_the_child_keeps_to_its_memory():
    """The largest file allowed is read, or refused, below the cap, measured by the child itself."""
    rows = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{c}{r}" t="inlineStr"><is><t>{c} number {r}</t></is></c>' for c in "ABCDEFGHIJ")
        + "</row>"
        for r in range(1, 50_001)
    )
    started = time.perf_counter()
    book, cost = limits.read_measured("workbook", with_sheet(rows))
    print(
        f"500,000 cells: {time.perf_counter() - started:.1f} s, {cost.cpu_seconds:.1f} s CPU, {cost.peak_bytes / 2**20:.0f} MiB"
    )
    assert len(book.sheets[0].rows) == 50_000
    assert cost.in_child
    assert cost.peak_bytes < limits.MEMORY_BYTES
