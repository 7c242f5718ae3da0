# SPDX-License-Identifier: EUPL-1.2
"""Messages of other applications: who may send them, where they go, and what is kept of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from notifications_post import Post
from notifications_senders import KEYS, PATH, VALUES, Office, early_in_a_minute
from notifications_sink import form

from parvis_notifications.db.purge import purge


@pytest.fixture
def office(post: Post) -> Office:
    return Office(post)


async def test_an_application_sends_by_a_template_and_follows_its_message(office: Office) -> None:
    template, key = await office.desk.published(), await office.key()
    sent = await office.send(key, template, to="Zoé@Example.org".replace("é", "e"), reference="dossier 12")
    assert sent.status_code == 201, sent.text
    assert (sent.json()["status"], sent.json()["template_version"]) == ("created", 1)
    await office.post.send_mails()
    (mail,) = office.post.sink.mails()
    assert (mail["To"].casefold(), mail["Subject"]) == ("zoe@example.org", "Votre carte 4012")
    assert "Votre carte <strong>4012</strong> est prête." in form(mail, "html")
    assert "None" not in form(mail, "plain")
    read = (await office.read(key, f"/{sent.json()['id']}")).json()
    assert (read["status"], read["reference"], read["subject"]) == ("sent", "dossier 12", "Votre carte 4012")
    assert read["sent_at"] is not None
    found = (await office.read(key, "?reference=dossier%2012&status=sent&status=delivered")).json()["items"]
    assert [each["id"] for each in found] == [read["id"]]
    for other in ("?reference=autre", "?status=created"):
        assert (await office.read(key, other)).json()["items"] == []


async def test_nothing_of_a_recipient_is_readable_at_rest(office: Office) -> None:
    template, key = await office.desk.published(), await office.key(guests=["zoe@example.org"])
    # Longer words than chance brings about among sealed bytes.
    number = "40124012"
    sent = await office.send(key, template, reference="dossier 12", personalisation=VALUES | {"numéro": number})
    assert sent.status_code == 201, sent.text
    for table in ("sent_message", "message", "delivery"):
        (row,) = await office.post.rows(table)
        for said in ("zoe@example", "example.org", "Votre carte", "dossier", number):
            assert said not in repr(row)
    (row,) = await office.post.rows("sending_key")
    assert key[-36:].encode() not in row["secret"]
    assert b"zoe@example" not in row["guests"]


async def test_sent_again_with_the_same_key_it_goes_once(office: Office) -> None:
    template, key = await office.desk.published(), await office.key()
    first = await office.send(key, template, idempotency="k")
    again = await office.send(key, template, idempotency="k")
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert len(await office.post.rows("sent_message")) == 1
    other = await office.send(key, template, idempotency="k", reference="x")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_test_key_goes_the_whole_way_but_to_a_provider(office: Office) -> None:
    template, key = await office.desk.published(), await office.key("test")
    arrived = await office.send(key, template)
    lost = await office.send(key, template, to="perm-fail@example.org")
    await office.post.send_mails()
    assert office.post.sink.mails() == []
    states = [(await office.read(key, f"/{each.json()['id']}")).json()["status"] for each in (arrived, lost)]
    assert states == ["delivered", "permanent-failure"]
    live = await office.key()
    assert (await office.read(live, "")).json()["items"] == []
    assert (await office.read(live, f"/{arrived.json()['id']}")).status_code == 404


async def test_a_team_key_writes_to_its_guests_alone(office: Office) -> None:
    template, key = (
        await office.desk.published(),
        await office.key("team", guests=["zoe@EXAMPLE.org", "06 12 34 56 78"]),
    )
    assert (await office.send(key, template)).status_code == 201
    assert (await office.send(key, template, channel="sms", to="+33612345678")).status_code == 201
    refused = await office.send(key, template, to="autre@example.org")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/to")


async def test_a_key_sends_so_many_a_minute_and_a_day_and_no_more(office: Office) -> None:
    template = await office.desk.published()
    for span in ("minute", "day"):
        key = await office.key("live", **{"application": span, f"per_{span}": 2})
        await early_in_a_minute()
        codes = [(await office.send(key, template)).status_code for _ in range(3)]
        assert codes == [201, 201, 429]
    refused = await office.send(key, template)
    assert refused.json()["code"] == "too-many-sent"
    assert int(refused.headers["retry-after"]) > 0
    assert len(await office.post.rows("sent_message")) == 4


@pytest.mark.parametrize("end", ["revoked", "expired", "wrong", "none"])
async def test_only_a_key_that_works_opens_anything(office: Office, end: str) -> None:
    template, made = await office.desk.published(), await office.make()
    key = made.json()["key"]
    if end == "revoked":
        path = f"{KEYS}/{made.json()['id']}"
        headers = office.desk.agent.headers | {"If-Match": made.headers["etag"]}
        assert (await office.post.client.delete(path, headers=headers)).status_code == 204
        assert (await office.post.client.delete(path, headers=headers)).status_code == 404
    if end == "expired":
        await office.post.pool.execute("UPDATE sending_key SET expires_at = now()")
    if end == "wrong":
        key = key[:-36] + str(uuid4())
    if end == "none":
        key = "x"
    for answer in (await office.send(key, template), await office.read(key, "")):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert await office.post.rows("sent_message") == []


async def test_a_message_waits_for_its_time_and_may_be_cancelled_till_then(office: Office) -> None:
    template, key = await office.desk.published(), await office.key()
    at = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    waiting, dropped = [await office.send(key, template, scheduled_at=at) for _ in range(2)]
    path = f"{PATH}/{dropped.json()['id']}/cancellation"
    headers = {"Authorization": f"Bearer {key}"}
    for _ in range(2):
        assert (await office.post.client.post(path, headers=headers)).json()["status"] == "cancelled"
    await office.post.send_mails()
    assert office.post.sink.mails() == []
    await office.post.due_now("delivery")
    await office.post.send_mails()
    assert len(office.post.sink.mails()) == 1
    path = f"{PATH}/{waiting.json()['id']}/cancellation"
    assert (await office.post.client.post(path, headers=headers)).status_code == 409
    far = (datetime.now(UTC) + timedelta(days=91)).isoformat()
    assert (await office.send(key, template, scheduled_at=far)).json()["errors"][0]["pointer"] == "/scheduled_at"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"to": "personne"}, "/to"),
        ({"channel": "sms", "to": "12"}, "/to"),
        ({"personalisation": {"prénom": "Zoé"}}, "/personalisation/numéro"),
        ({"personalisation": {"prénom": "Zoé", "numéro": "douze"}}, "/personalisation/numéro"),
        ({"template_id": str(uuid4())}, "/template_id"),
    ],
)
async def test_what_cannot_be_sent_is_pointed_at(office: Office, change: dict[str, Any], pointer: str) -> None:
    template, key = await office.desk.published(), await office.key()
    refused = await office.send(key, template, **change)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert await office.post.rows("sent_message") == []


async def test_keys_are_an_agents_affair_and_their_messages_their_towns(office: Office) -> None:
    template, made = await office.desk.published(), await office.make()
    service = office.post.service
    path = f"{KEYS}/{made.json()['id']}"
    read = await office.post.get(office.desk.agent, path)
    assert "key" not in read.json()
    assert (await office.post.get(service.agent("lutece"), path)).status_code == 404
    assert (await office.post.get(service.agent("lutece"), KEYS)).json()["items"] == []
    assert (await office.post.get(service.system(), KEYS)).status_code == 403
    stranger = Office(office.post)
    stranger.desk.agent = service.agent("lutece")
    key = await stranger.key()
    assert (await office.send(key, template)).status_code == 422
    sent = await office.send(made.json()["key"], template)
    assert (await office.read(key, f"/{sent.json()['id']}")).status_code == 404


async def test_what_was_sent_goes_after_its_time_and_the_rest_stays(office: Office) -> None:
    template, key, reader = await office.desk.published(), await office.key(), office.post.person()
    await office.post.told(reader)
    await office.send(key, template)
    await office.post.send_mails()
    await office.post.pool.execute("UPDATE sent_message SET created_at = now() - interval '91 days'")
    days = timedelta(days=90)
    await purge(office.post.pool, messages=timedelta(days=1_095), sent=days, webhooks=days)
    assert await office.post.rows("sent_message") == []
    assert len(await office.post.rows("message")) == 1


async def test_what_waits_for_its_time_is_kept_until_it_went_and_so_long_after_it(office: Office) -> None:
    template, key = await office.desk.published(), await office.key()
    at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    await office.send(key, template, scheduled_at=at)
    week = timedelta(days=7)

    async def purged(change: str) -> int:
        await office.post.pool.execute(change)
        await purge(office.post.pool, messages=timedelta(days=1_095), sent=week, webhooks=week)
        return len(await office.post.rows("sent_message"))

    assert await purged("UPDATE sent_message SET created_at = now() - interval '8 days'") == 1
    assert await purged("UPDATE sent_message SET scheduled_at = now() - interval '1 day'") == 1
    assert await purged("UPDATE sent_message SET scheduled_at = now() - interval '8 days'") == 1, "it has not gone yet"
    assert await purged("UPDATE delivery SET state = 'sent'") == 0
