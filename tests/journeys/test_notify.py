# SPDX-License-Identifier: EUPL-1.2
"""Another application sends through the gateway by the official client of GOV.UK Notify."""

from typing import Any

from notifications_python_client.notifications import NotificationsAPIClient
from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect

BODY = {
    "name": "Carte prête",
    "channels": ["email"],
    "variables": [{"name": "prénom", "sample": "Zoé"}],
    "texts": {
        "fr": {"subject": "Votre carte est prête, ((prénom))", "body": "Bonjour ((prénom)), venez la **chercher**."}
    },
}


def test_the_official_client_sends_follows_and_previews(stack: RunningStack) -> None:
    client: Any = NotificationsAPIClient
    with stack.stage() as stage:
        writer = stage.agent("sophie")
        template = expect(writer.post("/v1/message-templates", BODY), 201).json()["id"]
        path = f"/v1/message-templates/{template}/versions"
        expect(writer.post(path, {}, **{"If-Match": '"1"'}), 201)
        wish = {"application": "bibliotheque", "kind": "live"}
        key = expect(writer.post("/v1/sending-keys", wish), 201).json()["key"]
        library = client(key, base_url=str(stage.http.base_url))
        assert library.get_template(template)["name"] == "Carte prête"
        shown = library.post_template_preview(template, {"prénom": "Zoé"})
        assert shown["subject"] == "Votre carte est prête, Zoé"
        address = "zoe.notify@example.org"
        sent = library.send_email_notification(address, template, {"prénom": "Zoé"}, reference="carte 12")
        assert sent["content"]["subject"] == "Votre carte est prête, Zoé"
        mails = eventually("the mail", lambda: stage.mails(address))
        assert [mail["subject"] for mail in mails] == ["Votre carte est prête, Zoé"]
        eventually("its state", lambda: library.get_notification_by_id(sent["id"])["status"] == "sent")
        assert [each["id"] for each in library.get_all_notifications_iterator(reference="carte 12")] == [sent["id"]]
