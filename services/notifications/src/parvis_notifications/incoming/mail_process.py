# SPDX-License-Identifier: EUPL-1.2
"""Mails of strangers are read by a process apart (decision 80): what takes too long there holds up nothing here."""

import json
import signal
from collections.abc import Collection
from typing import Any, Final

from parvis_files.apart import MODULE, run_apart
from parvis_kit.logs import logger
from parvis_notifications.domain.bounce import Report
from parvis_notifications.domain.complaint import Complaint
from parvis_notifications.domain.inbound import Automatic, InboundFile, InboundMail
from parvis_notifications.incoming.mail_bounds import UnreadableMailError

# What its program is told, and says (mail_program.py, which imports what only it needs).
_PROGRAM: Final = (*MODULE, "parvis_notifications.incoming.mail_program")
_UNREADABLE: Final = 3
# Of waiting for a processor too: its own time is bounded much closer.
_SECONDS: Final = 60.0
_log = logger(__name__)


class ReaderDownError(Exception):
    """The reader did not come to its end, and nothing says that it was the mail: it may come again."""


async def mail_apart(content: bytes, *, own: Collection[str] = (), authserv_id: str = "") -> InboundMail:
    """As ``read_mail``; raises UnreadableMailError, or ReaderDownError."""
    said, files = await _read("mail", content, {"own": sorted(own), "authserv_id": authserv_id})
    taken, at = [], 0
    for name, size in said.pop("files"):
        taken.append(InboundFile(name, bytes(files[at : at + size])))
        at += size
    automatic = said.pop("automatic")
    return InboundMail(
        **{**said, "digest": bytes.fromhex(said["digest"]), "left_out": tuple(said["left_out"])},
        files=tuple(taken),
        automatic=Automatic(automatic) if automatic else None,
    )


async def report_apart(content: bytes) -> Report | None:
    """As ``read_report``; raises UnreadableMailError, or ReaderDownError."""
    said, _ = await _read("report", content, {})
    return None if said is None else Report(said["action"], said["status"])


async def complaint_apart(content: bytes) -> Complaint | None:
    """As ``read_complaint``; raises UnreadableMailError, or ReaderDownError."""
    said, _ = await _read("complaint", content, {})
    return None if said is None else Complaint(said["kind"], tuple(said["senders"]), tuple(said["links"]))


async def _read(kind: str, content: bytes, arguments: dict[str, Any]) -> tuple[Any, memoryview]:
    values = (kind, len(content), json.dumps(arguments))
    try:
        status, written = await run_apart((*_PROGRAM, *values), content, _SECONDS)
    except TimeoutError as error:
        raise ReaderDownError from error
    if status in {_UNREADABLE, -signal.SIGXCPU}:
        raise UnreadableMailError
    if status:
        _log.error("mail_reader_down", status=status)
        raise ReaderDownError
    end = written.index(b"\n")
    told = json.loads(written[:end])
    if not told["confined"]:
        # Bounded all the same; the parser is Python, in which a mail can be slow and no more.
        _log.warning("mail_reader_sees_files")
    return told["said"], memoryview(written)[end + 1 :]  # megabytes: no copy of what is left with each file
