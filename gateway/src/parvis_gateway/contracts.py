# SPDX-License-Identifier: EUPL-1.2
"""What the gateway reads in the contracts: each operation with its class, its scopes and its limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from parvis_gateway.yaml_file import read_yaml

DEFAULT_BODY_LIMIT: Final = 65_536
DEFAULT_TIMEOUT_SECONDS: Final = 10
_METHODS: Final = ("get", "put", "post", "delete", "patch")
SERVICE: Final = "service"
_CLASSES: Final = ("token", SERVICE, "public")
_PARAMETER: Final = re.compile(r"\{[^/{}]+\}")
_PATH: Final = re.compile(r"(?:/(?:[^/{}?#]|\{[^/{}]+\})*)+")


class ContractError(Exception):
    """A contract that the gateway cannot follow; the text names the file and the operation."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path of one service."""

    service: str
    method: str
    path: str
    access: str
    scopes: tuple[str, ...]
    body_limit: int
    timeout_seconds: float
    cors: bool
    systems: bool

    @property
    def name(self) -> str:
        """``METHOD /path`` as the contract writes it."""
        return f"{self.method} {self.path}"

    @property
    def templated(self) -> bool:
        """Whether the path has parameters."""
        return "{" in self.path

    @property
    def pattern(self) -> str:
        """RE2 pattern that matches exactly the paths of this template; a parameter is one segment, never empty."""
        return "[^/]+".join(re.escape(part) for part in _PARAMETER.split(self.path))


def read_contracts(folder: Path) -> list[Operation]:
    """The operations of all contracts in ``folder/openapi``, fixed paths before templates.

    Raises ContractError where an operation has no class or a token operation no scopes, where a limit is no number or
    its callers are nobody, and where a path is named twice: each belongs to one contract.
    """
    owners: dict[str, Operation] = {}
    found: list[Operation] = []
    for file in sorted((folder / "openapi").glob("*.v*.yaml")):
        for operation in _operations(file.name.split(".")[0], file):
            owner = owners.setdefault(_PARAMETER.sub("{}", operation.path), operation)
            if (owner.service, owner.path) != (operation.service, operation.path):
                raise ContractError(f"{file.name}: {operation.name} is a path of {owner.service} already: {owner.path}")
            found.append(operation)
    if not found:
        raise ContractError(f"no contract in {folder / 'openapi'}")
    return sorted(found, key=lambda o: (o.templated, -len(o.path), o.path, o.method))


def _operations(service: str, file: Path) -> Iterator[Operation]:
    try:
        document = read_yaml(file)
        paths: dict[str, dict[str, Any]] = document["paths"]
        named = [(path, method, item[method]) for path, item in paths.items() for method in _METHODS if method in item]
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContractError(f"{file.name} cannot be read as OpenAPI: {error}") from error
    for path, method, given in named:
        where = f"{file.name}: {method.upper()} {path}"
        if not _PATH.fullmatch(path) or not isinstance(given, dict):
            raise ContractError(f"{where} is no operation on a path")
        yield _operation(service, where, path, method, given)


def _operation(service: str, where: str, path: str, method: str, given: dict[str, Any]) -> Operation:
    access = given.get("x-parvis-class")
    if access not in _CLASSES:
        raise ContractError(f"{where} says no x-parvis-class: token, service or public")
    scopes = tuple(scope for need in given.get("security", ()) for scope in need.get("oauth2", ()))
    if (access == "token") != bool(scopes):
        raise ContractError(f"{where} is of class {access} and names {'scopes' if scopes else 'no scope'}")
    return Operation(
        service=service,
        method=method.upper(),
        path=path,
        access=access,
        scopes=scopes,
        body_limit=int(_limit(given, where, "x-parvis-body-limit", DEFAULT_BODY_LIMIT)),
        timeout_seconds=float(_limit(given, where, "x-parvis-timeout", DEFAULT_TIMEOUT_SECONDS)),
        cors=bool(given.get("x-parvis-cors", True)),
        systems=_systems(given, where, access),
    )


def _systems(given: dict[str, Any], where: str, access: str) -> bool:
    """Whether few addresses call it for many people, as providers and applications do."""
    callers = given.get("x-parvis-callers")
    if callers not in (None, "systems") or (callers and access != SERVICE):
        raise ContractError(f"{where} says x-parvis-callers: {callers!r}; only systems, and only of class service")
    return callers is not None


def _limit(given: dict[str, Any], where: str, name: str, usual: float) -> float:
    value = given.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise ContractError(f"{where} says {name}: {value!r}, which is no positive number")
    return value
