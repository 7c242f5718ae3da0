# SPDX-License-Identifier: EUPL-1.2
"""The commands that an operator gives, as processes: what they answer, and what they do to keys, tokens and trail."""

import asyncio
import json
import os
import pwd
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from identity_town import Town
from joserfc import jws
from running_service import as_environment

from parvis_identity.service.audit_chain import AuditChain
from parvis_kit.messaging.relay import Relay
from parvis_kit.security.sessions import EndedSessions
from parvis_local.topics import create_topics

SECONDS = 60
TABLES = ("signing_key", "rsa_signing_key")
KEYS = "/.well-known/jwks.json"


@pytest.fixture(autouse=True)
async def only_present_keys(town: Town) -> AsyncIterator[None]:
    """The keys outlive a test, and what these leave behind is no business of the others."""
    yield
    for table in TABLES:
        await town.rows(f"DELETE FROM {table} WHERE status = 'past' RETURNING 1")


async def command(town: Town, *arguments: str) -> tuple[int | None, str, str]:
    """Exit code, what it writes, and its complaints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "parvis_identity",
        *arguments,
        env={**os.environ, **as_environment("identity", town.runtime.settings)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    return process.returncode, out.decode(), err.decode()


async def published(town: Town) -> set[str]:
    async with town.client() as http:
        return {key["kid"] for key in (await http.get(KEYS)).json()["keys"]}


def kid_of(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])


async def statuses(town: Town, token: str) -> tuple[int, bool]:
    """What the API answers to the token, and whether introspection calls it active."""
    told = await town.internal.post("/oauth2/introspect", data={"token": token}, auth=("parvis-requests", "r" * 40))
    return (await town.get("/v1/me", token)).status_code, told.json()["active"]


async def until(town: Town, token: str, expected: tuple[int, bool]) -> None:
    """Within a second this process knows of the change: ten times that on a busy machine."""
    deadline = time.monotonic() + 60
    while await statuses(town, token) != expected:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def rotations(town: Town) -> list[tuple[str, str, dict[str, Any]]]:
    rows = await town.rows(
        "SELECT actor_kind, actor, details FROM audit_entry WHERE action = 'signing-key-rotated' ORDER BY id"
    )
    return [(row["actor_kind"], row["actor"], json.loads(row["details"])) for row in rows]


def me() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


async def test_a_key_that_verifiers_cannot_know_yet_does_not_sign(town: Town) -> None:
    await town.rows("UPDATE signing_key SET created_at = now() WHERE status = 'next' RETURNING 1")
    before = await published(town)
    code, out, err = await command(town, "rotate-keys")
    assert (code, out) == (1, "")
    assert "the next keys may sign from " in err
    assert await published(town) == before
    assert await rotations(town) == []


async def test_by_hand_the_next_key_signs_and_tokens_of_the_one_before_still_open(town: Town) -> None:
    old = (await town.tokens())["access_token"]
    known = await published(town)
    for table in TABLES:
        await town.rows(f"UPDATE {table} SET created_at = now() - interval '2 hours' WHERE status = 'next' RETURNING 1")
    code, out, err = await command(town, "rotate-keys")
    assert (code, err) == (0, ""), err
    (signing,) = await town.rows("SELECT kid FROM signing_key WHERE status = 'current'")
    assert f"{signing['kid']} (ES256)" in out
    assert out.endswith("(ES256) from now on, everywhere within a second\n")
    assert signing["kid"] in known - {kid_of(old)}, "it was published before it signs"
    deadline = time.monotonic() + 60
    while kid_of(new := (await town.tokens())["access_token"]) != signing["kid"]:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    assert known < await published(town)
    assert await statuses(town, old) == await statuses(town, new) == (200, True)
    ((kind, who, details),) = await rotations(town)
    assert (kind, who, details["reason"], details["user"]) == ("operator", "rotate-keys", ["by-hand"], [me()])
    assert kid_of(old) in details["replaced"]
    assert await told(town) == []


async def test_what_a_withdrawn_key_signed_opens_nothing_a_moment_later(town: Town) -> None:
    old = (await town.tokens())["access_token"]
    assert await statuses(town, old) == (200, True)
    code, out, err = await command(town, "rotate-keys", "--compromised")
    assert (code, err) == (0, ""), err
    assert "trusted no more" in out
    await until(town, old, (401, False))
    assert kid_of(old) not in await published(town)
    new = (await town.tokens())["access_token"]
    assert await statuses(town, new) == (200, True)
    ((kind, who, details),) = await rotations(town)
    assert (kind, who, details["reason"], details["user"]) == ("operator", "rotate-keys", ["compromised"], [me()])
    assert kid_of(old) in details["replaced"]
    events = await told(town)
    assert {(topic, collectivity) for topic, collectivity, _ in events} == {("parvis.identity.session.v1", "*")}
    assert sorted(data["kid"] for _, _, data in events) == sorted(details["replaced"])


@pytest.mark.kafka
async def test_services_are_told_of_a_withdrawn_key_in_no_time(town: Town, bootstrap: str) -> None:
    kid = kid_of((await town.tokens())["access_token"])
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, ["parvis.identity.session.v1", "parvis.identity.person.v1"])
    followed = EndedSessions(bootstrap)
    relay = Relay(town.runtime.settings.database_url.get_secret_value(), bootstrap)
    working = [asyncio.create_task(work) for work in (relay.run(), followed.run())]
    try:
        await until_told(followed)
        assert kid not in followed
        assert (await command(town, "rotate-keys", "--compromised"))[0] == 0
        started = time.monotonic()
        while kid not in followed:
            assert time.monotonic() < started + 10, "two seconds, and many more for a machine that does much else"
            await asyncio.sleep(0.05)
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def until_told(followed: EndedSessions) -> None:
    deadline = time.monotonic() + SECONDS
    while await followed.check() != "ready":
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def told(town: Town) -> list[tuple[str, str, dict[str, Any]]]:
    """The events that tell services of a withdrawn key."""
    rows = await town.rows("SELECT * FROM outbox WHERE type = 'fr.parvis.identity.key-withdrawn.v1'")
    return [(row["topic"], row["collectivity"], json.loads(row["data"])) for row in rows]


async def test_the_trail_is_checked_and_a_line_that_was_changed_is_named(town: Town) -> None:
    await town.tokens()
    chain = AuditChain(town.runtime.database, town.runtime.master)
    while await chain.round():
        pass
    lines = (await town.rows("SELECT count(*) FROM audit_link"))[0]["count"]
    code, out, err = await command(town, "audit-check")
    assert (code, err) == (0, "")
    assert out.startswith(f"{lines} lines, all as they were written")
    owner = await asyncpg.connect(town.service.superuser_url)
    try:
        await owner.execute("SET session_replication_role = replica")
        changed = "SELECT entry FROM audit_link WHERE sequence = 2"
        await owner.execute(f"UPDATE audit_entry SET occurred_at = $1 WHERE id = ({changed})", datetime.now(UTC))
    finally:
        await owner.close()
    code, out, err = await command(town, "audit-check")
    assert (code, out) == (1, "")
    assert err.startswith("line 2: ")


@pytest.mark.parametrize("arguments", [("rotate-keys", "--all"), ("audit-check", "now"), ()])
async def test_what_is_no_command_is_told_so(town: Town, arguments: tuple[str, ...]) -> None:
    code, out, err = await command(town, *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("usage: parvis-identity ")
