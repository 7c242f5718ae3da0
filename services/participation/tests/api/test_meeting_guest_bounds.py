# SPDX-License-Identifier: EUPL-1.2
"""Strangers fill no meeting and no mailbox, and nobody learns who has registered."""

import asyncio
from typing import Any

import pytest
from guest_town import ask, asked, mails, press, release
from meeting_town import announced
from participation_town import Town

from parvis_participation.domain import meeting_guest as bounds
from parvis_participation.service import meeting_guests as service


async def test_one_address_registers_once_and_nobody_learns_that_it_did(town: Town) -> None:
    meeting = await announced(town, places=4)
    link, first = await asked(meeting), (await mails(town))[0]["registrant"]
    await press(town, link)
    answers = await asyncio.gather(*(ask(meeting, email) for email in ("ADA@example.org", "bob@example.org")))
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert (await meeting.read())["places_left"] == 2
    assert [mail["registrant"] == first for mail in await mails(town)] == [True, False], "no mail within a minute"
    await town.service.runtime.database.pool.execute("UPDATE meeting_guest SET sent_at = now() - interval '2 minutes'")
    for _ in range(5):
        assert (await ask(meeting, name="Somebody else")).status_code == 202
        await town.service.runtime.database.pool.execute(
            "UPDATE meeting_guest SET sent_at = now() - interval '2 minutes'"
        )
    mine = [mail for mail in await mails(town) if mail["registrant"] == first]
    assert len(mine) == len({mail["news_id"] for mail in mine}) == bounds.MOST_SENT
    assert {each["name"] for each in await meeting.listed()} == {"Ada Lovelace"}, "a stranger changes no name"
    await town.service.runtime.database.pool.execute("UPDATE meeting_guest SET sent_at = now() - interval '25 hours'")
    for _ in range(2):
        assert (await ask(meeting)).status_code == 202
    again = [mail for mail in await mails(town) if mail["registrant"] == first]
    assert len(again) == bounds.MOST_SENT + 1, "strangers do not keep the link from who registered for good"


async def test_strangers_fill_neither_a_meeting_nor_a_mailbox(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = await announced(town, places=4)
    answers = await asyncio.gather(*(ask(meeting, f"{n}@example.org") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [202] * 2 + [429] * 6
    refused = await ask(meeting, "more@example.org")
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too-many-guests", "600")
    assert (await meeting.read())["places_left"] == 2
    monkeypatch.setattr(bounds, "MOST_MAILS", 2)
    for _ in range(3):
        assert (await ask(await announced(town), "bob@example.org")).status_code == 202
    people = [mail["registrant"] for mail in await mails(town)]
    assert len(people) == 2 + 2, "two strangers, and two mails to bob"
    assert await town.count("meeting_guest") == 2 + 2, "no place is held where no mail goes"
    assert await release(town) == 4
    assert (await ask(await announced(town), "bob@example.org")).status_code == 202
    assert len(await mails(town)) == 2 + 2, "what was released was mailed all the same"
    short = await town.client.post(f"{meeting.public}/registrations", json={}, headers={"Idempotency-Key": "short"})
    assert short.status_code in {400, 422}


async def test_the_bound_holds_for_a_mailbox_whoever_asks_at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_MAILS", 2)
    meetings = [await announced(town) for _ in range(5)]
    answers = await asyncio.gather(*(ask(each, f"bob+{n}@example.org") for n, each in enumerate(meetings)))
    assert [answer.status_code for answer in answers] == [202] * 5
    assert len(await mails(town)) == 2


async def test_no_more_register_within_an_hour_than_the_town_takes(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made: Any = service.Guests
    monkeypatch.setattr("parvis_participation.api.meeting_guests.Guests", lambda *parts: made(*parts[:-1], 1))
    assert (await ask(await announced(town))).status_code == 202
    assert await release(town) == 1
    assert (await ask(await announced(town), "bob@example.org")).status_code == 429
    assert await release(town, 24 * 60 + 1) == 0
    assert await town.count("meeting_guest_mail") == 0, "after a day nobody counts them"


async def test_at_the_bound_nobody_learns_whether_an_address_has_registered(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = await announced(town, places=4)
    await press(town, await asked(meeting))
    for name in ("bob", "cyd"):
        await asked(meeting, f"{name}@example.org")
    assert [(await ask(meeting, email)).status_code for email in ("ada@example.org", "dan@example.org")] == [429] * 2
    full = await announced(town, places=2)
    await press(town, await asked(full))
    assert (await full.mine(town.service.citizen())).json()["state"] == "registered"
    monkeypatch.setattr("parvis_participation.service.register_for_meeting.MOST_WAITING", 0)
    refused = [(await ask(full, email)).json()["code"] for email in ("ada@example.org", "dan@example.org")]
    assert refused == ["meeting-full"] * 2
