# SPDX-License-Identifier: EUPL-1.2
"""Each line is one JSON object of the same form, whoever wrote it."""

import json
import subprocess
import sys
from typing import Any

_PROGRAM = """
import logging
from parvis_kit.logs import configure, logger
log = logger("parvis.test")
configure("requests", "api")
log.info("déposée", count=3, odd=1j, file="\\udce9")
log.debug("too fine")
logging.getLogger("library").warning("heard %s", "it")
logging.getLogger("library").debug("too fine")
try:
    raise ValueError("broken")
except ValueError:
    log.exception("failed")
"""


def lines_of(program: str) -> list[dict[str, Any]]:
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_ours_and_a_librarys_line_have_one_form() -> None:
    ours, theirs, failed = lines_of(_PROGRAM)
    assert {**ours, "timestamp": None} == {
        "service": "requests",
        "process": "api",
        "event": "déposée",
        "count": 3,
        "odd": "1j",
        "file": "\udce9",
        "level": "info",
        "logger": "parvis.test",
        "timestamp": None,
    }
    assert {**theirs, "timestamp": None} == {
        "service": "requests",
        "process": "api",
        "event": "heard it",
        "level": "warning",
        "logger": "library",
        "timestamp": None,
    }
    assert ours["timestamp"].endswith("Z")
    assert failed["level"] == "error"
    assert "ValueError: broken" in failed["exception"]
