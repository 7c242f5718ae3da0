# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from notifications_post import TRACE, Post, event, followed
from notifications_sink import form

from parvis_kit.messaging.events import PermanentError
from parvis_notifications.db import notices
from parvis_notifications.db.notices import Notices


async def test_an_event_becomes_a_message_and_a_mail_in_the_persons_language(post: Post) -> None:
    reader = post.person("camille@example.org", "en")
    happened = await post.told(reader, reference="R-2026-7KQ4-XM7")
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["To"] == "camille@example.org"
    assert mail["From"] == "Ville de Paris <ne-pas-repondre@ville.example>"
    assert mail["Subject"] == "We have received your request R-2026-7KQ4-XM7"
    assert mail["X-Trace-Id"] == TRACE
    assert mail["Auto-Submitted"] == "auto-generated"
    (delivery,) = await post.rows("delivery")
    assert mail["Message-ID"] == f"<{delivery['id']}@ville.example>"
    assert (delivery["state"], delivery["last_reply"]) == ("sent", "250 2.0.0")
    link = f"http://localhost:8080/v1/requests/{happened.key}"
    assert link in form(mail, "plain")
    assert f'<a href="{link}">' in form(mail, "html")
    assert '<html lang="en">' in form(mail, "html")


async def test_a_reply_is_fetched_escaped_and_kept_as_a_sealed_copy(post: Post) -> None:
    reader = post.person()
    post.owners.replies["01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c2"] = (
        "Bonjour <b>vous</b>,\n{{ 7 * 7 }}\n\nÀ demain & merci."
    )
    await post.told(reader, "replied")
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert "Bonjour <b>vous</b>,\n{{ 7 * 7 }}\n\nÀ demain & merci." in form(mail, "plain")
    assert "<p>Bonjour &lt;b&gt;vous&lt;/b&gt;,<br>{{ 7 * 7 }}</p>\n<p>À demain &amp; merci.</p>" in form(mail, "html")
    stored = json.dumps(
        [*await post.rows("message"), *await post.rows("delivery"), *await post.pool.fetch("TABLE outbox")],
        default=lambda value: value.decode("latin-1") if isinstance(value, bytes) else str(value),
    )
    assert "demain" not in stored
    assert "example.org" not in stored


async def test_the_owners_are_asked_with_a_token_for_each_alone_and_told_on_whose_behalf(post: Post) -> None:
    reader = post.person()
    post.owners.replies["01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c2"] = "Voilà."
    happened = await post.told(reader, "replied")
    assert post.owners.paths() == [
        f"/internal/v1/people/{reader.subject}/contact?collectivity=paris",
        f"/internal/v1/requests/{happened.key}/messages/01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c2",
        f"/internal/v1/requests/{happened.key}/steps/{happened.sequence}?collectivity=paris",
    ]
    asked = [call.body.decode() for call in post.owners.calls if call.path == "/oauth2/token"]
    assert [body.partition("scope=")[2] for body in asked] == ["identity.people.read", "requests.messages.read"]
    assert all(call.headers["traceparent"].split("-")[1] == TRACE for call in post.owners.calls if call.method == "GET")


async def test_while_an_owner_is_down_nothing_is_lost_and_the_order_is_kept(post: Post) -> None:
    reader = post.person()
    post.owners.down = True
    first = await post.told(reader)
    await post.told(reader, "taken", sequence=2, request_id=str(first.key))
    notices = await post.rows("notice")
    assert [(n["sequence"], n["attempts"], n["last_error"]) for n in notices] == [
        (1, 1, "unreachable: HTTPStatusError"),
        (2, 0, None),
    ]
    assert await post.rows("message") == []
    post.owners.down = False
    await post.due_now("notice")
    await post.compose()
    assert [m["template"] for m in await post.rows("message")] == ["request-submitted", "request-taken"]
    assert await post.rows("notice") == []


async def test_a_repeated_event_tells_once(post: Post) -> None:
    reader = post.person()
    happened = await post.told(reader)
    await post.hear(happened)
    await post.compose()
    await post.send_mails()
    assert len(await post.rows("message")) == 1
    assert len(post.sink.taken) == 1


async def test_a_composer_that_was_too_slow_finds_its_notice_gone(post: Post) -> None:
    reader = post.person()
    await post.hear(event(author=reader.subject))
    slow = uuid4()
    (claimed,) = await Notices(post.pool).claim(slow, 10, lease=timedelta())
    await post.compose()
    async with post.service.runtime.database.unit_of_work() as uow:
        assert not await notices.finish(uow.session, claimed.id, slow)
    assert len(await post.rows("message")) == 1


async def test_a_person_without_an_address_gets_the_message_in_the_inbox_alone(post: Post) -> None:
    reader = post.person(None)
    await post.told(reader)
    assert len(await post.rows("message")) == 1
    assert await post.rows("delivery") == []


async def test_what_can_never_be_told_stays_on_record_and_holds_up_nothing(post: Post) -> None:
    reader = post.person()
    unknown = event(author="01a20dbc-0f31-7a52-9a3e-5f7f0c1f2b11")
    await post.hear(unknown)
    first = await post.told(reader, "replied")
    await post.told(reader, "resolved", sequence=2, request_id=str(first.key))
    reasons = {n["event_id"]: (n["state"], n["last_error"]) for n in await post.rows("notice")}
    # The notice of a filing bears the request: its receipt is one, whichever event asks for it.
    assert reasons == {unknown.key: ("failed", "person-unknown"), first.id: ("failed", "reply-unknown")}
    assert [m["template"] for m in await post.rows("message")] == ["request-resolved"]


async def test_nothing_is_written_for_an_erased_person(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    await post.service.runtime.persons.destroy(reader.person)
    await post.told(reader, "resolved")
    (notice,) = await post.rows("notice")
    assert (notice["state"], notice["last_error"]) == ("failed", "person-erased")
    await post.send_mails()
    (delivery,) = await post.rows("delivery")
    assert (delivery["state"], delivery["last_reply"]) == ("failed", "person-erased")
    assert post.sink.taken == []


@pytest.mark.parametrize("wrong", [{"author": "camille@example.org"}, {"reference": "R\r\nBcc: x@y"}])
async def test_data_that_are_not_as_agreed_are_refused_for_good_and_not_repeated(
    post: Post, wrong: dict[str, Any]
) -> None:
    with pytest.raises(PermanentError) as refusal:
        await post.hear(event(**wrong))
    assert "example.org" not in str(refusal.value)
    assert "Bcc" not in str(refusal.value)
    assert await post.rows("notice") == []


async def test_those_who_follow_a_request_are_told_of_its_steps_beside_its_author(post: Post) -> None:
    author, follower = post.person(), post.person("sacha@example.org")
    first = await post.told(author)
    await post.hear(followed(follower, str(first.key), 2))
    await post.compose()
    told = {(str(row["person"]), row["template"]) for row in await post.rows("message")}
    assert told == {(author.subject, "request-submitted"), (follower.subject, "followed-request-moved")}


@pytest.mark.parametrize(
    ("action", "language", "said"),
    [
        ("merge", "fr", "rejoint un autre signalement du même problème"),
        ("merge", "en", "joins another report of the same problem"),
        ("unmerge", "fr", "il est de nouveau suivi à part"),
        ("unmerge", "en", "it is followed up on its own again"),
    ],
)
async def test_those_who_follow_are_told_that_a_request_joins_another_one_or_leaves_it(
    post: Post, action: str, language: str, said: str
) -> None:
    follower = post.person("sacha@example.org", language)
    await post.hear(followed(follower, str(uuid4()), 2, action=action))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert said in " ".join(form(mail, "plain").split())


@pytest.mark.parametrize(("language", "said"), [("fr", "Classée sans suite."), ("en", "Closed without action.")])
async def test_what_a_workflow_says_is_asked_for_in_the_persons_language(post: Post, language: str, said: str) -> None:
    reader = post.person("camille@example.org", language)
    reply = {"fr": "Classée sans suite.", "en": "Closed without action."}
    post.owners.replies["01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c2"] = reply
    await post.told(reader, "replied")
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert said in form(mail, "plain")


@pytest.mark.parametrize(
    ("decision", "language", "subject", "said"),
    [
        (
            "accepted",
            "fr",
            "est acceptée",
            "a pris fin le 1er mars 2026 sans décision de notre part : elle est donc acceptée",
        ),
        ("accepted", "en", "is granted", "ended on 1 March 2026 without a decision of ours: it is therefore granted"),
        ("rejected", "fr", "est considérée comme rejetée", "a pris fin le 1er mars 2026"),
        ("rejected", "en", "is deemed rejected", "ended on 1 March 2026"),
    ],
)
async def test_a_decision_by_silence_is_told_with_its_day_and_what_the_person_may_do(
    post: Post, decision: str, language: str, subject: str, said: str
) -> None:
    reader = post.person("camille@example.org", language)
    post.owners.steps[event("decided").sequence] = {"fr": "Décidée", "en": "Decided"}
    # Midnight in Paris: the period ended with the day before.
    await post.told(
        reader, "decided", decision=decision, effective_at="2026-03-01T23:00:00.000Z", reference="R-2026-7KQ4-XM7"
    )
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Subject"].startswith(("Votre demande R-2026-7KQ4-XM7", "Your request R-2026-7KQ4-XM7"))
    assert subject in mail["Subject"]
    assert said in " ".join(form(mail, "plain").split())
    (message,) = await post.rows("message")
    assert message["template"] == f"request-deemed-{decision}"


async def test_a_decision_of_another_kind_is_malformed(post: Post) -> None:
    with pytest.raises(PermanentError, match="decision"):
        await post.hear(event("decided", decision="postponed"))


async def test_who_filed_without_an_account_gets_the_receipt_where_requests_says(post: Post) -> None:
    reporter = post.service.citizen()
    post.owners.reporters[reporter.subject] = {"email": "rose@example.org", "language": "en"}
    happened = await post.told(reporter)
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["To"] == "rose@example.org"
    assert mail["Subject"].startswith("We have received your request")
    behalf = f"{reporter.subject}/contact?collectivity=paris"
    assert post.owners.paths() == [
        f"/internal/v1/people/{behalf}",
        f"/internal/v1/reporters/{behalf}",
        f"/internal/v1/requests/{happened.key}/receipt?collectivity=paris",
    ]


async def test_while_requests_is_down_a_message_to_who_has_no_account_waits(post: Post) -> None:
    reporter = post.service.citizen()
    post.owners.down = True
    await post.told(reporter)
    ((state, reason),) = [(n["state"], n["last_error"]) for n in await post.rows("notice")]
    assert (state, reason) == ("pending", "unreachable: HTTPStatusError")


async def test_who_follows_without_an_account_ends_it_by_the_link_of_each_mail(post: Post) -> None:
    alone, account = post.person("lea@example.org"), post.person("sacha@example.org")
    link = f"https://ville.example/followed-request?token={'A' * 43}"
    post.owners.follow_links[alone.subject] = link
    request = str(uuid4())
    for person in (alone, account):
        await post.hear(followed(person, request, 2))
    await post.compose()
    await post.send_mails()
    texts = {mail["To"]: form(mail, "plain") for mail in post.sink.mails()}
    assert link in texts["lea@example.org"]
    assert "followed-request?" not in texts["sacha@example.org"]
    assert link not in "".join(str(row) for row in await post.rows("message"))
