"""Legacy Word files are converted by LibreOffice and read as DOCX."""

from __future__ import annotations

import io
import struct
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.readers.word import legacy
from parsers.values import media
from parsers.values.document import Grid, TextBlock
from parsers.values.errors import DocumentError
from tests.wording import english

libreoffice = pytest.mark.skipif(
    legacy.find_libreoffice() is None,
    reason="LibreOffice is not installed (apt-get install libreoffice-writer)",
)
RTF = (
    rb"{\rtf1\ansi\ansicpg936 title\par "
    rb"\trowd\cellx2000\cellx4000\pard\intbl item\cell 12,847.65\cell\row\pard after\par}"
)


@libreoffice
def test_rtf_is_read_with_its_table() -> None:
    reading = read(RTF, Limits())
    assert reading.media_type == media.RTF
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    assert [cell.text for cell in grid.cells] == ["item", "12,847.65"]


def _corrected() -> bytes:
    """A table in which amounts were struck out, and one was replaced under revision marks."""
    cells = (
        rb"{\strike 1,111.00}{ 2,222.00}",
        rb"{\striked1 3,333.00}{ 4,444.00}",
        rb"{\deleted\revauthdel1 5,555.00}{\revised\revauth1 6,666.00}",
    )
    row = rb"\trowd\cellx2000\cellx4000\cellx6000\pard\intbl " + b"".join(cell + rb"\cell " for cell in cells)
    return rb"{\rtf1\ansi{\*\revtbl{Unknown;}{A;}}title\par " + row + rb"\row\pard after\par}"


def _as_doc(rtf: bytes, folder: Path) -> bytes:
    (folder / "d.rtf").write_bytes(rtf)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [legacy.find_libreoffice() or "", profile, "--headless", "--convert-to", "doc:MS Word 97"]
    command += ["--outdir", str(folder), str(folder / "d.rtf")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return (folder / "d.doc").read_bytes()


@libreoffice
@pytest.mark.parametrize("kind", ["rtf", "doc"])
def test_what_is_struck_out_or_deleted_is_no_amount(kind: str, tmp_path: Path) -> None:
    reading = read(_corrected() if kind == "rtf" else _as_doc(_corrected(), tmp_path), Limits())
    assert reading.media_type == {"rtf": media.RTF, "doc": media.DOC}[kind]
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    assert [cell.text for cell in grid.cells] == ["2,222.00", "4,444.00", "6,666.00"]
    details = [(note.code, english(note.detail)) for note in reading.notes]
    assert details == [("struck_out", "2 texts: 1,111.00, 3,333.00")]


@libreoffice
def test_doc_of_the_corpus_is_read_with_its_merges(shared: Path) -> None:
    reading = read((shared / "corpus" / "docs" / "yanbian-2024.doc").read_bytes(), Limits())
    assert reading.media_type == media.DOC
    assert sum(isinstance(block, Grid) for block in reading.blocks) == 21


SECRET = "the text of a file on this machine"


def including(path: Path) -> bytes:
    uri = b'"' + path.as_uri().encode() + b'"'
    return (
        rb"{\rtf1\ansi before\par {\field{\*\fldinst INCLUDETEXT " + uri + rb"}{\fldrslt shown}}\par "
        rb"{\field{\fldinst {INCLUDEPICTURE " + uri + rb"}}{\fldrslt }}after\par}"
    )


@libreoffice
def test_the_conversion_includes_no_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    reading = read(including(secret), Limits())
    text = "".join(block.text for block in reading.blocks if isinstance(block, TextBlock))
    assert "before" in text and "shown" in text and "after" in text
    assert SECRET not in text and "secret" not in text


def test_instructions_to_include_files_are_taken_out_of_every_form(tmp_path: Path) -> None:
    assert b"\\fldinst" not in legacy.without_inclusions(including(tmp_path), "rtf")
    binary = b"\xec\xa5" + "INCLUDEPICTURE c:\\a.png".encode("utf-16-le") + b"IncludeText"
    cleaned = legacy.without_inclusions(binary, "doc")
    assert len(cleaned) == len(binary) and b"IncludeText" not in cleaned and b"I\0N\0C\0" not in cleaned
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("content.xml", '<a xlink:href="file:///etc/passwd"/><b xlink:href="Pictures/1.png"/>')
        made.writestr("Pictures/1.png", b"a picture")
    damaged = package.getvalue().replace(b"a picture", b"a damage.")  # another checksum: it costs itself
    with zipfile.ZipFile(io.BytesIO(legacy.without_inclusions(damaged, "odt"))) as clean:
        assert clean.namelist() == ["content.xml"]
        assert clean.read("content.xml") == b'<a xlink:href=""/><b xlink:href="Pictures/1.png"/>'


def test_without_libreoffice_the_outcome_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "_PROGRAMS", ("no-such-program",))
    legacy.find_libreoffice.cache_clear()
    try:
        with pytest.raises(DocumentError) as caught:
            read(RTF, Limits())
    finally:
        legacy.find_libreoffice.cache_clear()
    assert caught.value.outcome == "needs_libreoffice"
    assert "libreoffice-writer" in english(caught.value.detail)


def test_a_converter_that_hangs_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid_file = tmp_path / "child.pid"
    hanging = tmp_path / "soffice"
    hanging.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {pid_file}\nwait\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(legacy, "find_libreoffice", lambda: str(hanging))
    with pytest.raises(DocumentError) as caught:
        read(RTF, Limits(max_seconds=4))
    assert caught.value.outcome == "timeout"
    child = pid_file.read_text().strip()
    ended = time.monotonic() + 10  # a killed process may take a moment to go where many others wait
    while time.monotonic() < ended and not _is_gone(child):
        time.sleep(0.05)
    assert _is_gone(child)


def _is_gone(pid: str) -> bool:
    """No process, or one that is dead and waits for its parent to notice. Asks /proc, since `ps` is a package
    of its own that a bare system lacks."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def test_an_encrypted_doc_is_told_before_any_conversion() -> None:
    entry = "WordDocument".encode("utf-16-le") + b"\x00\x00"
    directory = entry.ljust(64, b"\x00") + struct.pack("<HBB", len(entry), 2, 1) + bytes(60)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00")
    block = b"\xec\xa5\xc1\x00" + bytes(6) + struct.pack("<H", 0x0100) + bytes(500)
    with pytest.raises(DocumentError) as caught:
        read(header + directory.ljust(512, b"\x00") + block, Limits())
    assert caught.value.outcome == "encrypted"
