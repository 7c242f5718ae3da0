# SPDX-License-Identifier: EUPL-1.2
"""A message in a room of a messenger and the answer to it: through workers, gateway and homeserver."""

import json
import re
from typing import Any
from uuid import uuid4

from running_stack import RunningStack

from parvis_local.demo.cast import Stage
from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import REPORT


def test_who_confirmed_an_address_reads_there_and_answers_in_the_room(stack: RunningStack) -> None:
    address = f"@gaston-{uuid4().hex[:8]}:parvis.localhost"
    with stack.stage() as stage:
        # Who is written to there alone from then on: another journey awaits no mail of theirs.
        citizen, agent = stage.citizen("gaston"), stage.agent("camille")
        given = expect(citizen.post("/v1/chat-addresses", {"address": address}), 201).json()
        room = eventually("an invitation", lambda: _room(stage, address), 60)
        _act(stage, room["room_id"], act="join")
        (code,) = re.findall(r"\b[0-9]{6}\b", room["messages"][0]["body"])
        shown = expect(citizen.post(f"/v1/chat-addresses/{given['id']}/confirmations", {"code": code}), 200).json()
        assert shown["state"] == "confirmed"
        path = "/v1/notification-preferences"
        topics = [{"topic": "requests", "channels": ["chat"]}]
        chosen = json.dumps({"language": "fr", "quiet_hours": None, "topics": topics}).encode()
        tag = expect(citizen.get(path), 200).headers["ETag"]
        expect(citizen.call("PUT", path, chosen, **{"Content-Type": "application/json", "If-Match": tag}), 200)
        request = expect(citizen.post("/v1/requests", REPORT), 201).json()

        def told() -> dict[str, Any] | None:
            found = _room(stage, address) or {"messages": []}
            return next((dict(each) for each in found["messages"] if request["reference"] in each["body"]), None)

        message = eventually("a message", told, 60)
        words = f"C’est devant l’école. {uuid4()}"
        _act(stage, room["room_id"], act="write", text=words, root=message["event_id"])

        def answered() -> dict[str, Any] | None:
            items = expect(agent.get(f"/v1/requests/{request['id']}/messages"), 200).json()["items"]
            return next((dict(item) for item in items if item["text"] == words), None)

        assert eventually("the answer", answered, 60)["by"] == "author"
        _act(stage, room["room_id"], act="leave")
        (item,) = expect(citizen.get("/v1/chat-addresses"), 200).json()["items"]
        assert item["state"] == "left"


def _room(stage: Stage, address: str) -> dict[str, Any] | None:
    items = expect(stage.http.get("/simulators/chat/rooms"), 200).json()["items"]
    return next((dict(item) for item in items if item["guest"] == address and item["messages"]), None)


def _act(stage: Stage, room: str, **form: str) -> None:
    assert stage.http.post(f"/simulators/chat/rooms/{room}", data=form).status_code == 303
