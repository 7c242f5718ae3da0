# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from notifications_post import Post, event
from notifications_sink import form
from notifications_templates import Desk
from participation_events import templates, told

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.occasions import OCCASIONS
from parvis_notifications.domain.topic import TOPICS, Topic
from parvis_notifications.service.templates import spoken_time
from parvis_testing import Caller


async def test_a_follower_is_told_once_of_news_and_led_to_the_process(post: Post) -> None:
    follower, process, news = post.person("camille@example.org", "fr"), uuid4(), uuid4()
    for _ in range(2):
        await post.hear(told("process-news-told", follower=follower.subject, process_id=process, news_id=news))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Subject"] == "Du nouveau dans une démarche que vous suivez"
    assert f"http://localhost:8080/v1/collectivities/paris/pages/processes/{process}" in form(mail, "plain")
    await post.hear(told("process-news-told", follower=follower.subject, process_id=process, news_id=uuid4()))
    await post.compose()
    assert await templates(post, follower) == ["process-news"] * 2


async def test_a_follower_is_reminded_once_of_what_ends_soon_and_never_afterwards(post: Post) -> None:
    follower, late, process = post.person("camille@example.org", "fr"), post.person(), uuid4()
    soon, closing = datetime.now(UTC) + timedelta(days=3), uuid4()
    said = {"process_id": process, "closing_id": closing, "follower": follower.subject, "closes_at": soon.isoformat()}
    for _ in range(2):
        await post.hear(told("process-closing-told", **said))
    over = {"follower": late.subject, "closes_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
    await post.hear(told("process-closing-told", **(said | over)))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Subject"].startswith("Il reste peu de temps pour participer\N{NO-BREAK SPACE}: jusqu’au ")
    assert f"http://localhost:8080/v1/collectivities/paris/pages/processes/{process}" in form(mail, "plain")


async def test_a_follower_is_told_once_of_a_milestone_and_led_to_the_proposal(post: Post) -> None:
    follower, proposal, milestone = post.person("camille@example.org", "fr"), uuid4(), uuid4()
    for _ in range(2):
        changes = {"follower": follower.subject, "proposal_id": proposal, "milestone_id": milestone}
        await post.hear(told("proposal-milestone-told", **changes))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Subject"] == "Du nouveau pour une proposition que vous suivez"
    assert f"http://localhost:8080/v1/collectivities/paris/pages/proposals/{proposal}" in form(mail, "plain")


@pytest.mark.parametrize(
    ("name", "changes", "template"),
    [
        ("petition-decided", {"outcome": "admitted"}, "petition-admitted"),
        ("petition-decided", {"outcome": "refused"}, "petition-refused"),
        ("petition-threshold-reached", {}, "petition-threshold-reached"),
        ("petition-answered", {}, "petition-answered"),
    ],
)
async def test_the_author_of_a_petition_is_told_what_becomes_of_it(
    post: Post, name: str, changes: dict[str, str], template: str
) -> None:
    author = post.person("camille@example.org", "en")
    await post.hear(told(name, author=author.subject, **changes))
    await post.compose()
    assert await templates(post, author) == [template]
    await post.send_mails()
    (mail,) = post.sink.mails()
    # The reasons of a refusal are shown to its author alone.
    assert ("/v1/own-petitions" in form(mail, "plain")) == (template == "petition-refused")


async def test_an_author_who_signed_is_told_of_the_answer_once_and_each_signer_too(post: Post) -> None:
    author, signer = (post.person(f"{name}@example.org", "en") for name in ("camille", "noor"))
    petition = uuid4()
    await post.hear(told("petition-answered", author=author.subject, petition_id=petition))
    for who in (author, signer):
        await post.hear(told("petition-answer-told", signer=who.subject, petition_id=petition))
    await post.compose()
    for who in (author, signer):
        assert await templates(post, who) == ["petition-answered"]


async def test_who_wants_no_mail_of_participation_gets_none(post: Post) -> None:
    follower = post.person("camille@example.org", "fr")
    body = {"language": None, "quiet_hours": None, "topics": [{"topic": "participation", "channels": []}]}
    headers = follower.headers | {"If-Match": '"0"'}
    chosen = await post.client.put("/v1/notification-preferences", json=body, headers=headers)
    assert chosen.status_code == 200
    await post.hear(told("process-news-told", follower=follower.subject, news_id=uuid4()))
    await post.compose()
    await post.send_mails()
    assert post.sink.mails() == []
    assert await templates(post, follower) == ["process-news"]


async def test_one_code_does_not_wait_behind_news_to_many(post: Post) -> None:
    process = uuid4()
    for number in range(20):
        follower = post.person(f"p{number}@example.org")
        await post.hear(told("process-news-told", follower=follower.subject, process_id=process, news_id=uuid4()))
    await post.compose()
    reader = post.person("zoe@example.org")
    for number in range(20, 40):
        follower = post.person(f"p{number}@example.org")
        await post.hear(told("process-news-told", follower=follower.subject, process_id=process, news_id=uuid4()))
    await post.hear(event("submitted", author=reader.subject))
    assert await post.composer().round()
    assert await templates(post, reader) == ["request-submitted"]
    await post.send_mails(mail_connections=1)
    assert [mail["To"] for mail in post.sink.mails()] == ["zoe@example.org"]


async def test_one_signer_who_cannot_be_told_does_not_keep_the_author_from_the_answer(post: Post) -> None:
    author, signer, petition = post.person("camille@example.org"), post.person("noor@example.org"), uuid4()
    post.owners.contacts[signer.subject]["language"] = {"what": "no language"}
    await post.hear(told("petition-answer-told", signer=signer.subject, petition_id=petition))
    answered = told("petition-answered", author=author.subject, petition_id=petition)
    await post.hear(replace(answered, sequence=3))
    await post.compose()
    assert await templates(post, author) == ["petition-answered"]


async def test_a_member_is_convened_at_the_time_of_french_clocks_and_told_when_it_is_called_off(post: Post) -> None:
    member, assembly, session = post.person("camille@example.org", "fr"), uuid4(), uuid4()
    changes = {"member": member.subject, "assembly_id": assembly, "session_id": session}
    for state in ("convened", "cancelled"):
        at = "2036-12-10T17:30:00Z"
        await post.hear(told("assembly-session-told", **changes, state=state, begins_at=at))
        await post.compose()
        assert f"session-{state}" in await templates(post, member)
    await post.send_mails()
    subjects = [str(mail["Subject"]).replace("\N{NO-BREAK SPACE}", " ") for mail in post.sink.mails()]
    time = "mercredi 10 décembre 2036 à 18 h 30"
    assert sorted(subjects) == [f"Convocation : {time}", f"Séance annulée : {time}"]
    assert all(
        f"/v1/collectivities/paris/pages/assemblies/{assembly}" in form(mail, "plain") for mail in post.sink.mails()
    )


async def test_a_mandate_is_told_to_whose_it_is_and_to_nobody_without_an_account(post: Post) -> None:
    member = post.person("camille@example.org", "en")
    for name in ("assembly-mandate-begun", "assembly-mandate-ended"):
        await post.hear(told(name, person=member.subject, member_id=uuid4()))
        await post.hear(replace(told(name), data=told(name).data | {"person": None}))
    await post.hear(told("assembly-news-told", follower=member.subject, news_id=uuid4()))
    await post.compose()
    assert sorted(await templates(post, member)) == ["assembly-news", "mandate-begun", "mandate-ended"]
    assert await post.service.runtime.database.pool.fetchval("SELECT count(*) FROM notice") == 0


async def test_who_registered_for_a_meeting_is_told_of_it_at_french_clocks_and_once(post: Post) -> None:
    registrant, meeting = post.person("camille@example.org", "fr"), uuid4()
    changes = {"registrant": registrant.subject, "meeting_id": meeting, "begins_at": "2036-12-10T17:30:00Z"}
    for subject in ("place-found", "changed", "cancelled", "reminder"):
        event_ = told("meeting-news-told", **changes, subject=subject, news_id=uuid4())
        for _ in range(2):
            await post.hear(replace(event_, id=uuid4()))
    await post.compose()
    for _ in range(2):  # what goes to many comes after what goes to one
        await post.send_mails()
    assert sorted(await templates(post, registrant)) == [
        "meeting-cancelled",
        "meeting-changed",
        "meeting-place-found",
        "meeting-reminder",
    ]
    mails = [form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ") for mail in post.sink.mails()]
    assert len(mails) == 4
    assert all("mercredi 10 décembre 2036 à 18 h 30" in mail for mail in mails)
    assert all(f"/v1/collectivities/paris/pages/meetings/{meeting}" in mail for mail in mails)


async def test_a_town_words_what_it_tells_of_participation(post: Post) -> None:
    desk, follower = Desk(post, post.service.agent()), post.person("camille@example.org", "fr")
    words = {"fr": {"subject": "Budget : avant le ((time))", "body": "Votez avant le ((time)), **en deux minutes**."}}
    made = await desk.write(name="Clôture", occasion="process-closing", variables=[], texts=words)
    assert (await desk.publish(made)).status_code == 201
    soon = datetime.now(UTC) + timedelta(days=3)
    about = {"follower": follower.subject, "closing_id": uuid4(), "closes_at": soon.isoformat()}
    await post.hear(told("process-closing-told", **about))
    await post.hear(told("process-news-told", follower=follower.subject, news_id=uuid4()))
    await post.compose()
    for _ in range(2):
        await post.send_mails()
    mails = {str(mail["Subject"]).replace("\N{NO-BREAK SPACE}", " "): mail for mail in post.sink.mails()}
    own = f"Budget : avant le {spoken_time(soon, 'fr', ZoneInfo('Europe/Paris'))}".replace("\N{NO-BREAK SPACE}", " ")
    assert set(mails) == {own, "Du nouveau dans une démarche que vous suivez"}
    assert "<strong>en deux minutes</strong>" in form(mails[own], "html")


@pytest.mark.parametrize("occasion", [each for each in OCCASIONS if TOPICS[each] is Topic.PARTICIPATION])
async def test_own_words_of_participation_never_leave_the_time_out(post: Post, occasion: Template) -> None:
    desk = Desk(post, post.service.agent())
    silent = {"fr": {"subject": "Du nouveau", "body": "Venez nombreux."}}
    made = await desk.write(name="Annonce", occasion=occasion, variables=[], texts=silent)
    timed = "time" in OCCASIONS[occasion].known
    assert made.status_code == (422 if timed else 201)
    if timed:
        assert [each["code"] for each in made.json()["errors"]] == ["mandatory-variable"]


def test_all_of_participation_but_statements_of_reasons_and_confirmations_can_be_worded() -> None:
    of_participation = {each for each, topic in TOPICS.items() if topic is Topic.PARTICIPATION}
    stated = {Template.CONTRIBUTION_REMOVED, Template.CONTRIBUTION_RESTORED}
    stated |= {Template.NOTICE_RECEIVED, Template.NOTICE_KEPT, Template.NOTICE_REMOVED}
    stated |= {Template.NOTICE_KEPT_FOR_GOOD, Template.NOTICE_REMOVED_FOR_GOOD}
    stated |= {Template.PETITION_REMOVED_BY_LAW, Template.PETITION_REMOVED_BY_RULES}
    assert of_participation - set(OCCASIONS) == stated | {Template.MEETING_TO_CONFIRM}


async def test_who_registers_for_a_meeting_without_an_account_is_led_to_their_registration(post: Post) -> None:
    guest, begins = post.service.citizen(), datetime.now(UTC) + timedelta(days=3)
    link = f"https://ville.example/meeting-registration?token={'B' * 43}"
    known = {"email": "lea@example.org", "language": "en", "link": link, "confirmed": False}
    until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    post.owners.guests[guest.subject] = known | {"confirm_before": until}
    said = {"registrant": guest.subject, "begins_at": begins.isoformat()}
    for subject in ("to-confirm", "changed"):
        await post.hear(told("meeting-news-told", subject=subject, news_id=uuid4(), **said))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert (mail["To"], mail["Subject"].strip()[:25]) == ("lea@example.org", "Confirm your registration")
    assert link in form(mail, "plain")
    assert "or it is deleted" in form(mail, "plain")
    reasons = {row["last_error"] for row in await post.rows("notice") if row["state"] == "failed"}
    assert reasons == {"person-unknown"}, "nobody is told anything else at an address that they have not confirmed"

    post.owners.guests[guest.subject] |= {"confirmed": True}
    for subject in ("to-confirm", "reminder"):
        await post.hear(told("meeting-news-told", subject=subject, news_id=uuid4(), **said))
    await post.compose()
    for _ in range(2):  # what goes to many waits for the others
        await post.send_mails()
    texts = [form(each, "plain") for each in post.sink.mails()[1:]]
    assert [link in text for text in texts] == [True, True]
    assert any("lets you withdraw" in text for text in texts)
    assert link not in "".join(str(row) for row in await post.rows("message"))


async def test_what_was_mailed_to_a_guest_who_is_forgotten_is_unreadable_and_nothing_more_goes(post: Post) -> None:
    guest, other = post.service.citizen(), post.service.citizen()
    until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    link = f"https://ville.example/meeting-registration?token={'B' * 43}"
    for each in (guest, other):
        known = {"email": "lea@example.org", "language": "en", "link": link, "confirmed": False}
        post.owners.guests[each.subject] = known | {"confirm_before": until}
    begins = (datetime.now(UTC) + timedelta(days=3)).isoformat()

    async def mail_to(who: Caller) -> int:
        said = {"registrant": who.subject, "begins_at": begins, "news_id": uuid4()}
        await post.hear(told("meeting-news-told", subject="to-confirm", **said))
        await post.compose()
        await post.send_mails()
        return len(post.sink.mails())

    assert await mail_to(guest) == 1
    for _ in range(2):
        await post.hear(told("guest-forgotten", person=guest.subject))
    with pytest.raises(KeyDestroyedError):
        await post.service.runtime.persons.of(UUID(guest.subject))
    assert await mail_to(guest) == 1, "what was asked for before is heard of late"
    assert await mail_to(other) == 2


async def test_who_nobody_knows_is_not_asked_for_of_a_participation_that_a_town_does_not_run(post: Post) -> None:
    post.more["participation_internal_url"] = ""
    await post.hear(told("process-news-told", follower=uuid4(), process_id=uuid4(), news_id=uuid4()))
    await post.compose()
    assert [row["last_error"] for row in await post.rows("notice")] == ["person-unknown"], "and it is over"


async def test_nothing_is_sent_to_a_guest_who_is_forgotten(post: Post) -> None:
    said = {"registrant": uuid4(), "begins_at": datetime.now(UTC).isoformat(), "news_id": uuid4()}
    await post.hear(told("meeting-news-told", subject="to-confirm", **said))
    await post.compose()
    assert [row["last_error"] for row in await post.rows("notice")] == ["nothing-to-confirm"]
