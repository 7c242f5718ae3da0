# SPDX-License-Identifier: EUPL-1.2
"""What the service really emits fits the published schemas, and it takes in what it says it does."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
import yaml
from jsonschema import Draft202012Validator
from notifications_post import Post, event
from notifications_replies import SENDER, answer, answerable, bring

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_notifications.consumers import people, public_events, public_topics
from parvis_notifications.db.sent_message_changes import Change
from parvis_notifications.domain.webhook import CALLBACK_EVENT
from parvis_notifications.events import data_accessed
from parvis_notifications.outgoing.public_topics import PublicTopics
from parvis_notifications.service.tell_applications import changed_event

CONTRACTS = Path(__file__).parents[4] / "contracts"
EVENTS = CONTRACTS / "events"
GROUPS = {
    "notifications-people": (people.TOPICS, people.handlers(cast("PersonKeys", None))),
    "notifications-webhooks": (public_events.TOPICS, public_events.handlers("http://localhost:8080")),
    "notifications-public-topics": (public_topics.TOPICS, public_topics.handlers(PublicTopics("localhost:9092"))),
}


async def test_each_emitted_event_fits_its_schema(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    await bring(post, to, answer(to))
    emitted = {row["type"]: json.loads(row["data"]) for row in await post.pool.fetch("SELECT type, data FROM outbox")}
    system = post.service.system()
    path = f"/v1/webhook-subscriptions/{(await post.subscribe(system, 'https://voirie.example/')).json()['id']}"
    await post.client.post(f"{path}/test-events", headers=system.headers | {"Idempotency-Key": "k"})
    for content in await post.pool.fetch("SELECT content FROM webhook_event WHERE event_type LIKE '%webhook-tested%'"):
        tested = json.loads(content["content"])
        emitted[tested["type"]] = tested["data"]
    emitted[CALLBACK_EVENT] = changed_event(_change(), PersonKey(uuid4(), bytes(32))).data
    read = data_accessed(
        message_id=uuid4(), person=uuid4(), client_id="mail-room", collectivity="paris", at=datetime.now(UTC)
    )
    emitted[read.type] = read.data
    assert set(emitted) == {f"{path.parent.name}.v1" for path in EVENTS.glob("fr.parvis.notifications.*/v1.json")}
    for type_, data in emitted.items():
        schema = json.loads((EVENTS / type_.removesuffix(".v1") / "v1.json").read_text())
        assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == [], type_
        assert set(data) == set(schema["properties"]), "nothing undeclared is emitted"


def _change() -> Change:
    """What the trigger notes of a message that its relay has taken."""
    ids = {name: uuid4() for name in ("id", "message_id", "key_id", "recipient")}
    now = datetime.now(UTC)
    return Change(
        **ids,
        number=1,
        collectivity="paris",
        state="sent",
        reply="250",
        fault=None,
        changed_at=now,
        channel="email",
        reference=None,
    )


@pytest.mark.parametrize("group", GROUPS)
def test_each_consumer_takes_in_what_the_contract_says(group: str) -> None:
    document: dict[str, Any] = yaml.safe_load((CONTRACTS / "asyncapi/notifications.v1.yaml").read_text("utf-8"))
    heard: dict[str, set[str]] = defaultdict(set)
    for operation in document["operations"].values():
        # Ended sessions are read without a group.
        of_group = operation.get("bindings", {"kafka": {"groupId": {"const": None}}})["kafka"]["groupId"]["const"]
        if operation["action"] == "receive" and of_group == group:
            channel = document["channels"][operation["channel"]["$ref"].rsplit("/", 1)[-1]]
            names = [message["$ref"].rsplit("/", 1)[-1] for message in operation["messages"]]
            heard[channel["address"]] |= {document["components"]["messages"][name]["name"] for name in names}
    topics, handlers = GROUPS[group]
    assert set(heard) == set(topics)
    assert set().union(*heard.values()) == set(handlers)


@pytest.mark.parametrize("name", ["submitted", "taken", "replied", "resolved"])
async def test_the_published_example_of_each_event_leaves_a_notice(post: Post, name: str) -> None:
    await post.hear(event(name))
    (notice,) = await post.rows("notice")
    assert notice["template"] == f"request-{name}"


async def test_a_published_step_leaves_a_notice_where_it_is_for_the_author(post: Post) -> None:
    await post.hear(event("status-changed"))
    await post.hear(event("status-changed", notify_author=False))
    (notice,) = await post.rows("notice")
    assert notice["template"] == "request-moved"


async def test_a_request_of_another_type_is_acknowledged_anew(post: Post) -> None:
    filed = event("submitted")
    await post.hear(filed)
    await post.hear(event("status-changed", action="change-type", notify_author=False, request_id=str(filed.key)))
    assert [notice["template"] for notice in await post.rows("notice")] == ["request-submitted"] * 2
