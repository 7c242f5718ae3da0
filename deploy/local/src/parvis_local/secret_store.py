# SPDX-License-Identifier: EUPL-1.2
"""Passwords and keys of the local stack: each made once, at its first use, and kept in one private file."""

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from parvis_local.private_file import random_password, write_private


class SecretStore:
    """Named secrets in a file of mode 0600; a secret is on the disk before anybody learns it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def password(self, name: str) -> str:
        """A password in letters and digits only."""
        return self._get(name, random_password)

    def key(self, name: str) -> str:
        """32 random bytes in base 64."""
        return self._get(name, lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    def _get(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._known:
            known = self._known | {name: make()}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_private(self._path, json.dumps(known, indent=1, sort_keys=True) + "\n")
            self._known = known
        return self._known[name]
