# SPDX-License-Identifier: EUPL-1.2
"""Two accounts of one person, as a town finds them."""

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect


def merge_in(agent: Actor, administrator: Actor, kept: Actor) -> dict[str, str]:
    """Somebody, a file of theirs under another name, and a merge of both that is never carried out."""
    visit = {"newcomer": {"given_names": "Chloé", "family_name": "ROUX"}, "channel": "counter", "reason": "Oui."}
    other = expect(agent.post("/v1/assisted-sessions", visit), 201).json()["person"]
    person = expect(kept.get("/v1/me"), 200).json()["id"]
    body = {"kept": person, "absorbed": other, "reason": "civil-status-changed", "document": "passport"}
    merge = expect(administrator.post("/v1/account-merges", body), 201).json()["id"]
    return {"person_id": person, "other_id": other, "merge_id": merge}
