# SPDX-License-Identifier: EUPL-1.2
"""A payment that somebody has begun, and what somebody of another town tries with it."""

from typing import Any

from type_body import TYPE_DRAFT

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import eventually, expect

FEE: dict[str, Any] = {
    "code": "permit",
    "name": {"fr": "Droit d'étalage", "en": "Stall fee"},
    "cents": 2_550,
    "states": ["open"],
    "client_number": "090909",
    "mode": "test",
}
START = {"fee": "permit", "email": "amelie.durand@example.fr"}
# Who calls each operation, with which body and headers.
PAYMENT_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "startPayment": ("citizen agent", START, {}),
    "listPayments": ("citizen agent", None, {}),
    "readPayment": ("citizen agent", None, {}),
}
PAYMENT_READS = [
    ("citizen", "/v1/requests/{costly_request_id}/payments/{payment_id}"),
    ("agent", "/v1/requests/{costly_request_id}/payments"),
]


def payment_in(administrator: Actor, citizen: Actor, code: str = "paris-permit") -> dict[str, str]:
    """A request of a type that costs something, and its payment, of which nothing has become yet."""
    started = payment_of(administrator, citizen, code)
    return {"costly_request_id": started["request_id"], "payment_id": started["id"]}


def payment_of(administrator: Actor, citizen: Actor, code: str) -> dict[str, Any]:
    """A payment that has just begun, of a type of that code that is offered for it."""
    path = "/v1/request-type-drafts"
    definition = TYPE_DRAFT["definition"] | {"fees": [FEE]}
    draft = expect(administrator.post(path, {"code": code, "definition": definition}), 201).json()["id"]
    expect(administrator.post(f"{path}/{draft}/publication", {}, **{"If-Match": '"1"'}), 201)

    def filed() -> list[str]:
        position = {"type": "Point", "coordinates": [2.3522, 48.8566]}
        body = {"request_type": code, "description": "Un étal.", "answers": {}, "position": position}
        answer = citizen.post("/v1/requests", body)
        return [answer.json()["id"]] if answer.status_code == 201 else []

    # Each process keeps the catalogue for some seconds.
    (request,) = eventually("the type on offer", filed)
    started: dict[str, Any] = expect(citizen.post(f"/v1/requests/{request}/payments", START), 201).json()
    return started
