# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries at what a town tells many, and what there is to be found."""

import json
from typing import Any

from letter_calls import LETTER_CALLS, LETTER_OWN

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

_WORDS = {"subject": "Rue barrée", "body": "Lundi."}
_TOPIC = {"label": {"fr": "Travaux", "en": "Works"}}
_ITEM = {"topic": "works", "texts": {"fr": _WORDS}}
_VERSION = {"If-Match": '"1"'}
NEWS_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "readMySubscriptions": ("citizen", None, {}),
    "chooseMySubscriptions": ("citizen", {"language": "fr"}, {"If-Match": '"0"'}),
    "listAllNewsTopics": ("agent", None, {}),
    "keepNewsTopic": ("agent", _TOPIC, {"If-Match": '"7"'}),
    "publishNews": ("agent", _ITEM, {}),
    "listNewsItems": ("agent", None, {}),
    "readNewsItem": ("agent", None, {}),
    "moveNewsItem": ("agent", {"action": "cancel"}, _VERSION),
}
NEWS_OWN = {"readMySubscriptions", "chooseMySubscriptions", "publishNews", "listAllNewsTopics", "listNewsItems"}
# With the dead letters: what a worker of notifications has to do with.
TOLD_CALLS = LETTER_CALLS | NEWS_CALLS
TOLD_OWN = LETTER_OWN | NEWS_OWN
NEWS_READS = [("agent", "/v1/news-items/{news_id}")]


def news_in(agent: Actor, other: Actor) -> dict[str, str]:
    """A topic of each town, and in Paris a piece of news, which nobody subscribed to."""
    for each in (agent, other):
        headers = {"If-Match": '"0"', "Content-Type": "application/json"}
        expect(each.call("PUT", "/v1/news-topics/works", json.dumps(_TOPIC).encode(), **headers), 200)
    return {"news_id": expect(agent.post("/v1/news-items", _ITEM), 201).json()["id"]}
