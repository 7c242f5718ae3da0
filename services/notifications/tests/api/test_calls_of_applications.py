# SPDX-License-Identifier: EUPL-1.2
"""Templates that are said by telephone: tried by agents, and sent by applications as often as their keys may."""

import itertools
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from notifications_calls import FIXED, MOBILE
from notifications_notify import Counter
from notifications_rings import Rings, around
from notifications_senders import PATH, Office
from notifications_sending_files import Files
from starlette.exceptions import HTTPException

from parvis_notifications.api.given_recipients import channel_offered
from parvis_notifications.domain.sending import KeyKind, Sender
from parvis_notifications.domain.topic import Channel

SPOKEN = {"fr": {"subject": "", "body": "Votre carte **((numéro))** est prête : https://ville.example."}}
SAID = "Bonjour. Ici Ville de Paris. Votre carte 4012 est prête"


_names = itertools.count()


async def template(office: Office, **changes: Any) -> str:
    variables = [{"name": "numéro", "type": "number", "required": True, "sample": "4012"}]
    return await office.desk.published(
        **{"name": f"Carte {next(_names)}", "channels": ["voice"], "texts": SPOKEN, "variables": variables, **changes}
    )


async def ordered(rings: Rings, to: str = FIXED, kind: str = "live", **changes: Any) -> tuple[Office, str, str]:
    """An application, its key, and the message that it had sent."""
    office = Office(rings.post)
    key = await office.key(kind, calls_per_day=10)
    values = {"channel": "voice", "to": to, "personalisation": {"numéro": "4012"}} | changes
    sent = await office.send(key, await template(office), **values)
    assert sent.status_code == 201, sent.text
    return office, key, sent.json()["id"]


async def test_an_application_has_a_message_said_and_learns_what_became_of_it_and_what_it_cost(rings: Rings) -> None:
    office, key, sent = await ordered(rings, "01 99 00 00 01")
    view = (await office.read(key, f"/{sent}")).json()
    assert (view["status"], view["to"], view["channel"]) == ("created", FIXED, "voice")
    await rings.call()
    (call,) = rings.first.calls()
    call.answer("human")
    assert call.to == FIXED
    assert call.said[0][1].startswith(SAID)
    assert "https" not in call.said[0][1]
    assert "9" not in call.said[2][1], "nobody chose these calls in their account"
    await rings.bringer.key(call, "9")
    assert call.said[-1][1] == "Merci, c’est noté."
    await rings.bringer.ended(call)
    await rings.ask_due()
    view = (await office.read(key, f"/{sent}")).json()
    assert (view["status"], view["segments"], view["cost_millicents"]) == ("delivered", 1, 3_000)
    assert view["report_status"] == "completed human"
    assert view["body"] == call.said[0][1].removeprefix("Bonjour. Ici Ville de Paris. ")
    for table in ("message", "delivery"):
        (row,) = await rings.post.rows(table)
        kept = b"".join(each for each in row.values() if isinstance(each, bytes))
        assert b"4012" not in kept
        assert FIXED[3:].encode() not in kept


async def test_what_nobody_answered_says_nothing_of_the_number(rings: Rings) -> None:
    office, key, sent = await ordered(rings)
    for _ in range(3):
        await rings.later()
        await rings.call()
        rings.first.calls()[0].end("no-answer")
        await rings.ask()
    view = (await office.read(key, f"/{sent}")).json()
    assert (view["status"], view["report_status"]) == ("temporary-failure", "no-answer")
    found = (await office.read(key, "?status=temporary-failure")).json()["items"]
    assert [each["id"] for each in found] == [sent]


async def test_a_test_key_calls_nobody_and_is_answered(rings: Rings) -> None:
    office, key, sent = await ordered(rings, kind="test")
    await rings.call()
    view = (await office.read(key, f"/{sent}")).json()
    assert (view["status"], view["segments"], rings.first.calls()) == ("delivered", 1, [])


async def test_a_key_has_as_many_calls_made_as_it_may_and_none_unless_somebody_says_so(rings: Rings) -> None:
    office: Office = Office(rings.post)
    values: dict[str, Any] = {"channel": "voice", "to": FIXED, "personalisation": {"numéro": "4012"}}
    said, none, one = await template(office), await office.key(), await office.key(calls_per_day=1)
    refused = await office.send(none, said, **values)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "channel-not-offered")
    assert [(await office.send(one, said, **values)).status_code for _ in range(2)] == [201, 429]
    assert len(await rings.post.rows("sent_message")) == 1
    sender = Sender(uuid4(), "paris", "b", KeyKind.LIVE, 10, 10, calls_per_day=10)
    with pytest.raises(HTTPException):
        channel_offered(rings.post.settings(voice_providers=()), sender, Channel.VOICE)


@pytest.mark.parametrize("to", ["+33899700000", "zoe@example.org", "3639"])
async def test_numbers_that_cost_whoever_calls_them_are_refused(rings: Rings, to: str) -> None:
    office = Office(rings.post)
    key = await office.key(calls_per_day=10)
    values: dict[str, Any] = {"channel": "voice", "personalisation": {"numéro": "4012"}}
    refused = await office.send(key, await template(office), to=to, **values)
    assert refused.status_code == 422, refused.text


async def test_at_night_a_message_waits_and_may_still_be_called_off(rings: Rings) -> None:
    _, key, sent = await ordered(rings)
    await rings.call(**around(datetime.now(UTC)))
    assert (rings.first.calls(), (await rings.way())["last_reply"]) == ([], "quiet-hours")
    headers = {"Authorization": f"Bearer {key}"}
    done = await rings.post.client.post(f"{PATH}/{sent}/cancellation", headers=headers)
    assert (done.status_code, done.json()["status"]) == (200, "cancelled")
    await rings.later()
    await rings.call()
    assert rings.first.calls() == []
    _, key, sent = await ordered(rings)
    await rings.call()
    rings.first.calls()[0].end("busy")
    await rings.ask()
    done = await rings.post.client.post(f"{PATH}/{sent}/cancellation", headers={"Authorization": f"Bearer {key}"})
    assert done.status_code == 409, "it was called once"


async def test_a_file_has_a_message_said_to_each_number(rings: Rings) -> None:
    files = Files(rings.post)
    files.template, files.key = await template(files.office), await files.office.key(calls_per_day=2)
    rows = f"phone number,numéro\n06 12 34 56 78,1\n{FIXED},2\n"
    assert (await files.hand_in(rows + "06 12 34 56 79,3\n", channel="voice")).status_code == 429
    assert (await files.hand_in(rows, channel="voice")).status_code == 202
    await files.work()
    await rings.call()
    assert {call.to for call in rings.first.calls()} == {"+33612345678", FIXED}


async def test_what_takes_too_long_or_nobody_speaks_is_refused(rings: Rings) -> None:
    office, long = Office(rings.post), "Une phrase que personne n'écoute. " * 40
    short = {"subject": "", "body": "Court."}
    for texts, fault in (
        ({"fr": {**short, "voice": long}}, ("/texts/fr/voice", "too-long-to-say")),
        ({"fr": short, "br": short}, ("/texts/br", "language-not-spoken")),
    ):
        refused = await office.desk.write(channels=["voice"], texts=texts, variables=[])
        assert (refused.status_code, refused.json()["code"]) == (422, "template-faulty")
        assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [fault]
        mail = {language: {**words, "subject": "S"} for language, words in texts.items()}
        assert (await office.desk.write(name=fault[1], texts=mail, variables=[])).status_code == 201
    text = [{"name": "texte", "type": "text", "required": True, "sample": "x"}]
    made = await template(office, texts={"fr": {"subject": "", "body": "((texte))"}}, variables=text)
    key = await office.key(calls_per_day=10)
    sent = await office.send(key, made, channel="voice", to=FIXED, personalisation={"texte": long})
    assert sent.status_code == 422, sent.text
    texts = {"fr": {"subject": "", "body": long}}
    hints = (await office.desk.write(name="Long", channels=["voice"], texts=texts, variables=[])).json()["hints"]
    assert ("/texts/fr/body", "long-to-say") in [(each["pointer"], each["code"]) for each in hints]


async def test_an_agent_hears_a_template_on_their_own_telephone_at_any_hour(rings: Rings) -> None:
    office = Office(rings.post)
    agent = office.desk.agent
    rings.post.owners.contacts[agent.subject] = {"email": None, "phone": MOBILE, "language": "fr", "given_name": "A"}
    variables = [{"name": "numéro", "type": "number", "required": True, "sample": "4012"}]
    texts = {"fr": {"subject": "Carte", "body": "x ((numéro))", "voice": "Votre carte ((numéro)) vous attend."}}
    made = await office.desk.write(channels=["email", "voice"], texts=texts, variables=variables)
    shown = (await office.desk.ask(made, "previews")).json()
    assert (shown["voice"], shown["voice_seconds"]) == ("Votre carte 4012 vous attend.", 3)
    assert (await office.desk.ask(made, "test-sends", channel="voice")).status_code == 202
    await rings.call(**around(datetime.now(UTC)))
    (call,) = rings.first.calls()
    call.answer("human")
    assert (call.to, call.said[0][1]) == (MOBILE, "Bonjour. Ici Ville de Paris. Votre carte 4012 vous attend.")


async def test_the_towns_own_words_for_a_message_say_what_its_calls_say(rings: Rings) -> None:
    office, reader = Office(rings.post), rings.person()
    voice = "Dossier ((reference)) en cours."
    words = {"fr": {"subject": "En cours", "body": "Long texte ((reference)).", "voice": voice}}
    made = await office.desk.write(name="Prise en charge", occasion="request-taken", variables=[], texts=words)
    assert (await office.desk.publish(made)).status_code == 201, made.text
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken", reference="R-7")
    await rings.call()
    (call,) = rings.first.calls()
    call.answer("human")
    await rings.bringer.key(call, "1")
    assert [text for _, text in call.said if "R-7" in text] == ["Dossier R-7 en cours."], "after the key alone"


async def test_clients_of_gov_uk_notify_are_shown_no_calls(rings: Rings, counter: Counter) -> None:
    said = await template(counter.office)
    key = await counter.with_key(calls_per_day=10)
    sent = await counter.office.send(key, said, channel="voice", to=FIXED, personalisation={"numéro": "4012"})
    assert sent.status_code == 201, sent.text
    assert (await counter.call("get_all_templates"))["templates"] == []
    assert (await counter.call("get_all_notifications"))["notifications"] == []
    for name, id_ in (("get_template", said), ("get_notification_by_id", sent.json()["id"])):
        assert (await counter.refused(name, id_))[0] == 404
    assert rings.first.calls() == []
