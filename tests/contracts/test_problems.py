# SPDX-License-Identifier: EUPL-1.2
"""The catalogue of problems holds each code that an answer can carry, says it as the code does, and holds no other."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from parvis_gateway.replies import REPLIES
from parvis_kit.problems import Kind

CATALOGUE: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "contracts/problems.yaml").read_text("utf-8")
)
RAISERS = [
    "parvis_files",
    "parvis_kit",
    "parvis_letters",
    "parvis_identity",
    "parvis_requests",
    "parvis_notifications",
    "parvis_participation",
]
# Statuses that only Envoy answers: told by the code of the nearest meaning, which has a status of its own.
OTHER_STATUSES = {(408, "upstream-timeout"), (431, "malformed-request"), (502, "service-unavailable")}


def kinds(package: str) -> Iterator[Kind]:
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        if module.name.endswith(("__main__", ".testing")):
            continue
        yield from (value for value in vars(importlib.import_module(module.name)).values() if isinstance(value, Kind))


KINDS = sorted({kind for package in RAISERS for kind in kinds(package)}, key=lambda kind: kind.code)


def test_a_code_has_one_meaning() -> None:
    assert [kind.code for kind in KINDS] == sorted({kind.code for kind in KINDS})
    assert {"malformed-request", "already-answered", "webhook-url-refused"} <= {kind.code for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_the_catalogue_says_what_the_code_says(kind: Kind) -> None:
    entry = CATALOGUE[kind.code]
    assert (entry["status"], entry["title"]["fr"], entry["title"]["en"]) == (
        kind.status,
        kind.title.in_language("fr"),
        kind.title.in_language("en"),
    )


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: f"{reply.status}-{reply.code}")
def test_the_catalogue_has_what_the_gateway_answers(reply: Any) -> None:
    assert CATALOGUE[reply.code]["status"] == reply.status or (reply.status, reply.code) in OTHER_STATUSES


def test_the_catalogue_has_no_code_that_nobody_answers() -> None:
    answered = {kind.code for kind in KINDS} | {reply.code for reply in REPLIES}
    assert set(CATALOGUE) - answered == set()


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_entry_is_whole_in_both_languages(code: str) -> None:
    entry = CATALOGUE[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert set(entry) == {"status", "title", "detail"}
    assert 400 <= entry["status"] <= 599
    for words in (entry["title"], entry["detail"]):
        assert set(words) == {"fr", "en"}
        assert all(text.strip() for text in words.values())
        assert words["fr"] != words["en"]
