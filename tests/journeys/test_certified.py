# SPDX-License-Identifier: EUPL-1.2
"""What the family fund knows is fetched for the canteen, through identity and the look-alike of API Particulier."""

from certified_calls import certified_of
from running_stack import RunningStack

from parvis_local.demo.expecting import expect

CANTEEN = {"child_name": "Léopoldine", "school": "Arago", "days": ["monday"], "menu": "standard"}


def test_a_family_is_asked_once_and_the_agents_see_who_certified_what(stack: RunningStack) -> None:
    with stack.stage() as stage:
        amelie, agent, unknown = stage.citizen("amelie"), stage.agent("camille"), stage.citizen("dimitri")
        found = certified_of(amelie)
        assert (found["state"]["code"], found["value"]) == ("certified", 650)
        body = {"request_type": "cantine", "description": "La cantine de Léopoldine", "answers": CANTEEN}
        filed = expect(amelie.post("/v1/requests", body | {"certified_answers": [found["id"]]}), 201).json()
        seen = expect(agent.get(f"/v1/requests/{filed['id']}"), 200).json()
        assert (seen["answers"]["quotient_familial"], seen["certified"]) == (650, [found["certified"]])
        assert seen["certified"][0]["provider"]["code"] == "CNAF"

        missing = certified_of(unknown)
        assert (missing["state"]["code"], missing["reason"]["code"]) == ("unavailable", "not-found")
