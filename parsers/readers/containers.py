"""Archives (ZIP, RAR, 7z) as the files they hold.

Invariant: nothing is inflated before the archive's own figures keep within the limits, and inflating
stops at the limit whatever those figures said. Names are names: no path of an archive is ever opened.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from parsers.readers.limits import Limits
from parsers.readers.package import check_expansion
from parsers.values import media
from parsers.values.document import Member, Note, Reading
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

_BEFORE_NAME = 5  # bytes: version and CRC
_SKIPPED_NAMES = frozenset(("thumbs.db", "desktop.ini", ".ds_store"))
_SKIPPED_PREFIXES = ("~$", "._")
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_UNICODE_PATH = 0x7075
_CHUNK = 1 << 20
_ZIP_DAMAGE = (zipfile.BadZipFile, OSError, NotImplementedError)


@dataclass(slots=True)
class _Budget:
    """How many bytes may still come out of an archive of `stored` bytes."""

    limits: Limits
    stored: int
    used: int = 0

    def collect(self, chunks: Iterable[bytes]) -> bytes:
        """All of `chunks`; raises DocumentError("too_large") as soon as they are too many."""
        parts: list[bytes] = []
        for chunk in chunks:
            self.used += len(chunk)
            check_expansion(self.used, self.stored, self.limits)
            parts.append(chunk)
        return b"".join(parts)


def members(data: bytes, media_type: str, limits: Limits) -> tuple[Member, ...]:
    """The files in an archive, directly: an archive inside it is a member like any other.

    `limits.max_depth` is how many archives may still be opened, this one included: a caller that reads the
    members in turn passes limits with one less. Raises DocumentError: damaged, encrypted (nothing but
    encrypted files), too_large, unsupported.
    """
    return _open(data, media_type, limits)[0]


def read_container(data: bytes, limits: Limits) -> Reading:
    """An archive as a `Reading` that has members, and notes on those it could not give; no blocks."""
    media_type = media.sniff(data)
    found, notes = _open(data, media_type, limits)
    return Reading(media_type, members=found, notes=notes)


def _open(data: bytes, media_type: str, limits: Limits) -> tuple[tuple[Member, ...], tuple[Note, ...]]:
    """The members of a container. libarchive reads RAR and 7z; without it, 7z is read in Python and RAR is
    `unsupported`."""
    if limits.max_depth <= 0:
        raise DocumentError(DocumentOutcome.TOO_LARGE, message("archives_too_deep"))
    notes: list[Note] = []
    budget = _Budget(limits, len(data))
    if media_type == media.ZIP:
        found = list(_zip_members(data, budget, notes))
    elif media_type in (media.RAR, media.SEVEN_ZIP):
        libarchive = _libarchive()
        if libarchive is not None:
            found = list(_libarchive_members(libarchive, data, budget, notes))
        elif media_type == media.SEVEN_ZIP:
            found = list(_seven_zip_members(data, budget))
        else:
            raise DocumentError(DocumentOutcome.UNSUPPORTED, message("rar_needs_library"))
    else:
        raise DocumentError(DocumentOutcome.UNSUPPORTED, message("not_an_archive", format=media_type))
    if not found and any(note.code == "encrypted_member" for note in notes):
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_every_file"))
    if not found and notes:
        raise DocumentError(DocumentOutcome.DAMAGED, message("no_file_can_be_read", detail=notes[0].detail))
    if not found:
        raise DocumentError(DocumentOutcome.EMPTY, message("archive_empty"))
    return tuple(found), tuple(notes)


def _is_skipped(name: str) -> bool:
    """What operating systems and office programs leave behind."""
    parts = name.split("/")
    return (
        "__MACOSX" in parts or parts[-1].lower() in _SKIPPED_NAMES or parts[-1].startswith(_SKIPPED_PREFIXES)
    )


def _zip_members(data: bytes, budget: _Budget, notes: list[Note]) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (*_ZIP_DAMAGE, ValueError, struct.error) as error:
        raise DocumentError(
            DocumentOutcome.DAMAGED, message("archive_cannot_be_opened", error=str(error))
        ) from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _check_count(len(entries), budget.limits)
        check_expansion(sum(entry.file_size for entry in entries), len(data), budget.limits)
        for entry in entries:
            name = _zip_name(entry)
            if _is_skipped(name):
                continue
            if entry.flag_bits & _ENCRYPTED:
                notes.append(Note("encrypted_member", name))
                continue
            try:
                with archive.open(entry) as stream:
                    yield Member(name, budget.collect(iter(lambda: stream.read(_CHUNK), b"")))
            except (
                zipfile.BadZipFile,
                zlib.error,
                OSError,
                EOFError,
                NotImplementedError,
                RuntimeError,
                ValueError,  # an offset before the beginning of the file
                struct.error,
                lzma.LZMAError,
            ) as error:
                notes.append(_unreadable_member(name, str(error)))


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.max_members:
        raise DocumentError(
            DocumentOutcome.TOO_LARGE, message("too_many_files", n=count, limit=limits.max_members)
        )


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """The name of a ZIP entry: flagged as UTF-8, in Info-ZIP's Unicode field, else of Chinese Windows."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    unicode_path = _unicode_path(entry.extra)
    if unicode_path is not None:
        return unicode_path
    return decode_name(entry.orig_filename.encode("cp437", "replace")).replace("\\", "/")


def _unicode_path(extra: bytes) -> str | None:
    """The name in the extra field 0x7075 (APPNOTE 4.6.9): version, CRC of the other name, UTF-8 name."""
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, position)
        content = extra[position + 4 : position + 4 + size]
        if kind == _UNICODE_PATH and len(content) > _BEFORE_NAME and content[0] == 1:
            return content[_BEFORE_NAME:].decode("utf-8", "replace")
        position += 4 + size
    return None


def decode_name(raw: bytes) -> str:
    """A file name without a stated encoding: UTF-8 when that gives Chinese, else GBK, else as it comes.

    Some GBK names are valid UTF-8 by accident, but then they give letters of other scripts.
    """
    try:
        name = raw.decode("utf-8")
        if all(char < "\x80" or char >= "\u2000" for char in name):
            return name
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")


def _libarchive() -> Any:
    """The binding of libarchive, or None where the system has no such library."""
    try:
        import libarchive
    # The library is loaded when the binding is imported, and its absence shows in any of these.
    except (ImportError, OSError, TypeError, AttributeError):
        return None
    return libarchive


def _libarchive_members(libarchive: Any, data: bytes, budget: _Budget, notes: list[Note]) -> Iterator[Member]:
    """Members of a RAR or 7z archive, in one pass over it."""
    seen = count = 0
    try:
        with libarchive.memory_reader(data) as archive:
            for entry in archive:
                seen += 1
                name = _entry_name(entry.pathname)
                if entry.isdir or entry.issym or entry.islnk or _is_skipped(name):
                    continue
                count += 1
                _check_count(count, budget.limits)
                # A file that claims too much is refused before its first byte is inflated.
                check_expansion(budget.used + (entry.size or 0), budget.stored, budget.limits)
                try:
                    yield Member(name, budget.collect(entry.get_blocks(_CHUNK)))
                except libarchive.ArchiveError as error:
                    notes.append(_unreadable(name, str(error)))
                    if error.retcode == libarchive.ffi.ARCHIVE_FATAL:
                        return
    except libarchive.ArchiveError as error:
        if count == 0:
            encrypted = _means_encryption(str(error))
            outcome = DocumentOutcome.ENCRYPTED if encrypted else DocumentOutcome.DAMAGED
            raise DocumentError(outcome, message("archive_unreadable", error=str(error))) from error
        notes.append(Note("unreadable_member", message("archive_ends_in_damage", error=str(error))))
    if seen == 0:
        # libarchive takes a file that breaks off inside its first header for an empty one.
        raise DocumentError(DocumentOutcome.DAMAGED, message("archive_breaks_off"))


def _seven_zip_members(data: bytes, budget: _Budget) -> Iterator[Member]:
    """Members of a 7z archive without libarchive: py7zr inflates to the sizes that the header states."""
    import py7zr
    from py7zr.io import BytesIOFactory

    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.list() if not entry.is_directory]
            _check_count(len(entries), budget.limits)
            check_expansion(sum(entry.uncompressed for entry in entries), len(data), budget.limits)
            if archive.needs_password():
                raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_archive"))
            contents = BytesIOFactory(budget.limits.max_bytes)
            archive.extractall(factory=contents)
    except py7zr.exceptions.PasswordRequired as error:
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_archive")) from error
    except (
        py7zr.exceptions.ArchiveError,
        lzma.LZMAError,
        OSError,
        EOFError,
        ValueError,
        LookupError,
    ) as error:
        raise DocumentError(
            DocumentOutcome.DAMAGED, message("archive_unreadable", error=str(error))
        ) from error
    for name, content in contents.products.items():
        if not _is_skipped(_entry_name(name)):
            yield Member(_entry_name(name), content.read())


def _entry_name(name: str | bytes | None) -> str:
    text = decode_name(name) if isinstance(name, bytes) else name or ""
    return text.replace("\\", "/")


def _unreadable(name: str, error: str) -> Note:
    return Note("encrypted_member", name) if _means_encryption(error) else _unreadable_member(name, error)


def _unreadable_member(name: str, error: str) -> Note:
    return Note("unreadable_member", message("member_unreadable", name=name, error=error))


def _means_encryption(error: str) -> bool:
    return any(word in error.lower() for word in ("encrypt", "passphrase", "password"))
