# SPDX-License-Identifier: EUPL-1.2
"""Whoever asked to be in the register is told what an agent has settled, and agents how many wait."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_languages import offer, wish
from notifications_post import merged
from notifications_sink import form
from notifications_templates import Desk
from own_register import accept, asked, by_an_agent, entered, mine, person, say, settle

from parvis_notifications.domain.notice import CLOCK
from parvis_testing import Caller

FIGURES = "/v1/register-request-figures"
WHY = "Votre adresse est à Montreuil."
# Days around the present one: midnight in Paris may fall between a message and the question.
FROM, UNTIL = ((datetime.now(CLOCK) + timedelta(days=days)).date().isoformat() for days in (-1, 1))
WHERE = "http://localhost:8080/v1/own-register-entries/mine"


def somebody(alerts: Alerts, email: str = "odette@example.org", language: str = "fr") -> Caller:
    """Who asks, and how identity knows them."""
    who = person(alerts)
    contact = {"email": email, "language": language, "given_name": "Odette"}
    alerts.town.post.owners.contacts[who.subject] = contact
    return who


async def told(alerts: Alerts) -> list[tuple[str, str, str]]:
    """To whom, the subject and the text of each mail that went."""
    await alerts.town.post.compose()
    await alerts.town.post.send_mails()
    return sorted((mail["To"], mail["Subject"], form(mail, "plain")) for mail in alerts.town.post.sink.mails())


async def refuse(alerts: Alerts, who: Caller, why: str = WHY) -> None:
    assert (await say(alerts, who)).status_code == 200
    (request,) = await asked(alerts)
    assert (await settle(alerts, request, "refusals", {"reason": why})).status_code == 204


async def test_who_is_entered_is_told_and_led_to_what_is_theirs(alerts: Alerts) -> None:
    odette = somebody(alerts)
    await entered(alerts, odette)
    ((to, subject, text),) = await told(alerts)
    assert (to, subject) == ("odette@example.org", "Votre inscription est faite")
    assert WHERE in text
    (message,) = (await alerts.read("/v1/inbox-messages", odette))["items"]
    assert message["template"] == "own-entry-made"


async def test_who_was_there_already_is_told_that_it_is_linked(alerts: Alerts) -> None:
    odette = somebody(alerts, language="en")
    entry = await by_an_agent(alerts)
    await say(alerts, odette)
    assert (await accept(alerts, (await asked(alerts))[0], entry)).status_code == 201
    ((_, subject, text),) = await told(alerts)
    assert subject == "Your registration is linked to your account"
    assert "were already in the register" in text


async def test_who_is_refused_is_told_why_and_no_event_is(alerts: Alerts) -> None:
    odette, pool = somebody(alerts), alerts.town.post.pool
    await refuse(alerts, odette)
    assert WHY not in str([dict(row) for row in await pool.fetch("SELECT * FROM notice")])
    ((_, subject, text),) = await told(alerts)
    assert subject == "Votre demande d’inscription n’est pas acceptée"
    assert WHY in text
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 0, "that an account is in the register is not told"
    assert await pool.fetchval("SELECT state FROM delivery") == "sent"


async def test_no_record_tells_whose_message_was_of_the_register(
    alerts: Alerts, capfd: pytest.CaptureFixture[str]
) -> None:
    await entered(alerts, somebody(alerts))
    await told(alerts)
    days = {"from": FROM, "until": UNTIL}
    for what in ("records", "figures"):
        answer = await alerts.town.post.client.get(
            f"/v1/delivery-{what}", params=days, headers=alerts.town.post.service.agent().headers
        )
        assert ("own-entry" in answer.text, "request-resolved" in answer.text) == (False, True), answer.text
    logged = "".join(capfd.readouterr())
    assert ("mail_sent" in logged, "own-entry" in logged) == (True, False), logged


async def test_a_refusal_in_a_language_that_no_voice_speaks_is_told_with_its_reason(alerts: Alerts) -> None:
    post, odette = alerts.town.post, somebody(alerts)
    post.owners.contacts[odette.subject]["phone"] = "+33639980001"
    desk = Desk(post, post.service.agent())
    await offer(post, desk.agent, "br")
    texts = {each: {"subject": f"{each}.", "body": "((reason))"} for each in ("fr", "en", "br")}
    made = await desk.write(name="Refus", occasion="own-entry-refused", variables=[], texts=texts)
    assert (await desk.publish(made)).status_code == 201
    assert (await wish(post, odette, "br", "voice")).status_code == 200
    await refuse(alerts, odette)
    await post.compose()
    assert await post.pool.fetchval("SELECT last_error FROM notice") is None
    (message,) = (await alerts.read("/v1/inbox-messages", odette))["items"]
    read = await alerts.read(f"/v1/inbox-messages/{message['id']}", odette)
    assert (message["language"], WHY in read["body"]) == ("br", True)
    key = await post.service.runtime.persons.of(UUID(odette.subject))
    for said in ("spare", "voice"):
        assert "Montreuil." in key.open(f"message.{said}", await post.pool.fetchval(f"SELECT {said} FROM message")), (
            said
        )


async def test_what_is_no_longer_so_is_not_told(alerts: Alerts) -> None:
    again, left = somebody(alerts, "again@example.org"), somebody(alerts, "left@example.org")
    await refuse(alerts, again)
    assert (await say(alerts, again, address="2 rue de Rivoli")).status_code == 200
    (request,) = await asked(alerts)
    assert (await settle(alerts, request, "refusals", {"reason": "Encore."})).status_code == 204
    await entered(alerts, left)
    assert (await mine(alerts, left, "DELETE")).status_code == 204
    ((to, _, text),) = await told(alerts)
    assert (to, "Encore." in text, WHY in text) == ("again@example.org", True, False)


async def test_whose_account_went_into_another_is_told_there(alerts: Alerts) -> None:
    gone, kept = somebody(alerts, "gone@example.org"), somebody(alerts, "kept@example.org")
    await refuse(alerts, gone)
    await alerts.town.post.hear(merged(gone, kept))
    ((to, _, text),) = await told(alerts)
    assert (to, WHY in text) == ("kept@example.org", True)


async def test_agents_see_how_many_wait_and_since_when_and_that_is_no_look(alerts: Alerts) -> None:
    assert await alerts.read(FIGURES) == {"waiting_count": 0, "oldest_asked_at": None}
    first, second = somebody(alerts), somebody(alerts, "b@example.org")
    for who in (first, second):
        await say(alerts, who)
    before = await alerts.town.post.pool.fetchval("SELECT count(*) FROM register_access")
    found = await alerts.read(FIGURES)
    assert await alerts.town.post.pool.fetchval("SELECT count(*) FROM register_access") == before
    waiting = await asked(alerts)
    assert found == {"waiting_count": 2, "oldest_asked_at": waiting[-1]["asked_at"]}
    elsewhere = alerts.town.post.service.agent("lutece")
    assert (await alerts.read(FIGURES, elsewhere))["waiting_count"] == 0
    assert (await alerts.town.post.get(first, FIGURES)).status_code == 403
    await accept(alerts, waiting[0])
    await settle(alerts, waiting[1], "refusals", {"reason": WHY})
    assert (await alerts.read(FIGURES))["waiting_count"] == 0


@pytest.mark.parametrize("how", ["acceptances", "refusals"])
async def test_what_another_agent_settled_first_is_told_once(alerts: Alerts, how: str) -> None:
    odette = somebody(alerts)
    await say(alerts, odette)
    (request,) = await asked(alerts)
    body = {"entry_id": None} if how == "acceptances" else {"reason": WHY}
    answers = [await settle(alerts, request, how, body) for _ in range(2)]
    assert [each.status_code for each in answers][1] == 404
    assert len(await told(alerts)) == 1
