# SPDX-License-Identifier: EUPL-1.2
"""The protocol data units of SMPP 3.4 (Short Message Peer-to-Peer Protocol Specification v3.4, issue 1.2) that we use.

Section numbers are those of that document.
"""

import asyncio
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_HEADER: Final = struct.Struct(">IIII")
_TLV: Final = struct.Struct(">HH")
# A receipt has some hundred bytes; what claims to be longer than this is no PDU.
_LONGEST: Final = 65_536
RESPONSE: Final = 0x80000000


class Command(IntEnum):
    """Section 5.1.2.1."""

    GENERIC_NACK = 0x80000000
    QUERY_SM = 0x03
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15


class Status(IntEnum):
    """Section 5.1.3."""

    OK = 0x00
    INVALID_LENGTH = 0x01
    INVALID_COMMAND = 0x03
    INVALID_SOURCE = 0x0A
    INVALID_DESTINATION = 0x0B
    QUEUE_FULL = 0x14
    THROTTLED = 0x58
    TEMPORARY = 0x64
    PERMANENT = 0x65


class Tag(IntEnum):
    """Section 5.3.2."""

    RECEIPTED_MESSAGE_ID = 0x001E
    USER_MESSAGE_REFERENCE = 0x0204
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class MalformedPduError(Exception):
    """What came is none."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """One unit, with its body as it came."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def encoded(self) -> bytes:
        """With its header (section 3.2)."""
        return _HEADER.pack(16 + len(self.body), self.command, self.status, self.sequence) + self.body


@dataclass(frozen=True, slots=True)
class Address:
    """A number or name with its type and plan (sections 5.2.5 and 5.2.6)."""

    type: int
    plan: int
    digits: str

    def encoded(self) -> bytes:
        """As it stands in a PDU."""
        return bytes((self.type, self.plan)) + c_octets(self.digits, 20)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The members of a ``deliver_sm`` that matter to us (section 4.6.1)."""

    source: str
    kind: int
    content: bytes
    options: Mapping[int, bytes]
    source_type: int = 1
    to: str = ""
    to_type: int = 1
    coding: int = 0


async def read_pdu(reader: asyncio.StreamReader) -> Pdu:
    """The next one; raises MalformedPduError, or what the stream raises at its end."""
    length, command, status, sequence = _HEADER.unpack(await reader.readexactly(16))
    if not 16 <= length <= _LONGEST:  # noqa: PLR2004 - the header's own length
        raise MalformedPduError
    return Pdu(command, status, sequence, await reader.readexactly(length - 16))


def c_octets(text: str, most: int) -> bytes:
    """A C-octet string (section 3.1) of at most so many characters, cut where it is longer."""
    return text.encode("ascii", "replace")[:most] + b"\0"


def read_c_octets(body: bytes, at: int) -> tuple[str, int]:
    """The string that begins there, and where the next member does; raises MalformedPduError."""
    end = body.find(b"\0", at)
    if end < 0:
        raise MalformedPduError
    return body[at:end].decode("ascii", "replace"), end + 1


def option(tag: Tag, value: bytes) -> bytes:
    """An optional parameter (section 3.2.4.1)."""
    return _TLV.pack(tag, len(value)) + value


def bind_body(system_id: str, password: str) -> bytes:
    """Section 4.1.5, interface version 3.4, for every address."""
    return c_octets(system_id, 15) + c_octets(password, 8) + c_octets("", 12) + b"\x34\0\0" + c_octets("", 40)


def submit_body(source: Address, to: Address, coding: int, content: bytes, *, joined: bool, reference: int) -> bytes:
    """Section 4.4.1, with a receipt wanted for whatever end it comes to (section 5.2.17).

    ``joined``: the content begins with a header that puts several together (TS 23.040 section 9.2.3.24).
    """
    kind = bytes((0x40 if joined else 0, 0, 0))
    times = c_octets("", 16) * 2
    how = bytes((1, 0, coding, 0, len(content)))
    told = option(Tag.USER_MESSAGE_REFERENCE, reference.to_bytes(2))
    return c_octets("", 5) + source.encoded() + to.encoded() + kind + times + how + content + told


def query_body(message_id: str, source: Address) -> bytes:
    """Section 4.8.1."""
    return c_octets(message_id, 64) + source.encoded()


def read_query(body: bytes) -> int:
    """The ``message_state`` of a ``query_sm_resp`` (sections 4.8.2 and 5.2.28); raises MalformedPduError."""
    _, at = read_c_octets(body, 0)
    _, at = read_c_octets(body, at)
    if at >= len(body):
        raise MalformedPduError
    return body[at]


def read_delivered(body: bytes) -> Delivered:
    """A ``deliver_sm``; raises MalformedPduError."""
    try:
        _, at = read_c_octets(body, 0)
        source_type = body[at]
        source, at = read_c_octets(body, at + 2)
        to_type = body[at]
        to, at = read_c_octets(body, at + 2)
        kind, at = body[at], at + 3
        _, at = read_c_octets(body, at)
        _, at = read_c_octets(body, at)
        coding, size, at = body[at + 2], body[at + 4], at + 5
    except IndexError as error:
        raise MalformedPduError from error
    options = _options(body[at + size :])
    content = options.get(Tag.MESSAGE_PAYLOAD, body[at : at + size])
    return Delivered(source, kind, content, options, source_type, to, to_type, coding)


def _options(rest: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(rest) >= _TLV.size:
        tag, size = _TLV.unpack(rest[: _TLV.size])
        if len(rest) < _TLV.size + size:
            raise MalformedPduError
        found[tag], rest = rest[_TLV.size : _TLV.size + size], rest[_TLV.size + size :]
    return found
