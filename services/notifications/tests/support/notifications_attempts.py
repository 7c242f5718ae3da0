# SPDX-License-Identifier: EUPL-1.2
"""A short way to what is kept of each attempt of news and alerts."""

from typing import Any

from notifications_texts import Texts
from notifications_town import EMERGENCY, HALL, Town, place

DUE = "UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'"
THERE = {"consents": [EMERGENCY], "places": [place(HALL)]}


async def exported(town: Town, item: str) -> list[dict[str, Any]]:
    answer = await town.post.get(town.agent, f"/v1/broadcasts/{item}/delivery-records?format=json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    return list(answer.json()["items"])


async def tried(town: Town, item: str) -> list[tuple[str | None, str, str | None]]:
    """With whom, what came of it, and the answer, of the one whom it was for."""
    (record,) = await exported(town, item)
    assert record["attempts"] == len(record["attempt_log"])
    return [(each["provider"], each["outcome"], each["reply"]) for each in record["attempt_log"]]


async def texted(texts: Texts, town: Town) -> None:
    await town.choose(texts.person("+33639980001", None), THERE)


async def again(town: Town, **changes: Any) -> None:
    await town.post.pool.execute(DUE)
    await town.send(**changes)
