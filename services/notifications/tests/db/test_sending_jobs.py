# SPDX-License-Identifier: EUPL-1.2
"""Files of messages: taken whole or not at all, each row a message once, whoever is killed in between."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifications_post import Post
from notifications_senders import KEYS
from notifications_sending_files import JOBS, Files, many

from parvis_notifications.db import sending_jobs
from parvis_notifications.db.purge import purge
from parvis_notifications.service import run_jobs, send_message


@pytest.fixture
def files(post: Post) -> Files:
    return Files(post)


LETTERS = (
    "address line 1;address_line_2;Address Line 3;address line 7;Prénom;numéro\n"
    "Mme Zoé Lefèvre;12 bis, rue de l'Église;;75011 Paris;Zoé;1\n"
    "Herrn Max;Musterstr. 1;53113 Bonn;Allemagne;Max;2\n"
    "M. Léo;Quelque part;;;Léo;3\n"
)


async def test_a_file_of_letters_has_addresses_in_columns(files: Files) -> None:
    files.template = await files.office.desk.published(channels=["letter"])
    files.key = await files.office.key()
    assert (await files.hand_in(channel="letter")).json()["errors"][0]["code"] == "no-recipient-column"
    job = await files.hand_in(LETTERS, channel="letter")
    assert (job.status_code, job.json()["rows"]) == (202, 3), job.text
    await files.work()
    (refused,) = (await files.read(f"{job.json()['id']}/rows"))["items"]
    assert (refused["line"], refused["error"]) == (4, "recipient-refused")
    found = (await files.office.read(files.key, "")).json()["items"]
    assert {each["to"] for each in found} == {
        "Mme Zoé Lefèvre\n12 BIS RUE DE L EGLISE\n75011 PARIS",
        "Herrn Max\nMusterstr. 1\n53113 BONN\nALLEMAGNE",
    }


async def test_each_row_becomes_a_message_or_says_why_not(files: Files) -> None:
    await files.begin()
    started = await files.hand_in()
    assert started.status_code == 202, started.text
    job = started.json()
    assert (job["state"], job["rows"], job["sent"]) == ("running", 3, 0)
    await files.work()
    done = await files.read(job["id"])
    assert (done["state"], done["sent"], done["refused"]) == ("finished", 1, 2)
    refused = (await files.read(f"{job['id']}/rows"))["items"]
    assert [(row["line"], row["error"], row["about"]) for row in refused] == [
        (3, "recipient-refused", "to"),
        (4, "value-of-another-type", "numéro"),
    ]
    (sent,) = (await files.read(f"{job['id']}/rows?state=sent"))["items"]
    message = (await files.office.read(files.key, f"/{sent['id']}")).json()
    assert (message["to"], message["subject"], message["reference"]) == ("zoe@example.org", "Votre carte 1", "a")
    await files.post.send_mails()
    assert [mail["To"] for mail in files.post.sink.mails()] == ["zoe@example.org"]
    assert all(row["content"] is None for row in await files.post.rows("sending_job_row"))


async def test_what_is_sent_to_one_person_does_not_wait_behind_a_file(files: Files) -> None:
    await files.begin()
    await files.hand_in(many(3))
    await files.work()
    assert (await files.office.send(files.key, files.template)).status_code == 201
    for _ in range(4):
        await files.post.send_mails(mail_batch=1, mail_connections=1)
    came = [mail["To"] for mail in files.post.sink.mails()]
    assert (came[0], sorted(came[1:])) == ("zoe@example.org", [f"p{number}@example.org" for number in range(3)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("prénom,numéro\nx,1\n", "no-recipient-column"),
        ("to,prénom\nx@example.org,x\n", "missing-column"),
        ("to,prénom,numéro,PRÉNOM\n", "repeated-column"),
        ("to,prénom,numéro\nx@example.org,x\n", "columns"),
        ('to,prénom,numéro\n"x', "syntax"),
        ("to,prénom,numéro\n\n", "no-rows"),
        ("", "no-recipient-column"),
    ],
)
async def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(files: Files, content: str, code: str) -> None:
    await files.begin()
    refused = await files.hand_in(content)
    assert (refused.status_code, refused.json()["code"]) == (422, "unreadable-sending-file")
    assert [each["code"] for each in refused.json()["errors"]] == [code]
    assert await files.count("sending_job_row") == 0


async def test_a_kill_between_any_two_lines_repeats_no_row_and_loses_none(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_jobs, "BATCH", 4)
    await files.begin()
    job = (await files.hand_in(many(10))).json()["id"]
    for name in ("write", "settle"):
        whole = getattr(sending_jobs, name)

        async def killed(*values: Any, whole: Any = whole) -> None:
            await whole(*values)
            raise ConnectionError

        with monkeypatch.context() as patch:
            patch.setattr(sending_jobs, name, killed)
            with pytest.raises(ConnectionError):
                await files.runner().round()
        assert await files.count("message") == 0
    await asyncio.gather(*(files.work() for _ in range(3)))
    await files.work()
    done = await files.read(job)
    assert (done["state"], done["sent"]) == ("finished", 10)
    assert await files.count("message") == await files.count("delivery") == await files.count("sent_message") == 10
    await files.post.send_mails()
    assert sorted(mail["To"] for mail in files.post.sink.mails()) == [f"p{number}@example.org" for number in range(10)]


async def test_a_stolen_key_ends_with_all_that_it_has_handed_in(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_jobs, "BATCH", 4)
    files.template, made = await files.office.desk.published(), await files.office.make()
    files.key = made.json()["key"]
    await files.hand_in(many(6))
    await files.runner().round()
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await files.office.send(files.key, files.template, scheduled_at=at)).status_code == 201
    path, headers = f"{KEYS}/{made.json()['id']}", files.office.desk.agent.headers | {"If-Match": made.headers["etag"]}
    assert (await files.post.client.delete(path, headers=headers)).status_code == 204
    assert await files.post.pool.fetchval("SELECT count(*) FROM delivery WHERE state = 'pending'") == 5
    headers["If-Match"] = '"2"'
    other = headers | files.post.service.agent("lutece").headers
    assert (await files.post.client.delete(f"{path}?cancel=true", headers=other)).status_code == 404
    assert (await files.post.client.delete(f"{path}?cancel=true", headers=headers)).status_code == 204
    await files.work()
    await files.post.send_mails()
    assert files.post.sink.taken == []
    ended = await files.post.pool.fetch("SELECT DISTINCT state, last_reply FROM delivery")
    assert [tuple(row) for row in ended] == [("failed", "cancelled")]
    assert await files.post.pool.fetchval("SELECT state FROM sending_job") == "cancelled"
    assert await files.post.pool.fetchval("SELECT count(content) FROM sending_job_row") == 0


async def test_a_stolen_key_ends_though_what_it_has_sent_cannot_be_stopped_yet(files: Files) -> None:
    template, made = await files.office.desk.published(), await files.office.make()
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    key = made.json()["key"]
    assert (await files.office.send(key, template, scheduled_at=at)).status_code == 201
    path, headers = f"{KEYS}/{made.json()['id']}", files.office.desk.agent.headers | {"If-Match": made.headers["etag"]}
    async with files.post.pool.acquire() as other, other.transaction():
        await other.execute("SELECT 1 FROM delivery FOR UPDATE")
        assert (await files.post.client.delete(f"{path}?cancel=true", headers=headers)).status_code == 503
    assert (await files.office.send(key, template)).status_code == 401
    headers["If-Match"] = '"2"'
    assert (await files.post.client.delete(f"{path}?cancel=true", headers=headers)).status_code == 204
    assert await files.post.pool.fetchval("SELECT last_reply FROM delivery") == "cancelled"


async def test_a_row_that_cannot_be_written_is_refused_and_the_files_of_others_go_on(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = send_message.written

    def broken(content: Any, channel: Any, language: str, values: Any) -> Any:
        if values.get("prenom", values.get("prénom")) == "Léo":
            raise IndexError
        return whole(content, channel, language, values)

    monkeypatch.setattr("parvis_notifications.service.run_jobs.written", broken)
    await files.begin()
    job = (await files.hand_in("to,prénom,numéro\nzoe@example.org,Zoé,1\nleo@example.org,Léo,2\n")).json()["id"]
    await files.work()
    assert [(await files.read(job))[name] for name in ("state", "sent", "refused")] == ["finished", 1, 1]
    (refused,) = (await files.read(f"{job}/rows"))["items"]
    assert (refused["line"], refused["error"]) == (3, "could-not-be-written")


async def test_a_batch_that_fails_lets_the_files_of_others_have_their_turn(files: Files) -> None:
    await files.begin()
    jobs = [(await files.hand_in(many(2))).json()["id"] for _ in range(2)]
    await files.post.pool.execute("UPDATE sending_job_row SET content = 'x' WHERE job_id = $1", UUID(jobs[0]))
    await files.post.pool.execute("UPDATE sending_job SET template_version = 99 WHERE id = $1", UUID(jobs[0]))
    for _ in range(2):
        with suppress(Exception):
            await files.runner().round()
    assert [(await files.read(job))["sent"] for job in jobs] == [0, 2]


async def test_what_is_cancelled_goes_no_further(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_jobs, "BATCH", 4)
    await files.begin()
    job = (await files.hand_in(many(10))).json()["id"]
    await files.runner().round()
    for _ in range(2):
        assert (await files.cancel(job)).json()["state"] == "cancelled"
    await files.work()
    assert await files.count("message") == 4
    assert all(row["content"] is None for row in await files.post.rows("sending_job_row"))
    assert len((await files.read(f"{job}/rows?state=cancelled"))["items"]) == 6
    over = (await files.hand_in(many(1))).json()["id"]
    await files.work()
    assert (await files.cancel(over)).status_code == 409


async def test_jobs_take_turns_and_give_way_to_what_waits(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_jobs, "BATCH", 4)
    await files.begin()
    jobs = [(await files.hand_in(many(6))).json()["id"] for _ in range(2)]
    for _ in range(2):
        await files.runner().round()
    assert [(await files.read(job))["sent"] for job in jobs] == [4, 4]
    monkeypatch.setattr(run_jobs, "ENOUGH_WAITING", 8)
    await files.work()
    assert await files.count("message") == 8


async def test_a_file_is_taken_once_and_begins_at_its_time(files: Files) -> None:
    await files.begin()
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    first = await files.hand_in(idempotency="k", scheduled_at=at)
    again = await files.hand_in(idempotency="k", scheduled_at=at)
    assert (first.json()["state"], again.json()["id"]) == ("waiting", first.json()["id"])
    await files.work()
    assert await files.count("message") == 0
    await files.post.pool.execute("UPDATE sending_job SET turn_at = now()")
    await files.work()
    assert await files.count("message") == 1


async def test_a_file_has_to_fit_into_the_day_of_its_key(files: Files) -> None:
    await files.begin(per_day=5)
    refused = await files.hand_in(many(6))
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-sent")
    assert await files.count("sending_job") == 0
    assert (await files.hand_in(many(5))).status_code == 202


async def test_a_team_key_s_file_reaches_its_guests_alone(files: Files) -> None:
    await files.begin("team", guests=["zoe@example.org"])
    job = (await files.hand_in("email address,prénom,numéro\nzoe@example.org,Z,1\nx@example.org,X,2\n")).json()["id"]
    await files.work()
    (refused,) = (await files.read(f"{job}/rows"))["items"]
    assert (refused["line"], refused["error"]) == (3, "guests-only")


async def test_files_are_their_application_s_alone(files: Files) -> None:
    await files.begin()
    job = (await files.hand_in()).json()["id"]
    for kind, application in (("test", "bibliotheque"), ("live", "cantine")):
        files.key = await files.office.key(kind, application=application)
        assert (await files.cancel(job)).status_code == 404
        assert (await files.cancel(str(uuid4()))).status_code == 404
        answer = await files.post.client.get(JOBS, headers={"Authorization": f"Bearer {files.key}"})
        assert answer.json()["items"] == []


async def test_a_file_that_waits_for_its_day_is_older_than_what_is_kept_and_stays(files: Files) -> None:
    await files.begin()
    at = (datetime.now(UTC) + timedelta(days=60)).isoformat()
    await files.hand_in(scheduled_at=at)
    await files.hand_in(many(1))
    await files.work()
    await files.post.pool.execute(
        "UPDATE sending_job SET created_at = now() - interval '8 days', ended_at = ended_at - interval '8 days'"
    )
    week = timedelta(days=7)
    await purge(files.post.pool, messages=timedelta(days=1_095), sent=week, webhooks=week)
    left = await files.post.pool.fetch("SELECT state FROM sending_job")
    assert [row["state"] for row in left] == ["waiting"]
