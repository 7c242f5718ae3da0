# SPDX-License-Identifier: EUPL-1.2
"""Resource indicators (RFC 8707): a client says which services a token is for, and gets one that no other takes."""

from collections.abc import Iterable
from typing import Final

from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.scopes import CATALOGUE

_PREFIX: Final = "urn:parvis:"
KNOWN: Final = {f"{_PREFIX}{scope.service}": scope.service for scope in CATALOGUE.values()}
"""Each resource by its URI, with the service that it is; the audience of a token names it ``parvis-<service>``."""


def by_address(resource: str, site: str) -> str:
    """The URI of a resource whose metadata (RFC 9728) name it by an address; empty for the whole site, which is any.

    What is no address of the site, ``site`` without a slash at its end, stays as it is.
    """
    if resource.rstrip("/") == site:
        return ""
    path = resource.removeprefix(f"{site}/") if resource.startswith(f"{site}/") else ""
    return f"{_PREFIX}{path}" if f"{_PREFIX}{path}" in KNOWN else resource


def checked(resources: Iterable[str]) -> frozenset[str]:
    """These resources; raises ``invalid_target`` for one that is none of ours."""
    named = frozenset(resources)
    if not named <= KNOWN.keys():
        raise OAuthError("invalid_target", "a resource is unknown: urn:parvis:<service>")
    return named


def chosen(asked: Iterable[str], granted: frozenset[str]) -> frozenset[str]:
    """The resources of one token: those asked for, all of the grant's where none is; none at all stands for any."""
    named = checked(asked)
    if granted and not named <= granted:
        raise OAuthError("invalid_target", "a resource is not part of the grant")
    return named or granted


def narrowed(scopes: frozenset[str], resources: frozenset[str]) -> frozenset[str]:
    """The scopes that these resources know; raises ``invalid_target`` where one of them knows none."""
    if not resources:
        return scopes
    services = {KNOWN[resource] for resource in resources}
    kept = frozenset(name for name in scopes if CATALOGUE[name].service in services)
    if {CATALOGUE[name].service for name in kept} != services:
        raise OAuthError("invalid_target", "no scope of the request belongs to one of the resources")
    return kept
