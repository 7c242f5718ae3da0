# SPDX-License-Identifier: EUPL-1.2
"""Documents of the contracts, each read once: with thousands of lines, YAML takes its time."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def read_document(path: Path) -> Any:
    """What that file holds; it is shared, so nobody changes it."""
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
