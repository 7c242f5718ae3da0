# SPDX-License-Identifier: EUPL-1.2
"""Something that costs: accepted, paid at the look-alike of PayFiP, then confirmed."""

from collections.abc import Iterator
from typing import Any, Final

from parvis_local.demo.expecting import eventually, expect, same
from parvis_local.demo.story import CITIZEN_MAIL, Story

STALL: Final[dict[str, Any]] = {
    "request_type": "vide-grenier",
    "description": "Un emplacement à l'ombre, s'il en reste.",
    "answers": {"metres": 4, "goods": "Vaisselle et livres"},
}
_CENTS: Final = 3_000


def pay(story: Story) -> Iterator[str]:
    """A stall at the flea market; nothing is due before it is accepted, and nothing confirmed before it is paid."""
    filed = expect(story.citizen.post("/v1/requests", STALL), 201).json()
    path = f"/v1/requests/{filed['id']}"
    asked = {"fee": "due", "email": CITIZEN_MAIL}
    expect(story.citizen.post(f"{path}/payments", asked), 409, "nothing-to-pay")
    accepted = _act(story, path, "accept")
    refused = expect(_acting(story, path, "confirm"), 409, "condition-unmet")
    yield f"accepted: « {accepted['status']['label']} »; to confirm it now: {refused.json()['errors'][0]['detail']}"
    begun = expect(story.citizen.post(f"{path}/payments", asked), 201).json()
    same("what it costs, in test", (begun["amount_cents"], begun["mode"]), (_CENTS, "test"))
    page = begun["redirect_url"].removeprefix(story.stage.public_url)
    expect(story.stage.http.get(page), 200)
    expect(story.stage.http.post(page, data={"doing": "card"}), 200)
    yield f"{begun['amount_cents'] / 100:.2f} € paid by card at {page.partition('?')[0]}"

    def paid() -> dict[str, Any] | None:
        found = expect(story.citizen.get(f"{path}/payments/{begun['id']}"), 200).json()
        return dict(found) if found["state"]["code"] == "paid" else None

    receipt = eventually("the payment, asked of PayFiP", paid, 60)
    confirmed = _act(story, path, "confirm")
    label = receipt["state"]["label"]
    yield f"« {label} » (authorisation {receipt['authorisation']}): « {confirmed['status']['label']} »"


def _acting(story: Story, path: str, action: str) -> Any:
    version = expect(story.agent.get(path), 200).json()["version"]
    return story.agent.post(f"{path}/transitions", {"action": action}, **{"If-Match": f'"{version}"'})


def _act(story: Story, path: str, action: str) -> dict[str, Any]:
    done: dict[str, Any] = expect(_acting(story, path, action), 201).json()
    return done
