# SPDX-License-Identifier: EUPL-1.2
"""A process that sets one attestation as a PDF, and can do nothing else: no file, no key, no other process.

It is started anew for each, with no environment, bounded in memory and time, and shuts itself out of the file system
by Landlock (landlock(7)) before it reads a word. On a kernel without Landlock it sets none.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import typst

from parvis_files.confined import confined

NOT_CONFINED: Final = 3
UNSETTABLE: Final = 4
_MEMORY: Final = 2 * 1024**3
_CPU_SECONDS: Final = 20
_MOST_BYTES: Final = 262_144
# Archived for good with its structure, and readable by machines that speak (ISO 19005-3 level A, ISO 14289-1).
_STANDARDS: Final[Any] = ["a-3a", "ua-1"]
# The font has it: U+FFFD, REPLACEMENT CHARACTER.
_UNKNOWN: Final = "\ufffd"
# Signs by themselves, each in a paragraph of its own, in the font of the form.
_SIGNS: Final = b"""
#set document(title: "Signs")
#set text(font: "Libertinus Serif")
#for sign in json(bytes(sys.inputs.attestation)) [#par(sign)]
"""


def main() -> int:
    """Read what it says as JSON from the standard input, write its PDF to the standard output."""
    form = Path(__file__).with_name("attestation.typ").read_bytes()
    if not confined(_MEMORY, _CPU_SECONDS):
        return NOT_CONFINED
    said = json.loads(sys.stdin.buffer.read(_MOST_BYTES))
    made = _set(form, said) or _set(form, _settable(said))
    if made is None:
        return UNSETTABLE
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


def _set(form: bytes, said: Any) -> bytes | None:
    inputs = {"attestation": json.dumps(said)}
    try:
        return typst.compile(form, format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, ignore_system_fonts=True)
    except (typst.TypstError, RuntimeError, ValueError):
        return None


def _settable(said: Any) -> Any:
    """The same words, with what stands for a sign that is not known in place of what no font has: 李, a control."""
    text = "".join(_words(said))
    signs = sorted({sign for sign in text if not (sign.isascii() and sign.isprintable())})
    return _replaced(said, dict.fromkeys(map(ord, _unsettable(signs)), _UNKNOWN))


def _unsettable(signs: Sequence[str]) -> list[str]:
    if not signs or _set(_SIGNS, signs):
        return []
    if len(signs) == 1:
        return list(signs)
    middle = len(signs) // 2
    return _unsettable(signs[:middle]) + _unsettable(signs[middle:])


def _words(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    else:
        for each in said.values() if isinstance(said, dict) else said:
            yield from _words(each)


def _replaced(said: Any, signs: Mapping[int, str]) -> Any:
    if isinstance(said, str):
        return said.translate(signs)
    if isinstance(said, list):
        return [_replaced(each, signs) for each in said]
    return {name: _replaced(value, signs) for name, value in said.items()}


if __name__ == "__main__":
    sys.exit(main())
