# SPDX-License-Identifier: EUPL-1.2
"""The survey is answered on a page, by the link of its mail, without an account; who wants is asked no more."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
from contesting import Contesting, contesting
from requests_town import Town

from parvis_requests.service.ask_satisfaction import ask_satisfaction
from parvis_requests.service.count_months import count_months
from parvis_requests.service.follow_merge import follow_merge
from parvis_testing import Caller

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OPEN_DATA = "/v1/collectivities/paris/open-data/satisfaction"


async def granted(desk: Contesting, citizen: Caller) -> dict[str, Any]:
    agent = desk.town.service.agent()
    request = await desk.filed(citizen)
    assert (await desk.town.act(agent, request, "grant", '"1"')).status_code == 201
    return request


async def ask(town: Town) -> int:
    runtime, then = town.service.runtime, datetime.now(UTC) + timedelta(days=2)
    return await ask_satisfaction(runtime.database, runtime.persons, runtime.blind_index, then)


async def link(town: Town, request: dict[str, Any], collectivity: str = "paris") -> str:
    """What the service that sends the mail is told; empty where nothing is."""
    path = f"/internal/v1/requests/{request['id']}/survey?collectivity={collectivity}"
    answer = await town.service.internal.get(path, headers=town.service.system().headers)
    return (
        str(answer.json()["link"]).removeprefix(town.service.runtime.settings.public_url) if answer.is_success else ""
    )


async def send(town: Town, where: str, language: str = "fr", **fields: str) -> httpx.Response:
    headers = FORM | {"Accept-Language": language}
    return await town.client.post(where, content=urlencode(fields), headers=headers)


async def rating(town: Town, request: dict[str, Any]) -> Any:
    return (await town.get(town.service.agent(), f"/v1/requests/{request['id']}/satisfaction")).json()


async def test_by_the_link_it_is_answered_once_without_an_account(town: Town) -> None:
    request = await granted(await contesting(town), town.service.citizen())
    where = await link(town, request)
    assert await link(town, request, "lutece") == ""
    for _ in range(2):  # programs open links to look what is behind them
        shown = await town.client.get(where, headers={"Accept-Language": "en"})
        assert (shown.status_code, "How were you served?" in shown.text) == (200, True)
    assert "no-store" in shown.headers["cache-control"]
    assert "script" not in shown.headers["content-security-policy"].replace("default-src", "")
    assert (await rating(town, request)).get("score") is None
    missing = await send(town, where, comment="<b>Vite</b>", act="answer")
    assert "Choisissez une note." in missing.text
    assert "&lt;b&gt;Vite&lt;/b&gt;" in missing.text
    long = await send(town, where, score="2", comment="x" * 4_001)
    assert "4 000 signes au plus" in long.text
    done = await send(town, where, score="4", comment="Vite\x00 et bien.\r\nMerci")
    assert f"Votre avis sur la demande {request['reference']} est enregistré." in done.text
    again = await send(town, where, score="1")
    assert "est enregistré" in again.text
    said = await rating(town, request)
    assert (said["score"], said["comment"]) == (4, "Vite et bien.\nMerci")


async def test_a_link_opens_its_own_survey_and_no_other(town: Town) -> None:
    citizen, desk = town.service.citizen(), await contesting(town)
    first, second = await granted(desk, citizen), await granted(desk, citizen)
    own, other = await link(town, first), await link(town, second)
    token, theirs = own.partition("=")[2], other.partition("=")[2]
    forged = theirs[:21] + token[21:]
    for wrong in (forged, "A" * 43):
        assert (await town.client.get(f"/survey?token={wrong}")).status_code == 404
        assert (await send(town, f"/survey?token={wrong}", score="1")).status_code == 404
    assert (await town.client.get("/survey?token=x")).status_code == 422
    # What goes on again asks nothing: a later end has a link of its own.
    moved = "UPDATE survey SET closes_at = closes_at + interval '1 day' WHERE request_id = $1"
    await town.service.runtime.database.pool.execute(moved, UUID(first["id"]))
    assert (await town.client.get(own)).status_code == 404
    over = "UPDATE survey SET closes_at = now() - interval '1 second' WHERE request_id = $1"
    await town.service.runtime.database.pool.execute(over, UUID(second["id"]))
    assert await link(town, second) == ""
    assert (await town.client.get(other)).status_code == 404


async def test_who_wants_is_asked_no_more_and_may_change_their_mind(town: Town) -> None:
    citizen, desk = town.service.citizen(), await contesting(town)
    where = await link(town, await granted(desk, citizen))
    assert await ask(town) == 1
    stopped = await send(town, where, act="stop")
    assert "Nous ne vous demanderons plus votre avis" in stopped.text
    await granted(desk, citizen)
    await granted(desk, town.service.citizen())
    assert await ask(town) == 1  # the other person
    assert "Ne plus me demander mon avis" in (await send(town, where, act="ask")).text
    await granted(desk, citizen)
    assert await ask(town) == 1


async def test_who_has_no_account_is_known_by_their_address(town: Town) -> None:
    desk = await contesting(town, audience={"anonymous": True})

    async def filed(email: str) -> dict[str, Any]:
        body = {"request_type": desk.code, "description": "La salle", "answers": {}, "email": email}
        key = {"Idempotency-Key": str(uuid4())}
        answer = await town.client.post("/v1/collectivities/paris/requests", json=body, headers=key)
        request: dict[str, Any] = answer.json()
        tag = (await town.get(town.service.agent(), f"/v1/requests/{request['id']}")).headers["etag"]
        assert (await town.act(town.service.agent(), request, "grant", tag)).status_code == 201
        return request

    await send(town, await link(town, await filed("lea.zyzomys@example.org")), act="stop")
    kept = await town.service.runtime.database.pool.fetchval("SELECT string_agg(s::text, ' ') FROM survey_refusal s")
    assert "zyzomys" not in kept
    await ask(town)
    await filed("Lea.Zyzomys@example.org")
    assert await ask(town) == 0
    await filed("bruno@example.org")
    assert await ask(town) == 1


async def test_a_refusal_goes_along_with_the_account(town: Town) -> None:
    citizen, kept, desk = town.service.citizen(), town.service.citizen(), await contesting(town)
    await send(town, await link(town, await granted(desk, citizen)), act="stop")
    runtime, now = town.service.runtime, datetime.now(UTC)
    async with runtime.database.unit_of_work() as uow:
        absorbed, into = UUID(citizen.subject), UUID(kept.subject)
        await follow_merge(uow.session, runtime.persons, absorbed, into, "paris", now)
        await uow.commit()
    await ask(town)
    await granted(desk, kept)
    assert await ask(town) == 0


async def test_the_town_reads_which_part_of_those_asked_has_answered(town: Town) -> None:
    citizen, desk = town.service.citizen(), await contesting(town)
    requests = [await granted(desk, citizen) for _ in range(8)]
    assert await ask(town) == 8
    # By a clock two days ahead: that may be the next month, of which nothing is read yet.
    await town.service.runtime.database.pool.execute("UPDATE survey SET asked_at = now()")
    # Whoever answers of their own accord, and was not asked, counts in no rate.
    unasked = await granted(desk, citizen)
    for request in [*requests[:4], unasked]:
        await send(town, await link(town, request), score="5")
    (figure,) = [
        each
        for each in (await town.get(town.service.agent(), "/v1/satisfaction-figures")).json()["items"]
        if each["code"]["code"] == desk.code
    ]
    assert (figure["answers"], figure["asked"], figure["rate"]) == (5, 8, 0.5)


async def test_anybody_reads_whole_months_of_five_answers_at_least(town: Town) -> None:
    citizen, desk = town.service.citizen(), await contesting(town)
    ended = [await granted(desk, citizen) for _ in range(9)]
    for request in ended:
        await send(town, await link(town, request), score="4", comment="Zyzomys")

    async def lines() -> list[dict[str, str]]:
        answer = await town.client.get(f"{OPEN_DATA}-csv")
        assert "Zyzomys" not in answer.text
        return [line for line in csv.DictReader(io.StringIO(answer.text)) if line["type"] == desk.code]

    assert await lines() == []  # the month that runs
    pool = town.service.runtime.database.pool
    then, year = "UPDATE satisfaction SET created_at = $2 WHERE request_id = $1", datetime.now(UTC).year - 1
    for request, month in zip(ended, [3] * 5 + [4] * 4, strict=True):
        await pool.execute(then, UUID(request["id"]), datetime(year, month, 15, tzinfo=UTC))
    # The first minutes of a month in Paris are the month before in UTC.
    await pool.execute(then, UUID(ended[0]["id"]), datetime(year, 3, 1, tzinfo=UTC) - timedelta(minutes=30))
    assert await lines() == []  # not counted yet
    await count_months(town.service.runtime.database, datetime.now(UTC))
    (line,) = await lines()
    assert line == {
        "month": f"{year}-03", "type": desk.code, "type_name": "Essai", "answers": "5", "average": "4.0",
        "score_1": "0", "score_2": "0", "score_3": "0", "score_4": "5", "score_5": "0",
    }  # fmt: skip
    described = (await town.client.get(f"{OPEN_DATA}-schema", headers={"Accept-Language": "en"})).json()
    assert [field["name"] for field in described["fields"]] == list(line)
    assert described["primaryKey"] == ["month", "type"]
    other = await town.client.get("/v1/collectivities/lutece/open-data/satisfaction-csv")
    assert desk.code not in other.text
    assert (await town.client.get("/v1/collectivities/atlantis/open-data/satisfaction-csv")).status_code == 404
