# SPDX-License-Identifier: EUPL-1.2
"""The gateway's own answers: RFC 9457 problems, pages for browsers; in French, or in English where it is preferred."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any, Final

from parvis_gateway.contracts import ContractError
from parvis_gateway.typography import typeset

_RETRY_SECONDS: Final = "5"
_STYLE: Final = (
    "body{font:1.0625rem/1.5 system-ui,sans-serif;margin:0;padding:1rem;color:#161616;background:#f3f3f5}"
    "main{max-width:32rem;margin:0 auto;padding:1.5rem;background:#fff;border-top:.25rem solid #000091}"
    "h1{margin:0;font-size:1.6rem;line-height:1.25}small{color:#5a5a5a;overflow-wrap:anywhere}a{color:#000091}"
)
_PAGE_HEADERS: Final = (
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
_FRONT: Final = {"fr": "Revenir à l’accueil", "en": "Back to the front page"}


@dataclass(frozen=True, slots=True)
class Reply:
    """How one status of the gateway's own is told; ``authorized`` restricts it to calls that carried a token."""

    status: int
    code: str
    authorized: bool = False
    headers: tuple[tuple[str, str], ...] = ()


REPLIES: Final = (
    Reply(401, "invalid-token", authorized=True),
    Reply(401, "unauthenticated"),
    Reply(400, "malformed-request"),
    Reply(403, "insufficient-scope", headers=(("WWW-Authenticate", 'Bearer error="insufficient_scope"'),)),
    Reply(404, "not-found"),
    Reply(405, "method-not-allowed"),
    Reply(408, "upstream-timeout"),
    Reply(413, "body-too-large"),
    Reply(429, "rate-limited"),
    Reply(431, "malformed-request"),
    Reply(500, "internal-error"),
    Reply(502, "service-unavailable", headers=(("Retry-After", _RETRY_SECONDS),)),
    Reply(503, "service-unavailable", headers=(("Retry-After", _RETRY_SECONDS),)),
    Reply(504, "upstream-timeout", headers=(("Retry-After", _RETRY_SECONDS),)),
)


def local_replies(public_url: str, problems: Mapping[str, Any]) -> dict[str, Any]:
    """Envoy's ``local_reply_config``.

    ``problems`` is the catalogue of problem codes with their words; raises ContractError where it lacks one.
    """
    if missing := {reply.code for reply in REPLIES} - problems.keys():
        raise ContractError(f"problems.yaml says nothing of {', '.join(sorted(missing))}")
    # The first that fits is taken: pages before problems, English before French.
    return {
        "mappers": [
            _mapper(reply, language, public_url, problems[reply.code], browser=browser)
            for reply in REPLIES
            for browser in (True, False)
            for language in ("en", "fr")
        ]
    }


def _mapper(reply: Reply, language: str, public_url: str, words: Mapping[str, Any], *, browser: bool) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = [
        {
            "status_code_filter": {
                "comparison": {"op": "EQ", "value": {"default_value": reply.status, "runtime_key": "-"}}
            }
        }
    ]
    if reply.authorized:
        conditions.append({"header_filter": {"header": {"name": "authorization", "present_match": True}}})
    if language == "en":
        preferred = {"name": "accept-language", "string_match": {"prefix": "en", "ignore_case": True}}
        conditions.append({"header_filter": {"header": preferred}})
    if browser:
        conditions.append({"header_filter": {"header": {"name": "accept", "string_match": {"contains": "text/html"}}}})
    challenge = _challenge(reply, public_url)
    headers = (
        *reply.headers,
        *((("WWW-Authenticate", challenge),) if challenge else ()),
        ("Content-Language", language),
        ("Vary", "Accept-Language, Accept"),
        ("Cache-Control", "no-store"),
        *(_PAGE_HEADERS if browser else ()),
    )
    return {
        "filter": conditions[0] if len(conditions) == 1 else {"and_filter": {"filters": conditions}},
        "status_code": reply.status,
        "body_format_override": _page(reply, language, words)
        if browser
        else _problem(reply, language, public_url, words),
        "headers_to_add": [
            {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            for name, value in headers
        ],
    }


def _challenge(reply: Reply, public_url: str) -> str | None:
    """What is told to who comes without a token that holds, with where to learn who gives them (RFC 9728)."""
    if reply.status != HTTPStatus.UNAUTHORIZED:
        return None
    wrong = 'error="invalid_token", ' if reply.authorized else ""
    return f'Bearer {wrong}resource_metadata="{public_url}/.well-known/oauth-protected-resource"'


def _problem(reply: Reply, language: str, public_url: str, words: Mapping[str, Any]) -> dict[str, Any]:
    body = {
        "type": f"{public_url}/problems/{reply.code}",
        "title": words["title"][language],
        "status": reply.status,
        "detail": words["detail"][language],
        "code": reply.code,
        "instance": "%PATH(NQ)%",
        "trace_id": "%REQ(X-TRACE-ID)%",
    }
    return {"json_format": body, "content_type": "application/problem+json"}


def _page(reply: Reply, language: str, words: Mapping[str, Any]) -> dict[str, Any]:
    title, detail = (
        escape(typeset(words[part][language], language)).replace("%", "%%") for part in ("title", "detail")
    )
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} – Parvis</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1><p>{detail}</p>"
        f'<p><a href="/">{_FRONT[language]}</a></p>'
        f"<p><small>{reply.status} {reply.code} – %REQ(X-REQUEST-ID)%</small></p>"
        "</main></body></html>"
    )
    return {"text_format_source": {"inline_string": page}, "content_type": "text/html; charset=utf-8"}
