# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries at identity's operations."""

from datetime import UTC, datetime, timedelta
from typing import Any

from parvis_local.demo.cast import Actor, Stage
from parvis_local.demo.expecting import eventually, expect
from parvis_local.simulators import SIMULATORS_PATH

OPAQUE = 43  # characters of a code
LATER = (datetime.now(UTC) + timedelta(days=180)).isoformat()
IF_MATCH = {"If-Match": '"1"'}
ORGANISATION = {"kind": "association", "name": "Essai", "rna": "W751234567", "legal_form": "9220"}
CHILD = {"given_names": "Lou", "family_name": "DURAND", "birth_date": "2018-05-04"}
DOCUMENT = {
    "document": "passport",
    "given_names": "Amélie",
    "family_name": "DURAND",
    "gender": "female",
    "birth": {"date": "1990-01-01", "place": "75056", "country": "99100"},
}
CLIENT: dict[str, Any] = {
    "name": {"fr": "Essai", "en": "Trial"},
    "audience": "citizen",
    "confidential": False,
    "grant_types": ["authorization_code"],
    "redirect_uris": ["https://essai.lutece.example/"],
    "scopes": ["openid"],
}
HOME = {"kind": "home", "street": "Rue Noire", "postcode": "75002", "city": "Paris", "city_code": "75102"}
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
# An account is not of one town: sessions are the same person's everywhere, and a neighbour's business nowhere.
ACCOUNT_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "listSessions": ("neighbour", None, {}),
    "endSessions": ("neighbour", {"session_id": "{session_id}"}, {}),
    "listAgents": ("administrator", None, {}),
    "inviteAgent": ("administrator", {"email": "nouveau@lutece.example", "roles": ["reader"]}, {}),
    "readAgent": ("administrator", None, {}),
    "changeAgent": ("administrator", {"roles": ["reader"]}, IF_MATCH),
    "takeAgent": ("administrator", {"action": "end"}, IF_MATCH),
    "listClients": ("administrator", None, {}),
    "makeClient": ("administrator", CLIENT, {}),
    "readClient": ("administrator", None, {}),
    "changeClient": ("administrator", CLIENT, IF_MATCH),
    "rotateClientSecret": ("administrator", {}, IF_MATCH),
    "takeClient": ("administrator", {"action": "disable"}, IF_MATCH),
    "allowClientRegistration": ("administrator", {"scopes": ["openid"]}, {}),
    "readCollectivity": ("administrator", None, {}),
    "presentCollectivity": ("administrator", {"name": {"fr": "Lutèce", "en": "Lutetia"}}, {}),
    "putLogo": ("administrator", None, {}),
    "dropLogo": ("administrator", None, {}),
    "importAccounts": ("administrator", None, {}),
    "readAccountImport": ("administrator", None, {}),
    "readAuditRetention": ("administrator", None, {}),
    "setAuditRetention": ("administrator", {"months": 12}, {"If-Match": '"12"'}),
    "readScimConfig": ("system", None, {}),
    "listScimTypes": ("system", None, {}),
    "listScimSchemas": ("system", None, {}),
    "listScimUsers": ("system", None, {}),
    "makeScimUser": ("system", {"userName": "x@lutece.example"}, {}),
    "readScimUser": ("system", None, {}),
    "replaceScimUser": ("system", {"userName": "x@lutece.example"}, {}),
    "patchScimUser": ("system", {"Operations": [{"op": "replace", "value": {"active": False}}]}, {}),
    "removeScimUser": ("system", None, {}),
    "listScimGroups": ("system", None, {}),
    "makeScimGroup": ("system", {"displayName": "Essai"}, {}),
    "readScimGroup": ("system", None, {}),
    "replaceScimGroup": ("system", {"displayName": "Essai"}, {}),
    "patchScimGroup": ("system", {"Operations": [{"op": "replace", "value": {"displayName": "Essai"}}]}, {}),
    "removeScimGroup": ("system", None, {}),
    "listAuditEntries": ("administrator", None, {}),
    "beginAssistance": ("agent", {"person": "{person_id}", "channel": "phone", "reason": "Non."}, {}),
    "endAssistance": ("agent", {}, {}),
    "offerMandate": ("neighbour", {"scopes": ["requests.requests.read"], "ends_at": LATER}, {}),
    "listMandates": ("neighbour", None, {}),
    "acceptMandate": ("neighbour", {"code": "{mandate_code}"}, {}),
    "endMandate": ("neighbour", {}, {}),
    "listChildren": ("neighbour", None, {}),
    "declareChild": ("neighbour", CHILD, {}),
    "removeChild": ("neighbour", {}, {}),
    "declareOrganisation": ("neighbour", ORGANISATION, {}),
    "listOwnOrganisations": ("citizen", None, {}),
    "listOrganisations": ("agent", None, {}),
    "readOrganisation": ("citizen agent", None, {}),
    "verifyOrganisation": ("agent", {"evidence": "statutes"}, {"If-Match": '"2"'}),
    "closeOrganisation": ("citizen", None, {"If-Match": '"2"'}),
    "refuseOrganisation": ("agent", None, {"If-Match": '"2"'}),
    "listOrganisationMembers": ("citizen agent", None, {}),
    "inviteOrganisationMember": ("citizen", {"email": "x@lutece.example", "role": "member"}, {}),
    "acceptOrganisationInvitation": ("neighbour", {"code": "{organisation_code}"}, {}),
    "endOrganisationMember": ("citizen", None, {}),
    "listActsOnBehalf": ("neighbour", None, {}),
    "listIdentityLinks": ("neighbour", None, {}),
    "unlinkIdentity": ("neighbour", {"link_id": "{link_id}"}, {}),
    "findAccounts": ("agent", {"email": "amelie.durand@example.fr"}, {}),
    "attestIdentity": ("agent", DOCUMENT, {}),
    # Agents have none of their own here, and a person whom other tests need must not ask for it.
    "askForErasure": ("agent", None, {}),
    "listOwnErasures": ("agent", None, {}),
    "takeBackErasure": ("agent", None, {}),
    "askForErasureOfPerson": ("agent", {"document": "passport"}, {}),
    "cancelErasure": ("agent", None, {}),
    "askForSecondFactorReset": ("agent", {"document": "passport", "reason": "lost"}, {}),
    "cancelSecondFactorReset": ("agent", None, {}),
    "prepareAccountMerge": ("agent", {"kept": "{person_id}", "absorbed": "{other_id}", "reason": "duplicate"}, {}),
    "readAccountMerge": ("agent", None, {}),
    "decideAccountMerge": ("agent", {"decision": "carry-out"}, IF_MATCH),
    "readMe": ("citizen agent", None, {}),
    "listAddresses": ("neighbour", None, {}),
    "addAddress": ("neighbour", HOME, {}),
    "readAddress": ("neighbour", None, {}),
    "changeAddress": ("neighbour", HOME, IF_MATCH),
    "removeAddress": ("neighbour", None, IF_MATCH),
    "verifyPhone": ("agent", {"phone": "06 12 34 56 78"}, {}),
    "askForEmailChange": ("neighbour", {"email": "b@lutece.example"}, {}),
    "confirmEmail": ("neighbour", {"code": "000000"}, {}),
    "askForPhoneCode": ("neighbour", {}, {}),
    "confirmPhone": ("neighbour", {"code": "000000"}, {}),
    # Of one's own account, and for good: a neighbour would not be written to in the plays that follow.
    "removeEmail": ("agent", {}, {}),
    "changeMe": ("neighbour", {"preferred_name": "Non"}, {"Content-Type": "application/merge-patch+json"}),
    **dict.fromkeys(("listConsents", "withdrawConsent"), ("citizen", None, {})),
    **dict.fromkeys(("readUserinfo", "readUserinfoByPost"), ("citizen agent", None, {})),
}
# These reach an object by no identifier: they may answer, but tell nothing of the other town.
ACCOUNT_OWN = {
    "listAgents",
    "inviteAgent",
    "listClients",
    "makeClient",
    "allowClientRegistration",
    "readCollectivity",
    "presentCollectivity",
    "readAuditRetention",
    "setAuditRetention",
    "putLogo",
    "dropLogo",
    "listSessions",
    "listConsents",
    "listIdentityLinks",
    "offerMandate",
    "listMandates",
    "listChildren",
    "declareChild",
    "listActsOnBehalf",
    "declareOrganisation",
    "listOwnOrganisations",
    "listOrganisations",
    "findAccounts",
    "readMe",
    "changeMe",
    "listAddresses",
    "addAddress",
    "askForEmailChange",
    "readUserinfo",
    "readUserinfoByPost",
}


def behalf_in(citizen: Actor, agent: Actor) -> dict[str, str]:
    """Somebody whom an agent assists, a child, and a mandate that waits for who brings its code."""
    visit = {"newcomer": {"given_names": "Odette", "family_name": "ROUX"}, "channel": "counter", "reason": "Oui."}
    assisted = expect(agent.post("/v1/assisted-sessions", visit), 201).json()["id"]
    child = expect(citizen.post("/v1/me/children", CHILD), 201).json()["id"]
    body = {"scopes": ["requests.requests.read"], "ends_at": LATER}
    mandate = expect(citizen.post("/v1/me/mandates", body), 201).json()
    ids = {"assistance_id": assisted, "child_id": child}
    return ids | {"mandate_id": mandate["id"], "mandate_code": mandate["code"]}


def organisation_in(citizen: Actor, agent: Actor, stage: Stage) -> dict[str, str]:
    """A verified association, and an invitation that waits for who brings the code of its letter."""
    made = expect(citizen.post("/v1/me/organisations", ORGANISATION), 201).json()
    path, address = f"/v1/organisations/{made['organisation']['id']}", "canal@example.org"
    expect(agent.post(f"{path}/verifications", {"evidence": "statutes"}, **IF_MATCH), 200)
    expect(citizen.post(f"{path}/invitations", {"email": address, "role": "member"}), 201)
    letter = eventually("the letter", lambda: stage.mails(address))[0]["id"]
    text = expect(stage.http.get(f"{SIMULATORS_PATH}/mail/messages/{letter}"), 200).json()["text"]
    code = next(line for line in text.split() if len(line) == OPAQUE)
    ids = {"organisation_id": made["organisation"]["id"], "member_id": made["member_id"]}
    return ids | {"organisation_code": code}
