# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a file."""

from enum import StrEnum


class FileError(Exception):
    """Base of what is wrong with the content of a file."""


class UnknownFileError(FileError):
    """A file of a kind that Parvis does not take."""


class HeicError(FileError):
    """A photo in HEIC that cannot be read here, or took too long."""


class ArchiveTooLargeError(FileError):
    """An office document that unpacks to more than Parvis takes."""


class NotAnImageError(FileError):
    """A photo that cannot be read."""


class ImageTooLargeError(FileError):
    """More pixels than Parvis decodes, or more bytes than it keeps."""


class PdfFault(StrEnum):
    """Why a PDF cannot be printed and posted."""

    UNREADABLE = "unreadable"
    LOCKED = "locked"
    """Encrypted, with a password or without."""
    TOO_MANY_PAGES = "too-many-pages"
    NOT_A4 = "not-a4"
    """A page is not upright A4, or there is none."""


class PdfError(FileError):
    """A PDF that cannot be printed and posted."""

    def __init__(self, fault: PdfFault) -> None:
        super().__init__(fault)
        self.fault = fault


class PdfNotNowError(Exception):
    """No PDF is read now: too many are, or the kernel cannot confine the reader. It says nothing of this one."""
