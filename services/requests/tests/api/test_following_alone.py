# SPDX-License-Identifier: EUPL-1.2
"""Who reports without an account is shown what is open nearby, and follows it by an address that is confirmed."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from public_doors import decide
from requests_town import TOWN_HALL, Town

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.service.confirm_address import forget_confirmations
from parvis_requests.service.purge_closed import destroy_rest, purge_closed
from parvis_requests.service.purge_uploads import purge_uploads

HERE = "/v1/collectivities/paris"
ASKED = "fr.parvis.requests.confirmation-asked.v1"
MOVED = "fr.parvis.requests.followed-request-moved.v1"
EMAIL = "lea.zyzomys@example.org"
# Their mails have a link of their own; they have filed nothing that a token opens.
FOLLOWER = {"email": EMAIL, "language": "en", "can_follow": False}


async def nearby(town: Town, path: str = HERE, **more: Any) -> list[dict[str, Any]]:
    place = {"longitude": str(TOWN_HALL[0]), "latitude": str(TOWN_HALL[1])}
    answer = await town.client.get(f"{path}/nearby-requests", params=place | more)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def ask(
    town: Town, request: dict[str, Any], email: str = EMAIL, *, key: str | None = None, path: str = HERE
) -> httpx.Response:
    where = f"{path}/public-requests/{request['reference']}/followers"
    headers = {"Idempotency-Key": key or str(uuid4()), "Accept-Language": "en"}
    return await town.client.post(where, json={"email": email}, headers=headers)


async def told(town: Town, type_: str) -> list[dict[str, Any]]:
    wanted = "SELECT data FROM outbox WHERE type = $1 ORDER BY occurred_at, id"
    return [json.loads(row["data"]) for row in await town.service.runtime.database.pool.fetch(wanted, type_)]


async def internal(town: Town, path: str, collectivity: str = "paris") -> httpx.Response:
    headers = town.service.system().headers
    return await town.service.internal.get(f"/internal/v1{path}?collectivity={collectivity}", headers=headers)


async def button(town: Town) -> str:
    """The address to which the newest mail leads."""
    asked = (await told(town, ASKED))[-1]
    found = (await internal(town, f"/confirmations/{asked['confirmation_id']}")).json()["link"]
    return str(found[found.index("/confirm-address") :])


async def confirm(town: Town) -> httpx.Response:
    return await town.client.post(await button(town))


async def follow(town: Town, request: dict[str, Any], email: str = EMAIL) -> None:
    assert (await ask(town, request, email)).status_code == 202
    assert "Vous suivez" in (await confirm(town)).text


async def link(town: Town, request: dict[str, Any], person: str) -> str:
    found = (await internal(town, f"/requests/{request['id']}/followers/{person}")).json()["link"]
    return str(found[found.index("/followed-request") :])


async def test_who_has_no_account_is_shown_nearby_what_anybody_may_know(town: Town) -> None:
    author = town.service.citizen()
    await town.publish("nearby-secret", position_required=True)
    await town.publish("nearby-open", public=True, publication={"content": "at-once"})
    await town.submit(author, request_type="nearby-secret", answers={}, description="Un matelas")
    shown = await town.submit(
        author, request_type="nearby-open", answers={}, description="Un matelas", address="Zyzomys"
    )
    unread = (await town.submit(author, description="Un matelas")).json()
    hidden = (await town.submit(author)).json()
    assert (await decide(town, hidden, '"0"', hidden=True, reason="Nomme un voisin.")).status_code == 200
    found = await nearby(town, q="matelas")
    assert [(each["reference"], each["likeness"]) for each in found] == [
        (shown.json()["reference"], 1.0), (unread["reference"], 0.0),
    ]  # fmt: skip
    assert set(found[0]) == {
        "reference", "request_type", "status", "position", "distance", "likeness", "followers", "created_at",
    }  # fmt: skip
    assert [each["likeness"] for each in await nearby(town, q="Zyzomys")] == [0.0, 0.0]
    assert await nearby(town, "/v1/collectivities/lutece") == []
    assert (
        await town.client.get("/v1/collectivities/nowhere/nearby-requests?longitude=2&latitude=48")
    ).status_code == 404


async def test_an_address_that_is_confirmed_is_told_of_each_step_once_and_others_of_none(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    account = town.service.citizen()
    await town.follow(account, request)
    answer = await ask(town, request)
    assert (answer.status_code, list(answer.json())) == (202, ["confirm_before"])
    asked = (await told(town, ASKED))[-1]
    mail = (await internal(town, f"/confirmations/{asked['confirmation_id']}")).json()
    assert (mail["email"], mail["follows"], mail["request_type"]) == (EMAIL, request["reference"], None)
    await town.act(agent, request, "take", '"1"')
    assert [each["person"] for each in await told(town, MOVED)] == [account.subject]
    assert (await nearby(town))[0]["followers"] == 1
    where = await button(town)
    for _ in range(2):
        assert request["reference"] in (await town.client.post(where)).text
    # The same address, asked for once more, and written otherwise.
    await follow(town, request, EMAIL.upper())
    assert (await nearby(town))[0]["followers"] == 2
    await town.act(agent, request, "resolve", '"2"')
    steps = [(each["person"], each["status"]) for each in await told(town, MOVED)]
    assert sorted(steps) == sorted(
        [(account.subject, "taken"), (account.subject, "resolved"), (asked["person"], "resolved")]
    )
    contact = await internal(town, f"/reporters/{asked['person']}/contact")
    assert contact.json() == FOLLOWER
    assert (await internal(town, f"/requests/{request['id']}/followers/{account.subject}")).status_code == 404


async def test_the_link_of_each_mail_shows_where_it_stands_and_ends_it_with_the_address(town: Town) -> None:
    request = (await town.submit(town.service.citizen())).json()
    await follow(town, request)
    person = (await told(town, ASKED))[-1]["person"]
    where = await link(town, request, person)
    assert (await internal(town, f"/requests/{request['id']}/followers/{person}", "lutece")).status_code == 404
    for _ in range(2):  # programs open links to look what is behind them
        page = await town.client.get(where, headers={"Accept-Language": "en"})
        assert (page.status_code, request["reference"] in page.text) == (200, True)
    assert await town.count("follow") == 1
    forged = where[:-4] + ("AAAA" if where[-4:] != "AAAA" else "BBBB")
    assert (await town.client.post(forged)).status_code == 404
    assert (await town.client.post(where)).status_code == 200
    assert [await town.count(table) for table in ("follow", "reporter", "confirmation")] == [0, 0, 0]
    assert await town.count("destruction") == 1
    assert (await town.client.get(where)).status_code == 404
    await town.act(town.service.agent(), request, "take", '"1"')
    assert await told(town, MOVED) == []


async def test_what_is_not_public_is_followed_by_nobody_even_where_it_was_when_they_asked(town: Town) -> None:
    author = town.service.citizen()
    await town.publish("follow-secret")
    secret = (await town.submit(author, request_type="follow-secret", answers={})).json()
    assert (await ask(town, secret)).status_code == 404
    assert (await ask(town, {"reference": "no reference"})).status_code == 404
    request = (await town.submit(author)).json()
    assert (await ask(town, request, path="/v1/collectivities/lutece")).status_code == 404
    assert (await ask(town, request)).status_code == 202
    assert (await decide(town, request, '"0"', hidden=True, reason="Nomme un voisin.")).status_code == 200
    assert (await confirm(town)).status_code == 404
    assert await town.count("follow") == 0
    assert (await decide(town, request, '"1"', hidden=False)).status_code == 200
    assert (await confirm(town)).status_code == 200
    assert await town.count("follow") == 1


async def test_two_who_press_at_once_follow_once_and_an_author_their_own_request_never(town: Town) -> None:
    body = {
        "request_type": "cartons", "description": "Des cartons", "channel": "phone",
        "answers": {"blocks_pavement": True, "quantity": 3}, "contact": {"email": EMAIL},
        "position": {"type": "Point", "coordinates": TOWN_HALL},
    }  # fmt: skip
    headers = town.service.agent().headers | {"Idempotency-Key": town.key()}
    own = (await town.client.post("/v1/requests-on-behalf", json=body, headers=headers)).json()
    await follow(town, own)
    assert await town.count("follow") == 0
    await ask(town, own, "sacha@example.org")
    where = await button(town)
    pages = await asyncio.gather(*(town.client.post(where) for _ in range(4)))
    assert {page.status_code for page in pages} <= {200, 503}
    assert await town.count("follow") == 1


async def test_an_hour_takes_so_many_and_a_key_asks_once(town: Town) -> None:
    request, key = (await town.submit(town.service.citizen())).json(), str(uuid4())
    first, again = [await ask(town, request, key=key) for _ in range(2)]
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    assert (await ask(town, request, key="short")).status_code == 400
    assert len(await told(town, ASKED)) == 1
    rows = (
        "INSERT INTO reporter (person, collectivity, contact, created_at)"
        " SELECT gen_random_uuid(), 'paris', '', now() FROM generate_series(1, 499)"
    )
    pool = town.service.runtime.database.pool
    await pool.execute(rows)
    await pool.execute(
        "INSERT INTO confirmation"
        " (id, person, collectivity, digest, address, follows, sent, sent_at, created_at, expires_at)"
        " SELECT gen_random_uuid(), person, 'paris', uuid_send(person), '', (SELECT id FROM request), 1, now(), now(),"
        " now() + interval '1 day' FROM reporter WHERE contact = ''"
    )
    refused = await ask(town, request)
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-filings")
    await pool.execute("UPDATE confirmation SET created_at = created_at - interval '1 hour'")
    assert (await ask(town, request)).status_code == 202


async def test_who_never_confirms_is_forgotten_and_who_follows_is_kept_until_the_request_goes(
    town: Town, tmp_path: Any
) -> None:
    request, pool = (await town.submit(town.service.citizen())).json(), town.service.runtime.database.pool
    await follow(town, request)
    person = (await told(town, ASKED))[-1]["person"]
    await ask(town, request, "sacha@example.org")
    database, blobs = town.service.runtime.database, FileBlobs(tmp_path)
    soon = datetime.now(UTC) + timedelta(days=2)
    await purge_uploads(database, blobs, soon)
    assert (await town.count("reporter"), await town.count("confirmation")) == (2, 2)
    later = datetime.now(UTC) + timedelta(days=8)
    await forget_confirmations(database, later)
    await purge_uploads(database, blobs, later)
    kept = await pool.fetch("SELECT person FROM reporter")
    assert [str(row["person"]) for row in kept] == [person]
    await pool.execute(
        "INSERT INTO retention"
        " SELECT id, collectivity, now() - interval '2 days', now() - interval '1 day' FROM request"
    )
    await destroy_rest(database, town.service.runtime.persons, blobs)
    assert await purge_closed(database, town.service.runtime.persons, blobs, datetime.now(UTC)) == 1
    assert [await town.count(table) for table in ("follow", "reporter")] == [0, 0]
    assert (await internal(town, f"/reporters/{person}/contact")).status_code == 404


async def test_nothing_readable_is_kept_of_who_follows(town: Town) -> None:
    request = (await town.submit(town.service.citizen())).json()
    await follow(town, request)
    await town.act(town.service.agent(), request, "take", '"1"')
    for table in ("confirmation", "reporter", "follow", "outbox", "idempotency_record"):
        rows = await town.service.runtime.database.pool.fetchval(
            f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"
        )
        assert "zyzomys" not in rows.casefold()
        assert b"zyzomys".hex() not in rows


async def test_an_agent_on_the_phone_is_shown_what_is_nearby_and_has_the_caller_follow_it(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    request = (await town.submit(citizen, description="Un matelas éventré")).json()
    place = f"longitude={TOWN_HALL[0]}&latitude={TOWN_HALL[1]}&q=matelas"
    (item,) = (await town.get(agent, f"/v1/nearby-requests?{place}")).json()["items"]
    assert (item["id"], item["own"]) == (request["id"], False)
    where, body = f"/v1/requests/{item['id']}/followers", {"email": EMAIL, "language": "en"}

    async def have_follow(caller: Any) -> httpx.Response:
        headers = caller.headers | {"Idempotency-Key": town.key()}
        return await town.client.post(where, json=body, headers=headers)

    assert (await have_follow(citizen)).status_code == 403
    assert (await have_follow(town.service.agent("lutece"))).status_code == 404
    for _ in range(2):
        assert (await have_follow(agent)).json() == {"following": True, "followers": 1}
    assert await told(town, ASKED) == []
    await town.act(agent, request, "take", '"1"')
    (step,) = await told(town, MOVED)
    assert (await internal(town, f"/reporters/{step['person']}/contact")).json() == FOLLOWER
    await town.client.post(await link(town, request, step["person"]))
    assert await town.count("follow") == 0
