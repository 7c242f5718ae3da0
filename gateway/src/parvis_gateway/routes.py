# SPDX-License-Identifier: EUPL-1.2
"""The route table: an operation of a contract, or nothing."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from parvis_gateway.contracts import SERVICE, Operation
from parvis_gateway.settings import Settings

_TYPE: Final = "type.googleapis.com/envoy.extensions.filters.http."
_CORS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "DPoP-Nonce, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id",
    ),
)
_ACCEPTED: Final = (
    "Accept-Language, Authorization, Content-Type, DPoP, Idempotency-Key, If-Match, If-None-Match, Tracking-Token, "
    "X-Request-Id"
)
_PREFLIGHT: Final = (*_CORS, ("Access-Control-Allow-Headers", _ACCEPTED), ("Access-Control-Max-Age", "7200"))
_EXTRA_TIMEOUT: Final = "30s"
_EXTRA_BODY: Final = 1_048_576


def route_table(operations: Sequence[Operation], settings: Settings) -> list[dict[str, Any]]:
    """All routes in the order in which Envoy tries them; what matches none of the others is answered 404."""
    by_path: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        by_path[operation.path].append(operation)
    routes = [_operation_route(operation, settings) for operation in operations]
    for group in by_path.values():
        routes += _other_methods(group)
    routes += [_extra_route(extra.prefix) for extra in settings.extra_routes]
    # Fixed paths of any method come before templates, so that a template never catches another operation's path.
    fixed = [route for route in routes if "safe_regex" not in route["match"]]
    templates = [route for route in routes if "safe_regex" in route["match"]]
    unknown = {"name": "unknown", "match": {"prefix": "/"}, **_answer(404), **_open(_EXTRA_BODY)}
    return [*fixed, *templates, unknown]


def scope_pattern(scope: str) -> str:
    """RE2 pattern of a space-separated scope claim that holds this scope as a whole word (RFC 6749 section 3.3)."""
    return f"(?:.* )?{re.escape(scope)}(?: .*)?"


def extra_cluster(prefix: str) -> str:
    """The cluster's name of an extra route."""
    return "extra-" + re.sub(r"[^a-z0-9]+", "-", prefix.lower()).strip("-")


def _operation_route(operation: Operation, settings: Settings) -> dict[str, Any]:
    route: dict[str, Any] = {
        "name": operation.name,
        "match": _match(operation) | {"headers": [{"name": ":method", "string_match": {"exact": operation.method}}]},
        "route": {
            "cluster": operation.service,
            "timeout": f"{operation.timeout_seconds}s",
            # A connection that was refused has done nothing: any method may be tried again.
            "retry_policy": {"retry_on": "connect-failure,refused-stream", "num_retries": 1},
            "rate_limits": [{"actions": _caller(operation)}],
        },
    }
    if operation.cors:
        route["response_headers_to_add"] = [_header(*pair) for pair in _CORS]
    if settings.public_url.startswith("https:"):
        hsts = _header("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        route.setdefault("response_headers_to_add", []).append(hsts)
    return route | (_guarded(operation) if operation.access == "token" else _open(operation.body_limit))


def _match(operation: Operation) -> dict[str, Any]:
    if operation.templated:
        return {"safe_regex": {"regex": operation.pattern}}
    return {"path": operation.path}


def _caller(operation: Operation) -> list[dict[str, Any]]:
    """Who is counted: the person or system of the token, or the address; of what systems call apart."""
    if operation.access != "token":
        apart = [{"generic_key": {"descriptor_value": SERVICE}}] if operation.systems else []
        return [{"remote_address": {}}, *apart]
    key = {"key": "envoy.filters.http.jwt_authn", "path": [{"key": "jwt"}, {"key": "sub"}]}
    return [{"metadata": {"descriptor_key": "subject", "metadata_key": key, "source": "DYNAMIC"}}]


def _guarded(operation: Operation) -> dict[str, Any]:
    needed = [{"sourced_metadata": {"metadata_matcher": _scope_matcher(scope)}} for scope in operation.scopes]
    policy = {"permissions": [{"and_rules": {"rules": needed}}], "principals": [{"any": True}]}
    return {
        "typed_per_filter_config": {
            "envoy.filters.http.jwt_authn": {
                "@type": f"{_TYPE}jwt_authn.v3.PerRouteConfig",
                "requirement_name": operation.service,
            },
            "envoy.filters.http.rbac": {
                "@type": f"{_TYPE}rbac.v3.RBACPerRoute",
                "rbac": {"rules": {"action": "ALLOW", "policies": {"scopes": policy}}},
            },
            "envoy.filters.http.buffer": _body(operation.body_limit),
        }
    }


def _scope_matcher(scope: str) -> dict[str, Any]:
    return {
        "filter": "envoy.filters.http.jwt_authn",
        "path": [{"key": "jwt"}, {"key": "scope"}],
        "value": {"string_match": {"safe_regex": {"regex": scope_pattern(scope)}}},
    }


def _open(body_limit: int) -> dict[str, Any]:
    """Past the token check: what needs none, or is answered by the gateway itself."""
    return {
        "typed_per_filter_config": {
            "envoy.filters.http.jwt_authn": {"@type": f"{_TYPE}jwt_authn.v3.PerRouteConfig", "disabled": True},
            "envoy.filters.http.rbac": {"@type": f"{_TYPE}rbac.v3.RBACPerRoute"},
            "envoy.filters.http.buffer": _body(body_limit),
        }
    }


def _body(limit: int) -> dict[str, Any]:
    return {"@type": f"{_TYPE}buffer.v3.BufferPerRoute", "buffer": {"max_request_bytes": limit}}


def _other_methods(group: Sequence[Operation]) -> list[dict[str, Any]]:
    """Preflight and 405 of one path."""
    first, routes = group[0], []
    methods = ", ".join(sorted(operation.method for operation in group))
    if any(operation.cors for operation in group):
        preflight: list[dict[str, Any]] = [{"name": ":method", "string_match": {"exact": "OPTIONS"}}]
        preflight.append({"name": "access-control-request-method", "present_match": True})
        allowed = [_header(*pair) for pair in (*_PREFLIGHT, ("Access-Control-Allow-Methods", methods))]
        routes.append(
            {
                "name": f"preflight {first.path}",
                "match": _match(first) | {"headers": preflight},
                "direct_response": {"status": 204},
                "response_headers_to_add": allowed,
                **_open(0xFFFF),
            }
        )
    refused = {"name": f"405 {first.path}", "match": _match(first), **_answer(405), **_open(0xFFFF)}
    refused["response_headers_to_add"] = [_header("Allow", methods)]
    return [*routes, refused]


def _extra_route(prefix: str) -> dict[str, Any]:
    return {
        "name": f"extra {prefix}",
        "match": {"path_separated_prefix": prefix.rstrip("/")},
        "route": {"cluster": extra_cluster(prefix), "timeout": _EXTRA_TIMEOUT},
        **_open(_EXTRA_BODY),
    }


def _answer(status: int) -> dict[str, Any]:
    # The body is written by the local-reply rules, like that of every answer of the gateway's own.
    return {"direct_response": {"status": status, "body": {"inline_string": "-"}}}


def _header(name: str, value: str) -> dict[str, Any]:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
