# SPDX-License-Identifier: EUPL-1.2
"""Client quotas of users (KIP-546), by Kafka's own protocol: librdkafka has no call for them."""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any, Final

from aiokafka.admin.client import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import DescribeClientQuotasRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

from parvis_cli.errors import CommandError

_MILLISECONDS: Final = 20_000
# DescribeClientQuotas: whoever has a name.
_ANY: Final = 2
_TEXT: Final = String("utf-8")
_ENTITY: Final = ("entity", Array(("entity_type", _TEXT), ("entity_name", _TEXT)))
# librdkafka's names of a connection's settings, and aiokafka's.
_NAMES: Final = {
    "security.protocol": "security_protocol",
    "sasl.mechanism": "sasl_mechanism",
    "sasl.mechanisms": "sasl_mechanism",
    "sasl.username": "sasl_plain_username",
    "sasl.password": "sasl_plain_password",
}
Quotas = Mapping[str, Mapping[str, float]]


class _AlterResponse(Response):  # type: ignore[misc]  # aiokafka says nothing of its types
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("entries", Array(("error_code", Int16), ("error_message", _TEXT), _ENTITY)),
    )


class _AlterStruct(RequestStruct):  # type: ignore[misc]
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _AlterResponse
    SCHEMA = Schema(
        ("entries", Array(_ENTITY, ("ops", Array(("key", _TEXT), ("value", Float64), ("remove", Boolean))))),
        ("validate_only", Boolean),
    )


class _AlterRequest(Request[_AlterStruct]):  # type: ignore[misc]
    API_KEY = 49

    def __init__(self, entries: list[Any]) -> None:
        self._entries = entries

    def build(self, request_struct_class: type[_AlterStruct]) -> _AlterStruct:
        return request_struct_class(entries=self._entries, validate_only=False)


def read_quotas(bootstrap_servers: str, settings: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """The quotas that users have, by user; raises CommandError where Kafka does not answer."""
    answer = asyncio.run(_ask(bootstrap_servers, settings, _of_users()))
    if answer.error_code:
        raise CommandError(f"Kafka does not tell quotas: {answer.error_message}")
    # The default of all users has no name.
    return {entity[0][1]: dict(values) for entity, values in answer.entries if entity[0][1] is not None}


def set_quotas(bootstrap_servers: str, settings: Mapping[str, str], quotas: Quotas) -> None:
    """Set them; those that a user has beside stay. Raises CommandError where Kafka refuses."""
    entries = [
        ([("user", user)], [(name, value, False) for name, value in each.items()]) for user, each in quotas.items()
    ]
    answer = asyncio.run(_ask(bootstrap_servers, settings, _AlterRequest(entries)))
    for code, text, entity in answer.entries:
        if code:
            raise CommandError(f"Kafka refuses the quotas of {entity[0][1]}: {text}")


async def _ask(bootstrap_servers: str, settings: Mapping[str, str], request: Any) -> Any:
    client = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap_servers, request_timeout_ms=_MILLISECONDS, **_connection(settings)
    )
    try:
        await client.start()
        return await client._send_request(request)  # noqa: SLF001 - there is no public way for a request of one's own
    except (KafkaError, OSError) as error:
        raise CommandError(f"no Kafka answers: {type(error).__name__}") from error
    finally:
        await client.close()


def _of_users() -> DescribeClientQuotasRequest:
    return DescribeClientQuotasRequest([("user", _ANY, None)], strict=True)


def _connection(settings: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {ours: settings[theirs] for theirs, ours in _NAMES.items() if theirs in settings}
    if "security_protocol" in found:
        found["security_protocol"] = found["security_protocol"].upper()
    if found.get("security_protocol", "").endswith("SSL"):
        found["ssl_context"] = ssl.create_default_context(cafile=settings.get("ssl.ca.location"))
    return found
