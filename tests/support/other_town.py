# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries at each operation that takes an access token."""

from typing import Any

from poll_body import POLL_CALLS

from parvis_local.demo.steps.consultation import consultation_body
from parvis_local.demo.steps.report import REPORT

IF_MATCH = {"If-Match": '"1"'}
VIEW = {"name": "À prendre", "shared": True, "filters": {}}
DRAFT: dict[str, Any] = {
    "code": "scoped-type",
    "definition": {
        "group": "scoped",
        "group_name": {"fr": "Essai", "en": "Trial"},
        "name": {"fr": "Essai", "en": "Trial"},
        "form": {"schema": {"type": "object", "properties": {}, "additionalProperties": False}},
        "workflow": {
            "initial": "open",
            "states": [
                {"code": "open", "name": {"fr": "Ouverte", "en": "Open"}},
                {"code": "closed", "name": {"fr": "Close", "en": "Closed"}, "final": True},
            ],
            "transitions": [
                {
                    "code": "close",
                    "name": {"fr": "Clore", "en": "Close"},
                    "from": ["open"],
                    "to": "closed",
                    "roles": ["agent"],
                }
            ],
        },
    },
}
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
PATCH = {"Content-Type": "application/merge-patch+json"} | IF_MATCH
# Who of the other town calls the operation, with which body and headers. An account is not of one town: sessions are
# the same person's everywhere, and a neighbour's business nowhere.
CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "readAttachment": ("citizen agent", None, {}),
    "readThumbnail": ("citizen agent", None, {}),
    "listRequests": ("citizen agent", None, {}),
    "readRequest": ("citizen agent", None, {}),
    "readHistory": ("citizen agent", None, {}),
    "actOnRequest": ("agent", {"action": "take"}, IF_MATCH),
    "listMessages": ("citizen agent", None, {}),
    "writeMessage": ("citizen agent", {"visibility": "public", "text": "Non."}, {}),
    "askForDocuments": ("agent", {"action": "ask", "documents": ["identity"], "days": 9, "text": "Non."}, IF_MATCH),
    "listDocumentRequests": ("citizen agent", None, {}),
    "giveDocuments": ("citizen agent", {"documents": {"identity": ["{attachment_id}"]}}, {}),
    "rateRequest": ("citizen", {"score": 1}, {}),
    "readSatisfaction": ("citizen agent", None, {}),
    "reopenRequest": ("citizen agent", {"reason": "Non."}, IF_MATCH),
    "startRequestTypeDraft": ("agent", DRAFT, {}),
    "listRequestTypeDrafts": ("agent", None, {}),
    "readRequestTypeDraft": ("agent", None, {}),
    "changeRequestTypeDraft": ("agent", {"definition": DRAFT["definition"]}, IF_MATCH),
    "discardRequestTypeDraft": ("agent", None, IF_MATCH),
    "publishRequestTypeDraft": ("agent", {}, IF_MATCH),
    "retireRequestType": ("agent", None, IF_MATCH),
    "readReceipt": ("citizen agent", None, {}),
    "readAttestation": ("citizen agent", None, {}),
    "extendLegalPeriod": ("agent", {"reason": "Non."}, IF_MATCH),
    "submitRequest": ("citizen", {**REPORT, "attachments": ["{attachment_id}"]}, {}),
    "uploadAttachment": ("citizen", None, {}),
    "readWorkQueue": ("agent", None, {}),
    "listSavedViews": ("agent", None, {}),
    "readSavedView": ("agent", None, {}),
    "saveView": ("agent", VIEW, {}),
    "replaceSavedView": ("agent", VIEW, IF_MATCH),
    "dropSavedView": ("agent", None, IF_MATCH),
    "readContact": ("agent", None, {}),
    "startBulkOperation": ("agent", {"action": "take", "requests": [{"id": "{request_id}", "version": 1}]}, {}),
    "readBulkOperation": ("agent", None, {}),
    "readInbox": ("citizen", None, {}),
    "followInbox": ("citizen", None, {"Last-Event-ID": "0"}),
    "listInboxMessages": ("citizen", None, {}),
    "readInboxMessage": ("citizen", None, {}),
    "markInboxMessage": ("citizen", {"read_at": None}, PATCH),
    "explainDeliveries": ("citizen", None, {}),
    "readNotificationPreferences": ("citizen", None, {}),
    "chooseNotificationPreferences": (
        "citizen",
        {"language": None, "quiet_hours": None, "topics": [{"topic": "requests", "channels": []}]},
        {"If-Match": '"0"'},
    ),
    "subscribeWebhook": (
        "system",
        {"url": "http://127.0.0.1:9/", "event_types": ["fr.parvis.requests.request-taken.v1"]},
        {},
    ),
    "listWebhookSubscriptions": ("system", None, {}),
    "readWebhookSubscription": ("system", None, {}),
    "unsubscribeWebhook": ("system", None, IF_MATCH),
    "rotateWebhookKeys": ("system", {}, {}),
    "listWebhookDeliveries": ("system", None, {}),
    "createConsultation": ("agent", consultation_body(), {}),
    "actOnConsultation": ("agent", {"action": "close"}, IF_MATCH),
    "answerConsultation": ("citizen", {"option": "morning"}, {}),
    "readLiveResults": ("agent", None, {}),
    **POLL_CALLS,
    "listSessions": ("neighbour", None, {}),
    "endSessions": ("neighbour", {"session_id": "{session_id}"}, {}),
    "listAgents": ("administrator", None, {}),
    "inviteAgent": (
        "administrator",
        {"email": "nouveau@lutece.example", "roles": ["reader"]},
        {},
    ),
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
    "listAuditEntries": ("administrator", None, {}),
    "listIdentityLinks": ("neighbour", None, {}),
    "unlinkIdentity": ("neighbour", {"link_id": "{link_id}"}, {}),
    "findAccounts": ("agent", {"email": "amelie.durand@example.fr"}, {}),
    "attestIdentity": ("agent", DOCUMENT, {}),
    "prepareAccountMerge": ("agent", {"kept": "{person_id}", "absorbed": "{other_id}", "reason": "duplicate"}, {}),
    "readAccountMerge": ("agent", None, {}),
    "decideAccountMerge": ("agent", {"decision": "carry-out"}, IF_MATCH),
    "readMe": ("citizen agent", None, {}),
    "readUserinfo": ("citizen agent", None, {}),
    "readUserinfoByPost": ("citizen agent", None, {}),
}
# These reach an object by no identifier: they may answer, but tell nothing of the other town.
OWN = {
    "readInbox",
    "listAgents",
    "inviteAgent",
    "listClients",
    "makeClient",
    "allowClientRegistration",
    "followInbox",
    "listRequests",
    "readWorkQueue",
    "listSavedViews",
    "saveView",
    "listRequestTypeDrafts",
    "startRequestTypeDraft",
    "listInboxMessages",
    "readNotificationPreferences",
    "chooseNotificationPreferences",
    "listWebhookSubscriptions",
    "listSessions",
    "listIdentityLinks",
    "findAccounts",
    "readMe",
    "readUserinfo",
    "readUserinfoByPost",
    "createConsultation",
    "createPoll",
    "subscribeWebhook",
    "uploadAttachment",
}
