# SPDX-License-Identifier: EUPL-1.2
"""What the compiler must be told beyond the contracts: addresses and limits. Read from a JSON file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


class SettingsError(Exception):
    """The settings file does not say what it should; the text names the member."""


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
    rate_seconds: int = 60
    extra_routes: tuple[ExtraRoute, ...] = ()
    tls: Tls | None = None
    access_log: str = "/dev/stdout"


def read_settings(file: Path) -> Settings:
    """The settings in a JSON file; raises SettingsError for an unknown, missing or wrong member."""
    given: dict[str, Any] = json.loads(file.read_text("utf-8"))
    known = {item.name for item in fields(Settings)}
    if unknown := set(given) - known:
        raise SettingsError(f"unknown settings: {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")
    try:
        return Settings(
            **{
                **given,
                "public_url": given["public_url"].rstrip("/"),
                "listen": Address.parse(given["listen"]),
                "services": {name: Address.parse(text) for name, text in given["services"].items()},
                "admin": Address.parse(given["admin"]) if given.get("admin") else None,
                "extra_routes": tuple(
                    ExtraRoute(extra["prefix"], Address.parse(extra["address"]))
                    for extra in given.get("extra_routes", ())
                ),
                "tls": Tls(**given["tls"]) if given.get("tls") else None,
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"settings are incomplete or of the wrong form: {error}") from error
