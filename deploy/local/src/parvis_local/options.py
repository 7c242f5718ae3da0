# SPDX-License-Identifier: EUPL-1.2
"""What the caller's environment asks of the local stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from parvis_local.errors import LocalError

BrokerKind = Literal["embedded", "apache", "existing"]
DEFAULT_PORT: Final = 8_080
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of the caller.

    Attributes:
        port: the gateway's (PARVIS_PORT).
        public_url: how browsers and clients reach the gateway (PARVIS_PUBLIC_URL).
        broker: ``embedded``, ``apache`` (KAFKA=apache) or ``existing`` (KAFKA_BOOTSTRAP_SERVERS is set).
        bootstrap_servers: of the existing Kafka.
        rate_requests: how many requests the gateway lets one caller make in a minute (PARVIS_RATE_REQUESTS); 0 for what
            it lets everywhere.
        caller: the whole environment; what it sets for a service wins over what the stack would set.
    """

    port: int
    public_url: str
    broker: BrokerKind
    bootstrap_servers: str
    rate_requests: int
    caller: Mapping[str, str]


def read_options(caller: Mapping[str, str]) -> Options:
    """The choices in that environment.

    Raises:
        LocalError: a variable has a value that means nothing.
    """
    written = caller.get("PARVIS_PORT") or str(DEFAULT_PORT)
    if not written.isdecimal() or not 0 < int(written) <= _LAST_PORT:
        raise LocalError(f"PARVIS_PORT is {written!r}: it must be a number from 1 to {_LAST_PORT}")
    kafka = caller.get("KAFKA") or "embedded"
    if kafka not in {"embedded", "apache"}:
        raise LocalError(f"KAFKA is {kafka!r}: it must be embedded or apache")
    existing = caller.get("KAFKA_BOOTSTRAP_SERVERS", "")
    broker: BrokerKind = "existing" if existing else "apache" if kafka == "apache" else "embedded"
    public_url = caller.get("PARVIS_PUBLIC_URL") or f"http://localhost:{written}"
    rate = caller.get("PARVIS_RATE_REQUESTS") or "0"
    if not rate.isdecimal():
        raise LocalError(f"PARVIS_RATE_REQUESTS is {rate!r}: it must be a whole number")
    return Options(int(written), public_url.rstrip("/"), broker, existing, int(rate), caller)
