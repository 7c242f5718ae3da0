# SPDX-License-Identifier: EUPL-1.2
"""How many votes a town takes a second, each exactly once, and how long the count of a large city lasts."""

import os
import random
import re
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from running_service import jwks_server

from parvis_bench.bare_service import bare_service
from parvis_bench.counting import secret_count
from parvis_bench.gateway import gateway, wait_for_keys
from parvis_bench.load import run_load
from parvis_bench.pacing import run_paced
from parvis_bench.programs import pgbench
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.rounds import medians
from parvis_bench.voting import VotingTown, voting_town
from parvis_gateway.settings import Address
from parvis_participation.db import urn
from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.counting.election import Choice, Election, Project

_NAME: Final = "participation.votes"
_ROUNDS: Final = 5
_SECONDS: Final = 4
# More than can be taken within one turn: each votes once in each poll.
_PEOPLE: Final = 8_000
_RATE: Final = 300
_PACED: Final = 3_000
_BALLOTS, _PROJECTS = 130_000, 200
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_KEY: Final = "decode(lpad(to_hex(:{0}a::bigint), 32, '0') || lpad(to_hex(:{0}b::bigint), 32, '0'), 'hex')"


def measure(folder: Path) -> Sequence[Figure]:
    """The statements of a vote alone, all but these, the API, that behind the gateway, and that at a steady rate."""
    with ExitStack() as stack:
        town = stack.enter_context(voting_town(folder, _PEOPLE))
        keys = stack.enter_context(jwks_server(town.service.issuer))
        behind = {"participation": _address(town.service.url), "identity": _address(keys.removesuffix("/jwks.json"))}
        edge = stack.enter_context(gateway(folder, behind))
        first = town.poll()
        wait_for_keys(edge, *town.ballots(first, 1)[0])
        _, _, bare = stack.enter_context(bare_service(keys))

        def http(address: str) -> float:
            return run_load(address, town.ballots(town.poll(), _PEOPLE), seconds=_SECONDS).rate

        found = medians(
            _ROUNDS,
            {
                "pgbench": lambda: _statements(town, folder, town.poll()),
                "bare": lambda: http(bare),
                "http": lambda: http(town.service.url.removeprefix("http://")),
                "gateway": lambda: http(edge.address),
            },
        )
        rate, p95 = run_paced(edge.address, town.ballots(town.poll(), _PACED), rate=_RATE)
        print(f"  at {rate:.0f}/s p95 {p95:.1f} ms", flush=True)
    seconds = {rule: _counted(rule) for rule in (Rule.GREEDY, Rule.EQUAL_SHARES)}
    opened, clear = secret_count(_BALLOTS)
    return [
        Figure(f"{_NAME}.bare", found["bare"], "1/s", found["pgbench"]),
        Figure(f"{_NAME}.http", found["http"], "1/s", found["bare"]),
        Figure(f"{_NAME}.gateway", found["gateway"], "1/s", found["pgbench"]),
        Figure(f"{_NAME}.p95", p95, "ms", 1_000 / found["gateway"]),
        Figure(f"{_NAME}.count", seconds[Rule.EQUAL_SHARES], "s", seconds[Rule.GREEDY]),
        Figure(f"{_NAME}.secret_count", opened, "s", clear),
    ]


def _statements(town: VotingTown, folder: Path, poll: UUID) -> float:
    """Votes a second by pgbench: the read of the poll, and the statement that signs the roll and fills the urn."""
    values = {
        "$1": f"'{poll}'::uuid",
        "$2": _KEY.format("k"),
        "$3": "gen_random_uuid()",
        "$4": _KEY.format("c"),
        "$5": f"'\\x{'00' * 400}'::bytea",
        "$6": "now()",
        "$7": _KEY.format("a"),
        "$8": "'online'",
    }
    cast = re.sub(r"\$[1-8]", lambda found: values[found[0]], urn.CAST).replace("\n", " ")
    drawn = [f"\\set {name}{half} random(0, {2**62})" for name in "kca" for half in "ab"]
    script = folder / "vote.sql"
    read = f"SELECT * FROM poll WHERE id = '{poll}' AND collectivity = 'paris' AND published_at IS NOT NULL;"
    script.write_text("\n".join([*drawn, read, f"{cast};"]) + "\n", encoding="utf-8")
    url = urlsplit(town.server.url(town.database))
    command = [pgbench(), "--no-vacuum", "--protocol=prepared", "--client=16", "--jobs=2", f"--time={_SECONDS}"]
    own = {"PGHOST": url.hostname, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password or ""}
    ran = subprocess.run(  # noqa: S603 - a program of PostgreSQL
        [*command, f"--file={script}"],
        env={**os.environ, **{name: str(value) for name, value in own.items()}, "PGDATABASE": town.database},
        capture_output=True,
        text=True,
        timeout=_SECONDS + 60,
        check=False,
    )
    told = _TPS.search(ran.stdout)
    if ran.returncode != 0 or told is None:
        raise RuntimeError(f"pgbench failed:\n{ran.stderr}")
    return float(told[1])


def _counted(rule: Rule) -> float:
    """Seconds that the count of a large city takes: each ballot names one to five of 200 projects."""
    drawn = random.Random(1)  # noqa: S311 - the same city at each run
    projects = tuple(Project(str(n), Fraction(drawn.randint(5, 200) * 1_000)) for n in range(_PROJECTS))
    ballots: dict[Choice, int] = {}
    for _ in range(_BALLOTS):
        names = sorted(drawn.sample(range(_PROJECTS), drawn.randint(1, 5)))
        choice = tuple((str(n), 1) for n in names)
        ballots[choice] = ballots.get(choice, 0) + 1
    begun = time.perf_counter()
    count(Election(projects, Fraction(5_000_000), ballots), Method(rule), b"seed")
    return time.perf_counter() - begun


def _address(url: str) -> Address:
    return Address.parse(url.removeprefix("http://"))


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={
        f"{_NAME}.bare": None,
        f"{_NAME}.http": Target("ratio", "at least", 0.5),
        f"{_NAME}.gateway": Target("value", "at least", 300),
        f"{_NAME}.p95": Target("value", "at most", 250),
        f"{_NAME}.count": Target("value", "at most", 60),
        f"{_NAME}.secret_count": Target("value", "at most", 180),
    },
    measure=measure,
)
