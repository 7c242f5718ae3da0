# SPDX-License-Identifier: EUPL-1.2
"""A connection bound to an operator (SMPP 3.4): what is asked is answered; it is kept alive, and made anew."""

import asyncio
import itertools
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from parvis_kit.logs import logger
from parvis_notifications.outgoing.smpp_pdu import (
    RESPONSE,
    Command,
    Delivered,
    MalformedPduError,
    Pdu,
    Status,
    bind_body,
    read_delivered,
    read_pdu,
)

_ENQUIRE_SECONDS: Final = 30.0
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 60.0
_PORTS: Final = {"smpp": 2775, "smpps": 3550}
_SEQUENCES: Final = 0x7FFFFFFF
_log = logger(__name__)
Sure = Callable[[], Awaitable[None]]


class Heard(NamedTuple):
    """What a delivery is answered, and what is to be done once the operator surely has that answer."""

    status: Status
    sure: Sure | None = None


Hear = Callable[[Delivered, UUID], Awaitable[Heard]]


class NotSentError(Exception):
    """Nothing went out: there is no connection, or no turn in it. The argument is a code for why."""


class NoAnswerError(Exception):
    """It went out, and no answer came. The argument is a code for why."""


class SmppSession:
    """Binds when it is first needed, and from then on until it is closed: receipts come at any time.

    At most ``window`` requests are under way (section 2.9); ``hear`` gets what the operator delivers, with a name
    of the connection over which it came, and says what it is answered. The operator has that answer once it has
    answered what it was asked afterwards.
    """

    def __init__(self, url: str, system_id: str, password: str, *, timeout: float, window: int, hear: Hear) -> None:
        self._url = urlsplit(url)
        self._who = bind_body(system_id, password)
        self._timeout = timeout
        self._places = asyncio.Semaphore(window)
        self._hear = hear
        self._binding = asyncio.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._asking = set[asyncio.Task[None]]()
        self._lost = asyncio.Event()

    async def ask(self, command: Command, body: bytes) -> Pdu:
        """Send it and wait for its answer; raises NotSentError, NoAnswerError."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._places.acquire()
        except TimeoutError as error:
            raise NotSentError("window-full") from error
        try:
            await self.bind()
            return await self._exchange(command, body)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Take leave (section 4.2) and stay away."""
        for asking in self._asking:
            asking.cancel()
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        if self._writer is not None:
            with suppress(OSError):
                self._write(Pdu(Command.UNBIND, 0, self._number()))
                await self._writer.drain()
            self._writer.close()
            self._writer = None

    async def bind(self) -> None:
        """Be there for what the operator has to tell; raises NotSentError."""
        async with self._binding:
            if self._writer is None:
                await self._bind()
            if self._keeper is None:
                self._keeper = asyncio.create_task(self._keep())

    async def _bind(self) -> None:
        tls = ssl.create_default_context() if self._url.scheme == "smpps" else None
        port = self._url.port or _PORTS[self._url.scheme]
        try:
            async with asyncio.timeout(self._timeout):
                reader, self._writer = await asyncio.open_connection(self._url.hostname, port, ssl=tls)
                self._lost.clear()
        except (OSError, TimeoutError) as error:
            raise NotSentError(type(error).__name__) from error
        self._reading = asyncio.create_task(self._read(reader, self._writer))
        try:
            answer = await self._exchange(Command.BIND_TRANSCEIVER, self._who)
        except NoAnswerError as error:
            self._break()
            raise NotSentError("bind-unanswered") from error
        if answer.status != Status.OK:
            self._break()
            raise NotSentError(f"bind {answer.status:#x}")
        _log.info("smpp_bound", host=self._url.hostname)

    async def _exchange(self, command: Command, body: bytes) -> Pdu:
        if self._writer is None:
            raise NotSentError("connection-lost")
        number = self._number()
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._write(Pdu(command, 0, number, body))
            async with asyncio.timeout(self._timeout):
                return await answer
        except (OSError, TimeoutError) as error:
            raise NoAnswerError(type(error).__name__) from error
        finally:
            self._waiting.pop(number, None)

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What comes over one connection, until it ends; whoever waits for an answer then gets none."""
        connection = uuid4()
        try:
            while True:
                await self._take(await read_pdu(reader), writer, connection)
        except (OSError, EOFError, MalformedPduError, ValueError) as error:
            _log.warning("smpp_connection_lost", host=self._url.hostname, error=type(error).__name__)
        finally:
            writer.close()
            if self._writer is writer:
                self._break()

    async def _take(self, pdu: Pdu, writer: asyncio.StreamWriter, connection: UUID) -> None:
        if pdu.command & RESPONSE:
            waiting = self._waiting.get(pdu.sequence)
            if waiting is not None and not waiting.done():
                waiting.set_result(pdu)
        elif pdu.command == Command.DELIVER_SM:
            heard = await self._hear(read_delivered(pdu.body), connection)
            writer.write(Pdu(Command.DELIVER_SM | RESPONSE, heard.status, pdu.sequence, b"\0").encoded())
            if heard.sure is not None:
                asking = asyncio.create_task(self._make_sure(heard.sure, writer))
                self._asking.add(asking)
                asking.add_done_callback(self._asking.discard)
        elif pdu.command == Command.ENQUIRE_LINK:
            self._write(Pdu(Command.ENQUIRE_LINK | RESPONSE, 0, pdu.sequence))
        elif pdu.command == Command.UNBIND:
            self._write(Pdu(Command.UNBIND | RESPONSE, 0, pdu.sequence))
            raise ConnectionResetError
        else:
            self._write(Pdu(Command.GENERIC_NACK, Status.INVALID_COMMAND, pdu.sequence))

    async def _make_sure(self, sure: Sure, writer: asyncio.StreamWriter) -> None:
        if self._writer is not writer:
            return
        try:
            await self._exchange(Command.ENQUIRE_LINK, b"")
            await sure()
        except Exception as error:  # noqa: BLE001 - whatever it was, that text is known if it is brought again
            _log.warning("smpp_answer_unsure", host=self._url.hostname, error=type(error).__name__)

    async def _keep(self) -> None:
        """Ask whether the operator is there (section 4.11), and bind again where it is not."""
        pause = _FIRST_PAUSE
        while True:
            if self._writer is None:
                await asyncio.sleep(pause)
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_ENQUIRE_SECONDS):
                        await self._lost.wait()
            try:
                if self._writer is None:
                    async with self._binding:
                        if self._writer is None:
                            await self._bind()
                await self._exchange(Command.ENQUIRE_LINK, b"")
                pause = _FIRST_PAUSE
            except (NotSentError, NoAnswerError):
                self._break()
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _break(self) -> None:
        self._lost.set()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError())

    def _write(self, pdu: Pdu) -> None:
        if self._writer is None:
            raise ConnectionResetError
        self._writer.write(pdu.encoded())

    def _number(self) -> int:
        return next(self._numbers) % _SEQUENCES + 1
