# SPDX-License-Identifier: EUPL-1.2
"""Words with variables between double braces: ``{{reference}}``; what is no variable is a fault, not a gap."""

import re
from collections.abc import Mapping
from typing import Final

VARIABLES: Final = ("reference", "request_type", "status", "area", "filed_on", "due_on")
_ANY: Final = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)


def unknown_variables(words: str) -> list[str]:
    """What stands between double braces and is no variable, or a brace that is not closed, in the order of the text."""
    rest = _ANY.sub("", words)
    unclosed = [brace for brace in ("{{", "}}") if brace in rest]
    return [name for name in _ANY.findall(words) if name not in VARIABLES] + unclosed


def filled(words: str, values: Mapping[str, str]) -> str:
    """The words with each variable's value; one that the request has not is left empty."""
    return _ANY.sub(lambda found: values.get(found[1], ""), words)
