# SPDX-License-Identifier: EUPL-1.2
"""Accounts that a town brings from elsewhere: two of them, the file, and the worker that works it off."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from identity_town import Town
from local_people import EMAIL

from parvis_identity.accounts import letters_of
from parvis_identity.service.work_off_imports import WorkOffImports

SCOPE = "openid identity.imports.read identity.imports.write"
HEADER = "external_id;email;given_names;family_name;birth_date;birth_place;birth_country;gender;phone;language"
ZOE = f"A-17;{EMAIL};Zoé Marie;MARTIN-LÉVY;1990-02-03;75056;99100;female;06 12 34 56 78;fr"
BOB = "A-18;bob@example.fr;Bob;ROY;;;;;;en"


async def send(town: Town, token: str, *lines: str, dry_run: bool = False, header: str = HEADER) -> httpx.Response:
    content = "\r\n".join([header, *lines]).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "text/csv", "idempotency-key": str(uuid4())}
    async with town.client() as http:
        path = f"/v1/account-imports?dry_run={str(dry_run).lower()}"
        return await http.post(path, content=content, headers=headers)


def worker(town: Town) -> WorkOffImports:
    runtime = town.runtime
    return WorkOffImports(runtime.database, runtime.master, runtime.persons, runtime.blind_index, letters_of(runtime))


async def imported(town: Town, token: str, *lines: str, dry_run: bool = False) -> dict[str, Any]:
    """The report, once all is worked off."""
    sent = await send(town, token, *lines, dry_run=dry_run)
    assert sent.status_code == 202, sent.text
    while await worker(town).round(datetime.now(UTC)):
        pass
    report: dict[str, Any] = (await town.get(sent.headers["location"], token)).json()
    return report
