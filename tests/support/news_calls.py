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
    "listSocialAccounts": ("agent", None, {}),
    "listSocialPostsOfNews": ("agent", None, {}),
    "listSocialPostsOfAlert": ("agent", None, {}),
    "rewriteNewsItem": ("agent", _ITEM, _VERSION),
    "previewNewsItem": ("agent", None, {}),
    "estimateNewsItem": ("agent", None, {}),
    "testNewsItem": ("agent", {}, {}),
    "moveNewsItem": ("agent", {"action": "cancel"}, _VERSION),
    "explainBroadcast": ("citizen", None, {}),
    "exportBroadcastRecords": ("administrator", None, {}),
}
_AREA = {"type": "Polygon", "coordinates": [[[2.3, 48.8], [2.4, 48.8], [2.4, 48.9], [2.3, 48.8]]]}
_ALERT = {
    "event": {"fr": "Crue", "en": "Flood"},
    "category": "Met",
    "urgency": "Future",
    "severity": "Minor",
    "certainty": "Possible",
    "texts": {"fr": _WORDS},
    "area_label": "Quais",
    "areas": [_AREA],
    "exercise": True,
    "expires_at": "2099-01-01T00:00:00Z",
}
_ENTRY = {
    "ground": "age",
    "requested_by": "self",
    "given_names": "Odette",
    "family_name": "ROUX",
    "birth_on": "1938-04-02",
    "address": "1 rue de Rivoli",
    "position": {"type": "Point", "coordinates": [2.35, 48.85]},
    "words": "Oui.",
}
_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
_BROWSER = {
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/1",
    "keys": {"p256dh": _POINT, "auth": "BTBZMqHH6r4Tts7J_aSIgg"},
    "server_key": _POINT,
}
_CHAT = {"address": "@amelie:parvis.localhost"}
_NAMED = {"label": {"fr": "Quais", "en": "Quays"}, "outlines": [_AREA]}
NEWS_CALLS |= {
    "listAlertAreas": ("agent", None, {}),
    "keepAlertArea": ("agent", _NAMED, {"If-Match": '"7"'}),
    "draftAlert": ("agent", _ALERT, {}),
    "listAlerts": ("agent", None, {}),
    "readAlert": ("agent", None, {}),
    "redraftAlert": ("agent", _ALERT, _VERSION),
    "estimateAlert": ("agent", None, {}),
    "moveAlert": ("agent", {"action": "approve"}, _VERSION),
    "followAlert": ("agent", None, {}),
    "listAlertAnswers": ("agent", None, {}),
    "moveCallForHelp": ("agent", {"action": "helped", "answered_at": "2026-01-01T00:00:00Z"}, {}),
    "listReceivedAlerts": ("citizen", None, {}),
    "answerReceivedAlert": ("citizen", {"answer": "safe"}, {}),
    "enterInRegister": ("agent", _ENTRY, {}),
    "listRegister": ("agent", None, {}),
    "readRegisterEntry": ("agent", None, {}),
    "changeRegisterEntry": (
        "agent",
        {key: _ENTRY[key] for key in _ENTRY if key != "words"} | {"reason": "Non."},
        _VERSION,
    ),
    "findInRegister": ("agent", {"family_name": "Roux"}, {}),
    "checkRegisterEntry": ("agent", None, _VERSION),
    "exportRegister": ("agent", None, {}),
    "listRegisterChanges": ("agent", None, {}),
    "takeOutOfRegister": ("agent", None, _VERSION),
    "unlinkRegisterEntry": ("agent", None, _VERSION),
    "listRegisterRequests": ("agent", None, {}),
    "readRegisterRequestFigures": ("agent", None, {}),
    "acceptRegisterRequest": ("agent", {}, _VERSION),
    "refuseRegisterRequest": ("agent", {"reason": "Non."}, _VERSION),
    "readOwnRegisterEntry": ("citizen", None, {}),
    "sayOwnRegisterEntry": ("citizen", _ENTRY, {}),
    "leaveRegister": ("citizen", None, {}),
    "listMailRoomLetters": ("system", None, {}),
    "readMailRoomDocument": ("system", None, {}),
    "acknowledgeMailRoomLetter": ("system", {"outcome": "posted", "happened_on": "2026-11-26"}, {}),
    "listConcernedOfRegister": ("agent", None, {}),
    "noteVisit": ("agent", {"outcome": "met"}, {}),
    "exportFieldList": ("agent", None, {}),
    "exportUnreachedHomes": ("agent", None, {}),
    "listRegisterAccesses": ("agent", None, {}),
}
NEWS_CALLS |= {
    "subscribeBrowser": ("citizen", _BROWSER, {}),
    "listPushSubscriptions": ("citizen", None, {}),
    "readPushSubscription": ("citizen", None, {}),
    "unsubscribeBrowser": ("citizen", None, _VERSION),
    "giveChatAddress": ("citizen", _CHAT, {}),
    "listChatAddresses": ("citizen", None, {}),
    "readChatAddress": ("citizen", None, {}),
    "confirmChatAddress": ("citizen", {"code": "000000"}, {}),
    "forgetChatAddress": ("citizen", None, _VERSION),
    "listTextStops": ("citizen", None, {}),
    "listDeadAddresses": ("citizen", None, {}),
    "readDeadAddressFigures": ("administrator", None, {}),
    "withdrawTextStop": ("citizen", {}, {}),
}
NEWS_OWN = {
    "subscribeBrowser",
    "listPushSubscriptions",
    "giveChatAddress",
    "listChatAddresses",
    "listTextStops",
    "listDeadAddresses",
    "readDeadAddressFigures",
    "enterInRegister",
    "listRegister",
    "findInRegister",
    "exportRegister",
    "listRegisterRequests",
    "readRegisterRequestFigures",
    "listMailRoomLetters",
    "sayOwnRegisterEntry",
    "listAlertAreas",
    "draftAlert",
    "listAlerts",
    "listReceivedAlerts",
    "readMySubscriptions",
    "chooseMySubscriptions",
    "publishNews",
    "listAllNewsTopics",
    "listNewsItems",
    "listSocialAccounts",
}
# With the dead letters: what a worker of notifications has to do with.
TOLD_CALLS = LETTER_CALLS | NEWS_CALLS
TOLD_OWN = LETTER_OWN | NEWS_OWN
# Alerts are for supervisors; in the demo the administrator is one.
NEWS_READS = [
    ("agent", "/v1/news-items/{news_id}"),
    ("administrator", "/v1/alerts/{alert_id}"),
    ("citizen", "/v1/push-subscriptions/{push_subscription_id}"),
    ("citizen", "/v1/chat-addresses/{chat_address_id}"),
]


def browser(actor: Actor) -> dict[str, Any]:
    """What a browser sends that has subscribed with the first key of the server."""
    return _BROWSER | {"server_key": expect(actor.get("/v1/push-keys"), 200).json()["items"][0]["public_key"]}


def browser_in(citizen: Actor) -> dict[str, str]:
    """A browser, and an address in a messenger, that are told of what a citizen chose."""
    made = expect(citizen.post("/v1/push-subscriptions", browser(citizen)), 201).json()["id"]
    given = expect(citizen.post("/v1/chat-addresses", _CHAT), 201).json()["id"]
    return {"push_subscription_id": made, "chat_address_id": given}


def news_in(agent: Actor, supervisor: Actor, other: Actor) -> dict[str, str]:
    """A topic of each town, and in Paris a piece of news, which nobody subscribed to."""
    for each in (agent, other):
        headers = {"If-Match": '"0"', "Content-Type": "application/json"}
        expect(each.call("PUT", "/v1/news-topics/works", json.dumps(_TOPIC).encode(), **headers), 200)
    news = expect(agent.post("/v1/news-items", _ITEM), 201).json()["id"]
    alert = expect(supervisor.post("/v1/alerts", _ALERT), 201).json()["id"]
    # Nobody of Paris is in the register of care here, and no alert has gone to anybody.
    entry = "0190a8d2-0000-7000-8000-000000000001"
    # Nor does a letter wait for its mail room, and nobody has said STOP.
    absent = {"entry_id": entry, "mail_room_letter_id": entry, "text_stop_id": entry}
    return {"news_id": news, "broadcast_id": news, "alert_id": alert, **absent}
