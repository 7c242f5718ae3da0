# SPDX-License-Identifier: EUPL-1.2
import asyncio
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import photo_town
import pytest
from merged_accounts import hear, merged
from moderation_town import KEEP, REMOVE, ModerationTown
from participation_town import Town
from photo_town import describe, photo, photos, see, send, show
from PIL import Image
from proposal_town import LIST, propose, withdraw

from parvis_files.clamd import AntivirusDownError
from parvis_kit.crypto.persons import PersonKey
from parvis_participation.db import proposal_photos
from parvis_participation.domain.moderation import APPEAL_PERIOD
from parvis_participation.service import proposal_photos as service
from parvis_participation.service.forget_photos import forget_erased_photos, forget_photos
from parvis_participation.service.survey_files import Filing


async def test_a_photo_is_public_once_it_is_described_and_tells_nothing_of_its_camera(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = town.service.citizen()
    proposal = (await propose(town, ada)).json()
    sent = await send(town, ada, proposal, key="once")
    again = await send(town, ada, proposal, photo(), key="once")
    assert (sent.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert (sent.json()["alternative_text"], sent.json()["width"], sent.json()["height"]) == (None, 640, 480)
    assert (await photos(town, proposal), (await see(town, proposal, sent.json())).status_code) == ([], 404)
    shown = (await describe(town, ada, proposal, sent.json())).json()
    assert shown == sent.json() | {"alternative_text": "Un banc cassé.", "version": 2}
    assert await photos(town, proposal) == [shown]
    listed = (await town.client.get(LIST)).json()["items"]
    assert [each["photos"] for each in listed] == [[shown]]

    whole, small = await see(town, proposal, shown), await see(town, proposal, shown, "?size=small")
    assert (whole.headers["content-type"], small.headers["content-type"]) == ("image/jpeg", "image/webp")
    assert b"Camera of Ada" not in whole.content
    assert not Image.open(io.BytesIO(whole.content)).getexif()
    assert Image.open(io.BytesIO(small.content)).size == (320, 240)
    with monkeypatch.context() as unread:
        unread.delattr(proposal_photos, "content")
        known = await see(town, proposal, shown, **{"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    stored = await town.service.runtime.database.pool.fetchrow("SELECT content, thumbnail, size FROM proposal_photo")
    assert b"JFIF" not in stored["content"]
    assert b"WEBP" not in stored["thumbnail"]
    assert stored["size"] == len(whole.content) + len(small.content)
    other = (await propose(town, ada)).json()
    assert (await see(town, other, shown)).status_code == 404


async def test_only_those_who_write_it_show_photos_with_a_proposal(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    sent = (await send(town, ada, proposal)).json()
    stranger = town.service.citizen("lutece")
    for who, status in ((bob, 403), (stranger, 404)):
        for refused in (
            await send(town, who, proposal),
            await describe(town, who, proposal, sent),
            await photo_town.withdraw(town, who, proposal, sent),
        ):
            assert refused.status_code == status
    invited = await town.client.post(
        f"/v1/proposals/{proposal['id']}/invitations", headers=ada.headers | {"Idempotency-Key": "invite"}
    )
    answer = {"token": invited.json()["token"], "accepting": True}
    mine = f"/v1/proposals/{proposal['id']}/co-authors/mine"
    assert (await town.client.put(mine, json=answer, headers=bob.headers)).status_code == 200
    assert len([await show(town, bob, proposal), (await describe(town, bob, proposal, sent)).json()]) == 2
    assert len(await photos(town, proposal)) == 2
    stale = await describe(town, ada, proposal, sent, "Autre")
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition-failed")


async def test_what_is_no_photo_or_one_too_many_is_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = town.service.citizen()
    proposal = (await propose(town, ada)).json()
    pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    for content, problem in ((b"GIF89a", "unknown-file-kind"), (photo()[:300], "not-an-image"), (pdf, "not-an-image")):
        refused = await send(town, ada, proposal, content)
        assert (refused.status_code, refused.json()["code"]) == (415, problem)
    assert (await send(town, ada, proposal, b"x" * (10 * 1024 * 1024 + 1))).status_code == 413
    monkeypatch.setattr(service, "MOST", 2)
    answers = await asyncio.gather(*(send(town, ada, proposal) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]
    refused = await send(town, ada, proposal)
    assert refused.json()["code"] == "too-many-photos"
    kept = next(answer.json() for answer in answers if answer.status_code == 201)
    assert (await photo_town.withdraw(town, ada, proposal, kept)).status_code == 204
    assert (await send(town, ada, proposal)).status_code == 201
    monkeypatch.setattr(service, "DAILY", 3)
    other = (await propose(town, ada)).json()
    assert (await send(town, ada, other)).json()["code"] == "too-many-photos", "what was withdrawn was sent today, too"
    monkeypatch.setattr(service, "DAILY", 4)
    further = [other, (await propose(town, ada)).json()]
    answers = await asyncio.gather(*(send(town, ada, each) for each in further))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_the_photos_of_a_town_have_a_bound_in_bytes_and_what_is_removed_keeps_out_nobody_elses(
    town: Town, moderating: ModerationTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    shown = await show(town, ada, proposal)
    size = await town.service.runtime.database.pool.fetchval("SELECT size FROM proposal_photo")
    monkeypatch.setattr(service, "_MIB", 1.5 * size / town.service.runtime.settings.proposal_photos_mib)
    refused = await send(town, ada, proposal)
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-photos")
    case = await moderating.opened(shown, kind="photo")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    assert (await send(town, bob, (await propose(town, bob)).json())).status_code == 201


async def test_nobody_fills_the_room_of_a_town_alone_not_by_photos_that_are_removed_either(
    town: Town, moderating: ModerationTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    shown = await show(town, ada, proposal)
    size = await town.service.runtime.database.pool.fetchval("SELECT size FROM proposal_photo")
    monkeypatch.setattr(service, "MOST_OF_PERSON", 1.5 * size)
    assert (await send(town, ada, proposal)).json()["code"] == "too-many-photos"
    case = await moderating.opened(shown, kind="photo")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    assert (await send(town, ada, proposal)).json()["code"] == "too-many-photos", "moderators still look at it"
    assert (await send(town, bob, (await propose(town, bob)).json())).status_code == 201


async def test_a_photo_is_kept_no_larger_than_people_look_at_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = town.service.citizen()
    proposal = (await propose(town, ada)).json()
    sent = (await send(town, ada, proposal, photo((1000, 4096)))).json()
    assert (sent["width"], sent["height"]) == (500, 2048)
    shown = (await describe(town, ada, proposal, sent)).json()
    assert Image.open(io.BytesIO((await see(town, proposal, shown)).content)).size == (500, 2048)
    monkeypatch.setattr(service, "MOST_BYTES", 1_000)
    refused = await send(town, ada, proposal)
    assert (refused.status_code, refused.json()["code"]) == (422, "image-too-large")


async def test_an_antivirus_sees_each_photo_before_it_is_kept(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, cleaned = town.service.citizen(), service.cleaned_photo
    proposal = (await propose(town, ada)).json()

    async def infected(content: bytes) -> str | None:
        return "Eicar" if content else None

    async def away(_: bytes) -> str | None:
        raise AntivirusDownError

    for look, status, problem in ((infected, 422, "file-infected"), (away, 503, "service-unavailable")):
        filing = Filing(town.service.runtime.persons, look, 1, 1)
        monkeypatch.setattr(service, "cleaned_photo", lambda content, _, filing=filing: cleaned(content, filing))
        refused = await send(town, ada, proposal)
        assert (refused.status_code, refused.json()["code"]) == (status, problem)
    assert await town.count("proposal_photo") == 0


async def test_a_reported_photo_is_seen_by_moderators_until_nobody_can_contest_what_became_of_it(
    moderating: ModerationTown, town: Town
) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    proposal = (await propose(town, author)).json()
    sent = (await send(town, author, proposal)).json()
    assert (await moderating.report(town.service.citizen(), sent, kind="photo")).status_code == 404
    shown = (await describe(town, author, proposal, sent)).json()
    assert (await moderating.report(author, shown, kind="photo")).json()["code"] == "conflict"
    case = await moderating.opened(shown, kind="photo")
    assert (case["kind"], (await moderating.read(agent, case))["snapshot"]) == ("photo", "Un banc cassé.")
    whole = (await see(town, proposal, shown)).content
    assert (await moderating.decide(agent, case, REMOVE)).status_code == 201
    assert (await photos(town, proposal), (await see(town, proposal, shown)).status_code) == ([], 404)
    gone = await describe(town, author, proposal, shown)
    assert (gone.status_code, gone.json()["code"]) == (409, "photo-gone")
    assert (await moderating.report(town.service.citizen(), shown, kind="photo")).json()["code"] == "photo-gone"

    seen = f"/v1/moderation-cases/{case['id']}/photos/{shown['id']}"
    assert (await town.client.get(seen, headers=agent.headers)).content == whole
    assert (await town.client.get(seen, headers=author.headers)).status_code == 403
    other = f"/v1/moderation-cases/{case['id']}/photos/{case['id']}"
    assert (await town.client.get(other, headers=agent.headers)).status_code == 404
    await moderating.reversed(author, case, KEEP)
    (back,) = await photos(town, proposal)
    assert (back["alternative_text"], (await see(town, proposal, shown)).content) == ("Un banc cassé.", whole)
    figures = await moderating.figures()
    assert (figures["cases_by_kind"], figures["removed_by_kind"]) == ({"photo": 1}, {"photo": 1})

    assert (await photo_town.withdraw(town, author, proposal, back)).status_code == 204
    assert await photos(town, proposal) == []
    assert (await town.client.get(seen, headers=agent.headers)).content == whole
    database, now = town.service.runtime.database, datetime.now(UTC)
    await forget_photos(database, now + APPEAL_PERIOD - timedelta(hours=1))
    assert (await town.client.get(seen, headers=agent.headers)).status_code == 200
    await forget_photos(database, now + APPEAL_PERIOD + timedelta(hours=1))
    assert await town.count("proposal_photo") == 0
    assert (await town.client.get(seen, headers=agent.headers)).status_code == 404
    assert (await moderating.read(agent, case))["snapshot"] == "Un banc cassé."


async def test_photos_of_a_removed_proposal_are_seen_by_nobody_until_it_is_back(
    moderating: ModerationTown, town: Town
) -> None:
    author = town.service.citizen()
    proposal = (await propose(town, author)).json()
    shown = await show(town, author, proposal)
    case = await moderating.opened(proposal, kind="proposal")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    assert (await photos(town, proposal), (await see(town, proposal, shown)).status_code) == ([], 404)
    assert (await send(town, author, proposal)).json()["code"] == "proposal-gone"
    assert (await moderating.report(town.service.citizen(), shown, kind="photo")).json()["code"] == "photo-gone"
    await moderating.reversed(author, case, KEEP)
    assert await photos(town, proposal) == [shown]


async def test_photos_go_with_their_proposal_and_what_nobody_describes_within_a_day(town: Town) -> None:
    author = town.service.citizen()
    proposal, other = (await propose(town, author)).json(), (await propose(town, author)).json()
    shown, left = await show(town, author, proposal), await show(town, author, other)
    await send(town, author, other)
    assert (await withdraw(town, author, proposal)).status_code == 204
    assert (await see(town, proposal, shown)).status_code == 404
    database, now = town.service.runtime.database, datetime.now(UTC)
    kept = "SELECT count(content) FROM proposal_photo"
    assert await database.pool.fetchval(kept) == 2, "the bytes go at once"
    await forget_photos(database, now + timedelta(hours=23))
    assert await town.count("proposal_photo") == 3
    await forget_photos(database, now + timedelta(hours=25))
    assert await town.count("proposal_photo") == 1
    assert await photos(town, other) == [left]


async def test_photos_follow_the_account_and_go_with_it(town: Town) -> None:
    old, new = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, old)).json()
    shown = await show(town, old, proposal)
    whole, persons = (await see(town, proposal, shown)).content, town.service.runtime.persons
    await hear(town.service, merged(old, new))
    assert (await see(town, proposal, shown)).content == whole
    database = town.service.runtime.database
    assert [await service.seal_moved_photos(database, persons) for _ in range(2)] == [1, 0]
    await persons.destroy(UUID(old.subject))
    assert (await see(town, proposal, shown)).content == whole
    assert (await see(town, proposal, shown, "?size=small")).status_code == 200
    assert (await photo_town.withdraw(town, old, proposal, shown)).status_code == 403
    await forget_erased_photos(town.service.runtime.database, persons)
    assert len(await photos(town, proposal)) == 1
    await persons.destroy(UUID(new.subject))
    assert (await see(town, proposal, shown)).status_code == 404
    await forget_erased_photos(town.service.runtime.database, persons)
    assert await town.count("proposal_photo") == 0


async def test_a_merge_opens_no_photo_and_who_was_erased_meanwhile_shows_none(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, persons = town.service.runtime.database, town.service.runtime.persons

    def opening(*_: object) -> bytes:
        raise AssertionError("everybody's acts wait for a merge")

    for which in range(2):
        pair = town.service.citizen(), town.service.citizen()
        proposal = (await propose(town, pair[0])).json()
        shown = await show(town, pair[0], proposal)
        monkeypatch.setattr(PersonKey, "open_bytes", opening)
        await hear(town.service, merged(*pair))
        monkeypatch.undo()
        await persons.destroy(UUID(pair[which].subject))
        assert (await see(town, proposal, shown)).status_code == 404
        assert await service.seal_moved_photos(database, persons) == 1
        assert await town.count("proposal_photo") == 0
