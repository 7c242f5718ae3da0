# SPDX-License-Identifier: EUPL-1.2
"""Lines of the audit trail as a SIEM reads them: syslog (RFC 5424) counted in octets, or one JSON object a line."""

import json
from base64 import b64encode
from typing import Final

from parvis_identity.domain.audit import Entry, instant

_LOG_AUDIT: Final = 13
_NOTICE: Final = 5
_WARNING: Final = 4
# What a person who watches is to look at first; all else is the ordinary course of things.
_SUSPECT: Final = frozenset({"password-refused", "client-refused", "grant-replayed"})
_MAX_SEQUENCE_ID: Final = 2_147_483_647


def json_line(sequence: int, hash_: bytes, entry: Entry) -> bytes:
    """One JSON object and a line feed; ASCII, so that no receiver can misread it."""
    return _json(sequence, hash_, entry) + b"\n"


def syslog_frame(sequence: int, hash_: bytes, entry: Entry, host: str) -> bytes:
    """One message of RFC 5424, framed by its length (RFC 6587 section 3.4.1, as RFC 5425 over TLS).

    Facility 13 (log audit), severity notice or warning; MSGID is the action, ``sequenceId`` (section 7.3.1) the place
    in the chain, and MSG the whole line as JSON.
    """
    priority = _LOG_AUDIT * 8 + (_WARNING if entry.action in _SUSPECT else _NOTICE)
    identifier = (sequence - 1) % _MAX_SEQUENCE_ID + 1
    head = (
        f"<{priority}>1 {instant(entry.occurred_at)} {host} parvis-identity - {entry.action[:32]}"
        f' [meta sequenceId="{identifier}"] '
    )
    message = head.encode("ascii") + _json(sequence, hash_, entry)
    return str(len(message)).encode("ascii") + b" " + message


def _json(sequence: int, hash_: bytes, entry: Entry) -> bytes:
    members = {"sequence": sequence, "hash": b64encode(hash_).decode("ascii"), **entry.members()}
    return json.dumps(members, separators=(",", ":")).encode("ascii")
