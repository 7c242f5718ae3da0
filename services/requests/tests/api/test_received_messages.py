# SPDX-License-Identifier: EUPL-1.2
"""What people answer by mail is in the conversation of their request, once; what belongs nowhere is an agent's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from conversing import messages
from other_clocks import paris_by
from received import Holder, Post, file, message, taken_request
from requests_town import Town, photo
from team_calls import alerts

from parvis_requests.db import incoming_contacts
from parvis_requests.db.received_messages import ReceivedMessages
from parvis_requests.outgoing.inbound_messages import HolderDownError, ReceivedCall
from parvis_requests.service import take_received as taken_in
from parvis_requests.service.purge_uploads import purge_uploads
from parvis_requests.service.qualify_contact import forget_contacts

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@pytest.fixture
def post(town: Town) -> Post:
    return Post(town)


async def test_an_answer_is_the_author_s_and_tells_the_agent_as_one_in_the_portal_does(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    id_ = await post.comes(post.reply(request, author), times=2)
    assert await post.take() == 1
    (words,) = await messages(town, agent, request)
    assert (words["text"], words["by"], words["visibility"]) == ("Demain à 9 h.", "author", "public")
    assert (await messages(town, author, request))[0]["id"] == words["id"]
    told = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%request-supplemented%'"
    )
    assert len(told) == 1
    assert "Demain" not in told[0]["data"]
    assert [who for _, who in await alerts(town, request)] == [agent.subject]
    assert post.holder.destroyed == [id_]
    assert await town.count("received_message") == 0
    await post.hear(id_)  # told again, long afterwards
    assert await post.take() == 1
    assert len(await messages(town, agent, request)) == 1


async def test_files_pass_the_checks_of_an_upload_and_what_is_refused_is_said(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    files = (file("photo.jpg", photo()), file("virus.exe", b"MZ\x90\x00"), file("b.jpg", b"\xff\xd8\xff broken"))
    await post.comes(post.reply(request, author, files=files, left_out=("film.mp4",)))
    await post.take()
    (words,) = await messages(town, agent, request)
    assert [each["media_type"] for each in words["attachments"]] == ["image/jpeg"]
    assert words["text"].startswith("Demain à 9 h.\n\nFichiers non repris : virus.exe (format non reconnu), b.jpg (")
    assert words["text"].endswith("film.mp4 (trop lourd).")
    path = f"/v1/attachments/{words['attachments'][0]['id']}"
    assert (await town.get(author, path)).status_code == 200
    assert b"Exif" not in (await town.get(agent, path)).content[:1_000]
    english = await town.get(agent, f"/v1/requests/{request['id']}/messages", **{"Accept-Language": "en"})
    assert "Files left out: virus.exe (unknown format)" in english.json()["items"][0]["text"]


@pytest.mark.parametrize("step", ["fetch", "store", "commit", "taken", "drop"])
async def test_a_kill_between_any_two_steps_leaves_one_message_and_nothing_behind(
    town: Town, post: Post, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    await post.comes(post.reply(request, author, files=(file("photo.jpg", photo()),)))

    class KilledError(BaseException):
        pass

    async def killed(*_: Any, **__: Any) -> None:
        raise KilledError

    with monkeypatch.context() as dying:
        if step in {"fetch", "taken"}:
            dying.setattr(Holder, step, killed)
        elif step == "store":
            dying.setattr(taken_in, "thread_reply", killed)
        elif step == "commit":
            dying.setattr("parvis_kit.db.database.UnitOfWork.commit", killed)
        else:
            dying.setattr("parvis_requests.db.received_messages.ReceivedMessages.drop", killed)
        with pytest.raises(KilledError):
            await post.take()
    assert await town.count("received_message") == 1
    assert await post.take() == 0, "another worker waits until the claim has run out"
    assert await post.again() == 1
    assert [each["text"] for each in await messages(town, agent, request)] == ["Demain à 9 h."]
    assert (await town.count("received_message"), await town.count("attachment")) == (0, 1)
    assert post.holder.messages == {}


async def test_a_worker_whose_claim_ran_out_stores_nothing_a_second_time(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    for received in (post.reply(request, author), message(held="direct")):
        await post.comes(received)
        claimed = await ReceivedMessages(post.parts.database.pool).claim(timedelta(minutes=1))
        assert claimed is not None
        post.holder.deaf = True
        for _ in range(2):  # both hold it for theirs
            with pytest.raises(HolderDownError):
                await taken_in.take_one(post.parts, claimed, datetime.now(UTC))
        post.holder.deaf = False
        await post.again()
    assert len(await messages(town, agent, request)) == 1
    assert len(await post.contacts(agent)) == 1


async def test_of_spam_no_file_is_kept_and_its_name_is_said(town: Town, post: Post) -> None:
    agent = town.service.agent()
    spam = message(held="spam", files=(file("facture.pdf", b"%PDF-1.4\n%%EOF\n"),), left_out=("photo.jpg",))
    await post.comes(spam)
    await post.comes(message(held="direct", files=(file("facture.pdf", b"%PDF-1.4\n%%EOF\n"),)))
    await post.take()
    found = {each["reason"]: each for each in await post.contacts(agent)}
    left_out = {(left["name"], left["why"]["en"]) for left in found["spam"]["left_out"]}
    assert left_out == {(name, "not kept: the mail was held for spam") for name in ("facture.pdf", "photo.jpg")}
    assert found["direct"]["left_out"] == []
    assert await town.service.runtime.database.pool.fetchval("SELECT count(*) FROM attachment") == 1


async def test_strangers_fill_no_disk_while_nobody_qualifies_what_they_send(town: Town, post: Post) -> None:
    agent, pdf = town.service.agent(), b"%PDF-1.4\n%%EOF\n"
    post.parts = replace(post.parts, bytes_waiting=2 * len(pdf))

    async def left_out() -> list[str]:
        await post.comes(message(held="direct", files=(file("facture.pdf", pdf),)))
        await post.take()
        newest, *_ = await post.contacts(agent, "?state=open")
        return [each["why"]["en"] for each in newest["left_out"]]

    why = ["not kept: too many files wait to be qualified"]
    assert [await left_out() for _ in range(3)] == [[], [], why]
    await post.comes(message(held="direct", files=(file("facture.pdf", pdf),)), collectivity="noirmoutier")
    await post.take()
    (elsewhere,) = await post.contacts(town.service.agent("noirmoutier"))
    assert elsewhere["left_out"] == []
    for each in await post.contacts(agent, "?state=open"):
        await post.act(agent, each, "discards", outcome="spam")
    assert await left_out() == []


@pytest.mark.parametrize(("room", "most"), [(1, 2), (1_000, 1)])
async def test_mails_without_files_make_no_room_for_more(
    town: Town, post: Post, monkeypatch: pytest.MonkeyPatch, room: int, most: int
) -> None:
    agent, pdf = town.service.agent(), b"%PDF-1.4\n%%EOF\n"
    post.parts = replace(post.parts, bytes_waiting=room * len(pdf))
    monkeypatch.setattr(incoming_contacts, "_MOST_FILES", most)
    brought = (file("facture.pdf", pdf),)
    for files in (brought, (), (), brought):
        await post.comes(message(held="direct", files=files))
        await post.take()
    left_out = [bool(each["left_out"]) for each in await post.contacts(agent, "?state=open")]
    assert left_out == [True, False, False, False]


async def test_what_has_no_conversation_is_for_agents_with_why(town: Town, post: Post) -> None:
    author, other, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    await post.comes(post.reply(request, author, held="other-sender"))
    await post.comes(post.reply(request, other))
    await post.comes(post.reply(request, author), collectivity="noirmoutier")
    await post.comes(message(held="direct", left_out=("film.mp4",)))
    await post.comes(post.reply(request, author, held="some-new-reason"))
    await town.act(agent, request, "resolve", '"2"')
    await post.comes(post.reply(request, author))
    await post.take()
    found = await post.contacts(agent)
    assert {(each["reason"], (each["suggested"] or {}).get("reference")) for each in found} == {
        ("other-sender", request["reference"]),
        ("other-author", request["reference"]),
        ("direct", None),
        ("other", request["reference"]),
        ("request-ended", request["reference"]),
    }
    (there,) = await post.contacts(town.service.agent("noirmoutier"))
    assert (there["reason"], there["suggested"]) == ("request-unknown", None)
    direct = next(each for each in found if each["reason"] == "direct")
    assert direct["left_out"] == [{"name": "film.mp4", "why": {"fr": "trop lourd", "en": "too large"}}]
    assert (direct["sender"], direct["text"]) == ("camille@example.org", "Demain à 9 h.")
    assert await messages(town, agent, request) == []
    stored = str(
        [dict(row) for row in await town.service.runtime.database.pool.fetch("SELECT * FROM incoming_contact")]
    )
    assert "camille" not in stored


async def test_an_agent_links_a_contact_to_a_request_as_the_author_s_words_or_as_a_note(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    for _ in range(2):
        await post.comes(message(held="direct", files=(file("a.pdf", PDF), file("photo.jpg", photo()))))
    await post.take()
    first, second = await post.contacts(agent)
    assert (await town.get(agent, f"/v1/attachments/{first['files'][0]['id']}")).status_code == 200
    linked = await post.act(agent, first, "links", request_id=request["id"], visibility="public")
    assert linked.status_code == 201, linked.text
    body = linked.json()
    assert (body["state"], body["request"]["id"], body["text"], body["files"]) == ("linked", request["id"], None, [])
    (words,) = await messages(town, author, request)
    assert words["text"].startswith("Camille Martin <camille@example.org>\nRe: Votre demande\n\nDemain à 9 h.")
    assert words["by"] == "author"
    assert "image/jpeg" in [each["media_type"] for each in words["attachments"]]
    again = await post.act(agent, first, "links", '"2"', request_id=request["id"], visibility="public")
    assert (again.status_code, again.json()["code"]) == (409, "contact-settled")
    stale = await post.act(agent, second, "links", '"9"', request_id=request["id"], visibility="internal")
    assert stale.status_code == 412
    noted = await post.act(agent, second, "links", request_id=request["id"], visibility="internal")
    assert noted.status_code == 201
    assert len(await messages(town, author, request)) == 1
    assert [each["visibility"] for each in await messages(town, agent, request)] == ["internal", "public"]
    history = (await town.get(agent, f"/v1/incoming-contacts/{first['id']}/history")).json()["items"]
    assert [(each["action"], each["actor"]) for each in history] == [("received", None), ("linked", agent.subject)]
    for picture in words["attachments"]:
        assert (await town.get(author, f"/v1/attachments/{picture['id']}")).status_code == 200


async def test_texts_and_calls_are_contacts_and_a_call_says_what_is_known_of_it(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    call = ReceivedCall(outcome="missed", began_at=datetime(2026, 11, 26, 23, 12, tzinfo=UTC), seconds=0)
    plain = {"held": "direct", "sender": "+33612345678", "sender_name": "", "subject": ""}
    await post.comes(message(way="sms", text="Le lampadaire est éteint.", left_out=["MMS 1: image/jpeg"], **plain))
    await post.comes(message(way="call", text="", call=call, **plain))
    await post.take()
    found = {each["way"]: each for each in await post.contacts(agent)}
    assert (found["sms"]["text"], found["sms"]["call"]) == ("Le lampadaire est éteint.", None)
    (left_out,) = found["sms"]["left_out"]
    assert left_out["name"] == "MMS 1: image/jpeg"
    assert left_out["why"]["en"] == "file of a text message or of a messenger, not taken"
    assert found["call"]["call"] == {"outcome": "missed", "began_at": "2026-11-26T23:12:00Z", "seconds": 0}
    with paris_by("Indian/Reunion"):
        linked = await post.act(agent, found["call"], "links", request_id=request["id"], visibility="internal")
    assert (linked.status_code, linked.json()["call"]) == (201, None)
    (note,) = await messages(town, agent, request)
    assert note["text"] == "+33612345678\nAppel du 27/11/2026 à 03:12 (manqué)"


async def test_an_agent_discards_a_contact_and_lists_what_is_left(town: Town, post: Post) -> None:
    agent = town.service.agent()
    for _ in range(3):
        await post.comes(message(held="direct"))
    await post.take()
    contact, *_ = await post.contacts(agent, "?state=open")
    answer = await post.act(agent, contact, "discards", outcome="spam")
    assert (answer.status_code, answer.json()["outcome"], answer.headers["ETag"]) == (201, "spam", '"2"')
    assert len(await post.contacts(agent, "?state=open")) == 2
    assert [each["id"] for each in await post.contacts(agent, "?state=discarded")] == [contact["id"]]
    first = (await town.get(agent, "/v1/incoming-contacts?limit=2")).json()
    second = (await town.get(agent, f"/v1/incoming-contacts?limit=2&cursor={first['next_cursor']}")).json()
    assert len({each["id"] for each in first["items"] + second["items"]}) == 3


async def test_contacts_are_for_the_agents_of_that_town_alone(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    elsewhere = (await town.submit(town.service.citizen("noirmoutier"))).json()
    await post.comes(message(held="direct", files=(file("photo.jpg", photo()),)))
    await post.take()
    (contact,) = await post.contacts(agent)
    path, picture = f"/v1/incoming-contacts/{contact['id']}", f"/v1/attachments/{contact['files'][0]['id']}"
    for caller in (author, town.service.citizen()):
        assert (await town.get(caller, "/v1/incoming-contacts")).status_code == 403
        assert (await town.get(caller, path)).status_code == 403
        assert (await town.get(caller, picture)).status_code == 404
    stranger = town.service.agent("noirmoutier")
    for each in (path, f"{path}/history", picture):
        assert (await town.get(stranger, each)).status_code == 404
    assert (await post.act(stranger, contact, "discards", outcome="spam")).status_code == 404
    unknown = elsewhere.get("id", str(uuid4()))
    wrong = await post.act(agent, contact, "links", request_id=unknown, visibility="public")
    assert wrong.status_code == 404
    assert (await post.contacts(agent))[0]["state"] == "open"


async def test_contacts_are_destroyed_after_their_time_with_what_they_brought(town: Town, post: Post) -> None:
    agent, keeping = town.service.agent(), post.parts.keeping
    for _ in range(2):
        await post.comes(message(held="direct", files=(file("photo.jpg", photo()),)))
    await post.take()
    assert await purge_uploads(post.parts.database, keeping.blobs, datetime.now(UTC) + timedelta(days=2)) == 0
    settled, waiting = await post.contacts(agent)
    await post.act(agent, settled, "discards", outcome="duplicate")
    database, kept, now = post.parts.database, timedelta(days=30), datetime.now(UTC)
    assert await forget_contacts(database, keeping, kept, now + timedelta(days=29)) == 0
    assert await forget_contacts(database, keeping, kept, now + timedelta(days=31)) == 1
    assert [each["id"] for each in await post.contacts(agent)] == [waiting["id"]]
    assert await town.count("attachment") == 1
    assert await forget_contacts(database, keeping, kept, now + timedelta(days=361)) == 1
    assert (await town.count("attachment"), await town.count("contact_act")) == (0, 0)
