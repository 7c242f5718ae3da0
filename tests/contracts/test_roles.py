# SPDX-License-Identifier: EUPL-1.2
"""The permission matrix is what the code enforces, and leaves no operation for staff that no role opens."""

from pathlib import Path
from typing import Any

from documents import read_document

from parvis_identity.domain.roles import MATRIX, NAMES
from parvis_identity.domain.scopes import CATALOGUE

CONTRACTS = Path(__file__).parents[2] / "contracts"
# Given to citizens or to other systems alone.
NOT_FOR_STAFF = {
    "phone",
    "address",
    "identity.profile.write",
    "identity.mandates.read",
    "identity.mandates.write",
    "identity.operations.write",
    "identity.organisations.write",
    "identity.people.read",
    "identity.civil-status.read",
    "identity.particulars.read",
    "identity.rolls.read",
    "notifications.events.read",
    "notifications.subscriptions.read",
    "notifications.subscriptions.write",
    "notifications.mail-room.read",
    "notifications.mail-room.write",
    "notifications.own-register.read",
    "notifications.own-register.write",
    "identity.scim.write",
    "requests.messages.read",
    "requests.contacts.read",
    "participation.guests.read",
    "notifications.inbound.write",
    "participation.answers.write",
    "participation.ballots.write",
    "participation.projects.write",
    "participation.comments.write",
    "participation.proposals.write",
    "participation.proposals.read",
    "participation.reports.write",
    "participation.reports.read",
    "participation.votes.write",
    "participation.votes.read",
    "participation.follows.write",
    "participation.follows.read",
    "participation.volunteers.write",
    "participation.volunteers.read",
    "participation.registrations.write",
    "participation.registrations.read",
    "participation.opinions.write",
    "participation.opinions.read",
    "participation.petitions.write",
    "participation.petitions.read",
    "participation.signatures.write",
    "participation.signatures.read",
    "participation.responses.write",
    "participation.responses.read",
}


def published() -> dict[str, Any]:
    matrix: dict[str, Any] = read_document(CONTRACTS / "roles.yaml")
    return matrix


def operations() -> dict[str, set[str]]:
    """The scopes of each operation that takes a token."""
    found = {}
    for file in sorted((CONTRACTS / "openapi").glob("*.yaml")):
        for item in read_document(file)["paths"].values():
            for operation in item.values():
                if isinstance(operation, dict) and operation.get("security"):
                    found[operation["operationId"]] = set(operation["security"][0]["oauth2"])
    return found


def test_the_matrix_is_the_one_that_is_enforced() -> None:
    enforced = {
        role.value: {"name": {"fr": NAMES[role][0], "en": NAMES[role][1]}, "scopes": sorted(scopes)}
        for role, scopes in MATRIX.items()
    }
    assert published() == enforced


def test_each_scope_is_known_and_opened_by_a_role_or_not_for_staff() -> None:
    opened = {scope for role in published().values() for scope in role["scopes"]}
    assert opened <= CATALOGUE.keys()
    assert CATALOGUE.keys() - opened == NOT_FOR_STAFF


def test_each_operation_is_open_to_one_role_at_least_or_not_for_staff() -> None:
    roles = [set(role["scopes"]) for role in published().values()]
    shut = {name: scopes for name, scopes in operations().items() if not any(scopes <= role for role in roles)}
    assert all(scopes & NOT_FOR_STAFF for scopes in shut.values()), shut


def test_who_looks_on_writes_nothing() -> None:
    for role in ("reader", "dpo", "auditor"):
        writing = [s for s in published()[role]["scopes"] if s.endswith(".write") and "sessions" not in s]
        assert writing == [], role


def test_who_is_frail_and_the_word_to_everybody_are_for_supervisors_alone() -> None:
    rights = {f"notifications.{subject}.{act}" for subject in ("alerts", "register") for act in ("read", "write")}
    assert {role.value for role, scopes in MATRIX.items() if scopes & rights} == {"supervisor"}


def test_votes_are_handed_out_by_polling_officers_and_polls_held_by_supervisors() -> None:
    held_by = {
        right: {role.value for role, scopes in MATRIX.items() if f"participation.{right}.write" in scopes}
        for right in ("desks", "polls", "counts")
    }
    assert held_by == {
        "desks": {"polling-officer", "supervisor"},
        "polls": {"supervisor"},
        "counts": {"supervisor"},
    }
