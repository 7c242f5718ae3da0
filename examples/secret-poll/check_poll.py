# SPDX-License-Identifier: EUPL-1.2
"""Check a counted poll from its plain files, without trusting the town that published them.

    python check_poll.py FOLDER [RECEIPT.json …]

FOLDER holds ``record.json``, ``commitments.txt``, ``urn.csv`` and ``acts.jsonl`` as downloaded. The only package needed
beside Python 3.11 is ``cryptography``; ``recount.py`` beside it redoes the other rules than the greedy one. Give the
signing key that was shown before the vote with ``--key HEX``, and what you kept while it was open as JSON files: roots
with ``size, root, signature``, receipts with ``commitment, signature``.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

try:
    import recount  # of the same folder: all rules but the greedy one
except ImportError:
    recount = None  # type: ignore[assignment] # it is only asked whether it is there

Record = dict[str, Any]


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: what is signed, and what the digest of the rules is made of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def tree_root(leaves: list[bytes]) -> bytes:
    """The Merkle tree head of RFC 6962 section 2.1, by its own recursive definition."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + tree_root(leaves[:half]) + tree_root(leaves[half:])).digest()


def signed(key: Ed25519PublicKey, signature: str, text: bytes) -> bool:
    """Whether that signature is the town's."""
    try:
        key.verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def faults(folder: Path, key: Ed25519PublicKey, kept: list[Record]) -> Iterator[str]:
    """Everything that does not hold, in words."""
    record: Record = json.loads((folder / "record.json").read_text("utf-8"))
    texts = {name: (folder / name).read_bytes() for name in ("commitments.txt", "urn.csv")}
    unsigned = {name: value for name, value in record.items() if name != "signature"}
    if not signed(key, record["signature"], canonical(unsigned)):
        yield "record.json is not signed by the town's key"
    for name, text in texts.items():
        if sha256(text).hexdigest() != record["files"][name]:
            yield f"{name} is not the file that the record was signed with"
    leaves = [bytes.fromhex(line) for line in texts["commitments.txt"].decode().split()]
    ballots = [line.split(";") for line in texts["urn.csv"].decode().splitlines()]
    yield from _counts(record, leaves, sum(int(ballot[0]) for ballot in ballots))
    yield from _roots(record, leaves, key, kept)
    if sha256(canonical(record["definition"])).hexdigest() != record["tie_seed"]:
        yield "the seed of the tie order is not the digest of the poll's rules"
    yield from (*_given(record, ballots), *_results(record, ballots))
    if "acts" in record:
        yield from _acts(record, (folder / "acts.jsonl").read_bytes().splitlines())


def _acts(record: Record, lines: list[bytes]) -> Iterator[str]:
    """Each line holds the digest of the one before; the record holds that of the count, which is the last."""
    before = bytes(32).hex()
    for number, line in enumerate(lines, 1):
        act = json.loads(line)
        if act["previous"] != before or act["number"] != number or act["poll"] != record["definition"]["id"]:
            yield f"act {number} does not follow the one before it"
        before = sha256(line).hexdigest()
    if before != record["acts"]:
        yield "the last act is not the one that the record was signed with"


def _counts(record: Record, leaves: list[bytes], opened: int) -> Iterator[str]:
    entitled = record["definition"].get("entitled")
    if entitled and record["roll"] > entitled["count"]:
        yield f"{record['roll']} people have voted, but the list has {entitled['count']}"
    # On paper there are no commitments; who takes a paper home is on the roll all the same.
    marked, paper = record.get("channels", {}).get("paper", 0), record.get("paper", {}).get("ballots", 0)
    if len(leaves) != record["roll"] - marked:
        yield f"{record['roll'] - marked} people have voted by sealed ballot, but there are {len(leaves)} commitments"
    if paper > marked:
        yield f"{marked} people have voted on paper, but there are {paper} papers"
    if len(set(leaves)) != len(leaves):
        yield "a commitment stands twice in the list"
    if opened + record["spoiled"] != len(leaves) + paper:
        yield f"{opened} opened and {record['spoiled']} spoiled ballots do not make {len(leaves)} and {paper} on paper"


def _roots(record: Record, leaves: list[bytes], key: Ed25519PublicKey, kept: list[Record]) -> Iterator[str]:
    poll = record["definition"]["id"]
    for root in [*record["roots"], *(item for item in kept if "root" in item)]:
        text = f"parvis-root-v1\n{poll}\n{root['size']}\n{root['root']}\n".encode()
        if not signed(key, root["signature"], text):
            yield f"the root over {root['size']} ballots is not signed by the town's key"
        if tree_root(leaves[: root["size"]]).hex() != root["root"]:
            yield f"the first {root['size']} commitments are not those of the root signed over them"
    if (record["roots"][-1]["size"] if record["roots"] else 0) != len(leaves):
        yield "the last root does not cover all the commitments"
    for receipt in (item for item in kept if "commitment" in item):
        text = f"parvis-receipt-v1\n{poll}\n{receipt['commitment']}\n".encode()
        if not signed(key, receipt["signature"], text):
            yield f"the receipt {receipt['commitment'][:8]}… is not signed by the town's key"
        elif bytes.fromhex(receipt["commitment"]) not in leaves:
            yield f"the ballot of the receipt {receipt['commitment'][:8]}… is missing"


def _given(record: Record, ballots: list[list[str]]) -> Iterator[str]:
    if len({tuple(items) for _, *items in ballots}) < len(ballots) or any(int(times) < 1 for times, *_ in ballots):
        yield "urn.csv has a ballot in two lines, or less than once"
    money = {budget["area"]: Fraction(budget["amount"]) for budget in record["definition"]["budgets"]}
    if money != {result["area"]: Fraction(result["budget"]) for result in record["results"]}:
        yield "the results do not share out the money of the poll's rules"


def _results(record: Record, ballots: list[list[str]]) -> Iterator[str]:
    options = {option["code"]: option for option in record["definition"]["options"]}
    ranked = record["definition"]["rules"]["kind"] == "ranking"
    scores: Counter[str] = Counter()
    for times, *items in ballots:
        for code, points in (item.rsplit(":", 1) for item in items):
            scores[code] += int(times) * (1 if ranked else int(points))
    instant_runoff = record["definition"]["method"]["rule"] == "instant-runoff"
    for result in record["results"]:
        for outcome in result["outcomes"]:
            code = outcome["code"]
            if outcome["score"] != scores[code] and not instant_runoff:
                yield f"{code} has {scores[code]} votes or points in the urn, but {outcome['score']} in the result"
        spent = sum(Fraction(options[o["code"]]["cost"]) for o in result["outcomes"] if o["chosen"])
        if spent != Fraction(result["spent"]):
            yield f"the projects chosen cost {spent}, not {result['spent']}"
    if record["definition"]["method"]["rule"] == "greedy":
        yield from _greedy(record, scores, options)
    elif recount is not None:
        read = {tuple((c, int(p)) for c, p in (i.rsplit(":", 1) for i in items)): int(n) for n, *items in ballots}
        for result in record["results"]:
            again = recount.chosen(record["definition"], bytes.fromhex(record["tie_seed"]), read, result["area"])
            yield from _differing(again, result)


def _greedy(record: Record, scores: Counter[str], options: dict[str, Record]) -> Iterator[str]:
    """Choose again: by descending score, ties by the published seed, as long as the money lasts."""
    seed = bytes.fromhex(record["tie_seed"])
    for result in record["results"]:
        left, chosen = Fraction(result["budget"]), set()
        codes = [code for code, option in options.items() if option["area"] == result["area"]]
        for code in sorted(codes, key=lambda c: (-scores[c], sha256(seed + b"\0" + c.encode()).digest())):
            if scores[code] and Fraction(options[code]["cost"]) <= left:
                left -= Fraction(options[code]["cost"])
                chosen.add(code)
        yield from _differing(chosen, result)


def _differing(chosen: set[str], result: Record) -> Iterator[str]:
    if chosen != {outcome["code"] for outcome in result["outcomes"] if outcome["chosen"]}:
        yield f"the ballots choose {', '.join(sorted(chosen))}, and the result others"


def main() -> None:
    """Print what is wrong and end with 1, or the result and end with 0."""
    parser = argparse.ArgumentParser(description="Check a counted poll from its plain files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("kept", type=Path, nargs="*", help="receipts and roots kept while the poll was open, as JSON")
    parser.add_argument("--key", required=True, help="the signing key that was shown before the vote, in hexadecimal")
    given = parser.parse_args()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(given.key))
    found = list(faults(given.folder, key, [json.loads(path.read_text("utf-8")) for path in given.kept]))
    for fault in found:
        sys.stdout.write(f"WRONG: {fault}\n")
    if found:
        sys.exit(1)
    record = json.loads((given.folder / "record.json").read_text("utf-8"))
    chosen = [outcome["code"] for result in record["results"] for outcome in result["outcomes"] if outcome["chosen"]]
    sys.stdout.write(f"Right: {record['cast']} ballots, {record['spoiled']} spoiled. Chosen: {', '.join(chosen)}.\n")
    if by_server := record.get("channels", {}).get("server"):
        sys.stdout.write(f"{by_server} of them sealed by the town's server, which saw the choice.\n")
    rule = record["definition"]["method"]["rule"]
    if rule != "greedy" and recount is None:
        sys.stdout.write(f"Votes are recounted; what {rule} makes of them is not: put recount.py beside this file.\n")


if __name__ == "__main__":
    main()
