# SPDX-License-Identifier: EUPL-1.2
"""A process that sets one letter as a PDF, and can do nothing else: no file, no key, no other process.

It is started anew for each letter, with no environment, bounded in memory and time, and shuts itself out of the file
system by Landlock (landlock(7)) before it reads the letter. On a kernel without Landlock it sets none.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path
from typing import Any, Final

import typst

NOT_CONFINED: Final = 3
UNSETTABLE: Final = 4
_MEMORY: Final = 2 * 1024**3
_CPU_SECONDS: Final = 20
_MOST_BYTES: Final = 1_048_576
# Archived for good with its structure, and readable by machines that speak (ISO 19005-3 level A, ISO 14289-1).
_STANDARDS: Final[Any] = ["a-3a", "ua-1"]
# landlock_create_ruleset(2), landlock_restrict_self(2): numbers that are the same on each architecture.
_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
# Each right on files of Landlock's first version: execute, write, read, and what makes or removes entries.
_FILE_RIGHTS: Final = (1 << 13) - 1
_NO_NEW_PRIVILEGES: Final = 38


def main() -> int:
    """Read a letter as JSON from the standard input, write its PDF to the standard output."""
    form = Path(__file__).with_name("letter.typ").read_bytes()
    if not _confined():
        return NOT_CONFINED
    inputs = {"letter": sys.stdin.buffer.read(_MOST_BYTES).decode()}
    try:
        made = typst.compile(form, format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, ignore_system_fonts=True)
    except (typst.TypstError, RuntimeError, ValueError):
        return UNSETTABLE
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


def _confined() -> bool:
    """Give up all that setting a letter does not need; whether the kernel could do it."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    rights = ctypes.c_uint64(_FILE_RIGHTS)
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rights), ctypes.c_size_t(ctypes.sizeof(rights)), 0)
    if ruleset < 0:
        return False
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    refused = bool(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)
    return not refused


if __name__ == "__main__":
    sys.exit(main())
