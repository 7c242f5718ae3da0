# SPDX-License-Identifier: EUPL-1.2
"""The services of Parvis's own, as they call identity's internal port."""

from identity_town import Town


async def machine(town: Town, name: str = "notifications") -> str:
    auth = (f"parvis-{name}", name[0] * 40)
    answer = await town.internal.post("/oauth2/token", data={"grant_type": "client_credentials"}, auth=auth)
    token: str = answer.json()["access_token"]
    return token


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
