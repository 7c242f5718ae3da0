# SPDX-License-Identifier: EUPL-1.2
"""Whoever chose a language at identity is written to in it, by mail and in the inbox."""

import json

from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import REPORT
from parvis_local.simulators import SIMULATORS_PATH


def test_a_citizen_who_reads_english_is_written_to_in_english(stack: RunningStack) -> None:
    with stack.stage() as stage:
        citizen = stage.citizen("elif")
        me = expect(citizen.get("/v1/me"), 200)
        assert me.json()["language"] == "fr", "the language of the pages on which she signed in"
        patch = {"Content-Type": "application/merge-patch+json", "If-Match": me.headers["ETag"]}
        expect(citizen.call("PATCH", "/v1/me", json.dumps({"language": "en"}).encode(), **patch), 200)
        reference = expect(citizen.post("/v1/requests", REPORT), 201).json()["reference"]
        subject = f"We have received your request {reference}"

        def mails() -> list[str]:
            return [mail["id"] for mail in stage.mails("elif@example.org") if mail["subject"] == subject]

        mail = expect(stage.http.get(f"{SIMULATORS_PATH}/mail/messages/{eventually('a mail', mails)[0]}"), 200).json()
        assert mail["text"].startswith("Hello")
        inbox = expect(citizen.get("/v1/inbox-messages"), 200).json()["items"]
        assert ("en", subject) in [(message["language"], message["subject"]) for message in inbox]
