# SPDX-License-Identifier: EUPL-1.2
"""A text message to the town, in the form in which the provider brings it.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from dataclasses import dataclass

import httpx

from parvis_local.signed_forms import bring
from parvis_local.smssink.store import ReceivedText, TextStore


@dataclass(frozen=True, slots=True)
class Incoming:
    """Where they are brought, as the town has set it at its provider, and the number that they come to."""

    account: str
    secret: str
    url: str
    number: str
    transport: httpx.AsyncBaseTransport | None = None
    store: TextStore | None = None

    async def write(self, sender: str, body: str) -> int:
        """Somebody writes to the town; the status that is answered, 0 where nobody answers.

        It is listed from then on, whether or not the town took it.
        """
        text = ReceivedText(self.account, self.number, sender, body)
        if self.store is not None:
            self.store.receive(text)
        sid = text.sid
        fields = {
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "SmsStatus": "received",
            "AccountSid": self.account,
            "From": sender,
            "To": self.number,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "ApiVersion": "2010-04-01",
        }
        answer = await bring(self.secret, self.url, fields, self.transport)
        return 0 if answer is None else answer.status_code
