# SPDX-License-Identifier: EUPL-1.2
"""Read and count a ``.pb`` file from the standard input: a program of its own, which can do nothing else.

Its arguments are the rule and, as an object of JSON, what parameters are given. It writes one object of JSON: what the
file says and its result, or its fault.
"""

import io
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from parvis_files.confined import confined
from parvis_participation.domain.archive import IMPORTED, MOST_BALLOTS, ArchiveFault
from parvis_participation.domain.counting.count import Rule, count
from parvis_participation.domain.errors import MethodError, PabulibError, ParticipationError
from parvis_participation.domain.pabulib.faults import Fault
from parvis_participation.domain.pabulib.numbers import written
from parvis_participation.domain.pabulib.published_method import PublishedMethod, published_method
from parvis_participation.domain.pabulib.reader import read_pabulib
from parvis_participation.domain.pabulib.scrutiny import Scrutiny
from parvis_participation.domain.pabulib.writer import write_pabulib
from parvis_participation.service.result_record import result_record

MEMORY: Final = 768 * 1024 * 1024
SECONDS: Final = 600
"""Of a processor; the count of 130,000 ballots on 200 projects by equal shares takes some twenty."""


def main() -> None:
    """Give up all else, then read."""
    confined(MEMORY, SECONDS)
    sys.stdout.write(said(sys.stdin.buffer.read(), Rule(sys.argv[1]), json.loads(sys.argv[2])))


def said(content: bytes, rule: Rule, given: Mapping[str, str]) -> str:
    """What is written: as :func:`told`, or that it takes more memory than there is."""
    try:
        return json.dumps(told(content, rule, given))
    except MemoryError:
        return json.dumps(_fault(0, 0, ArchiveFault.BOUNDS))


def told(content: bytes, rule: Rule, given: Mapping[str, str]) -> dict[str, Any]:
    """What the file says, and what becomes of its ballots by that rule; or under ``fault`` what is wrong with it."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _fault(content.count(b"\n", 0, error.start) + 1, 0, Fault.ENCODING)
    try:
        scrutiny = read_pabulib(io.StringIO(text), MOST_BALLOTS)
        published = published_method(scrutiny.meta, rule, given)
        published.method.check(scrutiny.rules.kind)
    except PabulibError as error:
        return _fault(error.line, error.column, error.fault, error.given)
    except MethodError:
        return _fault(0, 0, ArchiveFault.RULE, rule)
    except ParticipationError:
        return _fault(0, 0, Fault.VALUE, "min_length, max_length")  # limits that contradict one another
    return _counted(scrutiny, published, sha256(content).hexdigest())


def _counted(scrutiny: Scrutiny, published: PublishedMethod, seed: str) -> dict[str, Any]:
    method = published.method
    election, rules = scrutiny.election(), scrutiny.rules
    votes, result = election.votes(), count(election, method, seed.encode())
    chosen = set(result.chosen)
    return {
        "meta": dict(scrutiny.meta),
        "ballot": {
            "kind": rules.kind,
            "least": rules.least,
            "most": rules.most,
            "points": rules.points,
            "points_each": rules.points_each,
        },
        "method": {
            "rule": method.rule,
            "utility": method.utility,
            "completion": method.completion,
            "increment": str(method.increment),
        },
        "published_rule": scrutiny.meta.get("rule") or None,
        "assumed": published.assumed,
        "left_out": published.left_out,
        "budget": written(scrutiny.budget),
        "voters": len(scrutiny.choices),
        "projects": [
            {
                "code": listed.project.code,
                "label": listed.name,
                "cost": written(listed.project.cost),
                "votes": votes[listed.project.code],
                "published_votes": listed.votes,
                "chosen": listed.project.code in chosen,
                "published_chosen": {"1": True, "0": False}.get(listed.more.get("selected", "")),
            }
            for listed in scrutiny.listed
        ],
        "result": result_record(None, result),
        "tie_seed": seed,
        "ballots": "".join(write_pabulib(_public(scrutiny))),
    }


def _public(scrutiny: Scrutiny) -> Scrutiny:
    """Sorted by what the ballots say: others may know in which order the voters stand in the file that came."""
    meta = dict(scrutiny.meta) | {"imported": " ".join(IMPORTED.values())}
    return replace(scrutiny, meta=meta, choices=tuple(sorted(scrutiny.choices)))


def _fault(line: int, column: int, fault: Fault | ArchiveFault, given: str = "") -> dict[str, Any]:
    return {"fault": {"line": line or None, "column": column or None, "code": fault, "given": given}}


if __name__ == "__main__":
    main()
