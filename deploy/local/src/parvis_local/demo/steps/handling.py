# SPDX-License-Identifier: EUPL-1.2
"""An agent's work on the report, and what the citizen sees of it."""

from collections.abc import Iterator
from typing import Any

from parvis_local.demo.expecting import eventually, expect, same
from parvis_local.demo.steps.messages import mails_about
from parvis_local.demo.story import Story


def handle(story: Story) -> Iterator[str]:
    """Queue, take, reply, note, resolve; with the worker of notifications killed in between."""
    agent, path = story.agent, f"/v1/requests/{story.request['id']}"
    queue = expect(agent.get(f"/v1/requests?team={story.request['team']}&status=submitted"), 200).json()["items"]
    same("the queue of the team holds it", story.request["id"] in [found["id"] for found in queue], wanted=True)
    yield f"Camille finds it in the queue of {story.request['team']} ({len(queue)} to take)"
    tag = expect(story.citizen.get(path), 200).headers["ETag"]
    expect(story.citizen.get(path, **{"If-None-Match": tag}), 304)
    yield "nothing new for the citizen: 304"
    taken = _act(story, "take", str(story.request["version"]))
    yield "taken"
    expect(story.citizen.get(path, **{"If-None-Match": tag}), 200)
    yield "the citizen sees it: 200 with a new ETag"
    # Killed while it joins its group, a worker keeps the embedded broker waiting for a minute.
    eventually("the first two mails", lambda: len(mails_about(story)) >= 2, 60)  # noqa: PLR2004
    story.stage.kill("notifications-worker")
    yield "(the worker of notifications is killed here, with SIGKILL)"
    _write(story, "public", "Nos équipes passent demain matin.")
    _write(story, "internal", "Prévoir la benne.")
    yield "public reply and internal note written"
    expect(agent.post(f"{path}/transitions", {"action": "resolve"}, **{"If-Match": '"1"'}), 412, "precondition-failed")
    yield "resolving what has changed since it was read: 412"
    story.request = _act(story, "resolve", str(expect(agent.get(path), 200).json()["version"]))
    same("its status", (taken["status"]["code"], story.request["status"]["code"]), ("taken", "resolved"))
    yield f"resolved: « {story.request['status']['label']} »"
    mine, theirs = _history(story.citizen.get(f"{path}/history")), _history(agent.get(f"{path}/history"))
    same("what the citizen sees", mine, ["submit", "take", "reply", "resolve"])
    same("what the agent sees", theirs, ["submit", "take", "reply", "note", "resolve"])
    yield f"history: {', '.join(theirs)}; the note is for agents alone"


def _act(story: Story, action: str, version: str) -> dict[str, Any]:
    path = f"/v1/requests/{story.request['id']}/transitions"
    answer = story.agent.post(path, {"action": action}, **{"If-Match": f'"{version}"'})
    done: dict[str, Any] = expect(answer, 201).json()
    return done


def _write(story: Story, visibility: str, text: str) -> None:
    path = f"/v1/requests/{story.request['id']}/messages"
    expect(story.agent.post(path, {"visibility": visibility, "text": text}), 201)


def _history(answer: Any) -> list[str]:
    return [entry["action"]["code"] for entry in expect(answer, 200).json()["items"]]
