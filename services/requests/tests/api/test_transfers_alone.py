# SPDX-License-Identifier: EUPL-1.2
"""What somebody filed without an account goes to the collectivity that is competent, and they follow it there."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from agendas import Agendas, at
from open311_client import client_of
from requests_town import Town, photo
from transferring import WHY, carry_out, publish, transfer

from parvis_requests.service import carry_out_transfers as carrying

PATH = "/v1/tracked-request"
EMAIL = "lea.zyzomys@example.org"


@pytest.fixture
async def code(town: Town) -> str:
    """A type that both towns offer, in Paris to who has no account, too."""
    name = f"sent-on-{town.key()}"
    await publish(town, "lutece", name)
    await publish(town, "paris", name, audience={"anonymous": True}, appointment_kinds=["passeport"])
    return name


class Filed:
    """Somebody without an account, and what they filed."""

    def __init__(self, town: Town, answer: dict[str, Any]) -> None:
        self.town = town
        self.token = {"Tracking-Token": answer["tracking_token"]}
        self.request = answer

    async def read(self, path: str = "") -> Any:
        answer = await self.town.client.get(PATH + path, headers=self.token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def write(self, text: str) -> int:
        headers = self.token | {"Idempotency-Key": str(uuid4())}
        body = {"visibility": "public", "text": text}
        return (await self.town.client.post(f"{PATH}/messages", json=body, headers=headers)).status_code

    async def author(self) -> UUID:
        """Who they are at the town that has their request now."""
        wanted = "SELECT author FROM request WHERE id = $1"
        found: UUID = await self.town.service.runtime.database.pool.fetchval(wanted, UUID((await self.read())["id"]))
        return found


async def filed(town: Town, code: str, *, email: str | None = EMAIL, files: bool = False) -> Filed:
    body: dict[str, Any] = {"request_type": code, "description": "Un tas", "answers": {"colour": "red", "size": 3}}
    headers, where = {"Idempotency-Key": str(uuid4())}, "/v1/collectivities/paris"
    if files:
        sent = headers | {"Content-Type": "image/jpeg"}
        uploaded = (await town.client.post(f"{where}/attachments", content=photo((300, 300)), headers=sent)).json()
        body["attachments"] = [uploaded["id"]]
        headers = {"Idempotency-Key": str(uuid4()), "Upload-Token": uploaded["upload_token"]}
    body |= {"email": email} if email else {}
    answer = await town.client.post(f"{where}/requests", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return Filed(town, answer.json())


async def mail(town: Town, collectivity: str) -> dict[str, Any]:
    """The mail that asks to confirm the address, as that collectivity sends it last."""
    id_ = await town.service.runtime.database.pool.fetchval(
        "SELECT data::jsonb ->> 'confirmation_id' FROM outbox WHERE type LIKE '%.confirmation-asked.v1'"
        " AND data::jsonb ->> 'collectivity' = $1 ORDER BY occurred_at DESC LIMIT 1",
        collectivity,
    )
    path = f"/internal/v1/confirmations/{id_}?collectivity={collectivity}"
    answer = await town.service.internal.get(path, headers=town.service.system().headers)
    return answer.json() if answer.status_code == 200 else {}


async def confirm(town: Town, asked: dict[str, Any]) -> None:
    link = str(asked["link"])
    assert (await town.client.post(link[link.index("/confirm-address") :])).status_code == 200


async def contact(town: Town, person: UUID, collectivity: str) -> tuple[str, bool] | None:
    """Where the service that writes to people is told to write, and whether a token of theirs opens it."""
    path = f"/internal/v1/reporters/{person}/contact?collectivity={collectivity}"
    answer = await town.service.internal.get(path, headers=town.service.system().headers)
    return (answer.json()["email"], answer.json()["can_follow"]) if answer.status_code == 200 else None


async def test_their_token_their_contact_and_their_words_go_with_the_request(town: Town, code: str) -> None:
    alone = await filed(town, code, files=True)
    await confirm(town, await mail(town, "paris"))
    first, here, there = await alone.author(), town.service.agent(), town.service.agent("lutece")
    assert await alone.write("Le tas grandit") == 201
    await town.write(here, alone.request, "public", "Nous regardons.")
    asked = await transfer(town, alone.request, collectivity="lutece", request_type=code)
    assert asked.status_code == 201, asked.text
    assert await carry_out(town) == 1
    # The former town keeps its file, can write to them, and says that the token goes on there.
    path = f"/v1/requests/{alone.request['id']}"
    told = (await town.get(here, f"{path}/messages")).json()["items"][0]["text"]
    assert told.endswith(f"Le code de suivi qui vous a été remis y suit désormais votre demande. {WHY}")
    assert await contact(town, first, "paris") == (EMAIL, False)
    assert (await town.get(here, path)).json()["answers"] == {"colour": "red", "size": 3}

    now = await alone.read()
    assert (now["status"]["code"], now["answers"], now["description"]) == (
        "filed",
        {"colour": "red", "size": 3},
        "Un tas",
    )
    assert now["id"] != alone.request["id"]
    assert (await alone.read("/transfer"))["reference"] == alone.request["reference"]
    talked = [(each["by"], each["text"]) for each in (await alone.read("/messages"))["items"]]
    assert talked == [("agent", "Nous regardons."), ("author", "Le tas grandit")]
    (file,) = now["attachments"]
    shown = await town.client.get(f"{PATH}/attachments/{file['id']}", headers=alone.token)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert await alone.write("Et maintenant ?") == 201
    seen = (await town.get(there, f"/v1/requests/{now['id']}/messages")).json()["items"]
    assert seen[0]["text"] == "Et maintenant ?"
    assert (await town.get(there, f"/v1/requests/{now['id']}/contact")).json()["email"] == EMAIL
    # They are another person there, whom the former town does not know; and each town sees its own alone.
    second = await alone.author()
    assert await contact(town, second, "lutece") == (EMAIL, True)
    assert await contact(town, second, "paris") is await contact(town, first, "lutece") is None
    assert (await town.get(here, f"/v1/requests/{now['id']}")).status_code == 404
    # What one town destroys, the other keeps.
    await town.service.runtime.persons.destroy(first)
    assert (await alone.read())["answers"] == {"colour": "red", "size": 3}
    assert (await town.client.get(f"{PATH}/attachments/{file['id']}", headers=alone.token)).status_code == 200


async def test_an_address_that_is_not_confirmed_yet_is_confirmed_there(town: Town, code: str) -> None:
    alone = await filed(town, code)
    before = await mail(town, "paris")
    await transfer(town, alone.request, collectivity="lutece", request_type=code)
    assert await carry_out(town) == 1
    assert await mail(town, "paris") == {}
    asked = await mail(town, "lutece")
    assert (asked["email"], asked["link"]) == (EMAIL, before["link"])
    person = await alone.author()
    assert await contact(town, person, "lutece") is None
    # The link of the first mail is as good as that of the second.
    await confirm(town, before)
    assert await contact(town, person, "lutece") == (EMAIL, True)
    told = "SELECT data::jsonb ->> 'request_id' FROM outbox WHERE type LIKE '%.address-confirmed.v1'"
    assert await town.service.runtime.database.pool.fetchval(told) == (await alone.read())["id"]


async def test_a_transfer_that_is_broken_off_leaves_all_where_it_was(
    town: Town, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = await filed(town, code, files=True)
    await confirm(town, await mail(town, "paris"))
    person = await alone.author()
    await transfer(town, alone.request, collectivity="lutece", request_type=code)

    async def killed(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(carrying, "move_request", killed)
        assert await carry_out(town) == 0
    assert (await alone.read())["id"] == alone.request["id"]
    assert (await alone.author(), await contact(town, person, "paris")) == (person, (EMAIL, True))
    assert await town.count("request") == await town.count("reporter") == 1
    assert await carry_out(town) == 1
    assert (await alone.read())["id"] != alone.request["id"]


async def test_an_appointment_ahead_is_cancelled_first_and_a_wait_is_over(town: Town, code: str) -> None:
    alone, agendas, agent = await filed(town, code), Agendas(town), town.service.agent()
    await confirm(town, await mail(town, "paris"))
    agenda = await agendas.counter()
    headers = alone.token | {"Idempotency-Key": str(uuid4())}
    wish = {"kind": "passeport", "starts_at": at("09:00")}
    booked = (await town.client.post(f"{PATH}/appointments", json=wish, headers=headers)).json()
    waits = {"kind": "passeport", "agenda_id": agenda}
    headers["Idempotency-Key"] = str(uuid4())
    assert (await town.client.post(f"{PATH}/waiting-list", json=waits, headers=headers)).status_code == 201
    refused = await transfer(town, alone.request, collectivity="lutece", request_type=code)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-to-transfer")
    # Another body, which is only named, takes nobody's token away.
    cancelled = await agendas.change(agent, booked, "cancellation", reason="Autre mairie")
    assert cancelled.status_code == 201, cancelled.text
    taken = (await town.client.get(f"{PATH}/waiting-list", headers=alone.token)).json()["items"]
    held = taken[0]["offer"]["appointment_id"]
    declined = await town.client.post(
        f"{PATH}/appointments/{held}/refusal",
        headers=alone.token | {"Idempotency-Key": str(uuid4()), "If-Match": '"1"'},
    )
    assert declined.status_code == 201, declined.text
    assert (await transfer(town, alone.request, collectivity="lutece", request_type=code)).status_code == 201
    assert await carry_out(town) == 1
    assert await town.count("appointment_wait") == 0


async def test_what_is_booked_before_it_goes_keeps_it_here(town: Town, code: str) -> None:
    alone, agendas = await filed(town, code), Agendas(town)
    await confirm(town, await mail(town, "paris"))
    await agendas.counter()
    await transfer(town, alone.request, collectivity="lutece", request_type=code)
    headers, wish = alone.token | {"Idempotency-Key": str(uuid4())}, {"kind": "passeport", "starts_at": at("09:00")}
    assert (await town.client.post(f"{PATH}/appointments", json=wish, headers=headers)).status_code == 201
    assert await carry_out(town) == 0
    assert (await alone.read())["id"] == alone.request["id"]
    failed = await town.get(town.service.agent(), f"/v1/requests/{alone.request['id']}/transfer")
    assert failed.json()["failed_at"] is not None


async def test_who_reported_by_open311_goes_along_without_a_token(town: Town) -> None:
    client, agent, there = await client_of(town), town.service.agent(), town.service.agent("lutece")
    reference = await client.filed()
    (request,) = (await town.get(agent, f"/v1/work-queue?q={reference}")).json()["items"]
    tag = (await town.get(agent, f"/v1/requests/{request['id']}")).headers["etag"]
    assert (await town.act(agent, request, "take", tag)).status_code == 201
    answer = await transfer(town, request, action="resolve", collectivity="lutece", request_type="cartons")
    assert answer.status_code == 201, answer.text
    assert await carry_out(town) == 1
    (came,) = (await town.get(there, "/v1/work-queue")).json()["items"]
    told = (await town.get(agent, f"/v1/requests/{request['id']}/messages")).json()["items"][0]["text"]
    assert came["reference"] in told
    assert "code de suivi" not in told
    kept = await town.get(agent, f"/v1/requests/{request['id']}/contact")
    moved = await town.get(there, f"/v1/requests/{came['id']}/contact")
    assert moved.json() == kept.json()
