# SPDX-License-Identifier: EUPL-1.2
"""Processes and assemblies by the territory that they are about."""

from collections.abc import Awaitable, Callable
from typing import Any

import assembly_town
import process_town
import pytest
from participation_town import Town

from parvis_testing import Caller

Publish = Callable[[Town, str | None], Awaitable[str]]
BAD = "Est !"


async def _process(town: Town, area: str | None) -> str:
    made = await process_town.published(town, area=area)
    return str(made["id"])


async def _assembly(town: Town, area: str | None) -> str:
    return str((await assembly_town.published(town, area=area)).id)


def _reader(town: Town, who: str) -> Caller | None:
    return {"everybody": None, "citizen": town.service.citizen(), "agent": town.service.agent()}[who]


@pytest.mark.parametrize(
    ("publish", "path", "who"),
    [
        (_process, process_town.LIST, "everybody"),
        (_process, "/v1/visible-processes", "citizen"),
        (_process, "/v1/processes", "agent"),
        (_assembly, assembly_town.LIST, "everybody"),
        (_assembly, "/v1/assemblies", "agent"),
    ],
)
async def test_lists_are_narrowed_to_a_territory_on_each_page(
    town: Town, publish: Publish, path: str, who: str
) -> None:
    east, other, third = await publish(town, "est"), await publish(town, "ouest"), await publish(town, "est")
    everywhere = await publish(town, None)
    reader = _reader(town, who)
    headers = reader.headers if reader else {}

    async def page(**query: Any) -> tuple[int, Any]:
        answer = await town.client.get(path, params=query, headers=headers)
        return answer.status_code, answer.json()

    def ids(body: Any) -> list[str]:
        return [each["id"] for each in body["items"]]

    _, first = await page(area="est", limit=1)
    _, second = await page(area="est", limit=1, cursor=first["next_cursor"])
    assert (ids(first), ids(second), second["next_cursor"]) == ([third], [east], None)
    _, back = await page(area="est", limit=1, cursor=second["prev_cursor"])
    assert ids(back) == [third]
    _, whole = await page()
    assert sorted(ids(whole)) == sorted([east, other, third, everywhere])
    _, none = await page(area="nord")
    assert none["items"] == []
    for query in ({"cursor": first["next_cursor"]}, {"cursor": first["next_cursor"], "area": "ouest"}):
        assert (await page(**query))[0] == 400, "a cursor leads on in its own list alone"
    assert (await page(area=BAD))[0] == 422
