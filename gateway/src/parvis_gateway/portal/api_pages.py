# SPDX-License-Identifier: EUPL-1.2
"""One OpenAPI contract as a page; what the contract itself says is English, but for its scopes, which are French."""

from html import escape
from typing import Any, Final

from parvis_gateway.portal.layout import code_block, word

_METHODS: Final = ("get", "post", "put", "patch", "delete")


def api_body(document: dict[str, Any], file: str, lang: str) -> str:
    """Each operation with its rights, its parameters, its answers and examples."""
    scopes = _scopes(document)
    operations = [
        (f"{method.upper()} {path}", item[method])
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    ]
    links = "".join(
        f'<li><a href="#{_anchor(name, op)}"><code>{escape(name)}</code></a></li>' for name, op in operations
    )
    return (
        f"<p lang='en'>{escape(document['info'].get('description', ''))}</p>"
        f'<p><a href="/developers/contracts/{file}">{file}</a></p>'
        f"<h2>{word('operations', lang)}</h2><ul>{links}</ul>"
        + "".join(_operation(document, name, operation, scopes, lang) for name, operation in operations)
    )


def _anchor(name: str, operation: dict[str, Any]) -> str:
    return escape(operation.get("operationId", name))


def _operation(
    document: dict[str, Any], name: str, operation: dict[str, Any], scopes: dict[str, str], lang: str
) -> str:
    access = operation["x-parvis-class"]
    parts = [
        f'<section id="{_anchor(name, operation)}"><h2><code>{escape(name)}</code></h2>',
        f"<p><span lang='en'>{escape(operation.get('summary', ''))}</span> ",
        f"<span class='tag'>{word(access, lang)}</span></p>",
    ]
    needed = [scope for need in operation.get("security", ()) for scope in need.get("oauth2", ())]
    if needed:
        rows = "".join(
            f"<li><code>{scope}</code> – <span lang='fr'>{escape(scopes.get(scope, ''))}</span></li>"
            for scope in needed
        )
        parts.append(f"<h3>{word('scopes', lang)}</h3><ul>{rows}</ul>")
    if sign_in := operation.get("x-parvis-sign-in"):
        needs = [f"acr_values={' '.join(sign_in['acr_values'])}"] if "acr_values" in sign_in else []
        needs += [f"max_age={sign_in['max_age']}"] if "max_age" in sign_in else []
        rows = "".join(f"<li><code>{escape(need)}</code></li>" for need in needs)
        parts.append(f"<h3>{word('sign_in', lang)}</h3><ul>{rows}</ul>")
    parameters = [_parameter(_seen(document, given), lang) for given in operation.get("parameters", ())]
    if parameters:
        parts.append(f"<h3>{word('parameters', lang)}</h3><dl>{''.join(parameters)}</dl>")
    if body := _contents(operation.get("requestBody", {}), lang):
        parts.append(f"<h3>{word('body', lang)}</h3>{body}")
    rows = "".join(
        f"<dt><code>{status}</code> <span lang='en'>{escape(answer.get('description', ''))}</span></dt>"
        f"<dd>{_contents(answer, lang)}</dd>"
        for status, answer in ((status, _seen(document, given)) for status, given in operation["responses"].items())
    )
    return "".join(parts) + f"<h3>{word('answers', lang)}</h3><dl>{rows}</dl></section>"


def _parameter(given: dict[str, Any], lang: str) -> str:
    required = f" <span class='tag'>{word('required', lang)}</span>" if given.get("required") else ""
    return (
        f"<dt><code>{escape(given['name'])}</code> ({escape(given['in'])}){required}</dt>"
        f"<dd lang='en'>{escape(given.get('description', ''))}</dd>"
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
