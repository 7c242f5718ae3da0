# SPDX-License-Identifier: EUPL-1.2
"""A process that sets one attestation as a PDF, and can do nothing else: no file, no key, no other process.

It is started anew for each, with no environment, bounded in memory and time, and shuts itself out of the file system
by Landlock (landlock(7)) before it reads a word. On a kernel without Landlock it sets none.
"""

import sys
from pathlib import Path
from typing import Any, Final

import typst

from parvis_files.confined import confined

NOT_CONFINED: Final = 3
UNSETTABLE: Final = 4
_MEMORY: Final = 2 * 1024**3
_CPU_SECONDS: Final = 20
_MOST_BYTES: Final = 262_144
# Archived for good with its structure, and readable by machines that speak (ISO 19005-3 level A, ISO 14289-1).
_STANDARDS: Final[Any] = ["a-3a", "ua-1"]


def main() -> int:
    """Read what it says as JSON from the standard input, write its PDF to the standard output."""
    form = Path(__file__).with_name("attestation.typ").read_bytes()
    if not confined(_MEMORY, _CPU_SECONDS):
        return NOT_CONFINED
    inputs = {"attestation": sys.stdin.buffer.read(_MOST_BYTES).decode()}
    try:
        made = typst.compile(form, format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, ignore_system_fonts=True)
    except (typst.TypstError, RuntimeError, ValueError):
        return UNSETTABLE
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
