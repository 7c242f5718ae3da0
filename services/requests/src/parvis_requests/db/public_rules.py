# SPDX-License-Identifier: EUPL-1.2
"""Which requests any public door may tell of, as statements read it: by version of their type and by state."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID


class Rule(NamedTuple):
    """Requests of that version of a type, in that state, may be told of, their positions with so many decimals.

    ``content`` says when their words may be: a value of :class:`~parvis_requests.domain.publicity.Review`.
    """

    type_id: UUID
    number: int
    status: str
    ended: bool
    decimals: int
    content: str


# Joined to the requests: what no rule names is not there.
RULE: Final = """
    JOIN unnest(CAST(:rule_types AS uuid[]), CAST(:rule_numbers AS integer[]), CAST(:rule_statuses AS text[]),
        CAST(:rule_ends AS boolean[]), CAST(:rule_decimals AS integer[]), CAST(:rule_contents AS text[]))
        AS rule (type_id, number, status, ended, decimals, content)
        ON (request.type_id, request.type_version, request.status) = (rule.type_id, rule.number, rule.status)
"""
# What agents hid, and what goes along with another request and is told of by that one.
TOLD: Final = """
    NOT EXISTS (SELECT FROM publication WHERE publication.request_id = request.id AND latest AND hidden)
    AND NOT EXISTS (SELECT FROM merge WHERE merge.child_id = request.id)
"""
LONGITUDE: Final = "CAST(round(CAST(request.longitude AS numeric), rule.decimals) AS double precision)"
LATITUDE: Final = "CAST(round(CAST(request.latitude AS numeric), rule.decimals) AS double precision)"


def parameters(rules: Sequence[Rule]) -> dict[str, Any]:
    """The values of :data:`RULE`."""
    return {
        "rule_types": [rule.type_id for rule in rules],
        "rule_numbers": [rule.number for rule in rules],
        "rule_statuses": [rule.status for rule in rules],
        "rule_ends": [rule.ended for rule in rules],
        "rule_decimals": [rule.decimals for rule in rules],
        "rule_contents": [rule.content for rule in rules],
    }


def slack(rules: Sequence[Rule]) -> float:
    """By how many degrees at most a position moves when it is rounded."""
    return float(0.5 / 10 ** min((rule.decimals for rule in rules), default=9))
