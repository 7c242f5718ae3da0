# SPDX-License-Identifier: EUPL-1.2
"""Letters that the town's own mail room fetches, posts and tells of; the other kind of provider steps in for it."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from notifications_letters import Letters
from pydantic import TypeAdapter
from sqlalchemy.exc import OperationalError

from parvis_local.lettersink.faults import Fault
from parvis_notifications.db import mail_room_letters
from parvis_notifications.letter_settings import LetterPost, MailRoomSettings
from parvis_notifications.service.mail_room import MailRoom, purge_mail_room
from parvis_testing import Caller

PATH = "/v1/mail-room-letters"
ROOM = {"name": "mairie", "kind": "mail-room", "page_millicents": 2_000, "postage_millicents": 139_000}
TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
def rooms(quick: Letters) -> Letters:
    """The mail room first, Maileva after it."""
    quick.post.more["letter_providers"] = (MailRoomSettings.model_validate(ROOM), quick.first.settings())
    return quick


def application(letters: Letters, town: str = "paris", **claims: Any) -> Caller:
    return letters.post.service.system(town, "mail-room", **claims)


async def get(letters: Letters, path: str = "", by: Caller | None = None) -> httpx.Response:
    headers = (by or application(letters)).headers
    return await letters.post.client.get(f"{PATH}{path}", headers=headers)


async def say(letters: Letters, letter: str, by: Caller | None = None, **said: Any) -> httpx.Response:
    body = {"outcome": "posted", "happened_on": TODAY} | said
    headers = (by or application(letters)).headers
    return await letters.post.client.post(f"{PATH}/{letter}/acknowledgements", json=body, headers=headers)


async def waiting(letters: Letters) -> list[dict[str, Any]]:
    answer = await get(letters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def another(letters: Letters, key: str) -> tuple[str, str]:
    made = await letters.write(await letters.template(name="Autre lettre"), key)
    assert made.status_code == 201, made.text
    return key, made.json()["id"]


async def handed_over(letters: Letters, key: str = "") -> tuple[str, str, dict[str, Any]]:
    """The key of who wrote, the message, and the letter as the mail room sees it."""
    key, sent = await another(letters, key) if key else await letters.waiting()
    await letters.send()
    (letter,) = await waiting(letters)
    return key, sent, letter


async def accesses(letters: Letters, category: str) -> list[dict[str, Any]]:
    """What was told of who read, the oldest first."""
    told = "SELECT data FROM outbox WHERE type LIKE '%.data-accessed.v1' AND data->>'category' = $1 ORDER BY id"
    return [json.loads(row["data"]) for row in await letters.post.pool.fetch(told, category)]


async def test_the_mail_room_fetches_a_letter_posts_it_and_its_writer_learns_what_it_cost(rooms: Letters) -> None:
    key, sent, letter = await handed_over(rooms)
    assert letter["address_lines"] == ["Mme Zoé Lefèvre", "12 BIS RUE DE L EGLISE", "75011 PARIS"]
    assert (letter["country"], letter["postage"]) == ("FR", None)
    assert letter["sender_lines"] == ["Ville de Paris", "1 place de l'Hôtel de Ville", "75004 Paris"]
    pdf = await get(rooms, f"/{letter['id']}/document")
    assert (pdf.headers["content-type"], pdf.headers["cache-control"]) == ("application/pdf", "no-store")
    assert (len(pdf.content), sha256(pdf.content).hexdigest()) == (letter["size"], letter["sha256"])
    assert pdf.content.startswith(b"%PDF")
    row = await rooms.row()
    assert (row["state"], row["provider"], row["provider_reference"]) == ("sent", "mairie", letter["id"])
    assert (await say(rooms, letter["id"], pages=2)).status_code == 204
    assert await waiting(rooms) == []
    _, asker = rooms.worker()
    await asker.round()
    view = (await rooms.office.read(key, f"/{sent}")).json()
    assert (view["status"], view["segments"], view["cost_millicents"]) == ("sent", 2, 139_000 + 2 * 2_000)
    assert (await rooms.row())["report_status"] == "posted"
    assert rooms.first.letters() == []


async def test_a_letter_lies_sealed_and_nothing_of_it_is_left_once_it_was_posted(rooms: Letters) -> None:
    _, _, letter = await handed_over(rooms)
    asked = "SELECT * FROM mail_room_letter"
    stored = str(dict(await rooms.post.pool.fetchrow(asked)))
    for said in ("Lefèvre", "EGLISE", "%PDF"):
        assert said not in stored
    assert (await say(rooms, letter["id"], postage_millicents=150_000)).status_code == 204
    row = await rooms.post.pool.fetchrow(asked)
    assert (row["content"], row["envelope"], row["postage_millicents"]) == (None, None, 150_000)
    assert await rooms.post.service.runtime.persons.of_many({UUID(letter["id"])}) == {}
    assert (await get(rooms, f"/{letter['id']}/document")).status_code == 404


async def test_what_came_back_or_cannot_be_posted_is_told_once_and_in_its_turn(rooms: Letters) -> None:
    key, sent, letter = await handed_over(rooms)
    early = await say(rooms, letter["id"], outcome="returned")
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    for _ in range(2):
        assert (await say(rooms, letter["id"])).status_code == 204
    assert (await say(rooms, letter["id"], outcome="refused")).status_code == 409
    assert (await say(rooms, letter["id"], outcome="returned")).status_code == 204
    await rooms.ask()
    assert (await rooms.office.read(key, f"/{sent}")).json()["status"] == "permanent-failure"
    _, _, other = await handed_over(rooms, key)
    assert (await say(rooms, other["id"], outcome="refused")).status_code == 204
    await rooms.ask()
    told = await rooms.post.pool.fetch("SELECT report_status FROM delivery WHERE channel = 'letter' ORDER BY id")
    assert [row["report_status"] for row in told] == ["returned", "refused"]


async def test_only_the_town_s_own_mail_room_sees_its_letters(rooms: Letters) -> None:
    _, _, letter = await handed_over(rooms)
    elsewhere, agent = application(rooms, "lutece"), rooms.post.service.agent()
    assert (await get(rooms, by=elsewhere)).json()["items"] == []
    assert (await get(rooms, f"/{letter['id']}/document", elsewhere)).status_code == 404
    assert (await say(rooms, letter["id"], elsewhere)).status_code == 404
    assert (await get(rooms, by=agent)).status_code == 403
    assert (await say(rooms, letter["id"], agent)).status_code == 403
    reading = application(rooms, scope="notifications.mail-room.read")
    assert (await say(rooms, letter["id"], reading)).status_code == 403
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    late = await say(rooms, letter["id"], happened_on=tomorrow)
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/happened_on")
    assert (await say(rooms, letter["id"], pages=True)).status_code == 422
    assert (await say(rooms, str(uuid4()))).status_code == 404
    assert len(await waiting(rooms)) == 1


@pytest.mark.parametrize(("clock", "posted"), [("Pacific/Kiritimati", 204), ("Pacific/Niue", 422)])
async def test_a_letter_is_posted_on_a_day_of_the_town_s_clocks(
    rooms: Letters, monkeypatch: pytest.MonkeyPatch, clock: str, posted: int
) -> None:
    """What is today a day ahead of the other is today here, and tomorrow there: they are 25 hours apart."""
    _, _, letter = await handed_over(rooms)
    monkeypatch.setitem(rooms.post.service.runtime.settings.time_zones, "paris", clock)
    today = datetime.now(ZoneInfo("Pacific/Kiritimati")).date().isoformat()
    assert (await say(rooms, letter["id"], happened_on=today)).status_code == posted


async def test_either_kind_of_provider_steps_in_for_the_other(rooms: Letters) -> None:
    key, _ = await rooms.waiting()
    room = MailRoomSettings.model_validate(ROOM)
    rooms.first.faults = [Fault.AWAY]
    await rooms.send(letter_providers=(rooms.first.settings(), room))
    assert [(provider, outcome) for provider, outcome, _ in await rooms.attempts()] == [
        (rooms.first.name, "deferred"),
        ("mairie", "accepted"),
    ]
    assert len(await waiting(rooms)) == 1
    await another(rooms, key)
    elsewhere = MailRoomSettings.model_validate(ROOM | {"collectivities": ["lutece"]})
    await rooms.send(letter_providers=(elsewhere, rooms.first.settings()))
    assert len(rooms.first.posted()) == 1
    assert len(await waiting(rooms)) == 1


@pytest.mark.parametrize("kept", [False, True])
async def test_a_hand_over_without_an_answer_is_looked_up_and_no_letter_is_posted_twice(
    rooms: Letters, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    await rooms.waiting()
    real = MailRoom.submit

    async def broken(self: MailRoom, reference: str) -> None:
        with monkeypatch.context() as lost:
            if kept:
                await real(self, reference)

            async def gone(*_: object) -> bool:
                raise OperationalError("", {}, Exception())

            lost.setattr(mail_room_letters, "submit", gone)
            await real(self, reference)

    monkeypatch.setattr(MailRoom, "submit", broken)
    await rooms.send()
    monkeypatch.setattr(MailRoom, "submit", real)
    assert (await rooms.row())["state"] == "unknown"
    await rooms.ask()
    await rooms.send()
    assert (await rooms.row())["state"] == "sent"
    assert len(await waiting(rooms)) == 1
    assert await rooms.post.pool.fetchval("SELECT count(*) FROM mail_room_letter") == 1
    assert rooms.first.letters() == []


async def test_drafts_and_what_has_had_its_time_go(rooms: Letters, capfd: pytest.CaptureFixture[str]) -> None:
    key, _, letter = await handed_over(rooms)
    runtime, pool = rooms.post.service.runtime, rooms.post.pool
    older = "UPDATE mail_room_letter SET created_at = created_at - interval '8 days'"
    await pool.execute(older)
    assert await purge_mail_room(runtime.database, runtime.persons, timedelta(days=30)) == 0
    await pool.execute("UPDATE mail_room_letter SET state = 'prepared'")
    assert await waiting(rooms) == []
    assert (await get(rooms, f"/{letter['id']}/document")).status_code == 404, "it was not handed over"
    assert await purge_mail_room(runtime.database, runtime.persons, timedelta(days=30)) == 1
    key, sent, _ = await handed_over(rooms, key)
    await pool.execute(older)
    assert await purge_mail_room(runtime.database, runtime.persons, timedelta(days=7)) == 1
    assert "mail_room_letter_never_posted" in capfd.readouterr().out
    told = (await rooms.office.read(key, f"/{sent}")).json()
    assert told["status"] == "permanent-failure", "nobody is left to say that it was posted"
    way = await pool.fetchrow("SELECT report_status, ask_at FROM delivery ORDER BY id DESC LIMIT 1")
    assert tuple(way) == ("never-posted", None)


async def test_what_the_mail_room_says_late_is_told_as_well(rooms: Letters) -> None:
    key, sent, letter = await handed_over(rooms)
    assert (await say(rooms, letter["id"])).status_code == 204
    await rooms.post.pool.execute("UPDATE delivery SET ask_at = NULL")  # as after letter_ask_days
    assert (await say(rooms, letter["id"], outcome="returned")).status_code == 204
    _, asker = rooms.worker()
    await asker.round()
    assert (await rooms.office.read(key, f"/{sent}")).json()["status"] == "permanent-failure"


async def test_whose_letter_was_read_is_told_with_each_reading(rooms: Letters) -> None:
    _, sent, letter = await handed_over(rooms)
    elsewhere = application(rooms, "lutece")
    for by, status in ((elsewhere, 404), (None, 200), (None, 200)):
        assert (await get(rooms, f"/{letter['id']}/document", by)).status_code == status
    told = await accesses(rooms, "letter")
    person = await rooms.post.pool.fetchval("SELECT person FROM message")
    reader = "mail-room"
    for event in told:
        assert (event["person"], event["message_id"], event["client"]) == (str(person), sent, reader)
        assert event["collectivity"] == "paris"
    assert len(told) == 2


async def test_whose_address_a_list_has_shown_is_told_once_a_day_for_each_application(rooms: Letters) -> None:
    key, first = await rooms.waiting()
    await rooms.send()
    _, second = await another(rooms, key)
    await rooms.send()
    assert (await get(rooms, by=application(rooms, "lutece"))).json()["items"] == []
    assert await accesses(rooms, "letter-address") == []
    for _ in range(2):
        assert len(await waiting(rooms)) == 2
    told = await accesses(rooms, "letter-address")
    assert sorted(event["message_id"] for event in told) == sorted([first, second])
    people = {
        str(row["id"]): str(row["person"]) for row in await rooms.post.pool.fetch("SELECT id, person FROM message")
    }
    assert [event["person"] for event in told] == [people[event["message_id"]] for event in told]
    assert {(event["client"], event["collectivity"]) for event in told} == {("mail-room", "paris")}
    other = rooms.post.service.system("paris", "courrier-bis")
    assert len((await get(rooms, by=other)).json()["items"]) == 2
    assert [event["client"] for event in await accesses(rooms, "letter-address")][2:] == ["courrier-bis"] * 2
    await rooms.post.pool.execute("UPDATE mail_room_letter SET listed_at = listed_at - interval '1 day'")
    assert len((await get(rooms, "?limit=1", other)).json()["items"]) == 1
    assert len(await accesses(rooms, "letter-address")) == 5, "only those that the page had"


def test_each_kind_of_provider_has_settings_of_its_own() -> None:
    provider: TypeAdapter[LetterPost] = TypeAdapter(LetterPost)
    assert provider.validate_python(ROOM).kind == "mail-room"
    for wrong in (ROOM | {"client_id": "ville"}, ROOM | {"kind": "maileva"}, ROOM | {"kind": "pigeon"}):
        with pytest.raises(ValueError, match=r"kind|client_id"):
            provider.validate_python(wrong)
