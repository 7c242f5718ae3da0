# SPDX-License-Identifier: EUPL-1.2
"""Anybody reports what everybody reads, without an account."""

import asyncio
import itertools
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from moderation_town import KEEP, REMOVE, ModerationTown
from notice_town import give
from participation_town import Town
from petition_town import admitted
from proposal_town import propose

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_participation.domain import notice
from parvis_participation.service.take_notice import forget_notifiers

_keys = itertools.count()
MINE = "/v1/content-notices/mine"


async def followed(town: Town, token: str) -> httpx.Response:
    return await town.client.get(MINE, headers={"Tracking-Token": token, "Accept-Language": "en"})


async def contest(town: Town, token: str) -> httpx.Response:
    headers = {"Tracking-Token": token, "Idempotency-Key": f"a-secret-of-a-stranger-{next(_keys)}"}
    return await town.client.post(f"{MINE}/appeals", json={"explanation": "Relisez."}, headers=headers)


async def test_who_has_no_account_reports_and_reads_by_a_secret_what_was_decided(
    moderating: ModerationTown, town: Town
) -> None:
    proposal, agent = (await propose(town, town.service.citizen())).json(), town.service.agent()
    given = await give(town, proposal)
    assert given.status_code == 201, given.text
    token = given.json()["tracking_token"]
    assert (await followed(town, token)).json() == {
        "kind": "proposal", "content_id": proposal["id"], "state": "open", "decisions": [], "contest_before": None,
    }  # fmt: skip
    assert (await followed(town, token[:-1])).status_code == 404
    await moderating.report(town.service.citizen(), proposal, kind="proposal")
    (case,) = await moderating.cases(agent)
    reports = (await moderating.read(agent, case))["reports"]
    assert [each["notifier"] for each in reports] == [{"name": "Ada Lovelace", "email": "ada@example.org"}, None]
    assert (await moderating.decide(agent, case, REMOVE)).status_code == 201
    told = (await followed(town, token)).json()
    assert (told["state"], told["decisions"][0]["outcome"]) == ("decided", "removed")
    assert (await contest(town, token)).json()["code"] == "forbidden", "it is removed as they wanted"
    pool = town.service.runtime.database.pool
    stored = [*await pool.fetch("SELECT * FROM content_notice"), *await pool.fetch("SELECT * FROM outbox")]
    values = [str(value).lower() for row in stored for value in row.values()]
    assert not [each for each in values if "ada@" in each or "ada " in each or "lovelace" in each]


async def test_whoever_gave_notice_contests_that_it_was_kept_and_another_moderator_decides(
    moderating: ModerationTown, town: Town
) -> None:
    petition, agent = await admitted(town), town.service.agent()
    token = (await give(town, petition, "petition")).json()["tracking_token"]
    (case,) = await moderating.cases(agent)
    assert (await contest(town, token)).json()["code"] == "not-contestable", "nothing is decided yet"
    await moderating.decide(agent, case, KEEP)
    contested = await contest(town, token)
    assert (contested.status_code, contested.json()["state"]) == (201, "appealed")
    assert (await contest(town, token)).json()["code"] == "not-contestable"
    (again,) = await moderating.cases(agent, "?state=appealed")
    assert (await moderating.decide(agent, again, REMOVE)).json()["code"] == "same-moderator"
    assert (await moderating.decide(town.service.agent(), again, REMOVE)).status_code == 201
    assert [each["outcome"] for each in (await followed(town, token)).json()["decisions"]] == ["kept", "removed"]


@pytest.mark.parametrize("missing", ["name", "email"])
async def test_a_notice_says_who_gives_it_unless_it_is_about_the_sexual_abuse_of_children(
    town: Town, missing: str
) -> None:
    proposal = (await propose(town, town.service.citizen())).json()
    lacking: dict[str, Any] = {missing: None}
    refused = await give(town, proposal, **lacking)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/email")
    assert (await give(town, proposal, good_faith=False)).status_code == 422
    nameless = await give(town, proposal, category="child-sexual-abuse", name=None, email=None)
    assert nameless.status_code == 201, nameless.text


async def test_strangers_flood_neither_a_town_nor_a_case(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = [(await propose(town, town.service.citizen())).json() for _ in range(2)]
    monkeypatch.setattr(notice, "MOST_OF_CASE", 1)
    assert (await give(town, first)).status_code == 201
    assert (await give(town, first)).json()["code"] == "too-many-notices"
    assert (await give(town, second)).status_code == 201
    monkeypatch.setattr(notice, "MOST_OF_CASE", 9)
    monkeypatch.setitem(town.service.runtime.settings.__dict__, "content_notices_per_hour", 2)
    full = await give(town, second)
    assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (429, "too-many-notices", "600")
    assert await town.count("moderation_report") == await town.count("content_notice") == 2
    assert (await give(town, {"id": "01a21d7a-0000-7000-8000-000000000000"})).status_code == 404


async def test_who_gave_notice_is_forgotten_some_time_after_the_decision_and_the_report_stays(
    moderating: ModerationTown, town: Town
) -> None:
    proposal, agent, now = (await propose(town, town.service.citizen())).json(), town.service.agent(), datetime.now(UTC)
    token, runtime = (await give(town, proposal)).json()["tracking_token"], town.service.runtime
    person: UUID = await runtime.database.pool.fetchval("SELECT person FROM content_notice")
    late = now + timedelta(days=400)
    assert await forget_notifiers(runtime.database, runtime.persons, 365, late) == 0, "nothing is decided"
    (case,) = await moderating.cases(agent)
    await moderating.decide(agent, case, KEEP)
    assert await forget_notifiers(runtime.database, runtime.persons, 365, now + timedelta(days=300)) == 0
    assert await forget_notifiers(runtime.database, runtime.persons, 365, late) == 1
    with pytest.raises(KeyDestroyedError):
        await runtime.persons.of(person)
    assert (await followed(town, token)).status_code == 404
    (report,) = (await moderating.read(agent, case))["reports"]
    assert (report["explanation"], report["notifier"]) == ("Il menace.", None)


async def told(town: Town) -> list[tuple[str, str]]:
    """What was told to whom of their notices, in the order of the acts."""
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%.content-notice-told.v1' ORDER BY occurred_at, id"
    )
    events = [json.loads(row["data"]) for row in rows]
    return [(each["subject"], each["notifier"]) for each in events]


async def finals(town: Town) -> list[bool]:
    """Of what was told of notices, whether it was for good."""
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%.content-notice-told.v1' ORDER BY occurred_at, id"
    )
    return [json.loads(row["data"])["final"] for row in rows]


async def test_what_was_decided_already_is_told_with_the_receipt(moderating: ModerationTown, town: Town) -> None:
    proposal, agent = (await propose(town, town.service.citizen())).json(), town.service.agent()
    first = (await give(town, proposal)).json()["tracking_token"]
    (case,) = await moderating.cases(agent)
    await moderating.decide(agent, case, KEEP)
    late = (await give(town, proposal, email="bob@example.org")).json()["tracking_token"]
    assert Counter(subject for subject, _ in await told(town)) == {"received": 2, "kept": 2}
    assert (await contest(town, late)).status_code == 201
    assert (await give(town, proposal, email="cyd@example.org")).status_code == 201, "another moderator will decide"
    (again,) = await moderating.cases(agent, "?state=appealed")
    await moderating.decide(town.service.agent(), again, KEEP)
    assert (await followed(town, first)).json()["state"] == "closed"
    assert (await give(town, proposal, email="dan@example.org")).status_code == 201
    # Each receipt; two decisions that could be contested, and one for all three; then what was decided for the last.
    assert Counter(subject for subject, _ in await told(town)) == {"received": 4, "kept": 6}
    assert Counter(await finals(town)) == {False: 4 + 2, True: 3 + 1}


async def test_who_left_an_address_is_told_that_the_notice_came_and_each_decision(
    moderating: ModerationTown, town: Town
) -> None:
    proposal, agent = (await propose(town, town.service.citizen())).json(), town.service.agent()
    token = (await give(town, proposal)).json()["tracking_token"]
    nameless = await give(town, proposal, category="child-sexual-abuse", name=None, email=None)
    assert nameless.status_code == 201
    pool = town.service.runtime.database.pool
    person = await pool.fetchval("SELECT person::text FROM content_notice WHERE mailed")
    assert await told(town) == [("received", person)]
    (case,) = await moderating.cases(agent)
    await moderating.decide(agent, case, KEEP)
    assert (await contest(town, token)).status_code == 201
    (again,) = await moderating.cases(agent, "?state=appealed")
    await moderating.decide(town.service.agent(), again, REMOVE)
    assert await told(town) == [(subject, person) for subject in ("received", "kept", "removed")]
    assert await finals(town) == [False, False, True], "the second decision cannot be contested"
    late = datetime.now(UTC) + timedelta(days=400)
    await forget_notifiers(town.service.runtime.database, town.service.runtime.persons, 365, late)
    assert (await told(town))[3:] == [("forgotten", person)], "of who was never written to, nobody else knows anything"


async def test_nobody_has_the_mailbox_of_another_flooded_with_notices(town: Town) -> None:
    proposals = [(await propose(town, town.service.citizen())).json() for _ in range(notice.MOST_MAILED + 1)]
    for number, each in enumerate(proposals):
        email = "Ada@example.org" if number % 2 else "ada@EXAMPLE.org"
        assert (await give(town, each, email=email)).status_code == 201, "it is a notice all the same"
    assert [subject for subject, _ in await told(town)] == ["received"] * notice.MOST_MAILED
    assert (await give(town, proposals[0], email="bob@example.org")).status_code == 201
    assert len(await told(town)) == notice.MOST_MAILED + 1
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE content_notice SET created_at = created_at - interval '25 hours'")
    assert (await give(town, proposals[1])).status_code == 201
    assert len(await told(town)) == notice.MOST_MAILED + 2


async def test_the_bound_holds_for_a_mailbox_whoever_asks_at_once_and_in_whichever_town(town: Town) -> None:
    most = notice.MOST_MAILED
    proposals = [(await propose(town, town.service.citizen())).json() for _ in range(2 * most)]
    given = await asyncio.gather(*(give(town, each, email=f"ada+{n}@example.org") for n, each in enumerate(proposals)))
    assert {answer.status_code for answer in given} == {201}
    assert len(await told(town)) == most
    await town.service.runtime.database.pool.execute("UPDATE content_notice SET collectivity = 'lutece'")
    assert (await give(town, proposals[0])).status_code == 201
    assert len(await told(town)) == most


async def test_of_one_case_one_mail_goes_to_a_mailbox(moderating: ModerationTown, town: Town) -> None:
    proposal, agent = (await propose(town, town.service.citizen())).json(), town.service.agent()
    for email in ("ada@example.org", "ada@example.org", "bob@example.org"):
        assert (await give(town, proposal, email=email)).status_code == 201
    pool = town.service.runtime.database.pool
    bob = await pool.fetchval("SELECT person::text FROM content_notice ORDER BY created_at DESC LIMIT 1")
    (case,) = await moderating.cases(agent)
    await moderating.decide(agent, case, REMOVE)
    kept = [person for subject, person in await told(town) if subject == "removed"]
    assert len(kept) == 2
    assert bob in kept


async def test_the_service_that_writes_reads_the_address_until_it_is_forgotten(town: Town) -> None:
    proposal = (await propose(town, town.service.citizen())).json()
    assert (await give(town, proposal)).status_code == 201
    service = town.service
    person: UUID = await service.runtime.database.pool.fetchval("SELECT person FROM content_notice")
    path, headers = f"/internal/v1/meeting-guests/{person}", service.system(scope="participation.guests.read").headers
    found = await service.internal.get(f"{path}?collectivity=paris", headers=headers)
    assert {name: found.json()[name] for name in ("email", "language", "link", "confirmed")} == {
        "email": "ada@example.org", "language": "fr", "confirmed": True,
        "link": "http://localhost:8080/v1/content-notices/mine",
    }  # fmt: skip
    assert (await service.internal.get(f"{path}?collectivity=lutece", headers=headers)).status_code == 404
    await service.runtime.persons.destroy(person)
    assert (await service.internal.get(f"{path}?collectivity=paris", headers=headers)).status_code == 404
