# SPDX-License-Identifier: EUPL-1.2
"""Templates as agents write them, and as messages have them."""

from typing import Any
from uuid import uuid4

import pytest
from notifications_post import Post
from notifications_sink import form
from notifications_templates import CARD, PATH, RECEIPT, WORDS, Desk
from notifications_texts import Texts, texts_provider


@pytest.fixture
def desk(post: Post) -> Desk:
    return Desk(post, post.service.agent())


async def test_a_template_is_written_published_changed_and_restored(desk: Desk) -> None:
    made = await desk.write()
    assert made.status_code == 201, made.text
    path = f"{PATH}/{made.json()['id']}"
    assert made.headers["location"].endswith(path)
    assert made.json()["published_version"] is None
    first = await desk.publish(made)
    assert (first.status_code, first.json()["number"], first.json()["restored_from"]) == (201, 1, None)
    again = await desk.publish(made)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    other = {"fr": WORDS["fr"] | {"body": "((prénom)), la carte ((numéro)) vous attend."}}
    changed = await desk.rewrite(made, texts=other)
    assert (changed.status_code, changed.json()["published_version"]) == (200, 1)
    assert (await desk.publish(made)).json()["number"] == 2
    restored = await desk.publish(made, restore=1)
    assert (restored.json()["number"], restored.json()["restored_from"]) == (3, 1)
    read = (await desk.post.get(desk.agent, path)).json()
    assert (read["published_version"], read["texts"]["en"]["subject"]) == (3, "Your card ((numéro))")
    listed = (await desk.post.get(desk.agent, f"{path}/versions?limit=2")).json()
    assert [each["number"] for each in listed["items"]] == [3, 2]
    assert listed["next_cursor"]
    old = (await desk.post.get(desk.agent, f"{path}/versions/2")).json()
    assert old["texts"]["fr"]["body"] == "((prénom)), la carte ((numéro)) vous attend."
    changes = (await desk.post.get(desk.agent, f"{path}/versions/2/changes?since=1")).json()["changes"]
    assert [each["pointer"] for each in changes] == ["/texts/en/body", "/texts/en/subject", "/texts/fr/body"]
    assert "+((prénom)), la carte ((numéro)) vous attend." in changes[2]["diff"]


async def test_what_is_wrong_is_pointed_at_and_nothing_is_kept(desk: Desk) -> None:
    texts = {"fr": {"subject": "x", "body": "((autre))"}, "en": WORDS["en"]}
    refused = await desk.write(texts=texts)
    assert (refused.status_code, refused.json()["code"]) == (422, "template-faulty")
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        ("/texts/fr/body", "undeclared-variable"),
        ("/texts/fr", "unused-variable"),
        ("/texts/fr", "unused-variable"),
    ]
    assert "« autre »" in refused.json()["errors"][0]["detail"]
    assert await desk.post.rows("message_template") == []


async def test_names_and_occasions_are_one_of_a_kind_until_put_away(desk: Desk) -> None:
    made = await desk.write()
    taken = await desk.write(name="CARTE de bibliothèque")
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/name")
    own = {"occasion": "request-submitted", "variables": [], "texts": RECEIPT}
    assert (await desk.write(name="Reçu", **own)).status_code == 201
    assert (await desk.write(name="Autre", **own)).json()["errors"][0]["pointer"] == "/occasion"
    path = f"{PATH}/{made.json()['id']}"
    gone = await desk.post.client.delete(path, headers=desk.agent.headers | {"If-Match": made.headers["etag"]})
    assert gone.status_code == 204
    assert (await desk.post.get(desk.agent, path)).status_code == 404
    assert (await desk.write()).status_code == 201


async def test_changes_name_the_version_that_they_saw(desk: Desk) -> None:
    made = await desk.write()
    path, headers = f"{PATH}/{made.json()['id']}", desk.agent.headers
    assert (await desk.post.client.put(path, json=CARD, headers=headers)).status_code == 428
    stale = await desk.post.client.put(path, json=CARD, headers=headers | {"If-Match": '"7"'})
    assert stale.status_code == 412
    tag = (await desk.post.get(desk.agent, path)).headers["etag"]
    assert (await desk.post.get(desk.agent, path, **{"If-None-Match": tag})).status_code == 304


async def test_a_preview_shows_every_variant_with_examples_and_hints(desk: Desk) -> None:
    words = {"fr": {"subject": "Carte ((numéro))", "body": "((prénom)) : [cliquez ici](https://v.example) ((numéro))"}}
    made = await desk.write(texts=words)
    shown = (await desk.ask(made, "previews", language="en", values={"PRÉNOM": "Zoé"})).json()
    assert (shown["language"], shown["subject"]) == ("fr", "Carte 4012")
    assert shown["text"] == "Zoé : cliquez ici (https://v.example) 4012"
    assert (shown["sms_encoding"], shown["sms_segments"]) == ("gsm-7", 1)
    assert shown["voice"] == "Zoé : cliquez ici 4012."
    assert shown["voice_seconds"] == 2
    assert [each["code"] for each in shown["hints"]] == ["vague-link"]
    wrong = await desk.ask(made, "previews", values={"numéro": "douze"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/personalisation/numéro")


async def test_a_test_goes_to_the_agents_own_address_which_identity_knows(desk: Desk) -> None:
    post = desk.post
    post.owners.contacts[desk.agent.subject] = {"email": "agent@ville.example", "language": "fr", "given_name": "A"}
    made = await desk.write()
    assert (await desk.ask(made, "test-sends", values={"prénom": "Zoé"})).status_code == 202
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["To"] == "agent@ville.example"
    assert mail["Subject"] == "[Essai] Votre carte 4012"
    assert "<strong>4012</strong>" in form(mail, "html")
    inbox = (await post.get(desk.agent, "/v1/inbox-messages")).json()["items"]
    assert [(each["template"], each["subject"]) for each in inbox] == [
        ("agent-template-tried", "[Essai] Votre carte 4012")
    ]


async def test_a_test_by_text_message_goes_to_the_agents_own_number(desk: Desk) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(desk.post, first, second)
        contact = {"email": "agent@ville.example", "phone": "+33639980007", "language": "fr", "given_name": "A"}
        desk.post.owners.contacts[desk.agent.subject] = contact
        made = await desk.write()
        assert (await desk.ask(made, "test-sends", values={"prénom": "Zoé"}, channel="sms")).status_code == 202
        await texts.send()
        (text,) = first.texts()
        assert text.to == "+33639980007"
        assert "Votre carte 4012 est prête." in text.body
        await desk.post.send_mails()
        assert desk.post.sink.mails() == []
        await texts.aclose()


@pytest.mark.parametrize(("value", "channels"), [("long " * 400, ["email", "sms"]), ("court", ["email"])])
async def test_what_no_text_message_carries_is_not_tried_as_one(desk: Desk, value: str, channels: list[str]) -> None:
    words = {"fr": {"subject": "Objet", "body": "((texte))", "sms": "((texte))"}}
    variables = [{"name": "texte", "type": "text", "required": False, "sample": "x"}]
    made = await desk.write(texts=words, channels=channels, variables=variables)
    assert made.status_code == 201, made.text
    refused = await desk.ask(made, "test-sends", values={"texte": value}, channel="sms")
    assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed")
    assert await desk.post.pool.fetch("SELECT 1 FROM delivery") == []


async def test_the_towns_words_hold_once_published_and_the_deployments_before_and_after(desk: Desk) -> None:
    post, reader = desk.post, desk.post.person()
    made = await desk.write(name="Reçu", occasion="request-submitted", variables=[], texts=RECEIPT)
    await post.told(reader)
    assert (await desk.publish(made)).status_code == 201
    await post.told(reader)
    stranger = post.service.citizen("lutece")
    post.owners.contacts[stranger.subject] = {"email": "x@example.org", "language": "fr", "given_name": "X"}
    await post.told(stranger, collectivity="lutece")
    english = post.person(language="en")
    await post.told(english)
    subjects = [each["subject"] for each in (await post.get(reader, "/v1/inbox-messages")).json()["items"]]
    assert [each.startswith("Bien reçu : ") for each in subjects] == [True, False]
    for other in (stranger, english):
        (only,) = (await post.get(other, "/v1/inbox-messages")).json()["items"]
        assert not only["subject"].startswith("Bien reçu")
    await post.send_mails()
    own = next(mail for mail in post.sink.mails() if mail["Subject"].startswith("Bien reçu"))
    html = form(own, "html")
    assert "<em>mairie</em>" in html
    assert "articles L. 112-11 et R. 112-11-1" in html
    assert "Sans décision expresse" in form(own, "plain")
    occasions = (await post.get(desk.agent, "/v1/message-occasions")).json()["items"]
    receipt = next(each for each in occasions if each["occasion"] == "request-submitted")
    assert (receipt["inherited"], receipt["template_id"]) == (False, made.json()["id"])
    assert "((statements))" in receipt["defaults"]["fr"]["body"]
    mandatory = [each["name"] for each in receipt["variables"] if each["mandatory"]]
    assert mandatory == ["received", "service", "statements"]
    assert all(each["inherited"] for each in occasions if each is not receipt)


async def test_what_the_law_has_said_stays(desk: Desk) -> None:
    texts = {"fr": RECEIPT["fr"] | {"body": "Bien reçu. ((received)) ((service))"}}
    refused = await desk.write(occasion="request-submitted", variables=[], texts=texts)
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        ("/texts/fr/body", "mandatory-variable")
    ]
    other = await desk.write(occasion="contribution-removed", variables=[], texts=RECEIPT)
    assert [each["code"] for each in other.json()["errors"]] == ["not-yours-to-word"]


async def test_templates_are_an_agents_affair_in_their_own_town(desk: Desk) -> None:
    made = await desk.write()
    path, service = f"{PATH}/{made.json()['id']}", desk.post.service
    stranger = Desk(desk.post, service.agent("lutece"))
    for place in (path, f"{path}/versions", f"{path}/versions/1", f"{path}/versions/1/changes?since=1"):
        assert (await desk.post.get(stranger.agent, place)).status_code == 404
    for what in ("previews", "test-sends"):
        assert (await stranger.ask(made, what)).status_code == 404
    assert (await desk.post.get(stranger.agent, PATH)).json()["items"] == []
    for person in (service.citizen(), service.system()):
        assert (await desk.post.get(person, PATH)).status_code == 403
    assert (await desk.post.get(desk.agent, f"{PATH}/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"texts": {}},
        {"texts": {"FR": WORDS["fr"]}},
        {"name": " "},
        {"channels": []},
        {"channels": ["fax"]},
        {"variables": [{"name": "x))", "sample": "1"}]},
        {"texts": {"fr": {"subject": "a\nb", "body": "x"}}},
        {"occasion": "nothing"},
        {"secret": 1},
    ],
)
async def test_a_body_that_is_not_as_agreed_is_refused(desk: Desk, change: dict[str, Any]) -> None:
    answer = await desk.write(**change)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")


async def test_own_words_that_cannot_be_read_make_way(desk: Desk) -> None:
    post, reader = desk.post, desk.post.person()
    await desk.published(name="Reçu", occasion="request-submitted", variables=[], texts=RECEIPT)
    await post.pool.execute("UPDATE message_template_version SET content = content - 'texts'")
    await post.told(reader)
    (told,) = (await post.get(reader, "/v1/inbox-messages")).json()["items"]
    assert not told["subject"].startswith("Bien reçu")


async def test_a_version_that_calls_a_sample_an_example_is_read(desk: Desk) -> None:
    template = await desk.published()
    await desk.post.pool.execute(
        "UPDATE message_template_version SET content = replace(content::text, '\"sample\"', '\"example\"')::jsonb"
    )
    (read,) = (await desk.post.get(desk.agent, f"{PATH}/{template}/versions")).json()["items"]
    assert [each["sample"] for each in read["variables"]] == ["Camille", "4012"]
