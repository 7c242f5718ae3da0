# SPDX-License-Identifier: EUPL-1.2
"""What messages say beside a reference: the owner of the request is asked for it."""

import json
from typing import Any

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
    ("language", "heading"), [("fr", "Si vous contestez ce refus :"), ("en", "If you contest this refusal:")]
)
@pytest.mark.parametrize(
    "happened",
    [("decided", {"decision": "rejected"}), ("status-changed", {}), ("replied", {})],
    ids=["silence", "step", "reasons"],
)
async def test_a_refusal_is_told_with_the_remedies_that_its_owner_names(
    post: Post, happened: tuple[str, dict[str, Any]], language: str, heading: str
) -> None:
    reader = post.person("camille@example.org", language)
    post.owners.replies["01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c2"] = "Trop tard."
    post.owners.remedies = ["Recours gracieux. Revoir.\nVille, 1 place", "Tribunal. Saisir.\nTribunal, 7 rue"]
    post.owners.steps[2] = {"fr": "Refusée", "en": "Refused"}
    name, more = happened
    await post.told(reader, name, sequence=2, **more)
    await post.send_mails()
    (mail,) = post.sink.mails()
    text = form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    said = f"{heading}\n\nRecours gracieux. Revoir.\nVille, 1 place\n\nTribunal. Saisir.\nTribunal, 7 rue\n"
    assert said in text.replace("\r\n", "\n")


async def test_a_step_that_refuses_nothing_names_no_remedies(post: Post) -> None:
    await post.told(post.person("camille@example.org"), "status-changed", sequence=2)
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert "contestez" not in form(mail, "plain")


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


APPEAL: dict[str, Any] = {
    "fr": {
        "request_type": {"label": "Salle des fêtes"},
        "kind": {"label": "Recours gracieux"},
        "reasons": "La salle était prise.",
        "statements": ["Nous maintenons le refus.", "Vous pouvez saisir le tribunal jusqu'au 3 mars 2027."],
    },
    "en": {
        "request_type": {"label": "Village hall"},
        "kind": {"label": "Request to think again"},
        "reasons": None,
        "statements": ["We received what you contest."],
    },
}


async def test_how_an_appeal_ended_is_told_with_the_reasons_and_the_way_to_the_court(post: Post) -> None:
    reader = post.person("camille@example.org")
    post.owners.appeals[5] = APPEAL
    happened = await post.told(reader, "decided", about="appeal", sequence=5)
    await post.send_mails()
    (mail,) = post.sink.mails()
    text = " ".join(form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ").split())
    assert mail["Subject"] == f"Suite donnée à votre contestation\N{NO-BREAK SPACE}: {happened.data['reference']}"
    said = "La salle était prise. Nous maintenons le refus. Vous pouvez saisir le tribunal jusqu'au 3 mars 2027."
    assert said in text


async def test_who_contests_is_acknowledged_whatever_they_chose(post: Post) -> None:
    reader = post.person("camille@example.org", "en")
    chosen = {"language": None, "quiet_hours": None, "topics": [{"topic": "requests", "channels": []}]}
    headers = reader.headers | {"If-Match": '"0"'}
    assert (await post.client.put("/v1/notification-preferences", json=chosen, headers=headers)).status_code == 200
    post.owners.appeals |= {4: APPEAL, 5: APPEAL}
    await post.told(reader, "decided", about="appeal", sequence=5)
    await post.told(reader, "lodged", about="appeal", sequence=4)
    await post.send_mails()
    (mail,) = post.sink.mails()
    text = " ".join(form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Request to think again, about your request “Village hall”" in text
    assert "We received what you contest." in text
    assert "L. 411-3" in text


async def test_an_end_that_another_one_followed_is_told_by_that_alone(post: Post) -> None:
    await post.told(post.person("camille@example.org"), "decided", about="appeal", sequence=6)
    assert (await post.rows("message"), await post.rows("notice")) == ([], [])


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "une fois, jusqu’au 23 décembre 2026 inclus."), ("en", "once, until 23 December 2026 included.")],
)
async def test_who_is_asked_how_they_were_served_reads_until_when(post: Post, language: str, said: str) -> None:
    reader = post.person("camille@example.org", language)
    await post.told(reader, "asked", about="satisfaction", sequence=5)
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert said in " ".join(form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ").split())
    assert mail["List-Unsubscribe"] is not None  # nobody is asked who does not want to be
    assert post.owners.survey_link in form(mail, "plain")
    assert "token=S" not in str(await post.rows("message"))


async def test_of_a_survey_that_is_closed_by_now_nobody_is_told(post: Post) -> None:
    post.owners.survey_link = ""
    await post.told(post.person("camille@example.org"), "asked", about="satisfaction", sequence=5)
    assert (await post.rows("message"), await post.rows("notice")) == ([], [])
