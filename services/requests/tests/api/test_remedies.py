# SPDX-License-Identifier: EUPL-1.2
"""A refusal is told with what can be done against it: express or by silence, by the API and in the mail."""

from datetime import datetime
from typing import Any

import pytest
from requests_town import Town
from workflows import state, transition

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

CONTESTED = "contested-request"
SILENT = {"months": 2, "source": {"fr": "Article L231-4", "en": "Article L231-4"}}
ORDINARY = ["reconsideration", "mediation", "court", "defender-of-rights"]


async def filed(town: Town, citizen: Caller) -> dict[str, Any]:
    refused = state("refused", final=True) | {"refusal": True}
    silent = state("refused-by-silence", final=True)
    await town.have(
        CONTESTED,
        workflow={
            "initial": "submitted",
            "states": [state("submitted"), refused, silent, state("withdrawn", final=True)],
            "transitions": [
                transition("refuse", ["submitted"], "refused", "agent", guards=[{"kind": "reason"}]),
                transition("silence", ["submitted"], "refused-by-silence", "system"),
                transition("withdraw", ["submitted"], "withdrawn", "author"),
            ],
        },
        legal={
            "silence": "rejected",
            "months": 2,
            "action": "silence",
            "source": {"fr": "Article L231-4", "en": "Article L231-4"},
        },
    )
    answer = await town.submit(citizen, request_type=CONTESTED, answers={})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def mailed(town: Town, request: dict[str, Any], sequence: int, language: str = "fr") -> list[str]:
    headers = town.service.system().headers | {"Accept-Language": language}
    path = f"/internal/v1/requests/{request['id']}/steps/{sequence}?collectivity=paris"
    answer = await town.service.internal.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    told: list[str] = answer.json()["remedies"]
    return told


def codes(request: dict[str, Any]) -> list[str]:
    return [each["remedy"]["code"] for each in request["remedies"]]


async def test_an_express_refusal_names_who_may_be_turned_to_and_until_when(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed(town, citizen)
    path = f"/v1/requests/{request['id']}"
    assert (request["remedies"], await mailed(town, request, 1)) == ([], [])
    decided = await town.act(agent, request, "refuse", '"1"', reason="La salle est prise.")
    read = (await town.get(citizen, path)).json()
    assert read["remedies"] == decided.json()["remedies"]
    assert codes(read) == ORDINARY
    again, mediator, court, defender = read["remedies"]
    assert [each["months"] for each in read["remedies"]] == [2, None, 2, None]
    assert (again["name"], again["postal_address"]) == ("Ville de Paris", "Place de l'Hôtel-de-Ville, 75004 Paris")
    assert (mediator["name"], mediator["email"]) == ("Médiateur de la Ville de Paris", "mediateur@paris.example")
    assert (court["name"], court["postal_address"]) == (
        "Tribunal administratif de Paris",
        "7 rue de Jouy, 75004 Paris",
    )
    assert defender["website"] == "https://www.defenseurdesdroits.fr"
    assert "la notification de cette décision" in court["statement"]
    assert [article for article in ("R421-1", "R421-5") if article not in court["statement"]] == []
    assert "L411-2" in again["statement"]
    assert "L213-6" in mediator["statement"]
    english = (await town.get(citizen, path, **{"Accept-Language": "en"})).json()["remedies"]
    assert (english[2]["name"], english[3]["remedy"]["label"]) == (
        "Administrative court of Paris",
        "Defender of Rights",
    )


async def test_the_mail_with_the_reasons_tells_the_remedies_once(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed(town, citizen)
    await town.act(agent, request, "refuse", '"1"', reason="La salle est prise.")
    paragraphs = await mailed(town, request, 3)  # the reasons: an act of their own after the refusal
    assert len(paragraphs) == len(ORDINARY)
    assert paragraphs[2].startswith("Tribunal administratif. Dans les deux mois qui suivent la notification")
    assert paragraphs[2].endswith("\nTribunal administratif de Paris, 7 rue de Jouy, 75004 Paris")
    assert (await mailed(town, request, 3, "en"))[2].startswith("Administrative court. Within two months")
    assert (await town.write(agent, request, "public", "Nous restons à votre écoute.")).status_code == 201
    # A period that was told of once does not start anew with each reply.
    assert await mailed(town, request, 4) == []


async def test_a_refusal_by_silence_counts_from_the_end_of_the_period(town: Town) -> None:
    citizen, runtime = town.service.citizen(), town.service.runtime
    request = await filed(town, citizen)
    end = datetime.fromisoformat(request["legal"]["ends_at"])
    await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, end)
    read = (await town.get(citizen, f"/v1/requests/{request['id']}")).json()
    assert (read["status"]["code"], codes(read)) == ("refused-by-silence", ORDINARY)
    again, _, court, _ = read["remedies"]
    assert "la fin du délai de réponse" in court["statement"]
    assert "R421-2" in court["statement"]
    assert "L232-4" in again["statement"]
    told = await mailed(town, request, read["version"])
    assert [line.split(".")[0] for line in told] == [each["remedy"]["label"] for each in read["remedies"]]


async def test_who_withdraws_is_told_of_no_remedies(town: Town) -> None:
    citizen = town.service.citizen()
    request = await filed(town, citizen)
    withdrawn = await town.act(citizen, request, "withdraw", '"1"')
    assert (withdrawn.status_code, withdrawn.json()["remedies"]) == (201, [])


async def test_the_commission_takes_the_place_of_the_court(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    answers = {"document": "Le budget de 2025", "form": "electronic"}
    request = (
        await town.submit(citizen, request_type="communication-documents-administratifs", answers=answers)
    ).json()
    refused = (await town.act(agent, request, "refuse", '"1"', reason="Ce document est préparatoire.")).json()
    assert codes(refused) == ["cada", "mediation", "defender-of-rights"]
    assert "l'avis doit être demandé avant" in refused["remedies"][0]["statement"]
    assert refused["remedies"][0]["website"] == "https://www.cada.fr"


@pytest.mark.parametrize("marked", ["yes", 1])
async def test_whether_a_state_refuses_is_said_by_true_or_false(town: Town, marked: object) -> None:
    refused = state("refused", final=True) | {"refusal": marked}
    act = transition("refuse", ["submitted"], "refused")
    workflow = {"initial": "submitted", "states": [state("submitted"), refused], "transitions": [act]}
    answer = await town.draft(town.administrator(), "vaguely-refused", workflow=workflow)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("refused", "legal", "where"),
    [
        (True, None, ["/definition/workflow/states/2/refusal"]),
        (False, {"silence": "rejected"}, ["/definition/legal", "/definition/legal/silence"]),
        (True, {"silence": "rejected", "remedy": "cada"}, ["/definition/legal"]),
        (False, None, None),
    ],
    ids=["decision", "silence", "commission", "nothing"],
)
async def test_what_can_be_refused_is_offered_by_a_town_alone_that_names_its_court(
    town: Town, refused: bool, legal: dict[str, str] | None, where: list[str] | None
) -> None:
    workflow = {
        "initial": "submitted",
        "states": [
            state("submitted"),
            state("granted", final=True),
            state("refused", final=True) | {"refusal": refused},
        ],
        "transitions": [
            transition("grant", ["submitted"], "granted", "agent"),
            transition("refuse", ["submitted"], "refused", "agent", "system"),
        ],
    }
    code, changes = f"refusable-{town.key()}", {"legal": SILENT | {"action": "refuse"} | legal} if legal else {}
    for collectivity in ("lutece", "paris"):
        administrator = town.administrator(collectivity)
        draft = (await town.draft(administrator, code, workflow=workflow, **changes)).json()
        answer = await town.offer(administrator, draft["id"])
        if collectivity == "paris" or where is None:
            assert answer.status_code == 201, answer.text
            continue
        assert answer.status_code == 422, answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == where
        headers = administrator.headers | {"If-Match": '"1"'}
        await town.client.delete(f"/v1/request-type-drafts/{draft['id']}", headers=headers)
