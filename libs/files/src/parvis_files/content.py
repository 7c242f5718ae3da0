# SPDX-License-Identifier: EUPL-1.2
"""Which kind of file some bytes are: their content decides, whatever name or media type came with them."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from parvis_files.errors import ArchiveTooLargeError, UnknownFileError

HEIC: Final = "image/heic"
# Brands of ISO/IEC 23008-12 whose pictures are coded by HEVC, or may be.
_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_IMAGES: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_ODT: Final = "application/vnd.oasis.opendocument.text"
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAX_ENTRIES: Final = 2_000
_MAX_UNPACKED: Final = 200 * 1024 * 1024
# What is unpacked here to see what an archive is: the first part of one small member.
_LOOK: Final = 65_536
_PDF_END: Final = 2_048


def media_type_of(content: bytes, *, sheets: bool = False) -> str:
    """The media type, with ``sheets`` also of a spreadsheet; raises ArchiveTooLargeError or UnknownFileError.

    An image is known by its first bytes alone: whether it can be decoded is for its reader to say. Of an office
    document the archive's directory is read and bounded, since whoever opens the document unpacks it all. Documents
    with macros have other media types and are unknown here.
    """
    for start, media_type in _IMAGES.items():
        if content.startswith(start):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _BRANDS:
        return HEIC
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-_PDF_END:]:
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _office_document(content, {_DOCX: "word/document.xml"} | ({XLSX: "xl/workbook.xml"} if sheets else {}))
    raise UnknownFileError


def _office_document(content: bytes, wanted: Mapping[str, str]) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
                raise ArchiveTooLargeError
            names = {entry.filename for entry in entries}
            if "mimetype" in names and "content.xml" in names and _beginning(archive, "mimetype") == _ODT.encode():
                return _ODT
            for media_type, part in wanted.items():
                if part in names and f"{media_type}.main+xml".encode() in _beginning(archive, "[Content_Types].xml"):
                    return media_type
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise UnknownFileError from error
    raise UnknownFileError


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(_LOOK)
