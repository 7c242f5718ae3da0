# SPDX-License-Identifier: EUPL-1.2
"""A process that turns one HEIC photo into a JPEG, and can do nothing else: no file, no key, no other process.

The decoders of HEIC are C code of others for input from anybody. This one is started anew for each photo, with no
environment, bounded in memory and time, and shuts itself out of the file system before it reads a byte: by Landlock
(landlock(7)), which also keeps it from looking into the process that started it. On a kernel without Landlock it reads
nothing.
"""

import ctypes
import io
import os
import resource
import sys
from typing import Final

import pi_heif
from PIL import Image

from parvis_files.heic_verdict import Verdict

_MEMORY: Final = 2 * 1024**3
_CPU_SECONDS: Final = 20
# Near to what the camera kept: the photo is coded once more when it is stored.
_QUALITY: Final = 95
# landlock_create_ruleset(2), landlock_restrict_self(2): numbers that are the same on each architecture.
_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
# Each right on files of Landlock's first version: execute, write, read, and what makes or removes entries.
_FILE_RIGHTS: Final = (1 << 13) - 1
_NO_NEW_PRIVILEGES: Final = 38


def main() -> Verdict:
    """Read a HEIC photo from the standard input, write a JPEG to the standard output.

    The arguments are the most pixels that are decoded, and the most bytes that are read.
    """
    most_pixels, most_bytes = map(int, sys.argv[1:])
    Image.init()
    pi_heif.register_heif_opener()
    if not _confined():
        return Verdict.NOT_CONFINED
    content = sys.stdin.buffer.read(most_bytes)
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content), formats=["HEIF"]) as photo:
            if photo.width * photo.height > most_pixels:
                return Verdict.TOO_LARGE
            # The reader has turned the photo already, and says so in what the camera wrote.
            exif = photo.info.get("exif") or b""
            photo.convert("RGB").save(out, "JPEG", quality=_QUALITY, exif=exif)
    except (ValueError, OSError, RuntimeError, SyntaxError, EOFError, MemoryError):
        return Verdict.UNREADABLE
    sys.stdout.buffer.write(out.getvalue())
    sys.stdout.buffer.flush()
    return Verdict.DECODED


def _confined() -> bool:
    """Give up all that decoding does not need; whether the kernel could do it."""
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
