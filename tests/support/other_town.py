# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries at each operation that takes an access token."""

from typing import Any

from account_calls import ACCOUNT_CALLS, ACCOUNT_OWN
from appointment_calls import APPOINTMENT_CALLS, APPOINTMENT_OWN
from forwarding_calls import FORWARDING_CALLS, FORWARDING_OWN
from news_calls import TOLD_CALLS, TOLD_OWN
from participation_calls import PARTICIPATION_CALLS, PARTICIPATION_OWN
from request_calls import APPEAL_CALLS, PUBLICATION_CALLS, RETENTION_CALLS, TEAM_CALLS
from template_calls import TEMPLATE_CALLS, TEMPLATE_OWN
from type_body import TYPE_DRAFT

from parvis_local.demo.steps.consultation import consultation_body
from parvis_local.demo.steps.report import REPORT

IF_MATCH = {"If-Match": '"1"'}
VIEW = {"name": "À prendre", "shared": True, "filters": {}}
DRAFT = TYPE_DRAFT
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
    "listNearbyRequests": ("citizen", None, {}),
    "followRequest": ("citizen agent", {"following": True}, {}),
    "followOnBehalf": ("agent", {"email": "camille@example.org"}, {}),
    "listFollowedRequests": ("citizen", None, {}),
    "reopenRequest": ("citizen agent", {"reason": "Non."}, IF_MATCH),
    "startRequestTypeDraft": ("agent", DRAFT, {}),
    "listRequestTypeDrafts": ("agent", None, {}),
    "readRequestTypeDraft": ("agent", None, {}),
    "changeRequestTypeDraft": ("agent", {"definition": DRAFT["definition"]}, IF_MATCH),
    "discardRequestTypeDraft": ("agent", None, IF_MATCH),
    "publishRequestTypeDraft": ("agent", {}, IF_MATCH),
    "retireRequestType": ("agent", None, IF_MATCH),
    "listRequestTypeVersions": ("agent", None, {}),
    "readRequestTypeVersion": ("agent", None, {}),
    "readReceipt": ("citizen agent", None, {}),
    "readAttestation": ("citizen agent", None, {}),
    "extendLegalPeriod": ("agent", {"reason": "Non."}, IF_MATCH),
    "correctReception": ("agent", {"received_on": "2026-11-02", "reason": "Non."}, IF_MATCH),
    "submitRequest": ("citizen", {**REPORT, "attachments": ["{attachment_id}"]}, {}),
    "fileOnBehalf": ("agent", {**REPORT, "channel": "phone"}, {}),
    "uploadAttachment": ("citizen", None, {}),
    "startRequestDraft": ("citizen", {"request_type": "cartons"}, {}),
    "listRequestDrafts": ("citizen", None, {}),
    "readRequestDraft": ("citizen agent", None, {}),
    "saveRequestDraft": ("citizen", {"request_type": "cartons"}, IF_MATCH),
    "dropRequestDraft": ("citizen", None, IF_MATCH),
    "submitRequestDraft": ("citizen", {}, IF_MATCH),
    "saveReplyTemplate": ("agent", {"name": "Non", "words": {"fr": "Non.", "en": "No."}}, {}),
    "listReplyTemplates": ("agent", None, {}),
    "replaceReplyTemplate": ("agent", {"name": "Non", "words": {"fr": "Non.", "en": "No."}}, IF_MATCH),
    "dropReplyTemplate": ("agent", None, IF_MATCH),
    "fillReplyTemplates": ("agent", None, {}),
    "listIncomingContacts": ("agent", None, {}),
    "readIncomingContact": ("citizen agent", None, {}),
    "readIncomingContactHistory": ("citizen agent", None, {}),
    "linkIncomingContact": ("agent", {"request_id": "{request_id}", "visibility": "public"}, IF_MATCH),
    "discardIncomingContact": ("agent", {"outcome": "spam"}, IF_MATCH),
    "mergeRequest": ("agent", {"parent": "{request_id}"}, IF_MATCH),
    "unmergeRequest": ("agent", {}, IF_MATCH),
    "listMerges": ("agent", None, {}),
    "readWorkQueue": ("agent", None, {}),
    "listSavedViews": ("agent", None, {}),
    "readSavedView": ("agent", None, {}),
    "saveView": ("agent", VIEW, {}),
    "replaceSavedView": ("agent", VIEW, IF_MATCH),
    "dropSavedView": ("agent", None, IF_MATCH),
    "readContact": ("agent", None, {}),
    "readAuthor": ("citizen agent", None, {}),
    "listRequestAuthors": ("agent", None, {}),
    "listColleagues": ("agent", None, {}),
    "startBulkOperation": ("agent", {"action": "take", "requests": [{"id": "{request_id}", "version": 1}]}, {}),
    "readBulkOperation": ("agent", None, {}),
    "readInbox": ("citizen", None, {}),
    "followInbox": ("citizen", None, {"Last-Event-ID": "0"}),
    "listInboxMessages": ("citizen", None, {}),
    "readInboxMessage": ("citizen", None, {}),
    "markInboxMessage": ("citizen", {"read_at": None}, PATCH),
    "listInboxEntries": ("citizen", None, {}),
    "markInboxEntries": ("citizen", {"until_at": "2099-01-01T00:00:00Z"}, {}),
    "explainDeliveries": ("citizen", None, {}),
    "readNotificationPreferences": ("citizen", None, {}),
    "chooseNotificationPreferences": (
        "citizen",
        {"language": None, "quiet_hours": None, "topics": [{"topic": "requests", "channels": []}]},
        {"If-Match": '"0"'},
    ),
    "listNotificationPreferenceChanges": ("citizen", None, {}),
    "subscribeWebhook": (
        "system",
        {"url": "http://127.0.0.1:9/", "event_types": ["fr.parvis.requests.request-taken.v1"]},
        {},
    ),
    "listWebhookSubscriptions": ("system", None, {}),
    "readWebhookSubscription": ("system", None, {}),
    "changeWebhookSubscription": ("system", {"description": "Non"}, PATCH),
    "unsubscribeWebhook": ("system", None, IF_MATCH),
    "rotateWebhookKeys": ("system", {}, {}),
    "replayWebhook": ("system", {"after": "0"}, {}),
    "testWebhook": ("system", {}, {}),
    "listEvents": ("system", None, {}),
    "followEvents": ("system", None, {}),
    "listWebhookDeliveries": ("system", None, {}),
    "createConsultation": ("agent", consultation_body(), {}),
    "actOnConsultation": ("agent", {"action": "close"}, IF_MATCH),
    "answerConsultation": ("citizen", {"option": "morning"}, {}),
    "readLiveResults": ("agent", None, {}),
    **PUBLICATION_CALLS,
    **PARTICIPATION_CALLS,
    **RETENTION_CALLS,
    **TEAM_CALLS,
    **APPEAL_CALLS,
    **FORWARDING_CALLS,
    **APPOINTMENT_CALLS,
    **TOLD_CALLS,
    **TEMPLATE_CALLS,
    **ACCOUNT_CALLS,
}
# These reach an object by no identifier: they may answer, but tell nothing of the other town.
OWN = (
    ACCOUNT_OWN
    | APPOINTMENT_OWN
    | PARTICIPATION_OWN
    | TOLD_OWN
    | TEMPLATE_OWN
    | {
        *FORWARDING_OWN,
        "readInbox",
        "followInbox",
        "listRequests",
        "listPurgeNotices",
        "readSatisfactionFigures",
        "listPurgedRequests",
        "readWorkQueue",
        "listRequestAuthors",
        "listColleagues",
        "listWaitingPublications",
        "listRequestDrafts",
        "listReplyTemplates",
        "listIncomingContacts",
        "saveReplyTemplate",
        "listTeams",
        "makeTeam",
        "listDrawnAreas",
        "drawArea",
        "readRouting",
        "replaceRouting",
        "tryRouting",
        "listSavedViews",
        "saveView",
        "startRequestDraft",
        "listRequestTypeDrafts",
        "listRequestTypeVersions",
        "listFollowedRequests",
        "listNearbyRequests",
        "startRequestTypeDraft",
        "listInboxMessages",
        "listInboxEntries",
        "markInboxEntries",
        "readNotificationPreferences",
        "chooseNotificationPreferences",
        "listNotificationPreferenceChanges",
        "listWebhookSubscriptions",
        "listEvents",
        "followEvents",
        "createConsultation",
        "createPoll",
        "createBudget",
        "subscribeWebhook",
        "uploadAttachment",
        "fileOnBehalf",
    }
)
