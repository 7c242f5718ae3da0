# SPDX-License-Identifier: EUPL-1.2
"""SCIM 2.0 as directories speak it: filters (RFC 7644 section 3.4.2.2) and changes (section 3.5.2)."""

import re
from collections.abc import Mapping
from typing import Any, Final

_CLAUSE: Final = re.compile(r'\s*([A-Za-z][A-Za-z.]*)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*', re.IGNORECASE)
_AND: Final = re.compile(r"and\s", re.IGNORECASE)
_PATH: Final = re.compile(
    r'(?P<name>[A-Za-z$][\w$-]*)(?:\[\s*(?P<key>[A-Za-z]+)\s+eq\s+"?(?P<value>[^"\]]*)"?\s*\])?(?:\.(?P<sub>[A-Za-z]+))?'
)
_MAX_OPERATIONS: Final = 100
_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0:"


class ScimError(Exception):
    """What a directory sent cannot be done; ``scim_type`` is one of RFC 7644 table 9, where one fits."""

    def __init__(self, status: int, detail: str, scim_type: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.scim_type = scim_type


def filters(text: str | None, known: frozenset[str]) -> dict[str, str]:
    """The equalities of a filter, joined by ``and``, by attribute in lower case; raises ScimError.

    Args:
        text: the filter, None for everything.
        known: the attributes that can be asked for, in lower case.
    """
    found: dict[str, str] = {}
    rest = text or ""
    while rest.strip():
        clause = _CLAUSE.match(rest)
        if clause is None or clause[1].lower() not in known or clause[1].lower() in found:
            raise ScimError(400, 'a filter is `attribute eq "value"`, several are joined by `and`', "invalidFilter")
        found[clause[1].lower()] = re.sub(r"\\(.)", r"\1", clause[2].strip('"'))
        rest = rest[clause.end() :]
        if rest:
            joined = _AND.match(rest)
            if joined is None or not rest[joined.end() :].strip():
                raise ScimError(400, "equalities are joined by `and`", "invalidFilter")
            rest = rest[joined.end() :]
    return found


def patched(resource: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The resource after the operations of a PATCH, in the shapes of Entra and of Okta; raises ScimError.

    ``op`` in any case; no path, a path, a path with a filter (``emails[type eq "work"].value``); a removal of members
    by filter or by value. Attributes of schemas that we do not know are let be, as nothing depends on them.
    """
    operations = _member(body, "operations")
    if not isinstance(operations, list) or not 0 < len(operations) <= _MAX_OPERATIONS:
        raise ScimError(400, f"Operations is a list of 1 to {_MAX_OPERATIONS}", "invalidSyntax")
    changed = dict(resource)
    for operation in operations:
        if not isinstance(operation, dict):
            raise ScimError(400, "an operation is an object", "invalidSyntax")
        _apply(changed, operation)
    return changed


def _apply(resource: dict[str, Any], operation: Mapping[str, Any]) -> None:
    verb = str(operation.get("op", "")).lower()
    if verb not in {"add", "replace", "remove"}:
        raise ScimError(400, "op is add, replace or remove", "invalidSyntax")
    path, value = operation.get("path"), operation.get("value")
    if path is None:
        if verb == "remove" or not isinstance(value, dict):
            raise ScimError(400, "without a path, value is an object", "noTarget")
        for name, one in value.items():
            _set(resource, verb, str(name), one)
        return
    if not isinstance(path, str):
        raise ScimError(400, "path is a string", "invalidPath")
    if verb == "remove":
        _remove(resource, path, value)
    else:
        _set(resource, verb, path, value)


def _split(path: str) -> re.Match[str] | None:
    """The parts of a path; None for one of a schema that we do not know."""
    short = path
    if path.lower().startswith("urn:"):
        if not path.lower().startswith(_CORE):
            return None
        short = path[len(_CORE) :].partition(":")[2]
    parts = _PATH.fullmatch(short)
    if parts is None:
        raise ScimError(400, "the path cannot be read", "invalidPath")
    return parts


def _set(resource: dict[str, Any], verb: str, path: str, value: Any) -> None:
    parts = _split(path)
    if parts is None:
        return
    name = _name(resource, parts["name"])
    sub = parts["sub"]
    if parts["key"]:
        items = [dict(item) for item in _items(resource.get(name)) if isinstance(item, dict)]
        chosen = [item for item in items if str(item.get(parts["key"])) == parts["value"]]
        if not chosen:
            chosen = [{parts["key"]: parts["value"]}]
            items += chosen
        for item in chosen:
            item.update({sub: value} if sub else value if isinstance(value, dict) else {"value": value})
        resource[name] = items
    elif sub:
        held = resource.get(name)
        resource[name] = {**(held if isinstance(held, dict) else {}), sub: value}
    elif verb == "add" and isinstance(resource.get(name), list):
        resource[name] = [*resource[name], *_items(value)]
    elif isinstance(value, dict) and isinstance(resource.get(name), dict):
        resource[name] = {**resource[name], **value}
    else:
        resource[name] = value


def _remove(resource: dict[str, Any], path: str, value: Any) -> None:
    parts = _split(path)
    if parts is None:
        return
    name = _name(resource, parts["name"])
    items = _items(resource.get(name))
    if parts["key"]:
        resource[name] = [item for item in items if str(item.get(parts["key"])) != parts["value"]]
    elif value is not None and isinstance(resource.get(name), list):
        gone = {str(one.get("value")) if isinstance(one, dict) else str(one) for one in _items(value)}
        resource[name] = [item for item in items if str(item.get("value")) not in gone]
    elif parts["sub"]:
        held = resource.get(name)
        resource[name] = {k: v for k, v in held.items() if k != parts["sub"]} if isinstance(held, dict) else held
    else:
        resource.pop(name, None)


def _name(resource: Mapping[str, Any], given: str) -> str:
    """The attribute as we write it: names are not told apart by their case (RFC 7643 section 2.1)."""
    return next((name for name in resource if name.lower() == given.lower()), given)


def _member(body: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in body.items() if key.lower() == name), None)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
