# SPDX-License-Identifier: EUPL-1.2
"""A town's LDAP directory, read with OpenLDAP's own ``ldapsearch`` (Debian: ldap-utils)."""

import argparse
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from parvis_cli.errors import CommandError
from parvis_cli.ldif import Entry, entries

_PAGE: Final = 500
_SECONDS: Final = 300
_UUID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the directory."""

    id: str
    email: str
    given_name: str | None
    family_name: str | None
    display_name: str | None


def add_directory(parser: argparse.ArgumentParser) -> None:
    """The options that say where the directory is, and who of it are agents."""
    parser.add_argument("--ldap", required=True, metavar="URL", help="ldaps://host, or ldap://host with --starttls")
    parser.add_argument("--starttls", action="store_true", help="encrypt an ldap:// connection (RFC 4511 section 4.14)")
    parser.add_argument("--base", required=True, help="where to search, below it too")
    parser.add_argument("--filter", default="(&(objectClass=inetOrgPerson)(mail=*))", help="who are agents (RFC 4515)")
    parser.add_argument(
        "--id-attribute", default="entryUUID", help="what never changes; objectGUID in Active Directory"
    )
    parser.add_argument("--bind-dn", help="who reads; nobody in particular where it is left out")
    parser.add_argument("--password-file", type=Path, help="file with that one's password and nothing else")


def members(options: argparse.Namespace) -> list[Member]:
    """All who fit the filter, by pages of the server's; raises CommandError, never a part of them."""
    wanted = [options.id_attribute, "mail", "givenName", "sn", "displayName"]
    try:
        found = list(entries(_searched(options, wanted)))
        return [_member(entry, options.id_attribute.lower()) for entry in found]
    except ValueError as error:
        raise CommandError(f"the directory's answer cannot be read: {error}") from error


def _searched(options: argparse.Namespace, wanted: list[str]) -> str:
    program = shutil.which("ldapsearch")
    if program is None:
        raise CommandError("ldapsearch is missing: install the Debian package ldap-utils")
    if options.ldap.startswith("ldap://") and options.bind_dn and not options.starttls:
        raise CommandError("a password never goes over ldap:// in the clear: use ldaps:// or --starttls")
    who = ["-D", options.bind_dn, "-y", str(options.password_file)] if options.bind_dn else []
    arguments = [
        program, "-LLL", "-x", "-o", "ldif-wrap=no", "-E", f"pr={_PAGE}/noprompt", "-l", str(_SECONDS),
        *(["-ZZ"] if options.starttls else []), *who, "-H", options.ldap, "-b", options.base, options.filter, *wanted,
    ]  # fmt: skip
    try:
        done = subprocess.run(arguments, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - no shell
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"the directory did not answer within {_SECONDS} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise CommandError(f"the directory answers: {said or 'nothing'} (LDAP result {done.returncode})")
    return done.stdout.decode("utf-8")


def _member(entry: Entry, id_attribute: str) -> Member:
    def one(name: str) -> str | None:
        values = entry.get(name, [])
        return values[0].decode("utf-8") if values else None

    raw, email = entry.get(id_attribute, [b""])[0], one("mail")
    if not raw or not email:
        raise ValueError(f"{entry['dn'][0].decode('utf-8', 'replace')} lacks {id_attribute} or mail")
    # Active Directory's objectGUID is sixteen bytes, in the order of its little-endian fields.
    id_ = str(UUID(bytes_le=raw)) if len(raw) == _UUID_BYTES else raw.decode("utf-8")
    return Member(
        id=id_, email=email, given_name=one("givenname"), family_name=one("sn"), display_name=one("displayname")
    )
