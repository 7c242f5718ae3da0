# SPDX-License-Identifier: EUPL-1.2
"""What tokens cost: to get, to renew and to check them; in processor time, so that other work does not count."""

import asyncio
import os
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from identity_town import SYSTEM_SECRET, Attempt
from real_sign_in import Browser, Place, query_of, running_place
from town_seed import demo_seed

from parvis_bench.load import Load, run_load
from parvis_bench.processor_time import processor_seconds
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.renewing import run_renewals
from parvis_bench.rounds import medians
from parvis_bench.town import postgres
from parvis_bench.verifying import Checks
from parvis_identity.service import seed
from parvis_identity.settings import MIGRATIONS, Settings
from parvis_kit.runtime import open_runtime
from parvis_local.postgres import EmbeddedPostgres
from parvis_testing import TokenIssuer, migrated_settings

_NAME: Final = "identity.tokens"
_ROUNDS: Final = 5
_SECONDS: Final = 3
_CHAINS: Final = 16
_SCOPE: Final = "openid profile identity.profile.read"
# The town's own portal, which asks nobody: the way over the authorization endpoint without a person's click.
_PORTAL: Final[dict[str, Any]] = {
    "client_id": "bench-portal",
    "collectivity": "paris",
    "name": {"fr": "Portail", "en": "Portal"},
    "audience": "citizen",
    "type": "public",
    "grant_types": ["authorization_code", "refresh_token"],
    "redirect_uris": ["http://127.0.0.1/callback"],
    "scopes": _SCOPE.split(),
    "consent": "implied",
    # The algorithm of a client that looks at the load; RS256 costs half a millisecond more for each id_token.
    "id_token_algorithm": "ES256",
}


def measure(folder: Path) -> Sequence[Figure]:
    """The token endpoint, the way over the authorization endpoint, and the check in a service."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres(folder))
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        place = stack.enter_context(running_place(asyncio.run(_town()), folder))
        browser = stack.enter_context(place.browser())
        found = medians(_ROUNDS, _of_endpoints(server, place, browser))
    checks = Checks(TokenIssuer())
    found |= medians(
        _ROUNDS,
        {
            "signature": checks.signature,
            "cold": lambda: asyncio.run(checks.cold()),
            "warm": lambda: asyncio.run(checks.warm()),
        },
    )
    endpoints = [
        Figure(f"{_NAME}.{name}", found[name], "1/cpu-s", found["constant"])
        for name in ("refresh", "client_credentials", "authorize")
    ]
    return [
        *endpoints,
        *(Figure(f"{_NAME}.{name}", found[name], "us", found["signature"]) for name in ("cold", "warm")),
    ]


async def _town() -> Settings:
    settings = await migrated_settings("identity", Settings, MIGRATIONS, pool_size=_CHAINS)
    async with open_runtime("identity", "bench", settings, MIGRATIONS) as runtime:
        for one in (demo_seed(), seed.Seed.model_validate({"clients": [_PORTAL]})):
            await seed.apply(one, runtime.database, runtime.blind_index)
    return settings


def _of_endpoints(server: EmbeddedPostgres, place: Place, browser: Browser) -> dict[str, Callable[[], float]]:
    """Answers for each second of processor time of identity and its database together."""
    address = place.identity.removeprefix("http://")
    attempt = Attempt(client_id=_PORTAL["client_id"], redirect_uri=f"{place.client}/callback", scope=_SCOPE)
    browser.submit(browser.to_provider(attempt), person="amelie")
    chains = [_chain(place, browser, attempt) for _ in range(_CHAINS)]
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    basic = b64encode(f"demo-roadworks:{SYSTEM_SECRET}".encode()).decode()
    form = urlencode({"grant_type": "client_credentials", "resource": "urn:parvis:notifications"})
    system = "\r\n".join(
        (
            "POST /oauth2/token HTTP/1.1",
            "Host: localhost",
            f"Authorization: Basic {basic}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(form)}",
        )
    )
    asking = "\r\n".join(
        (
            f"GET /oauth2/authorize?{urlencode(attempt.parameters())} HTTP/1.1",
            f"Host: {address}",
            f"Cookie: {cookies}",
        )
    )
    constant = "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost"

    def rate(load: Callable[[], Load]) -> float:
        before = _processor_seconds(server, place)
        answers = load().answers
        return answers / (_processor_seconds(server, place) - before)

    def renew() -> Load:
        load, chains[:] = run_renewals(f"{place.identity}/oauth2/token", _PORTAL["client_id"], chains, seconds=_SECONDS)
        return load

    def calls(head: str, body: str = "", expected: int = 200) -> Callable[[], float]:
        return lambda: rate(lambda: run_load(address, [(head, body)], seconds=_SECONDS, expected=expected))

    return {
        "constant": calls(constant),
        "refresh": lambda: rate(renew),
        "client_credentials": calls(system, form),
        "authorize": calls(asking, expected=303),
    }


def _chain(place: Place, browser: Browser, attempt: Attempt) -> str:
    """A refresh token of a family of its own, for somebody who is signed in."""
    answer = place.exchange(attempt, query_of(browser.authorize(attempt))["code"])
    return str(answer.raise_for_status().json()["refresh_token"])


def _processor_seconds(server: EmbeddedPostgres, place: Place) -> float:
    pid = server.pid
    if pid is None:
        raise RuntimeError("PostgreSQL has stopped")
    return processor_seconds(pid) + processor_seconds(place.pid)


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={
        f"{_NAME}.refresh": Target("value", "at least", 300),
        f"{_NAME}.client_credentials": None,
        f"{_NAME}.authorize": None,
        f"{_NAME}.cold": Target("value", "at most", 200),
        f"{_NAME}.warm": Target("value", "at most", 5),
    },
    measure=measure,
)
