# SPDX-License-Identifier: EUPL-1.2
"""Agents as an LDAP directory has them: a real slapd, the operators' command, and SCIM between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from back_office import administrator
from command_line import connect, parvis
from identity_town import Town
from key_site import certificate
from slapd import BASE, READER, READERS_PASSWORD, Slapd, running_slapd

from parvis_cli.agents import plan
from parvis_cli.directory import Member
from parvis_cli.ldif import entries

SECRET = "d" * 40


@pytest.fixture
def slapd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slapd]:
    shown = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("LDAPTLS_CACERT", str(shown))
    (tmp_path / "password").write_text(READERS_PASSWORD, "utf-8")
    (tmp_path / "password").chmod(0o600)
    with running_slapd(tmp_path, shown) as running:
        yield running


@pytest.fixture
async def directory(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.register(
        "paris-directory", audience="system", secret=SECRET, grant_types=["client_credentials"], redirect_uris=[],
        scopes=["identity.scim.write"],
    )  # fmt: skip
    monkeypatch.setenv("PARVIS_CLIENT_ID", "paris-directory")
    monkeypatch.setenv("PARVIS_CLIENT_SECRET", SECRET)
    connect(town, monkeypatch)


def sync(slapd: Slapd, *more: str, ldap: str = "") -> list[str]:
    reads = ["--bind-dn", READER, "--password-file", str(slapd.folder / "password")]
    return ["agents", "sync", "--ldap", ldap or slapd.secure_url, "--base", BASE, *reads, *more]


async def agents(town: Town) -> dict[str, tuple[str, str]]:
    """Status and family name by address, as the administrator sees those of the directory."""
    token = await administrator(town, "openid identity.agents.read")
    seen: list[dict[str, Any]] = (await town.get("/v1/agents?limit=100", token)).json()["items"]
    return {a["email"]: (a["status"], a["family_name"]) for a in seen if a["family_name"]}


@pytest.mark.slapd
async def test_agents_follow_the_directory(
    town: Town, directory: None, slapd: Slapd, capsys: pytest.CaptureFixture[str]
) -> None:
    assert directory is None
    for number in range(4):  # one more than it gives at a time
        slapd.person(f"a{number}", "Ada", f"Roy{number}", f"a{number}@paris.example")
    slapd.person("ines", "Inès", "Haddad", "Ines.Haddad@paris.example")
    assert await parvis(*sync(slapd, "--dry-run")) == 2
    assert capsys.readouterr().out.count("make ldap:") == 5
    assert await agents(town) == {}
    assert await parvis(*sync(slapd)) == 0
    assert len(await agents(town)) == 5
    assert (await agents(town))["Ines.Haddad@paris.example"] == ("invited", "Haddad")
    assert await parvis(*sync(slapd, "--dry-run")) == 0, "all is as it should be"
    slapd.rename("ines", "Haddad-Diop")
    slapd.remove("a3")
    assert await parvis(*sync(slapd)) == 0
    found = await agents(town)
    assert found["Ines.Haddad@paris.example"] == ("invited", "Haddad-Diop")
    assert found["a3@paris.example"] == ("suspended", "Roy3")
    slapd.person("a3", "Ada", "Roy3", "a3@paris.example")
    assert await parvis(*sync(slapd)) == 1, "under another identifier, it is somebody else with a taken address"
    assert "409 uniqueness" in capsys.readouterr().err
    rows = await town.rows("SELECT action FROM audit_entry WHERE actor = 'paris-directory' ORDER BY id")
    actions = [row["action"] for row in rows]
    assert actions[:5] == ["agent-invited"] * 5
    # Some of one request, in whichever order: they may be of one millisecond.
    assert sorted(actions[5:]) == ["agent-changed", "agent-changed", "agent-suspended"]


@pytest.mark.slapd
async def test_a_password_never_goes_in_the_clear_nor_to_a_stranger(
    town: Town, directory: None, slapd: Slapd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (town.parts, directory) == (town.parts, None)
    slapd.person("ines", "Inès", "Haddad", "ines.haddad@paris.example")
    assert await parvis(*sync(slapd, ldap=slapd.url)) == 1
    assert "never goes over ldap:// in the clear" in capsys.readouterr().err
    assert await parvis(*sync(slapd, "--starttls", "--dry-run", ldap=slapd.url)) == 2
    monkeypatch.delenv("LDAPTLS_CACERT")
    assert await parvis(*sync(slapd)) == 1
    assert "the directory answers" in capsys.readouterr().err
    assert await agents(town) == {}


@pytest.mark.slapd
async def test_a_wrong_filter_suspends_nobody(
    town: Town, directory: None, slapd: Slapd, capsys: pytest.CaptureFixture[str]
) -> None:
    assert directory is None
    for number in range(7):
        slapd.person(f"a{number}", "Ada", f"Roy{number}", f"a{number}@paris.example")
    assert await parvis(*sync(slapd)) == 0
    wrong = sync(slapd, "--filter", "(mail=nobody)")
    assert await parvis(*wrong) == 1
    assert "7 of 7 agents would be suspended" in capsys.readouterr().err
    assert {status for status, _ in (await agents(town)).values()} == {"invited"}
    assert await parvis(*wrong, "--many") == 0
    assert {status for status, _ in (await agents(town)).values()} == {"suspended"}


def test_agents_of_others_are_left_alone_and_who_was_invited_by_hand_is_taken_over() -> None:
    def known(external_id: str | None, name: str) -> dict[str, Any]:
        return {"id": name, "externalId": external_id, "userName": name, "active": True}

    users = [known("entra-1", "x@paris.example"), known(None, "Y@paris.example"), known(None, "z@paris.example")]
    member = Member(id="1", email="y@paris.example", given_name=None, family_name=None, display_name=None)
    todo = plan([member], users)
    assert (todo.make, todo.suspend) == ([], [])
    assert [(before["id"], after["externalId"]) for before, after in todo.replace] == [("Y@paris.example", "ldap:1")]


def test_ldif_is_read_as_it_is_written() -> None:
    text = "# a remark\nversion: 1\n\ndn: cn=a\nmail;lang-fr: a@b\nsn:: w4k=\ncn: long\n er\ncn: other\n\n# pages\n\n"
    (entry,) = entries(text)
    assert entry == {"dn": [b"cn=a"], "mail": [b"a@b"], "sn": ["É".encode()], "cn": [b"longer", b"other"]}
    for wrong in ("dn: cn=a\nnothing", "dn: cn=a\njpegPhoto:< file:///etc/passwd", "dn: cn=a\nsn:: !"):
        with pytest.raises(ValueError, match=r".+"):
            list(entries(wrong))
