# SPDX-License-Identifier: EUPL-1.2
"""The whole configuration of Envoy 1.40, static, from contracts and settings."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from parvis_gateway.contracts import ContractError, Operation
from parvis_gateway.filters import http_filters
from parvis_gateway.replies import local_replies
from parvis_gateway.routes import extra_cluster, route_table
from parvis_gateway.settings import Address, Settings, SettingsError

_TYPE: Final = "type.googleapis.com/envoy."
_SECURITY_HEADERS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
)
# The route's name stands for the path: a real path, a query or an address could say who asks for what.
# Nor is it kept how long a call was: of a ballot that the server seals the length tells the choice.
_ACCESS_LOG: Final = {
    "time": "%START_TIME%",
    "route": "%ROUTE_NAME%",
    "status": "%RESPONSE_CODE%",
    "details": "%RESPONSE_CODE_DETAILS%",
    "flags": "%RESPONSE_FLAGS%",
    "ms": "%DURATION%",
    "sent": "%BYTES_SENT%",
    "service": "%UPSTREAM_CLUSTER%",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "trace_id": "%REQ(X-TRACE-ID)%",
}


def envoy_configuration(
    operations: Sequence[Operation], settings: Settings, problems: Mapping[str, Any]
) -> dict[str, Any]:
    """Envoy's bootstrap.

    Args:
        operations: of all contracts.
        settings: addresses and limits.
        problems: the catalogue of problem codes with their words.

    Raises:
        ContractError: a contract belongs to a service whose address the settings do not give, or the catalogue lacks
            a code.
        SettingsError: the settings give the address of a service that has no contract.
    """
    needed = {operation.service for operation in operations} | {"identity"}
    if missing := needed - settings.services.keys():
        raise ContractError(f"the settings give no address for {', '.join(sorted(missing))}")
    if unknown := settings.services.keys() - needed:
        raise SettingsError(f"services: there is no contract of {', '.join(sorted(unknown))}")
    clusters = [_cluster(name, settings.services[name]) for name in sorted(needed)]
    clusters += [_cluster(extra_cluster(extra.prefix), extra.address) for extra in settings.extra_routes]
    admin = {"admin": {"address": _socket(settings.admin)}} if settings.admin else {}
    return {
        **admin,
        "static_resources": {"listeners": [_listener(operations, settings, problems)], "clusters": clusters},
        "overload_manager": _overload(),
    }


def _listener(operations: Sequence[Operation], settings: Settings, problems: Mapping[str, Any]) -> dict[str, Any]:
    manager = {
        "@type": f"{_TYPE}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "edge",
        "codec_type": "AUTO",
        "use_remote_address": True,
        "generate_request_id": True,
        "always_set_request_id_in_response": True,
        "server_header_transformation": "PASS_THROUGH",
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "strip_any_host_port": False,
        "max_request_headers_kb": 32,
        "request_headers_timeout": "10s",
        "request_timeout": "60s",
        "stream_idle_timeout": "300s",
        "delayed_close_timeout": "1s",
        "common_http_protocol_options": {"idle_timeout": "120s", "headers_with_underscores_action": "REJECT_REQUEST"},
        "http_protocol_options": {"accept_http_10": False},
        "http2_protocol_options": {"max_concurrent_streams": 100},
        "local_reply_config": local_replies(settings.public_url, problems),
        "access_log": [_access_log(settings)],
        "http_filters": http_filters(operations, settings),
        "route_config": _routes(operations, settings),
    }
    chain: dict[str, Any] = {
        "filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    }
    if settings.tls:
        chain["transport_socket"] = _tls(settings)
    return {
        "name": "edge",
        "address": _socket(settings.listen),
        "per_connection_buffer_limit_bytes": 1_048_576,
        "filter_chains": [chain],
    }


def _routes(operations: Sequence[Operation], settings: Settings) -> dict[str, Any]:
    added = [
        {"header": {"key": name, "value": value}, "append_action": "ADD_IF_ABSENT"} for name, value in _SECURITY_HEADERS
    ]
    host = {"name": "all", "domains": ["*"], "routes": route_table(operations, settings)}
    host["response_headers_to_add"] = added
    return {"name": "contracts", "virtual_hosts": [host], "max_direct_response_body_size_bytes": 4096}


def _cluster(name: str, address: Address) -> dict[str, Any]:
    static = address.host.replace(".", "").isdigit()
    limits = {"max_connections": 512, "max_pending_requests": 512, "max_requests": 1_024, "max_retries": 8}
    endpoint = {"endpoint": {"address": _socket(address)}}
    options = f"{_TYPE}extensions.upstreams.http.v3.HttpProtocolOptions"
    return {
        "name": name,
        "type": "STATIC" if static else "STRICT_DNS",
        "connect_timeout": "2s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
        "circuit_breakers": {"thresholds": [limits]},
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": options,
                # Shorter than the services keep theirs: the gateway closes first, and no request meets a closed one.
                "common_http_protocol_options": {"idle_timeout": "55s"},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
    }


def _access_log(settings: Settings) -> dict[str, Any]:
    return {
        "name": "envoy.access_loggers.file",
        "typed_config": {
            "@type": f"{_TYPE}extensions.access_loggers.file.v3.FileAccessLog",
            "path": settings.access_log,
            "log_format": {"json_format": _ACCESS_LOG},
        },
    }


def _tls(settings: Settings) -> dict[str, Any]:
    files = settings.tls
    certificate = {
        "certificate_chain": {"filename": files.certificate if files else ""},
        "private_key": {"filename": files.key if files else ""},
    }
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": f"{_TYPE}extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
                "tls_certificates": [certificate],
                "alpn_protocols": ["h2", "http/1.1"],
            },
        },
    }


def _socket(address: Address) -> dict[str, Any]:
    return {"socket_address": {"address": address.host, "port_value": address.port}}


def _overload() -> dict[str, Any]:
    connections = f"{_TYPE}extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"
    return {
        "resource_monitors": [
            {
                "name": "envoy.resource_monitors.global_downstream_max_connections",
                "typed_config": {"@type": connections, "max_active_downstream_connections": 10_000},
            }
        ]
    }
