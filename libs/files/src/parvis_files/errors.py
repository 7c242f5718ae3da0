# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a file."""


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
    """More pixels than Parvis decodes."""
