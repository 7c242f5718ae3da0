# SPDX-License-Identifier: EUPL-1.2
"""The opinion conversation that the demo town holds."""

import time
from collections.abc import Iterator
from typing import Any, Final

from parvis_local.demo.cast import TOWN
from parvis_local.demo.expecting import expect
from parvis_local.demo.story import Story
from parvis_local.errors import LocalError

CONVERSATION: Final = "01a20e00-0000-7000-8000-000000000002"
"""As in the file of which the town is made."""
_PATIENCE_SECONDS: Final = 60


def say_what_one_thinks(story: Story) -> Iterator[str]:
    """A citizen reads which groups there are, and says something of one statement more."""
    path = f"/v1/collectivities/{TOWN}/conversations/{CONVERSATION}"
    shown = expect(story.stage.http.get(path, headers={"Accept-Language": "fr"}), 200).json()
    yield f"« {shown['title']} »"
    result = _result(story, f"{path}/result")
    for number, group in enumerate(result["groups"], 1):
        (told, *_) = group["statements"]
        way = "agrees" if told["agree"] else "disagrees"
        yield f"group {number}, about {group['members']} people, {way} more than others: « {told['text']} »"
    own = f"/v1/conversations/{CONVERSATION}/next-statements?limit=1"
    (following, *_) = expect(story.citizen.get(own), 200).json()["items"] or [None]
    if following is None:
        yield "the citizen has said something of each statement"
        return
    opinion = b'{"opinion": "agree"}'
    headers = {"Content-Type": "application/json"}
    expect(story.citizen.call("PUT", f"/v1/statements/{following['id']}/opinions/mine", opinion, **headers), 200)
    yield f"the citizen agrees: « {following['text']} »"


def _result(story: Story, path: str) -> dict[str, Any]:
    """What it adds up to, once the worker has computed that for the first time."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        answer = story.stage.http.get(path, headers={"Accept-Language": "fr"})
        found: dict[str, Any] = answer.json()
        if answer.is_success and found["groups"]:
            return found
        if time.monotonic() > until:
            raise LocalError(f"no groups after {_PATIENCE_SECONDS} s: {answer.status_code} {found.get('code', '')}")
        time.sleep(0.5)
