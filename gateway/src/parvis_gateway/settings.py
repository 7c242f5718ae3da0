# SPDX-License-Identifier: EUPL-1.2
"""What the compiler must be told beyond the contracts: addresses and limits. Read from a JSON file."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final


class SettingsError(Exception):
    """The settings file does not say what it should; the text names the file and the member."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where something listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """From ``host:port``; raises SettingsError."""
        host, colon, port = str(text).rpartition(":")
        if not (host and colon and port.isdecimal() and 0 < int(port) < 65_536):  # noqa: PLR2004
            raise SettingsError(f"{text!r} is no host:port")
        return cls(host, int(port))


@dataclass(frozen=True, slots=True)
class ExtraRoute:
    """A prefix outside the contracts, for the simulators of the local stack only."""

    prefix: str
    address: Address


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of the certificate chain and its private key (PEM)."""

    certificate: str
    key: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The gateway's settings.

    Attributes:
        public_url: as callers see the gateway; the issuer of tokens and the base of problem types.
        listen: where the gateway listens.
        services: address of each service's public port, by the name of its contract; ``gateway`` is the portal.
        admin: Envoy's own admin interface, on loopback; none where unset.
        rate_requests: requests that one caller may make in ``rate_seconds``, per replica.
        rate_service_requests: the same for one address that calls operations whose callers are systems
            (``x-parvis-callers``): a provider brings all that it has from few addresses.
        rate_seconds: length of that window.
        extra_routes: prefixes outside the contracts.
        tls: certificate and key; plain HTTP where unset, for use behind something that ends TLS.
        access_log: file of the access log, JSON lines.
    """

    public_url: str
    listen: Address
    services: Mapping[str, Address]
    admin: Address | None = None
    rate_requests: int = 300
    rate_service_requests: int = 3_000
    rate_seconds: int = 60
    extra_routes: tuple[ExtraRoute, ...] = ()
    tls: Tls | None = None
    access_log: str = "/dev/stdout"


def read_settings(file: Path) -> Settings:
    """The settings in a JSON file; raises SettingsError for an unknown, missing or wrong member."""
    try:
        given = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise SettingsError(f"{file.name} is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise SettingsError(f"{file.name} holds no JSON object")
    if unknown := given.keys() - _READERS.keys():
        raise SettingsError(f"{file.name}: unknown {', '.join(sorted(unknown))}; known are {', '.join(_READERS)}")
    if missing := _REQUIRED - given.keys():
        raise SettingsError(f"{file.name}: missing {', '.join(sorted(missing))}")
    return Settings(**{name: _read(file, name, value) for name, value in given.items() if value is not None})


def _read(file: Path, name: str, value: Any) -> Any:
    try:
        return _READERS[name](value)
    except (SettingsError, TypeError, AttributeError) as error:
        raise SettingsError(f"{file.name}: {name}: {error}") from error


def _url(given: Any) -> str:
    if not (isinstance(given, str) and given.startswith(("https://", "http://"))):
        raise SettingsError(f"{given!r} is no http or https address")
    return given.rstrip("/")


def _count(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise SettingsError(f"{given!r} is no whole number from 1 on")
    return given


def _addresses(given: Mapping[str, Any]) -> dict[str, Address]:
    return {name: Address.parse(text) for name, text in given.items()}


def _extra_routes(given: list[dict[str, Any]]) -> tuple[ExtraRoute, ...]:
    return tuple(ExtraRoute(**{**extra, "address": Address.parse(extra.get("address", ""))}) for extra in given)


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "public_url": _url,
    "listen": Address.parse,
    "services": _addresses,
    "admin": Address.parse,
    "rate_requests": _count,
    "rate_service_requests": _count,
    "rate_seconds": _count,
    "extra_routes": _extra_routes,
    "tls": lambda given: Tls(**given),
    "access_log": str,
}
_REQUIRED: Final = frozenset({"public_url", "listen", "services"})
