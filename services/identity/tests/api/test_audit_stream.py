# SPDX-License-Identifier: EUPL-1.2
"""The audit trail at a SIEM: a real socket that reads frames, also after it was away."""

import json
import re
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from identity_town import Town
from key_site import certificate
from siem_receiver import Siem, listening_context

from parvis_identity.domain.audit import Entry
from parvis_identity.domain.siem import json_line, syslog_frame
from parvis_identity.outgoing import siem as siem_connection
from parvis_identity.outgoing.siem import ReceiverGoneError, SiemConnection, tls_of
from parvis_identity.service.audit_chain import AuditChain
from parvis_identity.service.stream_audit import StreamAudit

HEADER = re.compile(
    r'<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) desk parvis-identity - ([a-z-]+) \[meta sequenceId="(\d+)"\] '
)


def _syslog(sequence: int, hash_: bytes, entry: Entry) -> bytes:
    return syslog_frame(sequence, hash_, entry, "desk")


def stream(
    town: Town, siem: Siem, written: Any = _syslog, tls: ssl.SSLContext | None = None, timeout: float = 30
) -> StreamAudit:
    connection = SiemConnection("localhost" if tls else "127.0.0.1", siem.port, tls=tls, timeout=timeout)
    giver = StreamAudit(town.runtime.database, connection, written)
    siem.givers.append(giver)
    return giver


async def chained(town: Town) -> int:
    """The place of the last line."""
    while await AuditChain(town.runtime.database, town.runtime.master).round():
        pass
    (row,) = await town.rows("SELECT sequence FROM audit_head")
    found: int = row["sequence"]
    return found


async def given(town: Town) -> int:
    (row,) = await town.rows("SELECT sequence FROM audit_reader")
    found: int = row["sequence"]
    return found


async def test_every_line_comes_as_syslog_counted_in_octets(town: Town) -> None:
    await town.agent_tokens()
    last = await chained(town)
    async with Siem().listening() as siem:
        assert await stream(town, siem).round(datetime.now(UTC)) == last
        assert await siem.sequences(last) == list(range(1, last + 1))
    assert await given(town) == last
    for number, message in enumerate(siem.messages, 1):
        header = HEADER.match(message)
        assert header, message
        body = json.loads(message[header.end() :])
        assert header[1] == "109", "log audit, notice"
        assert (header[2], header[3], header[4]) == (body["occurred_at"], body["action"], str(number))
    actions = [json.loads(m[m.index("{") :])["action"] for m in siem.messages]
    assert {"client-put", "agent-invited", "agent-bound", "signed-in", "client-allowed"} <= set(actions)
    assert "@" not in "".join(siem.messages).replace(" parvis@", ""), "no address of anybody"
    assert "Moreau" not in "".join(siem.messages)


async def test_every_line_comes_as_json(town: Town) -> None:
    last = await chained(town)
    async with Siem(counted=False).listening() as siem:
        await stream(town, siem, json_line).round(datetime.now(UTC))
        assert await siem.sequences(last) == list(range(1, last + 1))
    first = json.loads(siem.messages[0])
    assert (first["actor_kind"], first["actor"], first["action"]) == ("operator", "seed", "collectivity-put")
    (row,) = await town.rows("SELECT encode(hash, 'base64') AS hash FROM audit_link WHERE sequence = 1")
    assert first["hash"] == row["hash"], "whoever has the lines can say where the chain stood"


async def test_a_suspect_act_is_a_warning(town: Town) -> None:
    await town.token({"grant_type": "client_credentials"}, auth=("demo-roadworks", "w" * 40))
    last = await chained(town)
    async with Siem().listening() as siem:
        await stream(town, siem).round(datetime.now(UTC))
        await siem.sequences(last)
    assert [message[:5] for message in siem.messages if "client-refused" in message] == ["<108>"]


async def test_nothing_is_lost_while_the_receiver_is_away(town: Town) -> None:
    first = await chained(town)
    siem = Siem()
    async with siem.listening():
        giver = stream(town, siem)
        await giver.round(datetime.now(UTC))
        await siem.sequences(first)
    await town.tokens()
    second = await chained(town)
    for _ in range(2):
        with pytest.raises(ReceiverGoneError):
            await giver.round(datetime.now(UTC))
    assert await given(town) == first
    await town.tokens(sub="somebody-else")
    last = await chained(town)
    assert last > second > first
    async with siem.listening():
        await giver.round(datetime.now(UTC))
        sequences = await siem.sequences(last)
    assert sorted(set(sequences)) == list(range(1, last + 1))
    assert await given(town) == last


async def test_a_receiver_that_dies_in_the_middle_gets_it_all_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(siem_connection, "_GRACE_SECONDS", 1)  # enough for a busy machine to notice it
    last = await chained(town)
    siem = Siem(reads=2)
    async with siem.listening():
        giver = stream(town, siem)
        with pytest.raises(ReceiverGoneError):
            await giver.round(datetime.now(UTC))
        assert await given(town) == 0
        siem.reads = None
        assert await giver.round(datetime.now(UTC)) == last
        assert await siem.sequences(last) == [1, 2, *range(1, last + 1)]


async def test_one_worker_gives_and_another_takes_over(town: Town) -> None:
    last = await chained(town)
    now = datetime.now(UTC)
    async with Siem().listening() as siem:
        assert await stream(town, siem).round(now) == last
        await town.tokens()
        new = await chained(town)
        other = stream(town, siem)
        assert await other.round(now) == 0, "the first one may still be at it"
        assert await other.round(datetime.fromtimestamp(now.timestamp() + 61, UTC)) == new - last
        assert await siem.sequences(new) == list(range(1, new + 1))


async def test_over_tls_each_message_is_counted_and_both_sides_know_each_other(town: Town, tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path, "localhost"), certificate(tmp_path, "parvis.example")
    last = await chained(town)
    async with Siem(tls=listening_context(theirs, asks_for=ours)).listening() as siem:
        giver = stream(town, siem, tls=tls_of(str(theirs), str(ours)))
        assert await giver.round(datetime.now(UTC)) == last
        assert await siem.sequences(last) == list(range(1, last + 1))
        await town.tokens()
        new = await chained(town)
        assert await giver.round(datetime.now(UTC)) == new - last
        assert await siem.sequences(new) == list(range(1, new + 1))
    assert siem.versions <= {"TLSv1.2", "TLSv1.3"}
    assert siem.peers == {"parvis.example"}
    assert await given(town) == new


@pytest.mark.parametrize("fault", ["unknown authority", "another name", "no certificate of ours", "plain TCP"])
async def test_no_line_leaves_for_a_receiver_that_is_not_known(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(siem_connection, "_GRACE_SECONDS", 5)  # enough for a busy machine to notice it
    theirs, ours = certificate(tmp_path, "localhost"), certificate(tmp_path, "parvis.example")
    other = certificate(tmp_path, "siem.example")
    shown = other if fault == "another name" else theirs
    trusted = {"unknown authority": "", "another name": str(other)}.get(fault, str(theirs))
    context = None if fault == "plain TCP" else listening_context(shown, asks_for=ours)
    await chained(town)
    async with Siem(tls=context, counted=False).listening() as siem:
        tls = tls_of(trusted, "" if fault == "no certificate of ours" else str(ours))
        giver = stream(town, siem, tls=tls, timeout=2 if fault == "plain TCP" else 30)
        with pytest.raises(ReceiverGoneError):
            await giver.round(datetime.now(UTC))
    assert siem.messages == []
    assert await given(town) == 0
