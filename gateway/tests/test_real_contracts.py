# SPDX-License-Identifier: EUPL-1.2
"""The contracts as they stand, behind a real Envoy: what they name is open to who may, and nothing else is there."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from running_gateway import Gateway, gateway_of, wait_for_keys

from parvis_gateway.contracts import Operation, read_contracts

CONTRACTS = Path(__file__).parents[2] / "contracts"
OPERATIONS = read_contracts(CONTRACTS)
GUARDED = [operation for operation in OPERATIONS if operation.access == "token"]
METHODS = {"GET", "PUT", "POST", "DELETE", "PATCH"}
ID = str(UUID(int=7))
EVERY_SCOPE = sorted({scope for operation in OPERATIONS for scope in operation.scopes})
AUDIENCES = sorted({operation.service for operation in GUARDED})


def concrete(path: str) -> str:
    return re.sub(r"\{[^}]+\}", ID, path)


def token(gateway: Gateway, operation: Operation, scopes: list[str] | None = None, audience: str | None = None) -> str:
    scope = " ".join(operation.scopes if scopes is None else scopes)
    return gateway.token(aud=[f"parvis-{audience or operation.service}"], scope=scope)


def call(gateway: Gateway, operation: Operation, bearer: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return gateway.client.request(operation.method, concrete(operation.path), headers=headers)


def everything(gateway: Gateway) -> dict[str, str]:
    """The header of a token that opens whatever a contract names."""
    audiences = [f"parvis-{service}" for service in AUDIENCES]
    return {"Authorization": f"Bearer {gateway.token(aud=audiences, scope=' '.join(EVERY_SCOPE))}"}


def named(operation: Operation) -> str:
    return operation.name


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway_of(CONTRACTS, tmp_path_factory.mktemp("gateway"), rate=100_000) as running:
        for service in AUDIENCES:
            first = next(o for o in GUARDED if (o.service, o.method) == (service, "GET"))
            wait_for_keys(running, concrete(first.path), token(running, first))
        yield running


@pytest.fixture(autouse=True)
def _nothing_seen(gateway: Gateway) -> None:
    gateway.seen.clear()


def test_every_service_has_guarded_operations() -> None:
    assert AUDIENCES == ["identity", "notifications", "participation", "requests"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_who_may_call_an_operation_reaches_its_service(gateway: Gateway, operation: Operation) -> None:
    answer = call(gateway, operation, token(gateway, operation) if operation.access == "token" else None)
    assert answer.status_code == 200, answer.text
    if operation.path != "/.well-known/jwks.json":  # the upstream tells of all but these
        assert [(seen["method"], seen["path"]) for seen in gateway.seen] == [
            (operation.method, concrete(operation.path))
        ]


@pytest.mark.parametrize("operation", GUARDED, ids=named)
def test_without_each_of_its_scopes_an_operation_is_out_of_reach(gateway: Gateway, operation: Operation) -> None:
    nobody = call(gateway, operation)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")
    for missing in operation.scopes:
        others = [scope for scope in EVERY_SCOPE if scope != missing]
        answer = call(gateway, operation, token(gateway, operation, others))
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient-scope")
    assert gateway.seen == []


@pytest.mark.parametrize("operation", GUARDED, ids=named)
def test_a_token_for_another_service_is_refused(gateway: Gateway, operation: Operation) -> None:
    for audience in AUDIENCES:
        if audience != operation.service:
            answer = call(gateway, operation, token(gateway, operation, EVERY_SCOPE, audience))
            assert answer.status_code in {401, 403}
            assert answer.json()["code"] in {"invalid-token", "insufficient-scope"}
    assert gateway.seen == []


def methods_by_path() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for operation in OPERATIONS:
        found[operation.path].add(operation.method)
    return found


@pytest.mark.parametrize(("path", "methods"), methods_by_path().items())
def test_a_method_that_no_contract_names_is_refused(gateway: Gateway, path: str, methods: set[str]) -> None:
    for method in sorted((METHODS | {"OPTIONS", "TRACE", "PROPFIND"}) - methods):
        answer = gateway.client.request(method, concrete(path), headers=everything(gateway))
        assert (method, answer.status_code, answer.json()["code"]) == (method, 405, "method-not-allowed")
        assert answer.headers["allow"] == ", ".join(sorted(methods))
    assert gateway.seen == []


def paths_of_nobody() -> list[str]:
    """Neighbours of what is there, and what the services keep to their internal ports."""
    inside = ["/metrics", "/healthz", "/readyz", "/docs", "/redoc", "/openapi.json", "/internal", "/internal/v1"]
    inside += [f"/internal/v1/people/{ID}/contact", f"/internal/v1/requests/{ID}/messages/{ID}"]
    inside += [f"/internal/v1/requests/{ID}/receipt", f"/internal/v1/requests/{ID}/steps/1"]
    inside += [f"/internal/v1/appointments/{ID}"]
    inside += ["/v1", "/ready", "/stats", "/config_dump", "/quitquitquit"]
    known = {concrete(path) for path in methods_by_path()}
    beside = {f"{path.rstrip('/')}{tail}" for path in known for tail in ("/more/of/it", "/")}
    beside |= {path.upper() for path in known} | {path.rpartition("/")[0] for path in known}
    # The template of a neighbour may be one segment longer or shorter: such a path is somebody's.
    patterns = [re.compile(operation.pattern) for operation in OPERATIONS]
    return sorted(path for path in {*inside, *beside} if path and not any(p.fullmatch(path) for p in patterns))


@pytest.mark.parametrize("path", paths_of_nobody())
def test_a_path_that_no_contract_names_does_not_exist(gateway: Gateway, path: str) -> None:
    for method in sorted(METHODS):
        answer = gateway.client.request(method, path, headers=everything(gateway))
        assert (method, answer.status_code, answer.json()["code"]) == (method, 404, "not-found")
    assert gateway.seen == []
