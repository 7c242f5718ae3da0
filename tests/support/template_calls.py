# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries at message templates, at the keys of applications that send by them, and at what
became of what was sent."""

from typing import Any

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

_IF_MATCH = {"If-Match": '"1"'}
_PATCH = {"Content-Type": "application/merge-patch+json"} | _IF_MATCH
_KEY = {"application": "essai", "kind": "test"}
_CALLBACK = {"url": "https://bibliotheque.example/parvis", "contact_email": "essai@bibliotheque.example"}
_LETTER = {"address_lines": ["Zoé", "75004 Paris"]}
_TEMPLATE = {"name": "Essai", "texts": {"fr": {"subject": "Essai", "body": "Bonjour."}}}
TEMPLATE_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "readMessageLanguages": ("agent", None, {}),
    "chooseMessageLanguages": ("administrator", {"languages": ["de"]}, {"If-Match": '"0"'}),
    "listMessageOccasions": ("agent", None, {}),
    "writeMessageTemplate": ("administrator", _TEMPLATE, {}),
    "listMessageTemplates": ("agent", None, {}),
    "readMessageTemplate": ("agent", None, {}),
    "rewriteMessageTemplate": ("administrator", _TEMPLATE, _IF_MATCH),
    "archiveMessageTemplate": ("administrator", None, _IF_MATCH),
    "publishMessageTemplate": ("administrator", {}, _IF_MATCH),
    "listMessageTemplateVersions": ("agent", None, {}),
    "readMessageTemplateVersion": ("agent", None, {}),
    "compareMessageTemplateVersions": ("agent", None, {}),
    "previewMessageTemplate": ("agent", {}, {}),
    "writeLetter": ("agent", _LETTER, {}),
    "testMessageTemplate": ("administrator", {}, {}),
    "revokeReplyAddresses": ("citizen agent", {}, {}),
    "exportDeliveryRecords": ("administrator", None, {}),
    "explainRequestMessages": ("agent", None, {}),
    "readDeliveryFigures": ("administrator", None, {}),
    "makeSendingKey": ("administrator", _KEY, {}),
    "listSendingKeys": ("administrator", None, {}),
    "readSendingKey": ("administrator", None, {}),
    "revokeSendingKey": ("administrator", None, _IF_MATCH),
    "makeInboundSecret": ("administrator", {"label": "essai"}, {}),
    "listInboundSecrets": ("administrator", None, {}),
    "readInboundSecret": ("administrator", None, {}),
    "rotateInboundSecret": ("administrator", {}, {}),
    "revokeInboundSecret": ("administrator", None, _IF_MATCH),
    "addDeliveryCallback": ("administrator", _CALLBACK, {}),
    "listDeliveryCallbacks": ("administrator", None, {}),
    "readDeliveryCallback": ("administrator", None, {}),
    "changeDeliveryCallback": ("administrator", {"state": "active"}, _PATCH),
    "removeDeliveryCallback": ("administrator", None, _IF_MATCH),
    "rotateDeliveryCallbackKeys": ("administrator", {}, {}),
    "listDeliveryCallbackCalls": ("administrator", None, {}),
    "testDeliveryCallback": ("administrator", {}, {}),
}
TEMPLATE_OWN = {"exportDeliveryRecords", "readDeliveryFigures", "makeSendingKey", "listSendingKeys"} | {
    "readMessageLanguages",
    "chooseMessageLanguages",
    "listMessageOccasions",
    "writeMessageTemplate",
    "listMessageTemplates",
    "makeInboundSecret",
    "listInboundSecrets",
}
TEMPLATE_READS = [
    ("agent", "/v1/message-templates/{message_template_id}"),
    ("administrator", "/v1/sending-keys/{sending_key_id}"),
    ("administrator", "/v1/inbound-secrets/{inbound_secret_id}"),
    ("administrator", "/v1/sending-keys/{sending_key_id}/callbacks/{callback_id}"),
]


def templates_in(administrator: Actor) -> dict[str, str]:
    """A published template of Paris, a key, and where its application is called back."""
    made = expect(administrator.post("/v1/message-templates", _TEMPLATE), 201).json()["id"]
    expect(administrator.post(f"/v1/message-templates/{made}/versions", {}, **_IF_MATCH), 201)
    key = expect(administrator.post("/v1/sending-keys", _KEY), 201).json()["id"]
    inbound = expect(administrator.post("/v1/inbound-secrets", {"label": "Essai"}), 201).json()["id"]
    callback = expect(administrator.post(f"/v1/sending-keys/{key}/callbacks", _CALLBACK), 201).json()["id"]
    ids = {"message_template_id": made, "sending_key_id": key, "callback_id": callback}
    return ids | {"inbound_secret_id": inbound}
