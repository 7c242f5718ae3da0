# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL refuses to run as root: two ways to start it from a root account without opening a folder to others."""

import functools
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from parvis_local.errors import LocalError

NOBODY = 65534
_PROBE_SECONDS = 10


class PrivilegeError(LocalError):
    """This root account can neither make a user namespace nor become another user."""


@dataclass(frozen=True, slots=True)
class Unprivileged:
    """How to run a program as somebody else than root.

    Attributes:
        prefix: words put before the program's own; the program replaces them, it is not their child.
        owner: user and group that the program's files must belong to.
    """

    prefix: tuple[str, ...]
    owner: int

    def own(self, path: Path) -> None:
        """Give the file or empty folder to the user as whom the program will run."""
        if path.stat().st_uid != self.owner:
            os.chown(path, self.owner, self.owner)


@functools.cache
def unprivileged() -> Unprivileged:
    """The way that works here: nothing for an ordinary user, for root a namespace of its own or else a change of user.

    Raises:
        PrivilegeError: root here may do neither, or this user has no name.
    """
    me = os.geteuid()
    if me != 0 and _has_name(me):
        return Unprivileged((), me)
    # Inside, we are nobody: initdb wants a user that has a name, and nobody has one on every machine.
    if _works(namespace := ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")):
        return Unprivileged(namespace, me)
    if me != 0:
        raise PrivilegeError(f"PostgreSQL wants a user with a name: add one for the number {me} to /etc/passwd")
    # Containers forbid the namespace but leave these rights. With dac_override the program reaches its files even
    # below /root, so that neither the checkout nor the data must be moved or opened.
    capability = ("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override")
    user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    for other_user in ((*user, *capability, "--"), (*user, "--")):
        if _works(other_user):
            return Unprivileged(other_user, NOBODY)
    raise PrivilegeError("PostgreSQL does not run as root, and this root account may not change: use an ordinary user")


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _works(prefix: tuple[str, ...]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    probe = subprocess.run([*prefix, "true"], capture_output=True, timeout=_PROBE_SECONDS, check=False)  # noqa: S603
    return probe.returncode == 0
