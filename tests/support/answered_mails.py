# SPDX-License-Identifier: EUPL-1.2
"""Mails that people write to the town, brought as their own mail server would bring them."""

import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import uuid4

from parvis_local.demo.cast import Actor, Stage
from parvis_local.demo.expecting import eventually, expect
from parvis_local.ports import LOOPBACK
from parvis_local.simulators import TOWN_DOMAIN
from parvis_local.state import read_state

TOWN_HALL = f"mairie@{TOWN_DOMAIN}"


def written(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage(SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{uuid4()}@poste.example>"
    mail.set_content(text)
    return mail


def send(stage: Stage, sender: str, to: str, mail: EmailMessage) -> None:
    """By SMTP to the local relay."""
    with smtplib.SMTP(LOOPBACK, read_state(stage.layout.state).ports["mailsink-smtp"], timeout=20) as relay:
        relay.sendmail(sender, [to], mail.as_bytes())


def contacts(agent: Actor, subject: str) -> list[dict[str, Any]]:
    items = expect(agent.get("/v1/incoming-contacts?state=open&limit=100"), 200).json()["items"]
    return [item for item in items if item["subject"] == subject]


def contact_in(stage: Stage, agent: Actor) -> str:
    """Something that came in for the town of that agent."""
    subject = f"Objet trouvé {uuid4()}"
    sender = "inconnu.du.village@example.org"
    send(stage, sender, TOWN_HALL, written(sender, TOWN_HALL, subject, "Un parapluie rouge."))
    return str(eventually("a contact", lambda: contacts(agent, subject), 60)[0]["id"])
