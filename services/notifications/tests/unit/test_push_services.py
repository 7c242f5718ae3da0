# SPDX-License-Identifier: EUPL-1.2
"""At which push services messages are handed over."""

import pytest

from parvis_notifications.domain.push import Urgency, is_served
from parvis_notifications.outgoing.push import Browser, PushFate, PushMessage, PushServices
from parvis_notifications.outgoing.push_crypto import ServerKey, browser_keys
from parvis_notifications.push_settings import PushSettings

# RFC 8291, section 5.
_OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
_AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


@pytest.mark.parametrize(
    ("endpoint", "served"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("https://notify.windows.com.slow.example/x", False),
        ("https://slowpush.apple.com/x", False),
        ("https://1.slow.example/x", False),
        ("http://127.0.0.1:4000/x", True),
    ],
)
def test_messages_go_to_the_push_services_of_browsers_alone(endpoint: str, *, served: bool) -> None:
    """Any other may take ten seconds for each message of each of its names, and the lanes are everybody's."""
    hosts = PushSettings.model_construct().push_hosts()
    assert is_served(endpoint, hosts) is served
    assert is_served(endpoint, ())


async def test_what_was_subscribed_elsewhere_before_is_told_nothing() -> None:
    services = PushServices((), timeout=1, connections=1, hosts=["push.apple.com"])
    browser = Browser("https://1.slow.example/x", browser_keys(_POINT, _AUTH))
    message = PushMessage(b"x", 1, Urgency.LOW, "t")
    answer = await services.push(browser, ServerKey(_OURS, "mailto:a@b.fr"), message)
    assert (answer.fate, answer.reply) == (PushFate.REFUSED, "service-unknown")
