# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the commands that an operator gives: seed, operator, and others."""

import os
import pwd
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from parvis_identity.domain.signing import SigningAlgorithm
from parvis_identity.service import seed as seeding
from parvis_identity.service.audit_chain import CheckAudit
from parvis_identity.service.breached_passwords import WIDTH, BreachedListError, checked
from parvis_identity.service.build_breached_passwords import CorpusError, build
from parvis_identity.service.key_ring import KeyRing, TooEarlyError
from parvis_identity.service.key_ring import operator as by_hand
from parvis_identity.service.operator_client import CLIENT_ID, make_operator
from parvis_identity.service.renew_pivots import renew_pivots as renewing
from parvis_identity.settings import MIGRATIONS, Settings
from parvis_kit.runtime import open_runtime


async def seed(file: Path) -> None:
    """Put the collectivities, clients and invitations of a file in place; safe to repeat."""
    try:
        wanted = seeding.read(file)
    except (ValidationError, ValueError, OSError) as error:
        raise SystemExit(f"{file}: {error}") from error
    async with open_runtime("identity", "seed", Settings(), MIGRATIONS) as runtime:
        await seeding.apply(wanted, runtime.database, runtime.blind_index)


async def operator(*, renew: bool) -> None:
    """Make the client of the command ``parvis``, and write its secret: this once, for nobody can read it again."""
    async with open_runtime("identity", "operator", Settings(), MIGRATIONS) as runtime:
        secret = await make_operator(runtime.database, datetime.now(UTC), renew=renew)
    if secret is None:
        sys.stderr.write(f"{CLIENT_ID} has a secret already, which is not shown again; --renew gives it another one\n")
    else:
        sys.stdout.write(f"{secret}\n")


async def rotate_keys(*, compromised: bool) -> None:
    """Let the next keys sign; with ``compromised``, withdraw the current ones at once."""
    settings = Settings()
    async with open_runtime("identity", "rotate-keys", settings, MIGRATIONS) as runtime:
        ring = KeyRing(runtime.database, runtime.master)
        await ring.signing()
        try:
            overlap = timedelta(minutes=settings.key_overlap_minutes)
            await ring.rotate(overlap=overlap, by=by_hand(_user()), compromised=compromised)
        except TooEarlyError as error:
            raise SystemExit(str(error)) from error
        keys = {algorithm: (await ring.signing(algorithm)).kid for algorithm in SigningAlgorithm}
    named = " and ".join(f"{kid} ({algorithm})" for algorithm, kid in keys.items())
    sys.stdout.write(f"tokens are signed with the keys {named} from now on, everywhere within a second\n")
    if compromised:
        sys.stdout.write("the keys before them are trusted no more: every token that they signed is refused\n")


async def renew_pivots() -> None:
    """Put proofs of civil status under the form of names that this version compares; once after the upgrade to it."""
    async with open_runtime("identity", "renew-pivots", Settings(), MIGRATIONS) as runtime:
        renewed = await renewing(runtime.database, runtime.persons, runtime.blind_index)
    sys.stdout.write(f"{renewed} proofs stand under another index\n")


def _user() -> str:
    # Not by the environment, which says what its user likes.
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # a container's user need not have a name
        return f"uid-{number}"
    return (
        name
        if name.isascii() and name.replace("-", "").replace("_", "").replace(".", "").isalnum()
        else f"uid-{number}"
    )


def build_breached_passwords(corpus: Path, target: Path, least: int) -> None:
    """Make the list that the setting ``breached_passwords_file`` names, out of the corpus of Have I Been Pwned."""
    try:
        count = build(corpus, target, least)
    except (CorpusError, OSError) as error:
        raise SystemExit(f"{corpus}: {error}") from error
    sys.stdout.write(f"{target}: {count} passwords; of others, {count / 2 ** (8 * WIDTH):.1e} are refused by mistake\n")


def check_breached_passwords(file: Path) -> None:
    """Read the whole list, and fail where it is not as it was built."""
    try:
        count = checked(file)
    except BreachedListError as error:
        raise SystemExit(str(error)) from error
    sys.stdout.write(f"{file}: {count} passwords, as they were built\n")


async def audit_check() -> None:
    """Verify the chain of the audit trail; names the first line that is not as it was written, and fails."""
    async with open_runtime("identity", "audit-check", Settings(), MIGRATIONS) as runtime:
        verdict = await CheckAudit(runtime.database, runtime.master).verdict()
    if verdict.fault:
        where = f"line {verdict.line}" if verdict.line else "beside the chain"
        raise SystemExit(f"{where}: {verdict.fault} (entry {verdict.entry or 'unknown'})")
    sys.stdout.write(
        f"{verdict.sequence} lines, all as they were written, or gone after their time ({verdict.purged});"
        f" {verdict.waiting} wait for their place;"
        f" the last one's hash is {verdict.hash.hex()}\n"
    )
