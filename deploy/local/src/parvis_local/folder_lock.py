# SPDX-License-Identifier: EUPL-1.2
"""At most one process uses a folder; the kernel frees it when that process ends, however it ends."""

import fcntl
import os
from pathlib import Path

from parvis_local.errors import LocalError


class FolderLock:
    """A lock on the file ``<folder>.lock``, which holds the number of the process that has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder.with_name(f"{folder.name}.lock")
        self._descriptor: int | None = None

    def hold(self) -> None:
        """Take the lock; again is harmless.

        Raises:
            LocalError: another process has it.
        """
        if self._descriptor is not None:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode().strip()
            os.close(descriptor)
            raise LocalError(f"another process ({holder}) uses {self.folder}") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go; again is harmless."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """Process id of whoever has the lock; nothing where nobody does."""
        try:
            descriptor = os.open(self.file, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Between taking the lock and writing the number there is a moment in which the number is nobody's.
            written = os.pread(descriptor, 20, 0).decode().strip()
            return int(written) if written else 0
        else:
            return None
        finally:
            os.close(descriptor)
