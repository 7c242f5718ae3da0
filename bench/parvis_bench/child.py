# SPDX-License-Identifier: EUPL-1.2
"""Modules of ours that run as processes of their own: one JSON object in, one JSON object out."""

import json
import subprocess
import sys
from typing import Any


def ask(module: str, question: dict[str, Any], *, seconds: float) -> Any:
    """Run the module to its end and return what it answers.

    Args:
        module: below ``parvis_bench``.
        question: what it reads from its standard input.
        seconds: after which it is killed, and subprocess.TimeoutExpired raised.
    """
    ran = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", f"parvis_bench.{module}"],
        input=json.dumps(question),
        stdout=subprocess.PIPE,
        text=True,
        timeout=seconds,
        check=True,
    )
    return json.loads(ran.stdout.splitlines()[-1])


def question() -> Any:
    """What the caller of this process asks."""
    return json.load(sys.stdin)


def answer(said: Any) -> None:
    """Answer the caller."""
    print(json.dumps(said), flush=True)
