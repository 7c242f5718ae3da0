# SPDX-License-Identifier: EUPL-1.2
"""Files that only their owner may read, replaced whole or not at all."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600; whoever reads meanwhile, or after a crash, sees the old text or the new one."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def random_password() -> str:
    """192 random bits in letters that need no quoting in an address, a shell or SQL."""
    return secrets.token_urlsafe(24).replace("-", "x").replace("_", "y")


def password_in(path: Path) -> str:
    """The password that the file holds; the first call makes it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, random_password())
    return path.read_text(encoding="utf-8").strip()
