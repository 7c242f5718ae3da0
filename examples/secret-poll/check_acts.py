# SPDX-License-Identifier: EUPL-1.2
"""Check what a town says that it did, without trusting it: no act was changed, put in or taken out since.

    python check_acts.py acts.jsonl head.json [EARLIER-HEAD.json …] --key HEX

``acts.jsonl`` is what ``/v1/collectivities/TOWN/acts/lines`` answers, all pages one after the other; ``head.json`` is
``/v1/collectivities/TOWN/acts`` as downloaded **before** them, and each EARLIER-HEAD one that you kept. The only
package needed beside Python 3.11 is ``cryptography``. The key is the one that you were shown first.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def faults(lines: list[bytes], heads: list[dict[str, Any]], key: Ed25519PublicKey) -> Iterator[str]:
    """Everything that does not hold, in words."""
    digests = [bytes(32).hex()]
    for number, line in enumerate(lines, 1):
        act = json.loads(line)
        if (act["previous"], act["number"], act["collectivity"]) != (digests[-1], number, heads[0]["collectivity"]):
            yield f"act {number} does not follow the one before it"
        digests.append(sha256(line).hexdigest())
    for head in heads:
        number = head["number"]
        text = f"parvis-acts-v1\n{head['collectivity']}\n{number}\n{head['digest']}\n".encode()
        try:
            key.verify(bytes.fromhex(head["signature"]), text)
        except (InvalidSignature, ValueError):
            yield f"the head of {number} acts is not signed by the town's key"
        if number >= len(digests):
            yield f"the town had signed {number} acts, and there are {len(lines)}"
        elif digests[number] != head["digest"]:
            yield f"the first {number} acts are not those that the town had signed"


def main() -> None:
    """Print what is wrong and end with 1, or how many acts there are and end with 0."""
    parser = argparse.ArgumentParser(description="Check the acts of a town from plain files.")
    parser.add_argument("acts", type=Path)
    parser.add_argument("heads", type=Path, nargs="+", help="the signed head, and those that were kept from before")
    parser.add_argument("--key", required=True, help="the signing key, in hexadecimal")
    given = parser.parse_args()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(given.key))
    lines = given.acts.read_bytes().splitlines()
    found = list(faults(lines, [json.loads(path.read_text("utf-8")) for path in given.heads], key))
    for fault in found:
        sys.stdout.write(f"WRONG: {fault}\n")
    if found:
        sys.exit(1)
    sys.stdout.write(f"Right: {len(lines)} acts, each after the one before it.\n")


if __name__ == "__main__":
    main()
