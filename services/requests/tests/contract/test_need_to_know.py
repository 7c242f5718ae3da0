# SPDX-License-Identifier: EUPL-1.2
"""What its team alone reads: each operation of the contract is tried by an agent who is in the team and one who is not.

An operation that is in none of these lists fails the first test: say what it does with a request.
"""

from pathlib import Path
from typing import Final

import pytest
from circles import circle
from documents import read_document
from requests_town import Town

CONTRACT = Path(__file__).parents[4] / "contracts/openapi/requests.v1.yaml"
METHODS = {"get", "post", "put", "patch", "delete"}
# They name a request, or what hangs on one.
NAMED: Final = {
    "readReceipt", "readAttestation", "readAttestationDocument", "extendLegalPeriod", "readContact", "readAuthor",
    "uploadAttachment", "readAttachment", "readThumbnail", "readRequest", "readHistory", "actOnRequest",
    "assignRequest", "prioritiseRequest", "setValidity", "writeMessage", "listMessages", "askForDocuments",
    "listDocumentRequests", "giveDocuments", "rateRequest", "readSatisfaction", "reopenRequest", "followRequest",
    "followOnBehalf", "readIncomingContact", "readIncomingContactHistory", "linkIncomingContact",
    "discardIncomingContact", "fillReplyTemplates", "mergeRequest", "unmergeRequest", "listMerges", "readPublication",
    "decidePublication", "exportArchive", "readLegalHold", "holdRequest", "releaseRequest", "readAppointment",
    "readAppointmentHistory", "readAppointmentPerson", "readAppointmentCalendar", "moveAppointment",
    "cancelAppointment", "startPayment", "listPayments", "readPayment", "readForwarding", "decideForwarding",
    "forwardRequest", "transferRequest", "readTransfer", "takeBackTransfer", "contestRequest", "listAppeals",
    "readAppeal", "assignAppeal", "decideAppeal", "withdrawAppeal", "correctReception", "correctContact",
    "markAttendance", "changeRequestType", "listFormerTypes", "placeRequest", "withdrawMention",
}  # fmt: skip
# Of those, what even its team is told is not there: its author has an account, a page for the public it never gets,
# nobody hands it to another administration, and this town takes no payments.
ABSENT: Final = {
    "startPayment", "readContact", "followRequest", "followOnBehalf", "readPublication", "decidePublication",
    "readTransfer", "takeBackTransfer", "correctContact",
}  # fmt: skip
# They may have it among others.
LISTS: Final = {
    "readWorkQueue", "exportWorkQueue", "listRequests", "listRequestAuthors", "listIncomingContacts",
    "listPurgeNotices", "listPurgedRequests", "listAppointments", "readAgendaWaitingList", "listForwardings",
    "listWaitingPublications",
}  # fmt: skip
# Of those, what is asked of identity, which is not there; and what is never public.
EMPTY: Final = {"listRequestAuthors", "listWaitingPublications"}
# They reach no request of somebody else: the catalogue, teams, areas, bodies and agendas; numbers; one's own drafts,
# views, feeds, places and files; what people do for themselves; ids of events; acts on many, tried below.
APART: Final = {
    "listRequestTypeDrafts", "startRequestTypeDraft", "discardRequestTypeDraft", "changeRequestTypeDraft",
    "readRequestTypeDraft", "publishRequestTypeDraft", "retireRequestType", "listRequestTypeVersions",
    "readRequestTypeVersion", "makeTeam", "listTeams", "readTeam", "replaceTeam", "dropTeam", "drawArea",
    "listDrawnAreas", "readArea", "replaceArea", "retireArea", "addOpen311Body", "listOpen311Bodies",
    "readOpen311Body", "replaceOpen311Body", "dropOpen311Body", "readRouting", "replaceRouting", "tryRouting",
    "saveReplyTemplate", "listReplyTemplates", "replaceReplyTemplate", "dropReplyTemplate", "makeAppointmentKind",
    "replaceAppointmentKind", "openAgenda", "listAgendas", "readAgenda", "replaceAgenda", "declareAgendaException",
    "listAgendaExceptions", "withdrawAgendaException", "listAffectedAppointments", "readSatisfactionFigures",
    "saveView", "listSavedViews", "readSavedView", "replaceSavedView", "dropSavedView", "giveCalendarFeed",
    "listCalendarFeeds", "rotateCalendarFeed", "takeBackCalendarFeed", "startRequestDraft", "listRequestDrafts",
    "readRequestDraft", "saveRequestDraft", "dropRequestDraft", "submitRequestDraft", "submitRequest",
    "fileOnBehalf", "listFollowedRequests", "listNearbyRequests", "certifyAnswer", "readCertifiedAnswer",
    "bookAppointment", "acceptOffer", "declineOffer", "joinWaitingList", "listWaits", "readWait",
    "leaveWaitingList", "listRequestsDeadLetters", "readRequestsDeadLetter", "redriveRequestsDeadLetter",
    "discardRequestsDeadLetter", "startBulkOperation", "readBulkOperation", "listColleagues",
}  # fmt: skip


def operations() -> dict[str, tuple[str, str]]:
    """Method and path of each operation that takes an access token, by its name."""
    return {
        item[method]["operationId"]: (method.upper(), path)
        for path, item in read_document(CONTRACT)["paths"].items()
        for method in METHODS & item.keys()
        if item[method]["x-parvis-class"] == "token"
    }


def test_each_operation_is_known_to_reach_a_request_or_none() -> None:
    assert set(operations()) == NAMED | LISTS | APART
    assert not NAMED & LISTS | NAMED & APART | LISTS & APART


@pytest.mark.parametrize("name", sorted(NAMED))
async def test_whoever_is_not_in_the_team_is_told_of_nothing(town: Town, name: str) -> None:
    made = await circle(town)
    answer = await made.call(made.outside, name, *operations()[name])
    said = "payments-not-offered" if name == "startPayment" else "not-found"
    assert (answer.status_code, answer.json()["code"]) == (404, said), answer.text
    # The team reads and does what agents can; a supervisor, too.
    supervisor = town.service.agent(roles=["agent", "supervisor"])
    for caller in (supervisor, made.inside):
        answer = await made.call(caller, name, *operations()[name])
        assert (answer.status_code == 404) == (name in ABSENT), answer.text


@pytest.mark.parametrize("name", sorted(LISTS))
async def test_whoever_is_not_in_the_team_finds_nothing_in_a_list(town: Town, name: str) -> None:
    made = await circle(town)
    sought = {made.request["id"], made.request["reference"]}
    answer = await made.call(made.outside, name, *operations()[name])
    assert answer.status_code in {200, 503}
    assert not [each for each in sought if each in answer.text]
    answer = await made.call(made.inside, name, *operations()[name])
    assert any(each in answer.text for each in sought) == (name not in EMPTY), answer.text
