# SPDX-License-Identifier: EUPL-1.2
"""The mails as files, the newest last; the oldest go when there are too many."""

import email
import email.policy
import itertools
import os
import re
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final

_MOST: Final = 2_000
_NAME: Final = re.compile(r"[0-9]{15}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it came."""

    id: str
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        """The message."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    def part(self, subtype: str) -> str:
        """The text of its plain or HTML part, empty where it has none."""
        body = self.parsed.get_body((subtype,))
        return str(body.get_content()) if body is not None else ""


class MailStore:
    """A folder of .eml files."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._count = itertools.count(os.getpid())

    def add(self, raw: bytes) -> str:
        """Keep a mail, whole or not at all; returns its id."""
        id_ = f"{time.time_ns() // 10_000:015d}-{next(self._count) & 0xFFFFFFFF:08x}"
        beside = self._directory / f"{id_}.part"
        beside.write_bytes(raw)
        beside.rename(self._directory / f"{id_}.eml")
        for old in self._ids()[:-_MOST]:
            (self._directory / f"{old}.eml").unlink(missing_ok=True)
        return id_

    def get(self, id_: str) -> Mail | None:
        """One mail; an id that could be a path is no id."""
        file = self._directory / f"{id_}.eml"
        return Mail(id_, file.read_bytes()) if _NAME.fullmatch(id_) and file.is_file() else None

    def newest(self, recipient: str | None, limit: int) -> list[Mail]:
        """The newest mails first, for one recipient where one is given."""
        found: list[Mail] = []
        for id_ in reversed(self._ids()):
            mail = self.get(id_)
            if mail is not None and (recipient is None or recipient.lower() in str(mail.parsed["to"]).lower()):
                found.append(mail)
            if len(found) == limit:
                break
        return found

    def _ids(self) -> list[str]:
        return sorted(file.stem for file in self._directory.glob("*.eml"))
