# SPDX-License-Identifier: EUPL-1.2
"""A secret poll as an agent prepares one, and what others may try with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

# The base point of P-256 (SP 800-186): a public key like any other.
BASE_X = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
BASE_Y = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"


def poll_body() -> dict[str, Any]:
    """A poll that opens in an hour."""
    opens = datetime.now(UTC) + timedelta(hours=1)
    text = {"fr": "Bancs ou arbres", "en": "Benches or trees"}
    return {
        "title": text,
        "description": text,
        "options": [{"code": code, "label": text} for code in ("benches", "trees")],
        "budgets": [{"amount": "1"}],
        "ballot": {"kind": "approval", "least": 1, "most": 1},
        "method": {"rule": "greedy"},
        "board": {"key": f"04{BASE_X}{BASE_Y}", "members": 3, "threshold": 2},
        "opens_at": opens.isoformat(),
        "closes_at": (opens + timedelta(days=7)).isoformat(),
    }


def published(agent: Actor, collection: str, body: dict[str, Any]) -> str:
    """Prepare a consultation or a poll and publish it; returns its id."""
    made: str = expect(agent.post(collection, body), 201).json()["id"]
    expect(agent.post(f"{collection}/{made}/transitions", {"action": "publish"}, **{"If-Match": '"1"'}), 201)
    return made


PERSON = {
    "given_names": "Angela",
    "family_name": "DUBOIS",
    "gender": "female",
    "birth_date": "1962-08-24",
    "birth_place": "75107",
    "birth_country": "99100",
}
# Who calls each operation, with which body and headers.
POLL_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "createPoll": ("agent", poll_body(), {}),
    "listOwnPolls": ("agent", None, {}),
    "readOwnPoll": ("agent", None, {}),
    "changePollDraft": ("agent", poll_body(), {"If-Match": '"1"'}),
    "deletePollDraft": ("agent", None, {"If-Match": '"1"'}),
    "actOnPoll": ("agent", {"action": "publish"}, {"If-Match": '"1"'}),
    "importEntitledPeople": ("agent", {"people": [PERSON]}, {}),
    "attestResidence": (
        "agent",
        {"person": "01a21478-cc07-78ff-a57c-f1ebad0022f7", "evidence": "tax-notice", "expires_on": "2026-12-31"},
        {},
    ),
    "receiveDeskVoter": ("agent", {"document": "passport", "document_number": "20FV54321", "civil_status": PERSON}, {}),
    "markPaperVoter": ("agent", {"document": "passport", "document_number": "20FV54321", "civil_status": PERSON}, {}),
    "enterPaperBatch": ("agent", {"label": "desk-1", "ballots": [], "spoiled": 0}, {}),
    "listPaperBatches": ("agent", None, {}),
    "changePoll": ("agent", {"kind": "cancel", "reason": {"fr": "Non", "en": "No"}}, {}),
    "castBallot": ("citizen", {"commitment": "ab" * 32, "sealed": "A" * 364}, {}),
    "castOpenBallot": ("citizen", {"choice": [{"code": "trees"}]}, {}),
    "readRollEntry": ("citizen", None, {}),
    "countPoll": ("agent", {"shares": [{"number": number, "share": "00" * 16} for number in (1, 2)]}, {}),
}
