# SPDX-License-Identifier: EUPL-1.2
"""Somebody answers a mail about their request, and an agent reads it there: through relay, intake and workers."""

from typing import Any
from uuid import uuid4

from answered_mails import TOWN_HALL, contacts, send, written
from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import PHOTO, REPORT

AMELIE = "amelie.durand@example.org"
QUOTED = "\n\nLe 26 nov. 2026 à 10:12, Ville de Paris <ne-pas-repondre@ville.example> a écrit :\n> Bonjour Amélie"


def test_an_answer_reaches_the_conversation_once_whoever_is_killed(stack: RunningStack) -> None:
    with stack.stage() as stage:
        citizen, agent = stage.citizen("amelie"), stage.agent("camille")
        request = expect(citizen.post("/v1/requests", REPORT), 201).json()
        reference = request["reference"]
        mail = eventually("a mail", lambda: [m for m in stage.mails(AMELIE) if reference in m["subject"]], 60)[0]
        to = mail["headers"]["reply-to"].strip("<>")
        answer = written(AMELIE, to, f"Re: {mail['subject']}", f"Le carton est parti, merci.{QUOTED}")
        answer.add_attachment(PHOTO.read_bytes(), maintype="image", subtype="jpeg", filename="rue.jpg")
        stage.kill("notifications-intake")
        send(stage, AMELIE, to, answer)
        stage.kill("requests-worker")
        send(stage, AMELIE, to, answer)  # the relay does not know that it has gone
        vacation = written(AMELIE, to, "Absence du bureau", "Je suis absente.")
        vacation["Auto-Submitted"] = "auto-replied"
        send(stage, AMELIE, to, vacation)

        def conversation() -> list[dict[str, Any]]:
            path = f"/v1/requests/{request['id']}/messages"
            return list(expect(agent.get(path), 200).json()["items"])

        words = eventually("the answer", conversation, 90)[0]
        assert (words["by"], words["text"]) == ("author", "Le carton est parti, merci.")
        picture = expect(agent.get(f"/v1/attachments/{words['attachments'][0]['id']}"), 200)
        assert picture.headers["Content-Type"] == "image/jpeg"

        subject = f"Question {uuid4()}"
        neighbour = "voisin@example.org"
        send(stage, neighbour, to, written(neighbour, to, subject, "Je ne suis pas Amélie."))
        send(stage, neighbour, TOWN_HALL, written(neighbour, TOWN_HALL, f"{subject} bis", "Quand ouvrez-vous ?"))
        (held,) = eventually("a contact", lambda: contacts(agent, subject), 90)
        assert (held["reason"], held["suggested"]["reference"]) == ("other-sender", reference)
        (direct,) = eventually("another", lambda: contacts(agent, f"{subject} bis"), 90)
        assert (direct["reason"], direct["suggested"]) == ("direct", None)
        discarded = agent.post(
            f"/v1/incoming-contacts/{direct['id']}/discards", {"outcome": "not-for-us"}, **{"If-Match": '"1"'}
        )
        assert expect(discarded, 201).json()["state"] == "discarded"
        assert len(conversation()) == 1
