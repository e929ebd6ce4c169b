"""Office files encrypted with the password that Excel itself tries (MS-OFFCRYPTO 2.4.2.3: VelvetSweatshop).

Invariant: only the known default password is tried; a file with one of its own stays `encrypted`. Such files
open without a question in Excel, so they were not locked on purpose.
"""

from __future__ import annotations

import io
import struct

from parsers.readers.limits import Limits
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

DEFAULT_PASSWORD = "VelvetSweatshop"


def decrypted(data: bytes, limits: Limits) -> bytes:
    """The file without its default encryption. Raises DocumentError: encrypted, too_large."""
    try:
        import msoffcrypto
        from cryptography.exceptions import UnsupportedAlgorithm
        from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
    except ModuleNotFoundError as error:
        detail = message("password_not_tried", package=error.name)
        raise DocumentError(DocumentOutcome.ENCRYPTED, detail) from error
    limits.check_bytes(data)
    failures = (DecryptionError, FileFormatError, InvalidKeyError, ParseError, UnsupportedAlgorithm)
    damage = (ValueError, TypeError, LookupError, AttributeError, AssertionError, OSError, struct.error)
    out = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=DEFAULT_PASSWORD)
        office.decrypt(out)
    except (*failures, *damage, NotImplementedError, OverflowError) as error:
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_document")) from error
    if not out.getvalue() or out.getvalue() == data:
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_document"))
    return out.getvalue()
