# SPDX-License-Identifier: EUPL-1.2
"""A connection to a SIEM: TCP, with TLS where it is wanted."""

import asyncio
import fcntl
import ssl
import struct
import termios
from typing import Final

_PATIENCE: Final = 0.02
# How long a receiver that took everything has to go on listening before it is believed.
_GRACE_SECONDS: Final = 0.1


class ReceiverGoneError(Exception):
    """The receiver cannot be reached, or did not take what was sent: it gets the same lines again."""


def tls_of(ca_file: str, certificate_file: str) -> ssl.SSLContext:
    """TLS as RFC 5425 wants it: the receiver's name is checked, and it may check ours (section 4.2).

    Raises OSError or ssl.SSLError for a file that is no certificate: better at the start than at the first line.
    """
    context = ssl.create_default_context(cafile=ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate_file:
        context.load_cert_chain(certificate_file)
    return context


class SiemConnection:
    """Sends bytes and says when the receiver's machine has them.

    Syslog over TCP has no answers (RFC 6587 section 3.3): what can be known is that the other side acknowledged every
    byte and still listens. What it had not read when it died may be lost to it; the lines' numbers show the gap.
    """

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, timeout: float) -> None:
        self._host = host
        self._port = port
        self._context = tls
        self._timeout = timeout
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, lines: bytes) -> None:
        """Returns once the receiver's machine has all of it; raises ReceiverGoneError."""
        try:
            async with asyncio.timeout(self._timeout):
                reader, writer = self._streams or await self._open()
                writer.write(lines)
                await writer.drain()
                # Nothing announces an acknowledgement: it has to be looked for.
                while writer.transport.get_write_buffer_size() or _unacknowledged(writer):  # noqa: ASYNC110
                    await asyncio.sleep(_PATIENCE)
                await _still_there(reader)
        except (OSError, TimeoutError, ssl.SSLError) as error:
            self.close()
            raise ReceiverGoneError(type(error).__name__) from error

    def close(self) -> None:
        """Let go of the connection; the next lines open another one."""
        if self._streams:
            self._streams[1].transport.abort()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._streams = await asyncio.open_connection(self._host, self._port, ssl=self._context)
        return self._streams


def _unacknowledged(writer: asyncio.StreamWriter) -> int:
    """Bytes that the other machine has not acknowledged yet (SIOCOUTQ, tcp(7))."""
    handle = writer.get_extra_info("socket").fileno()
    (waiting,) = struct.unpack("i", fcntl.ioctl(handle, termios.TIOCOUTQ, bytes(4)))
    return int(waiting)


async def _still_there(reader: asyncio.StreamReader) -> None:
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            while await reader.read(1_024):
                pass  # a receiver has nothing to say; what it says all the same means nothing
    except TimeoutError:
        return
    raise ConnectionResetError
