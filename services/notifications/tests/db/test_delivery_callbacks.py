# SPDX-License-Identifier: EUPL-1.2
"""Applications are called back: signed, in order, once for each change, and never about anybody else's messages."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from notifications_post import Post
from notifications_senders import KEYS, Office
from notifications_servers import Receiver
from notifications_sink import form
from standardwebhooks import Webhook

from parvis_notifications.db import sent_message_changes
from parvis_notifications.domain.bounce import Report
from parvis_notifications.domain.webhook import CALLBACK_EVENT
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.note_bounce import NoteBounce
from parvis_notifications.service.tell_applications import CallbackTeller

CONTACT = "informatique@bibliotheque.example"


class Line:
    """An application with a key and somewhere to be called at."""

    def __init__(self, post: Post, receiver: Receiver) -> None:
        self.post, self.receiver, self.office = post, receiver, Office(post)
        self.key = self.path = self.secret = self.template = ""

    async def begin(self, kind: str = "live", template: str | None = None) -> None:
        self.template = template or await self.office.desk.published()
        made = (await self.office.make(kind)).json()
        self.key, self.path = made["key"], f"{KEYS}/{made['id']}/callbacks"
        added = await self.add()
        assert added.status_code == 201, added.text
        self.secret = added.json()["secret"]
        self.one = f"{self.path}/{added.json()['id']}"

    async def add(self, **changes: Any) -> Any:
        body = {"url": f"{self.receiver.url}/parvis", "contact_email": CONTACT} | changes
        headers = self.office.desk.agent.headers | {"Idempotency-Key": self.post.key()}
        return await self.post.client.post(self.path, json=body, headers=headers)

    async def send(self, **changes: Any) -> str:
        sent = await self.office.send(self.key, self.template, reference="dossier 12", **changes)
        assert sent.status_code == 201, sent.text
        return str(sent.json()["id"])

    async def call(self) -> list[dict[str, Any]]:
        """Everything that is to be told; returns the data of all calls so far."""
        runtime = self.post.service.runtime
        teller = CallbackTeller(runtime.database, runtime.persons, self.post.settings(), Bell())
        while await teller.round():
            """More changes wait."""
        await self.post.call_webhooks()
        return [json.loads(call.body)["data"] for call in self.receiver.calls]


@pytest.fixture
async def line(post: Post, receiver: Receiver) -> Line:
    made = Line(post, receiver)
    await made.begin()
    return made


async def test_each_change_is_told_signed_once_and_says_whether_it_is_final(line: Line) -> None:
    message = await line.send()
    assert await line.call() == []
    await line.post.send_mails()
    await line.call()
    (told,) = await line.call()
    assert told | {"occurred_at": 0, "sequence": 0} == {
        "message": message,
        "collectivity": "paris",
        "channel": "email",
        "status": "sent",
        "final": False,
        "reference": "dossier 12",
        "occurred_at": 0,
        "sequence": 0,
    }
    (call,) = line.receiver.calls
    Webhook(line.secret).verify(call.body, dict(call.headers))
    assert b"zoe" not in call.body
    (delivery,) = await line.post.rows("delivery")
    note = NoteBounce(line.post.service.runtime.database, line.post.service.runtime.persons, line.post.fingerprints)
    await note.note(delivery["id"], Report("failed", "5.1.1"))
    first, last = await line.call()
    assert (last["message"], last["status"], last["final"]) == (message, "permanent-failure", True)
    assert last["sequence"] > first["sequence"]


async def test_nothing_of_it_is_readable_at_rest_and_goes_with_the_recipient(line: Line) -> None:
    await line.send(to=f"{uuid4()}@example.org")
    await line.post.send_mails()
    line.receiver.reply = lambda _: (500, {}, b"")
    await line.call()
    (row,) = await line.post.rows("webhook_event")
    assert (b"dossier" in row["content"], row["position"], row["event_type"]) == (False, None, CALLBACK_EVENT)
    assert await line.post.pool.fetchval("SELECT count(*) FROM sent_message_change") == 0
    await line.post.service.runtime.persons.destroy(row["person"])
    line.receiver.reply = lambda _: (204, {}, b"")
    await line.post.due_now("webhook_delivery")
    await line.call()
    (delivery,) = await line.post.rows("webhook_delivery")
    assert (delivery["state"], delivery["last_error"], len(line.receiver.calls)) == ("failed", "person-erased", 1)


async def test_what_goes_wrong_in_the_middle_is_told_once_all_the_same(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.send()
    await line.post.send_mails()

    async def killed(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(sent_message_changes, "forget", killed)
        with pytest.raises(ConnectionError):
            await line.call()
    assert [told["status"] for told in await line.call()] == ["sent"]


async def test_others_are_told_nothing(line: Line) -> None:
    other = await line.office.key("live", application="cantine")
    await line.office.send(other, line.template)
    await line.post.told(line.post.person())
    await line.post.send_mails()
    assert await line.call() == []
    assert await line.post.pool.fetchval("SELECT count(*) FROM sent_message_change") == 0
    # Neither may a system have them as a subscription, nor see this one.
    system = line.post.service.system()
    assert (await line.post.subscribe(system, "https://voirie.example/", CALLBACK_EVENT)).status_code == 422
    assert (await line.post.get(system, "/v1/webhook-subscriptions")).json()["items"] == []


async def test_a_cancelled_message_and_one_of_a_test_key_are_told(line: Line) -> None:
    message = await line.send(scheduled_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    headers = {"Authorization": f"Bearer {line.key}", "Idempotency-Key": line.post.key()}
    await line.post.client.post(f"/v1/sent-messages/{message}/cancellation", headers=headers)
    (told,) = await line.call()
    assert (told["status"], told["final"]) == ("cancelled", True)
    trial = Line(line.post, line.receiver)
    await trial.begin("test", line.template)
    await trial.send(to="perm-fail@example.org")
    await trial.send()
    await line.post.send_mails()
    assert sorted(each["status"] for each in (await line.call())[1:]) == ["delivered", "permanent-failure"]


async def test_whoever_takes_nothing_is_disabled_written_to_and_goes_on_when_wanted(line: Line) -> None:
    await line.send()
    await line.post.send_mails()
    line.receiver.reply = lambda _: (410, {}, b"")
    await line.call()
    await line.post.warn_owners()
    mail = line.post.sink.mails()[-1]
    assert mail["To"] == CONTACT
    assert line.one in form(mail, "plain")
    agent = line.office.desk.agent
    shown = await line.post.get(agent, line.one)
    assert (shown.json()["state"], shown.json()["disabled_reason"]) == ("disabled", "gone")
    await line.send(to="leo@example.org")
    headers = agent.headers | {"If-Match": shown.headers["etag"], "Content-Type": "application/merge-patch+json"}
    changed = await line.post.client.patch(line.one, content=b'{"state": "active"}', headers=headers)
    assert (changed.status_code, changed.json()["state"]) == (200, "active")
    line.receiver.reply = lambda _: (204, {}, b"")
    await line.post.send_mails()
    assert len(await line.call()) == 2


async def test_agents_keep_callbacks_of_their_own_towns_keys(line: Line) -> None:
    agent = line.office.desk.agent
    assert [row["url"] for row in (await line.post.get(agent, line.path)).json()["items"]] == [
        f"{line.receiver.url}/parvis"
    ]
    refused = await line.add(url="ftp://example.org/")
    assert refused.status_code == 422
    for _ in range(4):
        assert (await line.add()).status_code == 201
    assert (await line.add()).json()["code"] == "too-many-subscriptions"
    stranger = line.post.service.agent(collectivity="lyon")
    for path in (line.path, line.one, f"{line.one}/deliveries"):
        assert (await line.post.get(stranger, path)).status_code == 404
    headers = agent.headers | {"Idempotency-Key": line.post.key()}
    renewed = await line.post.client.post(f"{line.one}/keys", json={}, headers=headers)
    assert renewed.json()["secret"] != line.secret
    headers = agent.headers | {"Idempotency-Key": line.post.key()}
    tried = await line.post.client.post(f"{line.one}/test-events", headers=headers)
    assert tried.status_code == 201, tried.text
    await line.call()
    Webhook(line.secret).verify(line.receiver.calls[-1].body, dict(line.receiver.calls[-1].headers))
    log = (await line.post.get(agent, f"{line.one}/deliveries")).json()["items"]
    assert [(row["event_type"], row["state"]) for row in log] == [
        ("fr.parvis.notifications.webhook-tested.v1", "delivered")
    ]
    gone = await line.post.client.delete(line.one, headers=agent.headers | {"If-Match": renewed.headers["etag"]})
    assert gone.status_code == 204
