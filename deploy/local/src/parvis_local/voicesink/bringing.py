# SPDX-License-Identifier: EUPL-1.2
"""What the provider brings to whoever ordered a call, signed: pressed keys, and that it is over."""

from collections.abc import Mapping

import httpx

from parvis_local.signed_forms import bring
from parvis_local.voicesink.store import Call


class Bringer:
    """Brings what is told of the calls of one account."""

    def __init__(self, secret: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._secret = secret
        self._transport = transport

    async def key(self, call: Call, key: str) -> None:
        """A key was pressed: the call goes on as it is told then."""
        if call.action is None:
            return
        call.keys += key
        said = await self._bring(call.action, call, {"Digits": key, "msg": "Gather End"})
        if said is None:
            call.end("completed")
        else:
            call.hear(said)

    async def ended(self, call: Call) -> None:
        """Tell how it stands; whether that is heard is not waited for a second time."""
        by = {"AnsweredBy": call.answered_by} if call.answered_by else {}
        await self._bring(call.ended_url, call, {"CallDuration": call.shown()["duration"] or "0", **by})

    async def _bring(self, url: str, call: Call, more: Mapping[str, str]) -> str | None:
        fields = {
            "CallSid": call.sid,
            "AccountSid": call.account,
            "From": call.sender,
            "To": call.to,
            "CallStatus": call.status,
            "ApiVersion": "2010-04-01",
            "Direction": "outbound-api",
            **more,
        }
        answer = await bring(self._secret, url, fields, self._transport)
        return answer.text if answer is not None and answer.status_code == 200 else None  # noqa: PLR2004 - HTTP
