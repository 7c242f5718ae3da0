# SPDX-License-Identifier: EUPL-1.2
"""The pages for developers show every contract, event and problem, and only those."""

from collections.abc import AsyncIterator
from html import escape
from pathlib import Path

import httpx
import pytest

from parvis_gateway.portal.library import Library
from parvis_gateway.portal.server import Portal
from parvis_gateway.typography import typeset

CONTRACTS = Path(__file__).parents[2] / "contracts"
LIBRARY = Library(CONTRACTS)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Portal(LIBRARY).application())
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as made:
        yield made


async def test_every_operation_event_and_problem_has_its_place(client: httpx.AsyncClient) -> None:
    for name, document in LIBRARY.apis.items():
        shown = (await client.get(f"/developers/apis/{name}")).text
        for path, item in document["paths"].items():
            for method in set(item) & {"get", "post", "put", "patch", "delete"}:
                assert f"<code>{method.upper()} {path}</code>" in shown
    for type_ in LIBRARY.schemas:
        name, _, version = type_.rpartition(".")
        assert (await client.get(f"/developers/events/{type_}")).status_code == 200
        assert (await client.get(f"/developers/events/{name}/{version}.json")).json() == LIBRARY.schemas[type_]
    for code, problem in LIBRARY.problems.items():
        assert escape(typeset(problem["detail"]["fr"], "fr")) in (await client.get(f"/problems/{code}")).text


async def test_pages_speak_the_readers_language_and_run_nothing(client: httpx.AsyncClient) -> None:
    french = await client.get("/problems/not-found")
    english = await client.get("/problems/not-found", headers={"Accept-Language": "en-GB"})
    assert ("Introuvable" in french.text, "Not found" in english.text) == (True, True)
    assert french.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in french.text


async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    for path in (
        "/developers/apis/x",
        "/developers/events/x",
        "/developers/contracts/..%2Fproblems.yaml",
        "/problems/x",
    ):
        assert (await client.get(path)).status_code == 404


async def test_the_code_of_a_sign_in_by_hand_is_shown_as_text_and_kept_nowhere(client: httpx.AsyncClient) -> None:
    answer = await client.get("/developers/callback", params={"code": "<b>abc"})
    assert "&lt;b&gt;abc" in answer.text
    assert answer.headers["cache-control"] == "no-store"
