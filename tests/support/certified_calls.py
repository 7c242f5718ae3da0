# SPDX-License-Identifier: EUPL-1.2
"""An answer that somebody had certified, and what somebody of another town tries with it."""

from typing import Any

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

# Of no type of the other town's anything is certified.
CONSENT = {"request_type": "cartons", "question": "quantity", "consent_version": "0" * 16}
CERTIFIED_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "certifyAnswer": ("citizen agent", CONSENT, {}),
    "readCertifiedAnswer": ("citizen agent", None, {}),
}
CERTIFIED_READS = [("citizen", "/v1/certified-answers/{certified_answer_id}")]


def certified_in(citizen: Actor) -> dict[str, str]:
    """What the family fund certifies of somebody who consents."""
    return {"certified_answer_id": certified_of(citizen)["id"]}


def certified_of(citizen: Actor) -> dict[str, Any]:
    """The same, whole."""
    types = expect(citizen.get("/v1/collectivities/paris/request-types"), 200).json()["items"]
    (question,) = next(each for each in types if each["code"] == "cantine")["certified"]
    consent = {"question": question["question"], "consent_version": question["consent"]["version"]}
    answer = citizen.post("/v1/certified-answers", consent | {"request_type": "cantine"})
    found: dict[str, Any] = expect(answer, 201).json()
    return found
