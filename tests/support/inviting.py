# SPDX-License-Identifier: EUPL-1.2
"""An association that invites somebody, as the running stack sees it."""

import re
import secrets

from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect
from parvis_local.simulators import SIMULATORS_PATH


def invitation_path(stack: RunningStack) -> str:
    """Declared by Bruno and verified by Camille, it invites an address: the path of the link in the letter."""
    number = f"W75{secrets.randbelow(10**7):07}"
    address = f"{number.lower()}@example.org"
    body = {"kind": "association", "name": "Les Amis du canal", "rna": number, "legal_form": "9220"}
    with stack.stage() as stage:
        bruno, camille = stage.citizen("bruno"), stage.agent("camille")
        made = expect(bruno.post("/v1/me/organisations", body), 201).json()
        path = f"/v1/organisations/{made['organisation']['id']}"
        expect(camille.post(f"{path}/verifications", {"evidence": "statutes"}, **{"If-Match": '"1"'}), 200)
        expect(bruno.post(f"{path}/invitations", {"email": address, "role": "representative"}), 201)
        letter = eventually("the letter", lambda: stage.mails(address))[0]["id"]
        text = expect(stage.http.get(f"{SIMULATORS_PATH}/mail/messages/{letter}"), 200).json()["text"]
    found = re.search(r"/account/organisation-invitation\?token=\S+", text)
    assert found, text
    return found[0]
