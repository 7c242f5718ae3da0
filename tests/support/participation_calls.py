# SPDX-License-Identifier: EUPL-1.2
"""What the people of a town take part in, and what others may try with it."""

import base64
from typing import Any

from assembly_body import ASSEMBLY_CALLS, assembly_in
from budget_body import BUDGET_CALLS, budget_in
from conversation_body import CONVERSATION_CALLS, conversation_in
from meeting_body import MEETING_CALLS, meeting_in
from petition_body import PETITION_CALLS, PETITION_OWN, petition_in
from poll_body import POLL_CALLS
from process_body import PROCESS_CALLS, process_in
from survey_body import SURVEY_CALLS, survey_in

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

IF_MATCH = {"If-Match": '"1"'}
COMMENT: dict[str, Any] = {"text": "Oui."}
PROPOSAL: dict[str, Any] = {"title": "Un banc", "description": "Devant la mairie."}
AMENDMENT: dict[str, Any] = PROPOSAL | {"description": "Devant la gare.", "reasons": "On y attend."}
REPORT: dict[str, Any] = {"category": "spam", "explanation": "Encore."}
# One pixel.
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
KEEP = {"outcome": "kept", "facts": {"fr": "Rien.", "en": "Nothing."}}


def participation_in(agent: Actor, citizen: Actor, neighbour: Actor, consultation: str) -> dict[str, str]:
    """A budget with a project, and a comment on that open consultation, which a neighbour has reported."""
    comments = f"/v1/threads/consultation/{consultation}/comments"
    comment = expect(citizen.post(comments, COMMENT), 201).json()["id"]
    expect(neighbour.post(f"/v1/comments/{comment}/reports", REPORT), 201)
    case = expect(agent.get("/v1/moderation-cases"), 200).json()["items"][0]["id"]
    proposal = expect(citizen.post("/v1/proposals", PROPOSAL), 201).json()["id"]
    path = f"/v1/proposals/{proposal}/photos"
    own = {"Content-Type": "image/png", "Idempotency-Key": f"photo-{proposal}"}
    photo = expect(citizen.call("POST", path, PHOTO, **own), 201).json()["id"]
    described = {"Content-Type": "application/json"} | IF_MATCH
    expect(citizen.call("PUT", f"{path}/{photo}", b'{"alternative_text": "Un banc."}', **described), 200)
    amendments = f"/v1/proposals/{proposal}/amendments"
    amendment = expect(neighbour.post(amendments, AMENDMENT, **IF_MATCH), 201).json()["id"]
    made = {
        "photo_id": photo,
        "amendment_id": amendment,
        "amendment_answer_id": amendment,
        "subject_id": consultation,
        "comment_id": comment,
        "case_id": case,
        "proposal_id": proposal,
    }
    surveyed = survey_in(agent, citizen)
    made |= assembly_in(agent, citizen) | meeting_in(agent, citizen)
    made |= conversation_in(agent, citizen)
    made |= surveyed | process_in(agent, citizen, surveyed["survey_id"])
    return budget_in(agent, citizen) | petition_in(agent, citizen, neighbour) | made


# Who calls each operation, with which body and headers.
PARTICIPATION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    **POLL_CALLS,
    **BUDGET_CALLS,
    **SURVEY_CALLS,
    **PETITION_CALLS,
    **PROCESS_CALLS,
    **ASSEMBLY_CALLS,
    **MEETING_CALLS,
    **CONVERSATION_CALLS,
    "writeComment": ("citizen", COMMENT, {}),
    "editComment": ("citizen", COMMENT, IF_MATCH),
    "withdrawComment": ("citizen", None, IF_MATCH),
    "submitProposal": ("citizen", PROPOSAL, {}),
    "editProposal": ("citizen", PROPOSAL, IF_MATCH),
    "withdrawProposal": ("citizen", None, IF_MATCH),
    "sendProposalPhoto": ("citizen", None, {"Idempotency-Key": "lutece-sendProposalPhoto"}),
    "describeProposalPhoto": ("citizen", {"alternative_text": "Un banc."}, IF_MATCH),
    "withdrawProposalPhoto": ("citizen", None, IF_MATCH),
    "readReportedPhoto": ("agent", None, {}),
    "reportPhoto": ("citizen", REPORT, {}),
    "listOwnProposals": ("citizen", None, {}),
    "readOwnProposal": ("citizen", None, {}),
    "listOwnProposalVersions": ("citizen", None, {}),
    "compareOwnProposalVersions": ("citizen", None, {}),
    "actOnProposal": ("citizen", {"action": "publish"}, IF_MATCH),
    "inviteCoAuthor": ("citizen", None, {"Idempotency-Key": "lutece-inviteCoAuthor"}),
    "answerInvitation": ("citizen", {"token": "x" * 43, "accepting": True}, {}),
    "leaveProposal": ("citizen", None, {}),
    "submitAmendment": ("citizen", AMENDMENT, IF_MATCH),
    "answerAmendment": ("citizen", {"accepting": True}, IF_MATCH),
    "withdrawAmendment": ("citizen", None, IF_MATCH),
    "reportAmendment": ("citizen", REPORT, {}),
    "reportAmendmentAnswer": ("citizen", REPORT, {}),
    "reportPetition": ("citizen", REPORT, {}),
    "reportProposalMilestone": (
        "agent",
        {"outcome": "accepted", "title": KEEP["facts"], "details": KEEP["facts"], "reached_on": "2026-01-05"},
        {},
    ),
    "readProposalFollow": ("citizen", None, {}),
    "followProposal": ("citizen", None, {}),
    "followProposalNoMore": ("citizen", None, {}),
    "supportProposal": ("citizen", {"supporting": False}, {}),
    "readSupport": ("citizen", None, {}),
    "reportComment": ("citizen", REPORT, {}),
    "reportProposal": ("citizen", REPORT, {}),
    "reportStatement": ("citizen", REPORT, {}),
    "listModerationDecisions": ("citizen", None, {}),
    "contestModerationDecision": ("citizen", {"explanation": "Non."}, {}),
    "listModerationCases": ("agent", None, {}),
    "readModerationCase": ("agent", None, {}),
    "decideModerationCase": ("agent", KEEP, IF_MATCH),
}
# What answers whoever asks with what is their own town's.
PARTICIPATION_OWN = {
    "listModerationDecisions",
    "listModerationCases",
    "submitProposal",
    "listOwnProposals",
    "attestResidence",
    "createSurvey",
    "listOwnSurveys",
    "createProcess",
    "createAssembly",
    "listOwnAssemblies",
    "listOwnProcesses",
    "listVisibleProcesses",
    "createMeeting",
    "listOwnMeetings",
    "createConversation",
    "listOwnConversations",
    "listImportedBudgetArchives",
    *PETITION_OWN,
}
DOCUMENT_QUERIES = {
    f"{act}{owner}Document": "?title=Oui&language=fr"
    for act in ("send", "replace")
    for owner in ("Process", "Assembly")
}
PARTICIPATION_READS = [
    ("citizen", "/v1/collectivities/paris/polls/{poll_id}"),
    ("citizen", "/v1/collectivities/paris/budgets/{budget_id}/projects/{project_id}"),
    ("agent", "/v1/budget-archives/{archive_id}"),
    ("agent", "/v1/moderation-cases/{case_id}"),
    ("agent", "/v1/surveys/{survey_id}"),
    ("agent", "/v1/petitions/{petition_id}"),
    ("agent", "/v1/processes/{process_id}"),
    ("agent", "/v1/processes/{process_id}/documents"),
    ("agent", "/v1/processes/{process_id}/documents/{document_id}/versions/1"),
    ("citizen", "/v1/visible-processes/{process_id}/documents/{document_id}/versions/1"),
    ("citizen", "/v1/collectivities/paris/processes/{process_id}/documents/{document_id}/versions/1"),
    ("agent", "/v1/assemblies/{assembly_id}/members"),
    ("citizen", "/v1/collectivities/paris/assemblies/{assembly_id}/draws"),
    ("agent", "/v1/meetings/{meeting_id}/registrations"),
    ("citizen", "/v1/collectivities/paris/meetings/{meeting_id}"),
    ("agent", "/v1/assembly-sessions/{assembly_session_id}"),
    ("agent", "/v1/conversations/{conversation_id}/statements?state=published"),
    ("citizen", "/v1/collectivities/paris/conversations/{conversation_id}"),
    ("citizen", "/v1/conversations/{conversation_id}/next-statements"),
    ("agent", "/v1/surveys/{survey_id}/sheets"),
    ("agent", "/v1/surveys/{survey_id}/files/{file_id}"),
    ("citizen", "/v1/collectivities/paris/proposals/{proposal_id}"),
    ("citizen", "/v1/collectivities/paris/amendments/{amendment_id}"),
    ("citizen", "/v1/collectivities/paris/threads/consultation/{subject_id}/comments"),
    ("citizen", "/v1/collectivities/paris/threads/consultation/{subject_id}/page"),
    *(
        ("citizen", f"/v1/collectivities/paris/pages/{kind}/{{{name}}}")
        for kind, name in (
            ("petitions", "petition_id"),
            ("proposals", "proposal_id"),
            ("amendments", "amendment_id"),
            ("processes", "process_id"),
            ("assemblies", "assembly_id"),
            ("meetings", "meeting_id"),
        )
    ),
]
