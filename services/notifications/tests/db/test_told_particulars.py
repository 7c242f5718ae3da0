# SPDX-License-Identifier: EUPL-1.2
"""What messages say beside a reference: the owner of the request is asked for it."""

import json

import pytest
from notifications_post import Post
from notifications_sink import form


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "fr",
            ["votre demande « Permis » le 3 mars 2026", "Service chargé de votre dossier :", "Ville (urbanisme)",
             "1 place", "+33 1", "Sans décision expresse le 3 mai 2026…", "R. 112-11-1"],
        ),
        (
            "en",
            ["your request “Permit” on 3 March 2026", "Department in charge of your file:", "Ville (urbanisme)",
             "1 place", "+33 1", "Without an express decision by 3 May 2026…", "R. 112-11-1"],
        ),
    ],
)  # fmt: skip
async def test_the_acknowledgement_says_what_the_law_wants(post: Post, language: str, lines: list[str]) -> None:
    reader = post.person("camille@example.org", language)
    happened = await post.told(reader)
    await post.send_mails()
    (mail,) = post.sink.mails()
    text = form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    assert [line for line in lines if line not in text] == []
    asked = f"/internal/v1/requests/{happened.key}/receipt?collectivity=paris"
    assert asked in post.owners.paths()
    assert "urbanisme" not in json.dumps([dict(row) for row in await post.pool.fetch("SELECT data FROM outbox")])


@pytest.mark.parametrize(("language", "said"), [("fr", "maintenant : À l'étude."), ("en", "now: Under study.")])
async def test_a_step_is_told_once_by_the_name_of_the_state(post: Post, language: str, said: str) -> None:
    reader = post.person("camille@example.org", language)
    post.owners.steps[2] = {"fr": "À l'étude", "en": "Under study"}
    step = await post.told(reader, "status-changed", sequence=2)
    await post.hear(step)
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert said in form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    post.owners.steps[3] = None
    unknown = await post.told(reader, "status-changed", sequence=3)
    (notice,) = await post.rows("notice")
    assert (notice["event_id"], notice["last_error"]) == (unknown.id, "request-unknown")


@pytest.mark.parametrize(
    ("remedy", "language", "said", "unsaid"),
    [
        ("cada", "fr", "Son avis doit être demandé avant de saisir le tribunal", "R. 421-1"),
        ("cada", "en", "Its advice must be asked for before you go to the administrative court", "R. 421-1"),
        ("court", "fr", "R. 421-1", "CADA"),
        ("court", "en", "R. 421-1", "CADA"),
    ],
)
async def test_a_refusal_by_silence_names_the_remedy_of_its_type(
    post: Post, remedy: str, language: str, said: str, unsaid: str
) -> None:
    reader = post.person("camille@example.org", language)
    post.owners.remedy = remedy
    post.owners.steps[1] = {"fr": "Refusée", "en": "Refused"}
    await post.told(reader, "decided", decision="rejected")
    await post.send_mails()
    (mail,) = post.sink.mails()
    text = form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    assert said in text
    assert unsaid not in text


async def test_a_step_that_was_explained_is_told_by_one_mail_with_words_and_state(post: Post) -> None:
    reader = post.person("camille@example.org")
    post.owners.replies["01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c2"] = "Les cartons sont partis."
    post.owners.steps[3] = {"fr": "Résolue", "en": "Resolved"}
    first = await post.told(reader, "resolved", sequence=2, notify_author=False)
    await post.told(reader, "replied", sequence=3, request_id=str(first.key))
    await post.told(reader, "taken", sequence=4, request_id=str(first.key), notify_author=False)
    await post.send_mails()
    (mail,) = post.sink.mails()
    text = form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    assert "Les cartons sont partis." in text
    assert "est maintenant : Résolue." in text
