# SPDX-License-Identifier: EUPL-1.2
"""Who ends a session, or takes back a consent, ends what was handed out by it, everywhere and at once."""

import time
from uuid import uuid4

from running_stack import RunningStack

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

SECONDS = 1.0
# A machine that is busy for a moment is not the way that the news takes: of so many times one is quick, all come.
TIMES = 3


def answers(actor: Actor) -> dict[str, int]:
    """The status that each service answers."""
    path = f"/v1/consultations/{uuid4()}/answers"
    return {
        "requests": actor.get("/v1/requests").status_code,
        "notifications": actor.get("/v1/inbox").status_code,
        "participation": actor.post(path, {"choice": "yes"}).status_code,
        "identity": actor.get("/v1/me/sessions").status_code,
    }


def seconds_until_refused(actor: Actor) -> float:
    """Asks every service until each one refuses the actor's token."""
    ended = time.monotonic()
    while set(answers(actor).values()) != {401}:
        assert time.monotonic() < ended + 30 * SECONDS, answers(actor)
        time.sleep(0.02)
    return time.monotonic() - ended


def test_the_tokens_of_a_session_that_ended_are_refused_by_every_service_within_a_second(stack: RunningStack) -> None:
    with stack.stage() as stage:
        elsewhere, took = stage.citizen("amelie"), []
        living = {"requests": 200, "notifications": 200, "participation": 422, "identity": 200}
        for _ in range(TIMES):
            here = stage.citizen("amelie")
            assert answers(here) == answers(elsewhere) == living
            sessions = expect(here.get("/v1/me/sessions"), 200).json()["items"]
            mine = next(session["id"] for session in sessions if session["current"])
            expect(elsewhere.post("/v1/me/session-endings", {"session_id": mine}), 200)
            took.append(seconds_until_refused(here))
        assert min(took) < SECONDS, took
        refused = here.get("/v1/requests")
        challenge = expect(refused, 401, "invalid-token").headers["www-authenticate"]
        assert challenge.startswith('Bearer error="invalid_token", resource_metadata="')
        assert answers(elsewhere) == living, "another session of the same person goes on"


def test_the_tokens_of_an_application_are_refused_within_a_second_of_the_withdrawal(stack: RunningStack) -> None:
    with stack.stage() as stage:
        neighbours, took = stage.citizen("farid", "lutece-portal"), []
        living = {"requests": 200, "notifications": 200, "participation": 422, "identity": 200}
        for _ in range(TIMES):
            theirs = stage.citizen("farid")
            assert answers(theirs) == living
            expect(theirs.post("/v1/me/consents/demo-portal/withdrawals", {}), 204)
            took.append(seconds_until_refused(theirs))
        assert min(took) < SECONDS, took
        assert answers(neighbours) == living, "another application goes on"
