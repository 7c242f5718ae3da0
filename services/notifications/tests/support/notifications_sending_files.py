# SPDX-License-Identifier: EUPL-1.2
"""An application that hands in files of messages."""

from typing import Any

import httpx
from notifications_post import Post
from notifications_senders import Office

from parvis_notifications.service.bell import Bell
from parvis_notifications.service.run_jobs import JobRunner
from parvis_notifications.service.sending_keys import keys_key

JOBS = "/v1/sending-jobs"
FILE = "to;Prénom;numéro;reference\nzoe@example.org;Zoé;1;a\npersonne;Léo;2;b\nleo@example.org;Léo;douze;c\n;;;\n"


class Files:
    """An application that hands files in, and the worker that takes them."""

    def __init__(self, post: Post) -> None:
        self.office = Office(post)
        self.post = post
        self.key = ""
        self.template = ""

    async def begin(self, kind: str = "live", **changes: Any) -> None:
        self.template = await self.office.desk.published()
        self.key = await self.office.key(kind, **changes)

    async def hand_in(self, content: str = FILE, *, idempotency: str | None = None, **asked: str) -> httpx.Response:
        query = {"channel": "email", "template_id": self.template} | asked
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "text/csv"}
        headers["Idempotency-Key"] = idempotency or self.post.key()
        return await self.post.client.post(JOBS, params=query, content=content.encode(), headers=headers)

    async def read(self, path: str) -> Any:
        answer = await self.post.client.get(f"{JOBS}/{path}", headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def cancel(self, job: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        return await self.post.client.post(f"{JOBS}/{job}/cancellation", headers=headers)

    def runner(self) -> JobRunner:
        runtime = self.post.service.runtime
        keys = keys_key(runtime.master)
        return JobRunner(runtime.database, runtime.persons, runtime.blind_index, keys, 1, Bell())

    async def work(self) -> None:
        runner = self.runner()
        while await runner.round():
            """More rows wait."""

    async def count(self, table: str) -> int:
        return int(await self.post.pool.fetchval(f"SELECT count(*) FROM {table}"))


def many(count: int) -> str:
    return "to,prénom,numéro\n" + "".join(f"p{number}@example.org,P,{number}\n" for number in range(count))
