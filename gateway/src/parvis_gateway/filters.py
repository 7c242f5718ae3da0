# SPDX-License-Identifier: EUPL-1.2
"""The HTTP filters, in the order in which a request meets them."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

from parvis_gateway.contracts import SERVICE, Operation
from parvis_gateway.settings import Settings

_TYPE: Final = "type.googleapis.com/envoy.extensions.filters.http."
_CACHED_TOKENS: Final = 20_000
_COUNTED_CALLERS: Final = 20_000
_MAX_BODY: Final = 65_536
JWKS_PATH: Final = "/.well-known/jwks.json"


def http_filters(operations: Sequence[Operation], settings: Settings) -> list[dict[str, Any]]:
    """Trace and headers, token, rate, rights, body size, and the way to the service."""
    services = sorted({operation.service for operation in operations if operation.access == "token"})
    return [
        _filter("lua", "lua.v3.Lua", default_source_code={"inline_string": _lua(settings)}),
        _filter("jwt_authn", "jwt_authn.v3.JwtAuthentication", **_tokens(services, settings)),
        _filter("local_ratelimit", "local_ratelimit.v3.LocalRateLimit", **_rates(settings)),
        # No rule at all: what no route opens is refused.
        _filter("rbac", "rbac.v3.RBAC", rules={"action": "ALLOW", "policies": {}}),
        _filter("buffer", "buffer.v3.Buffer", max_request_bytes=_MAX_BODY),
        _filter("router", "router.v3.Router"),
    ]


def _filter(name: str, type_: str, **config: Any) -> dict[str, Any]:
    return {"name": f"envoy.filters.http.{name}", "typed_config": {"@type": f"{_TYPE}{type_}", **config}}


def _lua(settings: Settings) -> str:
    source = files("parvis_gateway").joinpath("edge.lua").read_text("utf-8")
    # Envoy tells callers how much is left and until when, not how long the window is.
    return source.replace("@rate_seconds@", str(settings.rate_seconds))


def _tokens(services: Sequence[str], settings: Settings) -> dict[str, Any]:
    """One provider for each audience; the signature of a token that was seen is not checked twice."""
    providers = {service: _provider(service, settings) for service in services}
    return {
        "providers": providers,
        "requirement_map": {service: {"provider_name": service} for service in services},
    }


def _provider(service: str, settings: Settings) -> dict[str, Any]:
    return {
        "issuer": settings.public_url,
        "audiences": [f"parvis-{service}"],
        "forward": True,
        "payload_in_metadata": "jwt",
        "clock_skew_seconds": 5,
        "jwt_cache_config": {"jwt_cache_size": _CACHED_TOKENS},
        # The service checks the proof of a DPoP token: it alone knows which proofs it has seen.
        "from_headers": [{"name": "Authorization", "value_prefix": prefix} for prefix in ("Bearer ", "DPoP ")],
        "remote_jwks": {
            "http_uri": {"uri": f"http://identity{JWKS_PATH}", "cluster": "identity", "timeout": "3s"},
            "cache_duration": "30s",
            "async_fetch": {"fast_listener": True, "failed_refetch_duration": "1s"},
            "retry_policy": {"num_retries": 3, "retry_back_off": {"base_interval": "0.2s", "max_interval": "2s"}},
        },
    }


def _rates(settings: Settings) -> dict[str, Any]:
    """A bucket for each caller, made when the caller is first seen; the least recent are forgotten."""
    usual, service = (
        {"max_tokens": most, "tokens_per_fill": most, "fill_interval": f"{settings.rate_seconds}s"}
        for most in (settings.rate_requests, settings.rate_service_requests)
    )
    # The bucket of the whole process is never the one that runs out: the callers' own are.
    shared = {"max_tokens": 0xFFFFFFFF, "tokens_per_fill": 0xFFFFFFFF, "fill_interval": "1s"}
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}, "runtime_key": "-"}
    return {
        "stat_prefix": "rate",
        "token_bucket": shared,
        "filter_enabled": always,
        "filter_enforced": always,
        "enable_x_ratelimit_headers": "DRAFT_VERSION_03",
        "max_dynamic_descriptors": _COUNTED_CALLERS,
        "descriptors": [
            {"entries": [{"key": "subject"}], "token_bucket": usual},
            {"entries": [{"key": "remote_address"}], "token_bucket": usual},
            {
                "entries": [{"key": "remote_address"}, {"key": "generic_key", "value": SERVICE}],
                "token_bucket": service,
            },
        ],
    }
