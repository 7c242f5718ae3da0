# SPDX-License-Identifier: EUPL-1.2
"""What somebody files without an account waits, where its type says so, until they have confirmed their address."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from requests_town import TOWN_HALL, Town

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.confirm_address import Confirming, forget_confirmations
from parvis_requests.service.purge_closed import destroy_rest
from parvis_requests.service.purge_uploads import purge_uploads

PATH = "/v1/tracked-request"
CONFIRMED = "fr.parvis.requests.address-confirmed.v1"
ASKED = "fr.parvis.requests.confirmation-asked.v1"
EMAIL = "lea.zyzomys@example.org"


async def file(town: Town, code: str, *, key: str | None = None, **changes: Any) -> httpx.Response:
    body = {"request_type": code, "description": "Une fuite rue Zyzomys", "answers": {"colour": "red"}, **changes}
    headers = {"Idempotency-Key": key or str(uuid4()), "Accept-Language": "en"}
    return await town.client.post("/v1/collectivities/paris/requests", json=body, headers=headers)


async def kind(town: Town, email: str) -> str:
    code = f"{email}-{uuid4().hex[:8]}"
    await town.publish(code, audience={"anonymous": True, "email": email})
    return code


async def mails(town: Town) -> list[str]:
    """The ids of the confirmations for which a mail was asked, in their order."""
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data::jsonb ->> 'confirmation_id' AS id FROM outbox WHERE type = $1 ORDER BY occurred_at", ASKED
    )
    return [row["id"] for row in rows]


async def sent(town: Town, id_: str, collectivity: str = "paris") -> httpx.Response:
    """What the service that sends the mail is told."""
    path = f"/internal/v1/confirmations/{id_}?collectivity={collectivity}"
    return await town.service.internal.get(path, headers=town.service.system().headers)


async def link(town: Town) -> str:
    told = (await sent(town, (await mails(town))[-1])).json()
    return str(told["link"]).partition("/confirm-address")[1] + str(told["link"]).partition("/confirm-address")[2]


def confirming(town: Town) -> Confirming:
    runtime = town.service.runtime
    return Confirming(runtime.database, Catalogues(runtime.database, 10), runtime.persons, runtime.blind_index)


async def test_what_waits_becomes_a_request_when_the_button_of_the_mail_is_pressed(town: Town) -> None:
    code, agent = await kind(town, "confirmed"), town.service.agent()
    place = {"type": "Point", "coordinates": TOWN_HALL}
    answer = await file(town, code, email=EMAIL, position=place, address="4 rue Zyzomys")
    assert answer.status_code == 202, answer.text
    assert answer.headers["cache-control"] == "no-store"
    token = {"Tracking-Token": answer.json()["tracking_token"]}
    assert (await town.get(agent, "/v1/work-queue")).json()["items"] == []
    assert (await town.client.get(PATH, headers=token)).status_code == 404
    told = (await sent(town, (await mails(town))[0])).json()
    assert (told["email"], told["language"], told["request_type"]["label"]) == (EMAIL, "en", "Test")
    assert told["confirm_before"] == answer.json()["confirm_before"]
    where = await link(town)
    for _ in range(2):  # programs open links to look what is behind them
        shown = await town.client.get(where)
        assert (shown.status_code, "Confirmer mon adresse" in shown.text) == (200, True)
    assert await town.count("request") == 0
    pressed = await town.client.post(where, headers={"Accept-Language": "en"})
    (item,) = (await town.get(agent, "/v1/work-queue")).json()["items"]
    assert f"Your request {item['reference']} is filed." in pressed.text
    read = (await town.client.get(PATH, headers=token)).json()
    assert (read["id"], read["description"], read["answers"]) == (
        item["id"],
        "Une fuite rue Zyzomys",
        {"colour": "red"},
    )
    assert (read["position"], read["address"]) == (place, "4 rue Zyzomys")
    contact = (await town.get(agent, f"/v1/requests/{read['id']}/contact")).json()
    assert (contact["email"], contact["language"]) == (EMAIL, "en")
    again = await town.client.post(where)
    assert item["reference"] in again.text
    assert await town.count("request") == 1
    assert (await sent(town, (await mails(town))[0])).status_code == 404


async def test_the_legal_period_counts_from_the_confirmation(town: Town) -> None:
    code = await kind(town, "confirmed")
    await file(town, code, email=EMAIL)
    earlier = "UPDATE confirmation SET created_at = created_at - interval '3 days'"
    await town.service.runtime.database.pool.execute(earlier)
    before = datetime.now(UTC)
    await town.client.post(await link(town))
    created = await town.service.runtime.database.pool.fetchval("SELECT created_at FROM request")
    assert before <= created <= datetime.now(UTC)


async def test_nothing_readable_is_kept_of_what_waits(town: Town) -> None:
    await file(town, await kind(town, "confirmed"), email=EMAIL)
    pool = town.service.runtime.database.pool
    for table in ("confirmation", "reporter", "tracking", "outbox", "idempotency_record"):
        rows = await pool.fetchval(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
        for word in ("Zyzomys", "zyzomys"):
            assert word not in rows
            assert word.encode().hex() not in rows


async def test_a_type_says_whether_an_address_is_left_at_all(town: Town) -> None:
    for wish in ("required", "confirmed"):
        refused = await file(town, await kind(town, wish))
        assert (refused.status_code, refused.json()["code"]) == (422, "email-required")
        assert refused.json()["errors"][0]["pointer"] == "/email"
    assert [await town.count(table) for table in ("reporter", "tracking", "confirmation")] == [0, 0, 0]
    assert (await file(town, await kind(town, "optional"))).status_code == 201
    assert await mails(town) == []


@pytest.mark.parametrize("wish", ["required", "optional"])
async def test_an_address_that_is_left_is_written_to_once_it_is_confirmed(town: Town, wish: str) -> None:
    filed = await file(town, await kind(town, wish), email=EMAIL)
    assert filed.status_code == 201, filed.text
    person = await town.service.runtime.database.pool.fetchval("SELECT author FROM request")
    where = f"/internal/v1/reporters/{person}/contact?collectivity=paris"
    system = town.service.system().headers
    assert (await town.service.internal.get(where, headers=system)).status_code == 404
    assert (await sent(town, (await mails(town))[0])).json()["request_type"] is None
    page = await town.client.post(await link(town))
    assert filed.json()["reference"] in page.text
    told = (await town.service.internal.get(where, headers=system)).json()
    assert told == {"email": EMAIL, "language": "en", "can_follow": True}
    assert await town.count("request") == 1


async def test_two_who_press_at_once_file_once(town: Town) -> None:
    await file(town, await kind(town, "confirmed"), email=EMAIL)
    where = await link(town)
    pages = await asyncio.gather(*(town.client.post(where) for _ in range(4)))
    assert {page.status_code for page in pages} <= {200, 503}
    assert await town.count("request") == 1


async def test_sent_again_with_its_key_it_waits_once_and_has_the_same_token(town: Town) -> None:
    code, key = await kind(town, "confirmed"), str(uuid4())
    first, again = [await file(town, code, key=key, email=EMAIL) for _ in range(2)]
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    assert await town.count("confirmation") == 1


async def test_what_was_confirmed_and_interrupted_is_stored_by_the_worker(town: Town) -> None:
    await file(town, await kind(town, "confirmed"), email=EMAIL)
    pool, now = town.service.runtime.database.pool, datetime.now(UTC)
    # Killed after the confirmation was committed, and once more after the request was stored.
    await pool.execute("UPDATE confirmation SET confirmed_at = $1", now)
    kept = await pool.fetchrow("SELECT token, content FROM confirmation")
    assert await confirming(town).store_interrupted(now + timedelta(seconds=10)) == 0
    for _ in range(2):
        await pool.execute("UPDATE confirmation SET token = $1, content = $2", kept["token"], kept["content"])
        await pool.execute("DELETE FROM idempotency_record")
        assert await confirming(town).store_interrupted(now + timedelta(minutes=1)) == 1
        assert await town.count("request") == 1
    assert await pool.fetchval("SELECT created_at FROM request") == now


async def test_what_nobody_confirms_in_time_is_destroyed_with_the_key_of_its_author(town: Town) -> None:
    code = await kind(town, "confirmed")
    lost, kept = [(await file(town, code, email=EMAIL)).json() for _ in range(2)]
    where, runtime = await link(town), town.service.runtime
    blobs = FileBlobs(runtime.settings.attachments_directory)
    await purge_uploads(runtime.database, blobs, datetime.now(UTC) + timedelta(hours=1))
    assert await town.count("confirmation") == 2
    await town.client.post(where)
    person = await runtime.database.pool.fetchval("SELECT person FROM confirmation WHERE confirmed_at IS NULL")
    assert await forget_confirmations(runtime.database, datetime.now(UTC) + timedelta(days=6)) == 0
    assert await forget_confirmations(runtime.database, datetime.now(UTC) + timedelta(days=8)) == 2
    await destroy_rest(runtime.database, runtime.persons, blobs)
    assert await runtime.persons.of_many({person}) == {}
    tokens = [{"Tracking-Token": each["tracking_token"]} for each in (lost, kept)]
    assert [(await town.client.get(PATH, headers=token)).status_code for token in tokens] == [404, 200]
    assert [await town.count(table) for table in ("confirmation", "tracking", "reporter")] == [0, 1, 1]


async def test_a_link_that_is_wrong_or_too_late_says_so(town: Town) -> None:
    await file(town, await kind(town, "confirmed"), email=EMAIL)
    where = await link(town)
    await town.service.runtime.database.pool.execute("UPDATE confirmation SET expires_at = now()")
    for late in (where, "/confirm-address?token=abc", "/confirm-address?token="):
        for page in (await town.client.get(late), await town.client.post(late)):
            assert (page.status_code, "n’est plus valable" in page.text) == (404, True)
    assert await town.count("request") == 0
    assert (await town.client.get("/confirm-address?token=%3Cscript%3E")).status_code == 422


async def test_the_mail_is_sent_again_within_bounds(town: Town) -> None:
    filed = (await file(town, await kind(town, "confirmed"), email=EMAIL)).json()

    async def again(token: str, minutes: int = 2) -> httpx.Response:
        earlier = f"UPDATE confirmation SET sent_at = sent_at - interval '{minutes} minutes'"
        await town.service.runtime.database.pool.execute(earlier)
        headers = {"Tracking-Token": token, "Idempotency-Key": town.key()}
        return await town.client.post(f"{PATH}/confirmation-mails", headers=headers)

    token = filed["tracking_token"]
    soon = await again(token, 0)
    assert (soon.status_code, soon.json()["code"], soon.headers["retry-after"]) == (429, "too-many-mails", "60")
    for _ in range(3):
        answer = await again(token)
        assert (answer.status_code, answer.json()) == (202, {"confirm_before": filed["confirm_before"]})
    assert (await again(token)).status_code == 429
    assert len(await mails(town)) == 4
    assert (await again("x" * 43)).status_code == 404
    await town.client.post(await link(town))
    assert (await again(token)).status_code == 404


async def test_nobodys_mailbox_is_filled_and_nobody_is_told_that_it_would_be(town: Town) -> None:
    code = await kind(town, "confirmed")
    answers = [await file(town, code, email=EMAIL.upper() if number % 2 else EMAIL) for number in range(10)]
    assert {answer.status_code for answer in answers} == {202}
    assert {frozenset(answer.json()) for answer in answers} == {frozenset({"tracking_token", "confirm_before"})}
    assert len(await mails(town)) == 8
    assert (await file(town, code, email="somebody.else@example.org")).status_code == 202
    assert len(await mails(town)) == 9


async def test_what_the_mail_says_is_for_the_service_that_sends_it(town: Town) -> None:
    await file(town, await kind(town, "confirmed"), email=EMAIL)
    (id_,) = await mails(town)
    assert (await sent(town, id_, "lutece")).status_code == 404
    assert (await sent(town, str(uuid4()))).status_code == 404
    path = f"/internal/v1/confirmations/{id_}?collectivity=paris"
    for caller in (town.service.citizen(), town.service.agent()):
        assert (await town.service.internal.get(path, headers=caller.headers)).status_code == 403
    person = await town.service.runtime.database.pool.fetchval("SELECT person FROM confirmation")
    await town.service.runtime.persons.destroy(person)
    assert (await sent(town, id_)).status_code == 404


async def confirmed_late(town: Town) -> list[dict[str, Any]]:
    rows = await town.service.runtime.database.pool.fetch("SELECT data FROM outbox WHERE type = $1", CONFIRMED)
    return [json.loads(row["data"]) for row in rows]


@pytest.mark.parametrize("email", ["optional", "required"])
async def test_what_was_filed_at_once_is_told_of_once_when_its_address_is_confirmed(town: Town, email: str) -> None:
    filed = await file(town, await kind(town, email), email=EMAIL)
    assert filed.status_code == 201, filed.text
    assert await confirmed_late(town) == []
    where = await link(town)
    await town.client.get(where)
    assert await confirmed_late(town) == []
    for _ in range(2):
        await town.client.post(where)
    (event,) = await confirmed_late(town)
    body = filed.json()["request"] if "request" in filed.json() else filed.json()
    assert (event["request_id"], event["reference"], event["sequence"]) == (body["id"], body["reference"], 2)
    assert EMAIL not in json.dumps(event)


async def test_what_waited_is_told_of_by_its_filing_alone(town: Town) -> None:
    await file(town, await kind(town, "confirmed"), email=EMAIL)
    await town.client.post(await link(town))
    assert await town.count("request") == 1
    assert await confirmed_late(town) == []
