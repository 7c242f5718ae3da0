# SPDX-License-Identifier: EUPL-1.2
"""What an OpenAPI document means, without titles, descriptions, examples and order; and what a change breaks."""

from collections.abc import Iterator
from typing import Any

_WORDS = {"title", "description", "summary", "example", "examples", "tags", "externalDocs", "x-order"}
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """``METHOD /path`` with what that operation means."""
    return {
        f"{method.upper()} {path}": _operation(document, item, item[method])
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    }


def differences(left: Any, right: Any, where: str = "") -> Iterator[str]:
    """Each place in which two meanings differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys(), key=str):
            place = f"{where} > {key}" if where else str(key)
            if key not in left:
                yield f"{place}: only on the right: {_short(right[key])}"
            elif key not in right:
                yield f"{place}: only on the left: {_short(left[key])}"
            else:
                yield from differences(left[key], right[key], place)
    elif left != right:
        yield f"{where}: {_short(left)} is not {_short(right)}"


def breaking(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """What a client of the old contract would trip over under the new one."""
    before, after = operations(old), operations(new)
    for name, operation in before.items():
        if name not in after:
            yield f"{name}: removed"
            continue
        yield from _broken_operation(name, operation, after[name])


def _broken_operation(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    yield from _broken_input(name, old, new)
    extra_scopes = set(map(str, new["security"])) - set(map(str, old["security"]))
    if old["class"] != new["class"] or extra_scopes:
        yield f"{name}: other access rights"
    for status, contents in old["responses"].items():
        if status in new["responses"]:
            for media, schema in contents.items():
                yield from _lost(f"{name}: {status}", schema, new["responses"][status].get(media, {}))
        elif status.startswith("2"):
            yield f"{name}: {status} no longer answered"


def _broken_input(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for key, parameter in new["parameters"].items():
        if parameter["required"] and not old["parameters"].get(key, {}).get("required"):
            yield f"{name}: {key} is newly required"
    for key, parameter in old["parameters"].items():
        if key in new["parameters"]:
            yield from _narrowed(f"{name}: {key}", parameter["schema"], new["parameters"][key]["schema"])
        else:
            yield f"{name}: {key} was removed"
    for media, schema in old["body"].items():
        if media in new["body"]:
            yield from _narrowed(f"{name}: body", schema, new["body"][media])
        else:
            yield f"{name}: body {media} no longer accepted"


def _narrowed(where: str, old: Any, new: Any) -> Iterator[str]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return
    before = set(old.get("enum", ()))
    after = set(new.get("enum") or before)
    if old.get("type") != new.get("type") or before - after:
        yield f"{where}: narrower type"
    if "enum" in new and "enum" not in old:
        yield f"{where}: newly restricted to a list"
    for name in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{where}: {name} is newly required"
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where}: {name} was removed"
        else:
            yield from _narrowed(f"{where}: {name}", schema, new["properties"][name])


def _lost(where: str, old: Any, new: Any) -> Iterator[str]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return
    if old.get("type") != new.get("type"):
        yield f"{where}: other type"
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where}: {name} was removed"
        else:
            yield from _lost(f"{where}: {name}", schema, new["properties"][name])
    for name in set(old.get("required", ())) - set(new.get("required", ())):
        yield f"{where}: {name} is no longer always there"
    yield from _lost(f"{where}: item", old.get("items"), new.get("items"))


def _operation(document: dict[str, Any], item: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    parameters = [resolved(document, p) for p in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    body = resolved(document, operation.get("requestBody", {}))
    return {
        "operation": operation.get("operationId"),
        "class": operation.get("x-parvis-class"),
        "limits": {key: operation.get(key) for key in ("x-parvis-body-limit", "x-parvis-timeout", "x-parvis-cors")},
        "sign_in": operation.get("x-parvis-sign-in"),
        "security": sorted(operation.get("security", ()), key=str),
        "parameters": {
            f"{p['in']} {p['name']}": {"required": p.get("required", False), "schema": p.get("schema", {})}
            for p in parameters
        },
        "body": {media: content.get("schema", {}) for media, content in body.get("content", {}).items()},
        "responses": {
            str(status): {
                media: content.get("schema", {})
                for media, content in resolved(document, response).get("content", {}).items()
            }
            for status, response in operation["responses"].items()
        },
    }


def resolved(document: dict[str, Any], node: Any, inside: tuple[str, ...] = ()) -> Any:
    """The node with references replaced by what they name, and without words."""
    if isinstance(node, list):
        return [resolved(document, value, inside) for value in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"]
        if name in inside:
            return {"recursive": name.rsplit("/", 1)[-1]}
        return resolved(document, _target(document, name), (*inside, name))
    plain = {
        key: {name: resolved(document, schema, inside) for name, schema in value.items()}
        if key == "properties"
        else resolved(document, value, inside)
        for key, value in node.items()
        if key not in _WORDS
    }
    for unordered in ("required", "enum"):
        if isinstance(plain.get(unordered), list):
            plain[unordered] = sorted(plain[unordered], key=str)
    if "anyOf" in plain:
        plain["anyOf"] = sorted(plain["anyOf"], key=str)
    return plain


def _target(document: dict[str, Any], name: str) -> Any:
    node: Any = document
    for step in name.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 160 else text[:157] + "..."
