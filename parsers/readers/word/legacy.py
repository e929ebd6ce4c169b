"""Legacy word processor files (DOC, WPS, RTF, Word 2003 XML, ODT) by way of LibreOffice.

Invariant: the converter runs without macros and links, in a directory, profile and session of its own,
without network where the system lets us, and no process of it outlives the call.

It is a child of the reader's own process (`archive.isolation.process`): it inherits the limits on memory,
files and processor time, it is watched with its reader, and its session is killed with it.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from parsers.readers.limits import Limits
from parsers.readers.package import open_package, read_part
from parsers.readers.word.reader import read_docx
from parsers.values import media
from parsers.values.document import Reading
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

_SUFFIXES = {media.DOC: "doc", media.RTF: "rtf", media.WORD_XML: "xml", media.ODT: "odt"}
_PROGRAMS = (
    "soffice",
    "libreoffice",
    "/opt/libreoffice/program/soffice",
    "/usr/lib/libreoffice/program/soffice",
)
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"
 oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>2</value></prop></item>
</oor:items>
"""
"""Settings of the private profile: macros off, linked content neither updated nor fetched."""


_WORDS = ("INCLUDEPICTURE", "INCLUDETEXT", "DDEAUTO")
_INCLUSION = re.compile(
    b"|".join(re.escape(word.encode(form)) for word in _WORDS for form in ("latin-1", "utf-16-le")), re.I
)
_LOCAL_LINK = re.compile(
    rb"""((?:href|src|linkedFile)\s*=\s*["'])(?:file:|/|\.\./|[A-Za-z]:)[^"']*""", re.IGNORECASE
)


def read_legacy(data: bytes, limits: Limits) -> Reading:
    """Convert to DOCX and read that; `media_type` stays that of the original.

    Raises DocumentError: needs_libreoffice, damaged, encrypted, timeout, and what `read_docx` raises.
    """
    media_type = media.sniff(data)
    if media_type == media.DOC and _is_encrypted_doc(data):
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_word"))
    program = find_libreoffice()
    if program is None:
        raise DocumentError(DocumentOutcome.NEEDS_LIBREOFFICE, message("libreoffice_missing"))
    converted = _convert(program, data, _SUFFIXES.get(media_type, "doc"), limits.max_seconds)
    return replace(read_docx(converted, limits), media_type=media_type)


@cache
def find_libreoffice() -> str | None:
    """The LibreOffice program of this machine, None without one."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def _convert(program: str, data: bytes, suffix: str, seconds: float) -> bytes:
    """Documents are hostile: LibreOffice gets a profile of its own and, where possible, no network."""
    with tempfile.TemporaryDirectory(prefix="gongkai-office-") as folder:
        work = Path(folder)
        source, profile = work / f"document.{suffix}", work / "profile"
        source.write_bytes(without_inclusions(data, suffix))
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        command = [
            *_without_network(),
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--nologo",
            "--nolockcheck",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(work / "out"),
            str(source),
        ]
        said = _run(command, work, seconds)
        result = work / "out" / "document.docx"
        if not result.is_file():
            why = message("libreoffice_gave_no_reason")
            raise DocumentError(
                DocumentOutcome.DAMAGED, message("libreoffice_cannot_open", error=said) if said else why
            )
        return result.read_bytes()


def without_inclusions(data: bytes, suffix: str) -> bytes:
    """The document without instructions to include other files (INCLUDEPICTURE, INCLUDETEXT, DDE, linked
    objects): LibreOffice would read files of this machine into the conversion, whatever its settings.

    The result that a field holds stays; lengths stay, so that offsets in binary files still fit."""
    if suffix == "rtf":
        for word in (b"fldinst", b"objlink", b"objautlink", b"objsub"):
            # Readers skip a destination that they do not know and that is marked so.
            data = re.sub(rb"(?:\\\*)?\\" + word + rb"(?![a-z])", rb"\\*\\x" + word[1:], data)
        return data
    if suffix == "doc":
        return _INCLUSION.sub(lambda found: bytes(b and 88 for b in found[0]), data)  # 88: X
    if suffix == "odt":
        return _unlinked_package(data)
    return _LOCAL_LINK.sub(rb"\1", data)


def _unlinked_package(data: bytes) -> bytes:
    """An ODT whose parts link to nothing outside it; links within it are relative and stay. A picture that
    cannot be read is left out. Raises DocumentError: damaged, encrypted, too_large."""
    out = io.BytesIO()
    with open_package(data, Limits()) as package, zipfile.ZipFile(out, "w") as clean:
        for item in package.infolist():
            is_text = item.filename.endswith(".xml")
            try:
                part = read_part(package, item.filename) or b""
            except DocumentError:
                if is_text:
                    raise
                continue
            clean.writestr(item, _LOCAL_LINK.sub(rb"\1", part) if is_text else part)
    return out.getvalue()


def _run(command: list[str], work: Path, seconds: float) -> str:
    """Run the converter and return the end of what it said. Raises DocumentError: timeout."""
    # Proxies that lead nowhere, for systems on which the network cannot be taken away.
    nowhere = "http://127.0.0.1:9"
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(work),
        "TMPDIR": str(work),
        "LANG": "C.UTF-8",
        **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), nowhere),
    }
    process = subprocess.Popen(
        command,
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(
            DocumentOutcome.TIMEOUT, message("libreoffice_too_slow", seconds=f"{seconds:g}")
        ) from error
    finally:
        # LibreOffice forks: the whole session goes, whether it ended well or not.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return " ".join(said.decode("utf-8", "replace").split())[-300:]


@cache
def _without_network() -> tuple[str, ...]:
    """A command prefix that takes the network away, where unprivileged namespaces are allowed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    prefix = (unshare, "--map-root-user", "--net", "--")
    allowed = subprocess.run([*prefix, "true"], capture_output=True, check=False, timeout=10).returncode == 0
    return prefix if allowed else ()


def _is_encrypted_doc(data: bytes) -> bool:
    """The flag fEncrypted of the file information block (MS-DOC 2.5.2), which starts on a sector."""
    position = data.find(b"\xec\xa5")
    while position >= 0 and position % 512:
        position = data.find(b"\xec\xa5", position + 1)
    if position < 0 or position + 12 > len(data):
        return False
    flags: int = struct.unpack_from("<H", data, position + 10)[0]
    return bool(flags & 0x0100)
