# SPDX-License-Identifier: EUPL-1.2
"""A file is counted as whoever sends it says, else as it says itself; what neither says is assumed, and told."""

from fractions import Fraction
from typing import Any

import pytest
from archive_town import PUBLIC, counted, published, results, send
from elections import SHARED
from participation_town import Town

from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.pabulib.reader import read_pabulib

ASSUMED = {"utility": "cost", "left_out": []}


def by(rule: str, *lines: str) -> str:
    """The file, whose rule is that."""
    return SHARED.replace("budget;120", "\n".join(("budget;120", f"rule;{rule}", *lines)))


@pytest.mark.parametrize(
    ("rule", "given", "method"),
    [
        ("unknown", {}, {"completion": "greedy", "increment": None, "assumed": ["utility", "completion"]}),
        ("equalshares", {}, {"completion": "none", "increment": None, "assumed": ["utility"]}),
        ("equalshares/add1", {}, {"completion": "increment-only", "increment": "1", "assumed": ["utility"]}),
        (
            "equalshares-comparison", {},
            {"completion": "none", "increment": None, "assumed": ["utility"], "left_out": ["comparison"]},
        ),
        (
            "equalshares/add1-comparison", {"increment": "60"},
            {"completion": "increment-only", "increment": "60", "assumed": ["utility"], "left_out": ["comparison"]},
        ),
        (
            "equalshares/add1", {"utility": "points", "completion": "none"},
            {"utility": "points", "completion": "none", "increment": None, "assumed": []},
        ),
        (
            "equalshares/own", {"completion": "increment"},
            {"completion": "increment", "increment": "1", "assumed": ["utility", "increment"]},
        ),
    ],
)  # fmt: skip
async def test_equal_shares_are_counted_as_given_or_as_the_file_says(
    town: Town, rule: str, given: dict[str, str], method: dict[str, Any]
) -> None:
    archive = await published(town, town.service.agent(), by(rule), rule="equal-shares", **given)
    assert archive["method"] == ASSUMED | {"published_rule": rule} | method
    told = await results(town, archive)
    count_of = Method(
        Rule.EQUAL_SHARES,
        Utility(archive["method"]["utility"]),
        Completion(method["completion"]),
        Fraction(method["increment"] or "1"),
    )
    alone = count(read_pabulib(by(rule).splitlines()).election(), count_of, archive["file_sha256"].encode())
    assert {each["code"] for each in told["projects"] if each["chosen"]} == set(alone.chosen)
    record = (await town.client.get(f"{PUBLIC}/{archive['id']}/files/record.json")).json()
    assert record["definition"]["method"]["completion"] == method["completion"]
    assert record["imported"]["assumed"] == method["assumed"]


async def test_a_rule_without_parameters_has_none_assumed_and_a_threshold_of_the_file_is_told(town: Town) -> None:
    agent = town.service.agent()
    archive = await counted(town, agent, by("greedy-threshold", "min_project_score_threshold;10"))
    none = dict.fromkeys(("utility", "completion", "increment"))
    assert archive["method"] == none | {
        "published_rule": "greedy-threshold", "assumed": [], "left_out": ["threshold"],
    }  # fmt: skip
    plain = await counted(town, agent, SHARED.replace("Where", "Here"))
    assert plain["method"] == none | {"published_rule": None, "assumed": [], "left_out": []}


@pytest.mark.parametrize(
    "asked",
    [
        {"completion": "none"},
        {"rule": "equal-shares", "increment": "0"},
        {"rule": "equal-shares", "increment": "-1"},
        {"rule": "equal-shares", "utility": "much"},
    ],
)
async def test_parameters_that_the_rule_does_not_have_are_refused(town: Town, asked: dict[str, str]) -> None:
    assert (await send(town, town.service.agent(), SHARED, **asked)).status_code == 422
    assert await town.count("budget_archive") == 0
