# SPDX-License-Identifier: EUPL-1.2
"""A town whose news somebody has gathered into one mail."""

from typing import Any

from notifications_post import TEMPLATES, Post
from notifications_town import Town, wishes

from parvis_notifications.service.make_digests import DigestMaker
from parvis_testing import Caller

GATHERED = [{"topic": "works", "channels": ["email"], "digest": "daily"}]
AT_SIX = {"at": "18:00", "weekday": "friday", "time_zone": "Europe/Paris"}


async def gathering(town: Town, email: str = "zoe@example.org", quiet: dict[str, str] | None = None) -> Caller:
    """Somebody whose news of works, and whose messages about requests, are gathered daily."""
    reader = town.post.person(email)
    assert (await town.choose(reader, wishes(topics=GATHERED))).status_code == 200
    topics = [{"topic": "requests", "channels": ["email"], "digest": "daily"}]
    body = {"language": None, "quiet_hours": quiet, "digest_time": AT_SIX, "topics": topics}
    headers = reader.headers | {"If-Match": '"0"'}
    assert (await town.client.put("/v1/notification-preferences", json=body, headers=headers)).status_code == 200
    return reader


def maker(post: Post) -> DigestMaker:
    runtime = post.service.runtime
    asking = post._asking()  # noqa: SLF001
    return DigestMaker(runtime.database, runtime.persons, asking, post.fingerprints, TEMPLATES, post.settings())


async def its_time(town: Town) -> None:
    await town.post.pool.execute("UPDATE digest SET look_at = now() WHERE closed_at IS NULL")
    while await maker(town.post).round():
        pass


async def figures(town: Town, item: str) -> tuple[str, dict[str, int]]:
    read = (await town.post.get(town.agent, f"/v1/news-items/{item}")).json()
    return read["state"], {each["state"]: each["people"] for each in read["figures"]["parts"]}


async def published(town: Town, subject: str = "Rue barrée", **more: Any) -> str:
    words = {"subject": subject, "body": "La rue est barrée lundi."}
    return str((await town.publish(texts={"fr": words}, **more)).json()["id"])
