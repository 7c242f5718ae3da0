# SPDX-License-Identifier: EUPL-1.2
"""Organisations of the town under test: declared, verified, joined."""

import re
from typing import Any

from behalf import CITIZEN
from counter import Caller, at_the_desk
from local_people import Mailbox

ORGANISING = f"{CITIZEN} identity.organisations.read identity.organisations.write"
DESK = "openid identity.organisations.read identity.verifications.write"
CAMILLE = "camille.moreau@paris.example"
CANAL: dict[str, Any] = {
    "kind": "association",
    "name": "Les Amis du canal",
    "rna": "W751234567",
    "legal_form": "9220",
}
COMPANY: dict[str, Any] = {"kind": "company", "name": "Vélos du Nord", "siret": "73282932000074", "legal_form": "5710"}


async def declared(caller: Caller, body: dict[str, Any] = CANAL) -> dict[str, Any]:
    answer = await caller.post("/v1/me/organisations", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def verified(caller: Caller, body: dict[str, Any] = CANAL) -> str:
    id_: str = (await declared(caller, body))["organisation"]["id"]
    desk = await at_the_desk(caller.town, CAMILLE, scope=DESK)
    answer = await desk.post(f"/v1/organisations/{id_}/verifications", {"evidence": "statutes"}, **{"if-match": '"1"'})
    assert (answer.status_code, answer.json()["status"]) == (200, "verified"), answer.text
    return id_


async def invited(by: Caller, id_: str, role: str = "member", email: str = "bruno@example.fr") -> str:
    """The code in the letter that comes."""
    answer = await by.post(f"/v1/organisations/{id_}/invitations", {"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    (letter,) = await Mailbox(by.town).emptied()
    assert letter.recipient == email
    found = re.search(r"^[A-Za-z0-9_-]{43}$", letter.text, re.MULTILINE)
    assert found, letter.text
    return found[0]


async def joined(by: Caller, who: Caller, id_: str, role: str = "member") -> str:
    """The id of the membership."""
    code = await invited(by, id_, role)
    answer = await who.post("/v1/me/organisation-acceptances", {"code": code})
    assert (answer.status_code, answer.json()["role"]) == (200, role), answer.text
    member: str = answer.json()["member_id"]
    return member
