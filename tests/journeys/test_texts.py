# SPDX-License-Identifier: EUPL-1.2
"""A text message from an event to its arrival, through the worker and the provider of the local stack."""

import json
from typing import Any
from uuid import uuid4

from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import REPORT

NUMBER = "+33612345677"
MERGE_PATCH = "application/merge-patch+json"


def test_who_chose_text_messages_gets_one_and_sees_that_it_arrived(stack: RunningStack) -> None:
    with stack.stage() as stage:
        citizen, agent = stage.citizen("dimitri"), stage.agent("camille")
        me = expect(citizen.get("/v1/me"), 200)
        headers = {"Content-Type": MERGE_PATCH, "If-Match": me.headers["ETag"]}
        expect(citizen.call("PATCH", "/v1/me", json.dumps({"phone": NUMBER}).encode(), **headers), 200)
        expect(agent.post(f"/v1/people/{me.json()['id']}/phone-verifications", {"phone": NUMBER}), 204)
        path = "/v1/notification-preferences"
        topics = [{"topic": "requests", "channels": ["sms"]}]
        chosen = json.dumps({"language": "fr", "quiet_hours": None, "topics": topics}).encode()
        tag = expect(citizen.get(path), 200).headers["ETag"]
        expect(citizen.call("PUT", path, chosen, **{"Content-Type": "application/json", "If-Match": tag}), 200)
        reference = expect(citizen.post("/v1/requests", REPORT), 201).json()["reference"]

        def text() -> dict[str, Any] | None:
            items = expect(stage.http.get(f"/simulators/sms/messages?to={NUMBER.replace('+', '%2B')}"), 200).json()[
                "items"
            ]
            return next((dict(item) for item in items if reference in item["body"]), None)

        assert eventually("a text message", text, 60)["num_segments"] == "1"

        def arrived() -> dict[str, Any] | None:
            inbox = expect(citizen.get("/v1/inbox-messages"), 200).json()["items"]
            message = next(item for item in inbox if reference in item["subject"])
            ways = expect(citizen.get(f"/v1/inbox-messages/{message['id']}/deliveries"), 200).json()["items"]
            return next((way for way in ways if way["channel"] == "sms" and way["finality"] == "final"), None)

        way = eventually("a report on it", arrived, 60)
        assert (way["state"], way["reason"], way["attempts"]) == ("delivered", "legal-notice", 1)
        page = expect(stage.http.get("/simulators/sms"), 200)
        assert reference in page.text


def test_who_writes_to_the_town_by_text_message_is_read_by_an_agent(stack: RunningStack) -> None:
    words = f"Où voter dimanche ? {uuid4()}"
    with stack.stage() as stage:
        agent = stage.agent("camille")
        form = {"from": "+33612345679", "body": words}
        brought = stage.http.post("/simulators/sms/incoming", data=form)
        assert brought.headers["Location"] == "/simulators/sms?brought=200"

        def contact() -> dict[str, Any] | None:
            items = expect(agent.get("/v1/incoming-contacts"), 200).json()["items"]
            return next((dict(item) for item in items if item["text"] == words), None)

        found = eventually("the contact", contact, 60)
        assert (found["way"], found["sender"]) == ("sms", "+33612345679")
