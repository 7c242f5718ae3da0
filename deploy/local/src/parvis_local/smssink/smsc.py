# SPDX-License-Identifier: EUPL-1.2
"""An operator that speaks SMPP 3.4: binds, ``submit_sm``, ``query_sm``, ``enquire_link``, and receipts by itself.

Its codec is its own: what the services write is read here by the specification alone.
"""

import asyncio
import hmac
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from parvis_local.smssink.faults import Fault, fault_of
from parvis_local.smssink.store import BASIC, Text, TextStore

_HEADER: Final = struct.Struct(">4I")
_QUERY, _SUBMIT, _DELIVER, _UNBIND, _BIND, _ENQUIRE = 0x03, 0x04, 0x05, 0x06, 0x09, 0x15
_OK, _NOT_BOUND, _BIND_FAILED, _NO_NUMBER, _QUERY_FAILED, _THROTTLED = 0x00, 0x04, 0x0D, 0x0B, 0x67, 0x58
_REFERENCE, _RECEIPTED, _STATE = 0x0204, 0x001E, 0x0427
_STATES: Final = {"queued": 1, "sent": 1, "delivered": 2, "undelivered": 5}
_WORDS: Final = {2: "DELIVRD", 5: "UNDELIV"}
_ESCAPED: Final = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))
_REFUSED: Final = {
    Fault.AWAY: _THROTTLED,
    Fault.ONLY_OVH: _THROTTLED,
    Fault.NO_NUMBER: _NO_NUMBER,
    Fault.STOPPED: _NO_NUMBER,
}
_LOOK_SECONDS: Final = 0.2


@dataclass(slots=True)
class Submitted:
    """One ``submit_sm`` as it came."""

    source: str
    to: str
    kind: int
    coding: int
    content: bytes
    reference: bytes
    receipt_wanted: bool

    def words(self) -> str:
        """Its text, without the header that joins it to others."""
        body = self.content[self.content[0] + 1 :] if self.kind & 0x40 else self.content
        if self.coding == 8:  # noqa: PLR2004 - UCS-2 (section 5.2.19)
            return body.decode("utf-16-be")
        said, escaped = "", False
        for octet in body:
            said += _ESCAPED[octet] if escaped else "" if octet == 0x1B else BASIC[octet - (octet > 0x1B)]  # noqa: PLR2004
            escaped = octet == 0x1B  # noqa: PLR2004 - the escape (TS 23.038)
        return said


@dataclass
class Smsc:
    """The operator; ``fault`` says what goes wrong with a number. What it took is in the store, joined."""

    store: TextStore
    system_id: str
    password: str
    fault: Callable[[str], Fault | None] = fault_of
    submitted: list[Submitted] = field(default_factory=list)
    receipts: bool = True
    binds: int = 0
    answers: list[int] = field(default_factory=list)
    _parts: dict[tuple[str, bytes], dict[int, str]] = field(default_factory=dict)
    _owed: list[tuple[Text, Submitted]] = field(default_factory=list)
    _links: set["Link"] = field(default_factory=set)

    async def serve(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        """Listen, over TLS where that is given; with port 0 at any."""
        return await asyncio.start_server(self._connected, host, port, ssl=tls)

    def cut(self) -> None:
        """Break every connection."""
        for link in list(self._links):
            link.writer.close()

    def bound(self) -> int:
        """How many connections are."""
        return sum(link.bound for link in self._links)

    def write(self, sender: str, to: str, content: bytes, *, coding: int = 0, kind: int = 0) -> None:
        """Somebody writes to a number of the account (section 4.6.1): told to whoever is bound; see ``answers``."""
        for link in self._links:
            if link.bound:
                link.bring(_written(sender, to, content, coding, kind))
                return

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self, reader, writer)
        self._links.add(link)
        telling = asyncio.create_task(link.tell())
        try:
            await link.run()
        except (OSError, EOFError):
            pass
        finally:
            telling.cancel()
            self._links.discard(link)
            writer.close()

    def take(self, each: Submitted, wrong: Fault | None) -> Text:
        """Keep it, with what belongs to it."""
        self.submitted.append(each)
        said = each.words()
        if each.kind & 0x40:
            parts = self._parts.setdefault((each.to, each.reference), {})
            parts[each.content[5]] = said
            said = "".join(parts[number] for number in sorted(parts))
        text = Text(self.system_id, each.to, each.source, said, lost=wrong is Fault.LOST)
        self.store.add(text)
        if each.receipt_wanted:
            self._owed.append((text, each))
        return text

    def owed(self) -> list[tuple[Text, Submitted]]:
        """Receipts whose time has come; whoever takes them gives back what was not taken."""
        due = [each for each in self._owed if _STATES[each[0].status] in _WORDS] if self.receipts else []
        self._owed = [each for each in self._owed if each not in due]
        return due

    def owe(self, each: tuple[Text, Submitted]) -> None:
        """It was not taken."""
        self._owed.append(each)


class Link:
    """One connection."""

    def __init__(self, smsc: Smsc, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.smsc, self.reader, self.writer = smsc, reader, writer
        self.bound = False
        self._asked: dict[int, tuple[Text, Submitted]] = {}
        self._next = 0

    async def run(self) -> None:
        """Answer until the other side goes."""
        while True:
            size, command, status, sequence = _HEADER.unpack(await self.reader.readexactly(16))
            body = await self.reader.readexactly(size - 16)
            if command == _DELIVER | 0x80000000:
                owed = self._asked.pop(sequence, None)
                if owed is None:
                    self.smsc.answers.append(status)
                elif status != _OK:
                    self.smsc.owe(owed)
            elif not command & 0x80000000:
                await self._answer(command, sequence, body)

    async def tell(self) -> None:
        """Bring receipts."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for text, each in self.smsc.owed() if self.bound else []:
                self._next += 1
                self._asked[self._next] = (text, each)
                with suppress(OSError):
                    self._send(_DELIVER, _OK, self._next, _receipt(text, each))

    def bring(self, body: bytes) -> None:
        """What somebody wrote."""
        self._next += 1
        self._send(_DELIVER, _OK, self._next, body)

    async def _answer(self, command: int, sequence: int, body: bytes) -> None:
        if command == _BIND:
            system_id, password = body.split(b"\0")[:2]
            known = (self.smsc.system_id.encode(), self.smsc.password.encode())
            self.bound = hmac.compare_digest(b"\0".join(known), system_id + b"\0" + password)
            self.smsc.binds += self.bound
            self._reply(command, _OK if self.bound else _BIND_FAILED, sequence, b"SMSC\0")
        elif command == _ENQUIRE or not self.bound:
            self._reply(command, _OK if command == _ENQUIRE else _NOT_BOUND, sequence)
        elif command == _UNBIND:
            self._reply(command, _OK, sequence)
            self.writer.close()
        elif command == _SUBMIT:
            await self._submit(sequence, _submitted(body))
        elif command == _QUERY:
            text = self.smsc.store.get(body.split(b"\0")[0].decode())
            told = b"" if text is None else text.sid.encode() + b"\0\0" + bytes((_STATES[text.status], 0))
            self._reply(command, _OK if text else _QUERY_FAILED, sequence, told)

    async def _submit(self, sequence: int, each: Submitted) -> None:
        wrong = self.smsc.fault(each.to)
        refused = _REFUSED.get(wrong or Fault.LOST)
        if refused is not None:
            self._reply(_SUBMIT, refused, sequence, b"\0")
            return
        text = self.smsc.take(each, wrong)
        if wrong is Fault.UNANSWERED:
            self.writer.close()
        elif wrong is not Fault.SLOW:
            self._reply(_SUBMIT, _OK, sequence, text.sid.encode() + b"\0")

    def _reply(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        self._send(command | 0x80000000, status, sequence, body)

    def _send(self, command: int, status: int, sequence: int, body: bytes) -> None:
        self.writer.write(_HEADER.pack(16 + len(body), command, status, sequence) + body)


def _submitted(body: bytes) -> Submitted:
    """Section 4.4.1."""
    members = iter(body)

    def string() -> str:
        return bytes(iter(members.__next__, 0)).decode()

    string()
    types = [next(members), next(members)]
    source = string()
    types += [next(members), next(members)]
    to = string()
    kind = next(members)
    next(members), next(members)
    string(), string()
    receipt, _, coding, _, size = (next(members) for _ in range(5))
    content = bytes(next(members) for _ in range(size))
    options = dict(_options(bytes(members)))
    number = f"+{to}" if types[2] == 1 else to
    return Submitted(source, number, kind, coding, content, options.get(_REFERENCE, b""), bool(receipt & 1))


def _written(sender: str, to: str, content: bytes, coding: int, kind: int) -> bytes:
    """Section 4.6.1."""
    addresses = b"".join(
        bytes((1 if each.startswith("+") else 0, 1)) + each.removeprefix("+").encode() + b"\0" for each in (sender, to)
    )
    return b"\0" + addresses + bytes((kind, 0, 0, 0, 0, 0, 0, coding, 0, len(content))) + content


def _options(rest: bytes) -> Any:
    while rest:
        tag, size = struct.unpack(">HH", rest[:4])
        yield tag, rest[4 : 4 + size]
        rest = rest[4 + size :]


def _receipt(text: Text, each: Submitted) -> bytes:
    """Section 4.6.1, with the words of appendix B and the options that say the same."""
    state = _STATES[text.status]
    said = f"id:{text.sid} sub:001 dlvrd:001 submit date:2611271200 done date:2611271201"
    said += f" stat:{_WORDS[state]} err:000 text:"
    head = b"\0\1\1" + text.to.removeprefix("+").encode() + b"\0\0\0" + each.source.encode() + b"\0"
    rest = b"\x04\0\0\0\0\0\0\0\0" + bytes((len(said),)) + said.encode()
    options = ((_RECEIPTED, text.sid.encode() + b"\0"), (_STATE, bytes((state,))), (_REFERENCE, each.reference))
    return head + rest + b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in options)
