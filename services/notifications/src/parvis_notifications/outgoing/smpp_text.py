# SPDX-License-Identifier: EUPL-1.2
"""A text as the contents of SMPP messages, and what a delivery receipt says."""

import re
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from parvis_notifications.domain.sms import GSM_BASIC, length, parts
from parvis_notifications.domain.torn_text import Part, mended
from parvis_notifications.outgoing.smpp_pdu import Delivered, Tag
from parvis_notifications.outgoing.sms import Sms, SmsFate

# Data codings (SMPP 3.4 section 5.2.19): the alphabet of the operator, which is GSM's, and UCS-2.
_DEFAULT, _UCS2 = 0, 8
_ESCAPE: Final = 0x1B
# 3GPP TS 23.038 section 6.2.1.1, each after an escape.
_EXTENDED: Final = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_SEPTETS: Final = {sign: at + (at >= _ESCAPE) for at, sign in enumerate(GSM_BASIC)}
_SIGNS: Final = {septet: sign for sign, septet in _SEPTETS.items()}
_UNESCAPED: Final = {septet: sign for sign, septet in _EXTENDED.items()}
_CODECS: Final = {1: "ascii", 3: "latin-1"}
_JOINED: Final = 0x40
# Elements of the header: one of several, by a reference of eight bits or of sixteen; with its octets.
_CONCATENATED: Final = {0x00: 3, 0x08: 4}
_INTERNATIONAL: Final = 1
# Section 5.2.28, and the words of appendix B for the same.
_FATES: Final = {
    1: SmsFate.UNDER_WAY, 2: SmsFate.DELIVERED, 3: SmsFate.EXPIRED, 4: SmsFate.REJECTED, 5: SmsFate.LOST,
    6: SmsFate.UNDER_WAY, 7: SmsFate.UNDER_WAY, 8: SmsFate.REJECTED,
}  # fmt: skip
_WORDS: Final = ("", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD")
_RECEIPT: Final = 0x04
_KIND: Final = 0x3C
_TEXT: Final = re.compile(
    rb"id:(?P<id>\S{1,64}).*?stat:(?P<stat>[A-Z]{1,7})(?:.*?err:(?P<err>\w{1,3}))?", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an operator tells of one message; ``reference`` is ours, where it gives it back."""

    message_id: str
    recipient: str
    state: int
    error: str
    reference: int | None


def contents(text: str, reference: int) -> tuple[int, list[bytes]]:
    """The data coding, and the octets of each message; several begin with the header that joins them."""
    gsm = length(text).encoding == "gsm-7"
    pieces = [_octets(part) if gsm else part.encode("utf-16-be") for part in parts(text)]
    if len(pieces) > 1:
        # TS 23.040 section 9.2.3.24.1: an eight-bit reference, how many, which one.
        head = (5, 0, 3, reference & 0xFF, len(pieces))
        pieces = [bytes((*head, number)) + piece for number, piece in enumerate(pieces, 1)]
    return (_DEFAULT if gsm else _UCS2), pieces


def _octets(text: str) -> bytes:
    """One septet in each octet, as the default data coding has them."""
    return b"".join(
        bytes((_SEPTETS[sign],)) if sign in _SEPTETS else bytes((_ESCAPE, _EXTENDED[sign])) for sign in text
    )


def reference_of(sms: Sms) -> int:
    """The ``user_message_reference`` of a message: the same each time, so that a receipt names what it is about."""
    return int.from_bytes(sha256(f"{sms.to}\n{sms.text}".encode()).digest()[:2])


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote to a number; both in E.164 where the operator says so, else as it has them."""

    sender: str
    to: str
    words: str
    part: Part | None = None
    """Where it is one of several that make a longer text."""


def read_written(told: Delivered) -> Written | None:
    """None for what is no text message that a person wrote (section 5.2.12), or is in no known alphabet."""
    if told.kind & _KIND:
        return None
    body = told.content[told.content[0] + 1 :] if told.kind & _JOINED and told.content else told.content
    words, part = _words(told.coding, body), _part(told)
    if words is None or not told.source:
        return None
    words = words if part else mended(words)
    return Written(_number(told.source, told.source_type), _number(told.to, told.to_type), words, part)


def _part(told: Delivered) -> Part | None:
    """By the options for that (sections 5.3.2.22 to 24), or the header (TS 23.040 sections 9.2.3.24.1 and 8).

    None where it is the only one; what says of itself that it is one beyond the last is none, as the latter has it.
    """
    tags = (Tag.SAR_MSG_REF_NUM, Tag.SAR_TOTAL_SEGMENTS, Tag.SAR_SEGMENT_SEQNUM)
    reference, total, number = (int.from_bytes(told.options.get(each, b"")) for each in tags)
    if total > 1:
        return Part(reference, total, number) if 0 < number <= total else None
    at, head = 1, told.content[: told.content[0] + 1] if told.kind & _JOINED and told.content else b""
    while at + 1 < len(head):
        kind, value = head[at], head[at + 2 : at + 2 + head[at + 1]]
        if _CONCATENATED.get(kind) == len(value) and 0 < value[-1] <= value[-2] > 1:
            return Part(int.from_bytes(value[:-2]), value[-2], value[-1])
        at += 2 + len(value)
    return None


def _number(digits: str, kind: int) -> str:
    """No number in E.164 begins with 0, whatever the operator calls it."""
    return f"+{digits.lstrip('+')}" if kind == _INTERNATIONAL and not digits.startswith("0") else digits


def _words(coding: int, body: bytes) -> str | None:
    if coding == _DEFAULT:
        said, escaped = "", False
        for octet in body:
            if octet != _ESCAPE:
                said += (_UNESCAPED if escaped else _SIGNS).get(octet, "?")
            escaped = octet == _ESCAPE
        return said
    if coding == _UCS2:
        with suppress(UnicodeDecodeError):
            return body.decode("utf-16-be", "surrogatepass")  # a character may be in two parts
        return body.decode("utf-16-be", "replace")
    codec = _CODECS.get(coding)
    return body.decode(codec, "replace") if codec else None


def fate_of(state: int) -> SmsFate:
    """Of a ``message_state``."""
    return _FATES.get(state, SmsFate.UNDER_WAY)


def word_of(state: int) -> str:
    """The code of a ``message_state`` in letters."""
    return _WORDS[state] if 0 < state < len(_WORDS) else "UNKNOWN"


def read_receipt(told: Delivered) -> Receipt | None:
    """None for what is no receipt; options hold where there are some, else the words of appendix B."""
    if told.kind & _KIND != _RECEIPT:
        return None
    words = _TEXT.search(told.content)
    named, state = told.options.get(Tag.RECEIPTED_MESSAGE_ID), told.options.get(Tag.MESSAGE_STATE)
    message_id = (named or (words["id"] if words else b"")).rstrip(b"\0").decode("ascii", "replace")
    number = state[0] if state else _state(words["stat"].decode().upper() if words else "")
    if not message_id or not number:
        return None
    own = told.options.get(Tag.USER_MESSAGE_REFERENCE)
    error = words["err"].decode() if words and words["err"] else ""
    return Receipt(message_id, f"+{told.source.lstrip('+')}", number, error, int.from_bytes(own) if own else None)


def _state(word: str) -> int:
    return _WORDS.index(word) if word in _WORDS else 0
