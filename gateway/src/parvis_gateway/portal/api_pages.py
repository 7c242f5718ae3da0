# SPDX-License-Identifier: EUPL-1.2
"""One OpenAPI contract as a page."""

from html import escape
from typing import Any, Final

from parvis_gateway.portal.layout import code_block, word

_METHODS: Final = ("get", "post", "put", "patch", "delete")


def api_body(document: dict[str, Any], file: str, lang: str) -> str:
    """Each operation with its rights, its parameters, its answers and examples."""
    scopes = _scopes(document)
    parts = [
        f'<p>{escape(document["info"].get("description", ""))} <a href="/developers/contracts/{file}">{file}</a></p>'
    ]
    parts += [
        _operation(document, f"{method.upper()} {path}", item[method], scopes, lang)
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    ]
    return "".join(parts)


def _operation(
    document: dict[str, Any], name: str, operation: dict[str, Any], scopes: dict[str, str], lang: str
) -> str:
    access = operation["x-parvis-class"]
    anchor = escape(operation.get("operationId", name))
    head = f'<section id="{anchor}"><h3><code>{escape(name)}</code></h3>'
    parts = [head, f"<p>{escape(operation.get('summary', ''))} <span class='tag'>{word(access, lang)}</span></p>"]
    needed = [scope for need in operation.get("security", ()) for scope in need.get("oauth2", ())]
    if needed:
        rows = "".join(f"<li><code>{scope}</code> — {escape(scopes.get(scope, ''))}</li>" for scope in needed)
        parts.append(f"<p>{word('scopes', lang)}</p><ul>{rows}</ul>")
    parameters = [_parameter(_seen(document, given), lang) for given in operation.get("parameters", ())]
    if parameters:
        parts.append(f"<p>{word('parameters', lang)}</p><table>{''.join(parameters)}</table>")
    parts.append(_contents(operation.get("requestBody", {}), lang))
    rows = "".join(
        f"<tr><td><code>{status}</code></td><td>{escape(_seen(document, answer).get('description', ''))}"
        f"{_contents(_seen(document, answer), lang)}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    return "".join(parts) + f"<p>{word('answers', lang)}</p><table>{rows}</table></section>"


def _parameter(given: dict[str, Any], lang: str) -> str:
    required = f" <span class='tag'>{word('required', lang)}</span>" if given.get("required") else ""
    return (
        f"<tr><td><code>{escape(given['name'])}</code> ({escape(given['in'])}){required}</td>"
        f"<td>{escape(given.get('description', ''))}</td></tr>"
    )


def _contents(holder: dict[str, Any], lang: str) -> str:
    shown = []
    for media, content in holder.get("content", {}).items():
        examples = [example["value"] for example in content.get("examples", {}).values() if "value" in example]
        examples += [content["example"]] if "example" in content else []
        shown += [
            f"<p>{word('example', lang)} <code>{escape(media)}</code></p>{code_block(value)}" for value in examples
        ]
    return "".join(shown)


def _scopes(document: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for scheme in document.get("components", {}).get("securitySchemes", {}).values():
        for flow in scheme.get("flows", {}).values():
            found |= flow.get("scopes", {})
    return found


def _seen(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = document
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
