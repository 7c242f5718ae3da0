# SPDX-License-Identifier: EUPL-1.2
"""A ZIP file made entry by entry: what was written is handed on before the next entry comes."""

import io
from datetime import datetime
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from parvis_requests.domain.calendar import PARIS

# Unix permissions of the entries: read by all, written by their owner.
_MODE: Final = 0o644 << 16


class ZipStream:
    """Holds one entry at most, of which its header tells size and checksum: readers need not seek, nor guess."""

    def __init__(self) -> None:
        self._window = _Window()
        self._zip = ZipFile(self._window, "w")

    def entry(self, path: str, content: bytes, at: datetime, *, deflate: bool) -> bytes:
        """The bytes of one more entry, dated on the clock of Paris."""
        info = ZipInfo(path, at.astimezone(PARIS).timetuple()[:6])
        info.compress_type = ZIP_DEFLATED if deflate else ZIP_STORED
        info.external_attr = _MODE
        self._zip.writestr(info, content)
        return self._window.taken()

    def end(self) -> bytes:
        """The list of all entries, without which a reader takes the file for damaged."""
        self._zip.close()
        return self._window.taken()


class _Window(io.BytesIO):
    """The end of a file, as if all that was taken from it still came before."""

    _before = 0

    def tell(self) -> int:
        return self._before + super().tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._before + super().seek(offset - self._before if whence == io.SEEK_SET else offset, whence)

    def taken(self) -> bytes:
        content = self.getvalue()
        self._before += len(content)
        super().seek(0)
        self.truncate()
        return content
