# SPDX-License-Identifier: EUPL-1.2
"""The gateway's own answers as RFC 9457 problems, in French, or in English where the caller prefers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from parvis_gateway.contracts import ContractError

_RETRY_SECONDS: Final = "5"


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
    languages = (("en", True), ("fr", False))
    return {
        "mappers": [
            _mapper(reply, language, public_url, problems[reply.code], only_english=only_english)
            for reply in REPLIES
            for language, only_english in languages
        ]
    }


def _mapper(
    reply: Reply, language: str, public_url: str, words: Mapping[str, Any], *, only_english: bool
) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = [
        {
            "status_code_filter": {
                "comparison": {"op": "EQ", "value": {"default_value": reply.status, "runtime_key": "-"}}
            }
        }
    ]
    if reply.authorized:
        conditions.append({"header_filter": {"header": {"name": "authorization", "present_match": True}}})
    if only_english:
        preferred = {"name": "accept-language", "string_match": {"prefix": "en", "ignore_case": True}}
        conditions.append({"header_filter": {"header": preferred}})
    body = {
        "type": f"{public_url}/problems/{reply.code}",
        "title": words["title"][language],
        "status": reply.status,
        "detail": words["detail"][language],
        "code": reply.code,
        "instance": "%PATH(NQ)%",
        "trace_id": "%REQ(X-TRACE-ID)%",
    }
    headers = (
        *reply.headers,
        ("Content-Language", language),
        ("Vary", "Accept-Language"),
        ("Cache-Control", "no-store"),
    )
    return {
        "filter": conditions[0] if len(conditions) == 1 else {"and_filter": {"filters": conditions}},
        "status_code": reply.status,
        "body_format_override": {"json_format": body, "content_type": "application/problem+json"},
        "headers_to_add": [
            {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            for name, value in headers
        ],
    }
