# SPDX-License-Identifier: EUPL-1.2
"""Programs of others that a baseline needs."""

import os
import shutil
from pathlib import Path

from parvis_bench.registry import CannotMeasureError
from parvis_local.postgres import binaries


def pgbench() -> str:
    """PostgreSQL's own load program: beside the server where it is there, else Debian's newest."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return _found("pgbench", "postgresql", binaries(), *reversed(debian))


def nginx() -> str:
    """The web server; Debian has it outside of an ordinary user's path."""
    return _found("nginx", "nginx", Path("/usr/sbin"))


def _found(program: str, package: str, *folders: Path) -> str:
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    if found := shutil.which(program, path=path):
        return found
    raise CannotMeasureError(f"The baseline is {program}: install Debian's package {package}.")
