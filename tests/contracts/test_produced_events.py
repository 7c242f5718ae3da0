# SPDX-License-Identifier: EUPL-1.2
"""The check that each test of a service ends with sees every way in which an event can stray from its contract."""

import json
from datetime import datetime
from typing import Any

import pytest
from produced_events import CONTRACTS, misfits

TYPE = "fr.parvis.requests.request-taken.v1"
DATA: dict[str, Any] = json.loads((CONTRACTS / "examples/events" / f"{TYPE}.json").read_text("utf-8"))
ROW = {
    "type": TYPE,
    "topic": "parvis.requests.request.v1",
    "collectivity": DATA["collectivity"],
    "sequence": DATA["sequence"],
    "occurred_at": datetime.fromisoformat(DATA["occurred_at"]),
    "data": json.dumps(DATA),
}


def test_an_event_as_its_contract_says_fits() -> None:
    assert misfits([ROW, ROW]) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"data": json.dumps({**DATA, "request_id": 7})}, "7 is not of type 'string'"),
        ({"data": json.dumps({**DATA, "occurred_at": "yesterday"})}, "'yesterday' is not a 'date-time'"),
        ({"data": json.dumps({**DATA, "nickname": "Bob"})}, "nickname is undeclared"),
        ({"sequence": DATA["sequence"] + 1}, f"sequence is not {DATA['sequence'] + 1}, as the envelope says"),
        ({"collectivity": "lutece"}, "collectivity is not lutece, as the envelope says"),
        ({"topic": "parvis.requests.access.v1"}, "parvis.requests.access.v1 is not its topic"),
        ({"type": "fr.parvis.requests.request-lost.v1"}, "no such type in contracts/events"),
    ],
)
def test_an_event_that_strays_is_seen(changed: dict[str, Any], fault: str) -> None:
    assert fault in "\n".join(misfits([{**ROW, **changed}]))
