# SPDX-License-Identifier: EUPL-1.2
"""Answers to mails come in: kept before they are accepted, once, and for their owner alone."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest
from notifications_post import Post, changed, merged
from notifications_replies import REPLIES, SENDER, answer, answerable, ask, bring, intake, received

from parvis_notifications.service.keep_inbound import purge_inbound


async def test_mails_about_a_request_bear_the_address_of_their_conversation(post: Post) -> None:
    reader, other = post.person(SENDER), post.person("dominique@example.org")
    request = str(uuid4())
    first, _ = await answerable(post, reader, "submitted", request_id=request)
    again, _ = await answerable(post, reader, "taken", request_id=request, sequence=2)
    about_another, _ = await answerable(post, reader)
    to_another, _ = await answerable(post, other, request_id=request, sequence=3)
    assert first == again
    assert len({first, about_another, to_another}) == 3
    assert first.startswith("reponse+")
    assert first.endswith("@reponses.ville.example")
    assert len(first.partition("@")[0]) <= 64


async def test_where_nobody_takes_answers_mails_cannot_be_answered(post: Post) -> None:
    await post.told(post.person(SENDER))
    await post.send_mails()
    assert post.sink.mails()[0]["Reply-To"] is None
    assert await post.pool.fetchval("SELECT count(*) FROM conversation") == 0


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
async def test_an_answer_is_kept_and_told_of_without_a_word_of_it(post: Post, protocol: str) -> None:
    reader = post.person(SENDER)
    to, request = await answerable(post, reader)
    mail = answer(to, "Oui, demain à 9 h.\n\nLe 26 nov. 2026 à 10:12, Ville <x@y.fr> a écrit :\n> Bonjour")
    mail.add_attachment(b"%PDF-1.7 ...", maintype="application", subtype="pdf", filename="justificatif.pdf")
    assert (await bring(post, to.upper(), mail, intake_protocol=protocol)).startswith("250 2.0.0")
    (kept,) = await received(post)
    assert {name: kept[name] for name in ("way", "request_id", "person", "held", "sender", "sender_name", "text")} == {
        "way": "email",
        "request_id": request,
        "person": reader.subject,
        "held": None,
        "sender": SENDER,
        "sender_name": "Camille Martin",
        "text": "Oui, demain à 9 h.",
    }
    assert kept["files"] == [{"position": 0, "name": "justificatif.pdf", "size": 12}]
    (event,) = await post.pool.fetch("SELECT subject, data FROM outbox WHERE type LIKE '%message-received%'")
    assert SENDER not in event["data"]
    assert "demain" not in event["data"]
    stored = str([dict(row) for row in await post.pool.fetch("SELECT * FROM inbound_message, inbound_file")])
    assert "demain" not in stored
    assert "justificatif" not in stored
    file = await ask(post, f"/{event['subject']}/files/0")
    assert file.content == b"%PDF-1.7 ..."


async def test_the_same_mail_twice_is_one_message_even_after_it_was_taken(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    mail = answer(to)
    async with intake(post) as courier:
        answers = await asyncio.gather(*(courier.bring(to, mail.as_bytes(), SENDER) for _ in range(5)))
    assert {each[-1][:3] for each in answers} == {"250"}
    (kept,) = await received(post)
    assert kept["text"]
    (id_,) = [row["id"] for row in await post.pool.fetch("SELECT id FROM inbound_message")]
    for _ in range(2):
        assert (await ask(post, f"/{id_}", "DELETE")).status_code == 204
    assert (await ask(post, f"/{id_}")).status_code == 204
    assert (await bring(post, to, mail)).startswith("250 2.0.0 Known")
    assert await post.pool.fetchval("SELECT count(*) FROM inbound_message WHERE content IS NULL") == 1
    assert await post.pool.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%message-received%'") == 1
    # Some programs call all their mails alike, and some by no name that there is.
    for text, id_ in (("Autre chose.", mail["Message-ID"]), ("Encore.", "<\udce9@x>")):
        assert (await bring(post, to, answer(to, text, Message_ID=id_))).startswith("250 2.0.0 Kept"), text


async def test_what_was_taken_is_unreadable_even_from_a_copy_of_the_database(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    mail = answer(to)
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    await bring(post, to, mail)
    (id_,) = [row["id"] for row in await post.pool.fetch("SELECT id FROM inbound_message")]
    await ask(post, f"/{id_}", "DELETE")
    assert await post.pool.fetchval("SELECT count(*) FROM inbound_file") == 0
    persons = post.service.runtime.persons
    assert await persons.of_many({id_}) == {}


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"Auto_Submitted": "auto-replied"}, SENDER),
        ({"Auto_Submitted": "auto-generated (vacation)"}, SENDER),
        ({"Precedence": "bulk"}, SENDER),
        ({"List_Id": "<riverains.example.org>"}, SENDER),
        ({"X_Autoreply": "yes"}, SENDER),
        ({"Subject": "Réponse automatique : Votre demande"}, SENDER),
        ({"From": "Ville <ne-pas-repondre@ville.example>"}, SENDER),
        ({"From": "reponse+abc@reponses.ville.example"}, SENDER),
        ({}, ""),
    ],
)
async def test_what_a_program_wrote_is_taken_and_told_to_nobody(
    post: Post, headers: dict[str, str], sender: str
) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    assert (await bring(post, to, answer(to, **headers), sender)).startswith("250 2.0.0 Written by a program")
    assert await received(post) == []


async def test_who_did_not_get_the_address_is_for_an_agent_to_qualify(post: Post) -> None:
    to, request = await answerable(post, post.person(SENDER))
    await bring(post, to, answer(to, sender="Voisin <voisin@example.net>"))
    await bring(post, to, answer(to, sender=f"{SENDER}, voisin@example.net", Message_ID="<2@x>"))
    await bring(post, to, answer(to, sender="Camille.Martin <CAMILLE@EXAMPLE.ORG>", Message_ID="<3@x>"))
    assert [(each["held"], each["request_id"]) for each in await received(post)] == [
        ("other-sender", request),
        ("other-sender", request),
        (None, request),
    ]


async def test_a_sender_for_whom_the_mail_server_does_not_vouch_is_for_an_agent_to_qualify(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    said = {
        "<1@x>": "mx.ville.example; dmarc=fail header.from=example.org; dkim=pass header.d=example.org",
        "<2@x>": "mx.ville.example; spf=pass smtp.mailfrom=rebond.example.net",
        "<3@x>": "other.example; dmarc=pass header.from=example.org",
        "<4@x>": "mx.ville.example 1; spf=fail (a ; b) smtp.mailfrom=x.fr; dmarc=pass (p=no) header.from=example.org",
        "<5@x>": "MX.ville.example; dkim=pass header.d=example.org",
    }
    for id_, results in said.items():
        mail = answer(to, Message_ID=id_, Authentication_Results=results)
        await bring(post, to, mail, intake_authserv_id="mx.ville.example")
    assert [each["held"] for each in await received(post)] == ["not-authenticated"] * 3 + [None] * 2


async def test_an_address_that_has_had_its_time_leads_to_an_agent(post: Post) -> None:
    to, request = await answerable(post, post.person(SENDER))
    await post.pool.execute("UPDATE conversation SET told_at = now() - interval '181 days'")
    await bring(post, to, answer(to))
    (kept,) = await received(post)
    assert (kept["held"], kept["request_id"]) == ("expired", request)
    await post.pool.execute("DELETE FROM conversation")
    assert (await bring(post, to, answer(to, Message_ID="<2@x>"))).startswith("550 5.1.6")


async def test_a_mail_to_a_town_is_for_an_agent_to_qualify_and_to_nobody_is_refused(post: Post) -> None:
    changes: dict[str, Any] = {"inbound_addresses": {"mairie@ville.example": "paris"}}
    await bring(post, "Mairie@ville.example", answer("mairie@ville.example"), **changes)
    spam = answer("mairie@ville.example", Message_ID="<2@x>", X_Spam_Flag="YES")
    await bring(post, "mairie@ville.example", spam, **changes)
    assert [(each["held"], each["request_id"]) for each in await received(post)] == [("direct", None), ("spam", None)]
    to, _ = await answerable(post, post.person(SENDER))
    forged = f"reponse+{'a' * 48}@reponses.ville.example"
    for address in (forged, REPLIES, to.replace("reponse+", "autre+"), "x@ville.example"):
        assert (await bring(post, address, answer(address))).startswith("550 5.1.1")


async def test_while_the_database_is_away_it_stays_where_it_was(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    to, _ = await answerable(post, post.person(SENDER))

    async def gone(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("parvis_notifications.service.receive_mail.outbox.add", gone)
        assert (await bring(post, to, answer(to))).startswith("451")
    assert await post.pool.fetchval("SELECT count(*) FROM inbound_message") == 0
    assert (await bring(post, to, answer(to))).startswith("250")
    assert len(await received(post)) == 1


async def test_a_loop_ends_after_so_many_in_an_hour(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    answers = [await bring(post, to, answer(to, Message_ID=f"<{number}@x>"), replies_per_hour=2) for number in range(3)]
    assert [each[:3] for each in answers] == ["250", "250", "451"]


async def test_strangers_bring_so_many_bytes_in_an_hour_and_answers_come_all_the_same(post: Post) -> None:
    reader, town = post.person(SENDER), "mairie@ville.example"
    to, _ = await answerable(post, reader)
    changes: dict[str, Any] = {"inbound_addresses": {town: "paris"}, "inbound_bytes_per_hour": 1_500}

    def large(address: str, number: int) -> EmailMessage:
        mail = answer(address, Message_ID=f"<{number}@x>")
        mail.add_attachment(b"%PDF-1.4" + b" " * 992, maintype="application", subtype="pdf", filename="a.pdf")
        return mail

    assert (await bring(post, to, large(to, 3), **changes)).startswith("250")
    brought = [await bring(post, town, large(town, number), **changes) for number in range(3)]
    assert [each[:3] for each in brought] == ["250", "250", "451"]
    assert (await bring(post, to, large(to, 4), **changes)).startswith("250")
    # What was taken counts as before; what came long ago does not.
    await post.pool.execute("DELETE FROM inbound_file")
    assert (await bring(post, town, large(town, 5), **changes)).startswith("451")
    await post.pool.execute("UPDATE inbound_message SET received_at = received_at - interval '2 hours'")
    assert (await bring(post, town, large(town, 5), **changes)).startswith("250")


async def test_what_waits_to_be_taken_has_an_end_and_words_come_all_the_same(post: Post) -> None:
    town, elsewhere = "mairie@ville.example", "mairie@autre.example"
    changes: dict[str, Any] = {"inbound_addresses": {town: "paris", elsewhere: "noirmoutier"}}
    changes["inbound_bytes_waiting"] = 1_500

    def mail(number: int, *, file: bool = True, to: str = town, **headers: str) -> EmailMessage:
        written = answer(to, Message_ID=f"<{number}@x>", **headers)
        if file:
            written.add_attachment(b"%PDF-1.4" + b" " * 992, maintype="application", subtype="pdf", filename="a.pdf")
        return written

    # Of what is held for spam no file is kept: it takes nobody's room.
    spam = [await bring(post, town, mail(number, X_Spam_Flag="YES"), **changes) for number in range(2)]
    brought = [await bring(post, town, mail(number), **changes) for number in range(3, 6)]
    assert [each[:3] for each in spam + brought] == ["250", "250", "250", "250", "451"]
    assert await post.pool.fetchval("SELECT count(*) FROM inbound_file") == 2
    assert [each["left_out"] for each in await received(post)] == [["a.pdf"], ["a.pdf"], [], []]
    assert (await bring(post, town, mail(6, file=False), **changes)).startswith("250")
    assert (await bring(post, elsewhere, mail(7, to=elsewhere), **changes)).startswith("250")
    await post.pool.execute("UPDATE inbound_message SET taken_at = now(), content = NULL WHERE size > 0")
    assert (await bring(post, town, mail(8), **changes)).startswith("250")


async def test_only_the_town_s_mail_servers_bring_mails(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    assert (await bring(post, to, answer(to), intake_allowed_networks="192.0.2.0/24")).startswith("550 5.7.1")
    assert (await bring(post, to, answer(to), intake_allowed_networks="127.0.0.0/8")).startswith("250")


async def test_there_is_an_end_to_sessions_and_to_a_mail_s_size(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    async with intake(post, intake_sessions=1, intake_mail_bytes=65_536) as courier:
        _, held = await asyncio.open_connection("127.0.0.1", courier.port)
        await asyncio.sleep(0)
        answers = await courier.bring(to, answer(to).as_bytes(), SENDER)
        assert answers[0].startswith("421")
        held.close()
        await held.wait_closed()
    assert (await bring(post, to, answer(to, "x" * 70 + "\n" * 70_000), intake_mail_bytes=65_536)).startswith("552")


async def test_an_answer_from_a_former_address_of_theirs_and_after_a_merge_is_theirs(post: Post) -> None:
    reader, kept = post.person(SENDER), post.person("camille@neuf.example")
    to, request = await answerable(post, reader)
    post.owners.contacts[reader.subject]["email"] = "autre@example.org"
    await post.hear(changed(reader, "email"))
    await post.hear(merged(reader, kept))
    await bring(post, to, answer(to))
    (found,) = await received(post)
    assert (found["held"], found["person"], found["request_id"]) == (None, kept.subject, request)


async def test_what_came_in_is_for_services_of_that_town_with_that_scope(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    await bring(post, to, answer(to))
    (id_,) = [row["id"] for row in await post.pool.fetch("SELECT id FROM inbound_message")]
    assert (await ask(post, f"/{id_}", caller=post.service.agent())).status_code == 403
    other = post.service.system(scope="notifications.messages.read")
    assert (await ask(post, f"/{id_}", caller=other)).status_code == 403
    assert (await ask(post, f"/{id_}", collectivity="noirmoutier")).status_code == 404
    await ask(post, f"/{id_}", "DELETE", collectivity="noirmoutier")
    assert (await ask(post, f"/{id_}")).status_code == 200


async def test_nothing_is_kept_past_its_time(post: Post) -> None:
    to, _ = await answerable(post, post.person(SENDER))
    await bring(post, to, answer(to))
    (id_,) = [row["id"] for row in await post.pool.fetch("SELECT id FROM inbound_message")]
    runtime = post.service.runtime
    days, answered = timedelta(days=30), timedelta(days=1_095)
    assert await purge_inbound(runtime.database, runtime.persons, days, answered) == 0
    await post.pool.execute("UPDATE inbound_message SET received_at = received_at - interval '31 days'")
    await post.pool.execute("UPDATE conversation SET told_at = told_at - interval '1096 days'")
    assert await purge_inbound(runtime.database, runtime.persons, days, answered) == 2
    assert await post.pool.fetchval("SELECT count(*) FROM inbound_message") == 0
    assert await runtime.persons.of_many({id_}) == {}
