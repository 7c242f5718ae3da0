# SPDX-License-Identifier: EUPL-1.2
"""A type says what silence means, or why nothing; one that says neither is published with a warning."""

from typing import Any, Final

from requests_town import Town
from workflows import DECISION

REASON: Final = {"fr": "Un signalement ne demande aucune décision.", "en": "A report asks for no decision."}
NONE: Final = {"because": "no-decision", "reason": REASON}


def warned(version: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in version["warnings"]]


async def test_a_type_that_says_nothing_of_silence_is_published_with_a_warning(town: Town) -> None:
    administrator = town.administrator()
    draft = await town.draft(administrator, "silent-type")
    assert warned(draft.json()) == [("/definition/legal", "legal-unsaid")]
    assert draft.json()["faults"] == []
    published = await town.offer(administrator, draft.json()["id"])
    assert (published.status_code, published.json()["state"]) == (201, "published")
    assert warned(published.json()) == [("/definition/legal", "legal-unsaid")]
    assert "no_legal_period" in published.json()["warnings"][0]["detail"]
    shown = await town.offered("silent-type")
    assert shown is not None
    assert (shown["legal"], shown["no_legal_period"]) == (None, None)
    await town.publish("silent-type", no_legal_period=NONE)
    versions = (await town.get(administrator, "/v1/request-types/silent-type/versions")).json()["items"]
    assert [(each["state"], warned(each)) for each in versions] == [("published", []), ("retired", [])]


async def test_a_type_that_says_why_silence_means_nothing_tells_it_to_all(town: Town) -> None:
    published = await town.publish("reasoned-type", no_legal_period=NONE)
    assert warned(published) == []
    assert published["definition"]["no_legal_period"] == NONE
    shown = await town.offered("reasoned-type")
    assert shown is not None
    assert shown["no_legal_period"] == {"because": "no-decision", "reason": REASON["fr"]}
    headers = {"Accept-Language": "en"}
    english = (await town.client.get("/v1/collectivities/paris/request-types", headers=headers)).json()["items"]
    assert (
        next(each for each in english if each["code"] == "reasoned-type")["no_legal_period"]["reason"] == REASON["en"]
    )


async def test_no_type_has_a_legal_period_and_a_reason_for_none(town: Town) -> None:
    source = {"fr": "Article 1", "en": "Article 1"}
    legal = {"silence": "accepted", "months": 2, "action": "lapse", "source": source}
    lapse = {"code": "lapse", "name": {"fr": "Échéance", "en": "Lapse"}, "from": ["submitted", "studied", "waiting"],
             "to": "granted", "roles": ["system"]}  # fmt: skip
    bare = [{name: value for name, value in each.items() if name != "guards"} for each in DECISION["transitions"]]
    workflow = DECISION | {"transitions": [*bare, lapse]}
    draft = await town.draft(town.administrator(), "twice-said", legal=legal, no_legal_period=NONE, workflow=workflow)
    faults = {(each["pointer"], each["code"]) for each in draft.json()["faults"]}
    assert ("/definition/no_legal_period", "legal-said-twice") in faults
    assert draft.json()["warnings"] == []
    refused = await town.offer(town.administrator(), draft.json()["id"])
    assert refused.status_code == 422


async def test_a_receipt_keeps_quiet_about_silence_where_no_decision_is_asked_for(town: Town) -> None:
    citizen = town.service.citizen()
    await town.publish("quiet-type", no_legal_period=NONE)
    request = (await town.submit(citizen, request_type="quiet-type", answers={})).json()
    assert request["legal"] is None
    receipt = (await town.get(citizen, f"/v1/requests/{request['id']}/receipt")).json()
    assert (receipt["silence"], receipt["source"]) == (None, None)
