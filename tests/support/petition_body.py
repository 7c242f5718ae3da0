# SPDX-License-Identifier: EUPL-1.2
"""A petition that is admitted and signed, and what others may try with it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

IF_MATCH = {"If-Match": '"1"'}
TEXT = {"fr": "Oui.", "en": "Yes."}
PETITION = {"title": "Un passage piéton", "description": "Devant l'école."}
REFUSAL = {"outcome": "refused", "reasons": TEXT}


def admission() -> dict[str, Any]:
    """Admitted for a month."""
    closes_at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    thresholds = [{"signatures": 500, "commitment": TEXT, "answer_days": 60}]
    return {"outcome": "admitted", "thresholds": thresholds, "verified": False, "closes_at": closes_at}


def petition_in(agent: Actor, citizen: Actor, neighbour: Actor) -> dict[str, str]:
    """A petition that a neighbour has signed."""
    petition = expect(citizen.post("/v1/petitions", PETITION), 201).json()["id"]
    expect(agent.post(f"/v1/petitions/{petition}/decisions", admission(), **IF_MATCH), 201)
    path = f"/v1/petitions/{petition}/signatures/mine"
    content = json.dumps({"shown": True}).encode()
    expect(neighbour.call("PUT", path, content, **{"Content-Type": "application/json"}), 200)
    return {"petition_id": petition}


# Who calls each operation, with which body and headers.
PETITION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "submitPetition": ("citizen", PETITION, {}),
    "listOwnPetitions": ("citizen", None, {}),
    "editPetition": ("citizen", PETITION, IF_MATCH),
    "withdrawPetition": ("citizen", None, IF_MATCH),
    "readSignature": ("citizen", None, {}),
    "signPetition": ("citizen", {}, {}),
    "takeBackSignature": ("citizen", None, {}),
    "readSignatureDisplay": ("citizen", None, {}),
    "hideSignature": ("citizen", None, {}),
    "listPetitionsToDecide": ("agent", None, {}),
    "readPetitionToDecide": ("agent", None, {}),
    "decidePetition": ("agent", REFUSAL, IF_MATCH),
    "answerPetition": ("agent", {"text": TEXT}, IF_MATCH),
}
PETITION_OWN = {"submitPetition", "listOwnPetitions", "listPetitionsToDecide"}
