# SPDX-License-Identifier: EUPL-1.2
"""A process that turns one HEIC photo into a JPEG, and can do nothing else: no file, no key, no other process.

The decoders of HEIC are C code of others for input from anybody. This one is started anew for each photo, with no
environment, bounded in memory and time, and shuts itself out of the file system before it reads a byte: by Landlock
(landlock(7)), which also keeps it from looking into the process that started it. On a kernel without Landlock it reads
nothing.
"""

import io
import sys
from typing import Final

import pi_heif
from PIL import Image

from parvis_files.confined import confined
from parvis_files.heic_verdict import Verdict

_MEMORY: Final = 2 * 1024**3
_CPU_SECONDS: Final = 20
# Near to what the camera kept: the photo is coded once more when it is stored.
_QUALITY: Final = 95


def main() -> Verdict:
    """Read a HEIC photo from the standard input, write a JPEG to the standard output.

    The arguments are the most pixels that are decoded, and the most bytes that are read.
    """
    most_pixels, most_bytes = map(int, sys.argv[1:])
    Image.init()
    pi_heif.register_heif_opener()
    if not confined(_MEMORY, _CPU_SECONDS):
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


if __name__ == "__main__":
    sys.exit(main())
