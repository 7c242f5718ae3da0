# SPDX-License-Identifier: EUPL-1.2
"""The contracts are what the code serves, they are valid, and a change does not break who builds on them."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from documents import read_document
from jsonschema import Draft202012Validator
from openapi_semantics import breaking, differences, operations
from openapi_spec_validator import validate
from released import released

from parvis_testing import openapi_document

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "contracts" / "openapi"
CONTRACTS = sorted(FOLDER.glob("*.v1.yaml"))
METHODS = {"get", "head", "post", "put", "patch", "delete"}
SERVICES = ["identity", "requests", "notifications", "participation"]


def served(service: str) -> dict[str, Any]:
    module = importlib.import_module(f"parvis_{service}.main")
    return openapi_document(module.documented_app())


@pytest.mark.parametrize("service", SERVICES)
def test_the_code_serves_exactly_its_contract(service: str) -> None:
    contract = operations(read_document(FOLDER / f"{service}.v1.yaml"))
    code = operations(served(service))
    assert list(differences(contract, code)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_contract_says_of_each_operation_what_the_code_says(service: str) -> None:
    contract, code = read_document(FOLDER / f"{service}.v1.yaml")["paths"], served(service)["paths"]
    # The contract may say more.
    unlike = {
        f"{method.upper()} {place}": said
        for place, item in code.items()
        for method, told in item.items()
        if method in METHODS
        and not _words(contract[place][method], "summary", "description").startswith(
            said := _words(told, "description")
        )
    }
    assert unlike == {}


def _words(operation: dict[str, Any], *members: str) -> str:
    return " ".join(" ".join(operation.get(member, "") for member in members).split())


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.stem)
def test_the_contract_is_valid_openapi(path: Path) -> None:
    validate(read_document(path))


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.stem)
def test_each_operation_says_who_may_call_it_and_what_it_answers(path: Path) -> None:
    document = read_document(path)
    for name, operation in operations(document).items():
        assert operation["class"] in {"token", "service", "public"}, name
        assert operation["operation"], name
        assert bool(operation["security"]) == (operation["class"] == "token"), name
        assert any(status[0] in "23" for status in operation["responses"]), name
        problems = {s: c for s, c in operation["responses"].items() if s[0] in "45"}
        assert problems, name
        assert all(
            set(c) & {"application/problem+json", "text/html", "application/json", "application/scim+json"}
            for c in problems.values()
        ), name


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.stem)
def test_scopes_are_described_and_named_after_their_service(path: Path) -> None:
    document = read_document(path)
    scopes: dict[str, str] = {}
    for scheme in document.get("components", {}).get("securitySchemes", {}).values():
        for flow in scheme.get("flows", {}).values():
            scopes |= flow["scopes"]
    assert all(text.strip() for text in scopes.values())
    used = {scope for op in operations(document).values() for need in op["security"] for scope in need["oauth2"]}
    assert used <= scopes.keys()


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.stem)
def test_examples_fit_their_schemas(path: Path) -> None:
    document = read_document(path)
    checked = 0
    for place, schema, example in _examples(document, document, path.stem):
        errors = [e.message for e in Draft202012Validator(_rooted(schema, document)).iter_errors(example)]
        assert errors == [], f"{place}: {errors}"
        checked += 1
    assert checked > 0 or path.stem.startswith("gateway")


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.stem)
def test_each_operation_says_what_it_does_and_shows_what_goes_in_and_out(path: Path) -> None:
    document = read_document(path)
    bare = []
    for place, item in document["paths"].items():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            name = f"{method.upper()} {place}"
            if not (operation.get("summary") or operation.get("description", "")).strip():
                bare.append(name)
            contents = {"body": operation.get("requestBody", {}), **operation["responses"]}
            bare += [
                f"{name}: {where} {kind}"
                for where, content in contents.items()
                for kind, shown in _resolved(document, content).get("content", {}).items()
                # Problems have one form, and their own catalogue.
                if "json" in kind and "problem" not in kind and not shown.keys() & {"example", "examples"}
            ]
    assert bare == []


def _resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        _, kind, name = node["$ref"].rpartition("components")[2].split("/")
        node = document["components"][kind][name]
    return node


def test_no_two_contracts_name_the_same_operation() -> None:
    seen: dict[str, str] = {}
    for path in CONTRACTS:
        for name in operations(read_document(path)):
            assert name not in seen, f"{name} in {seen[name]} and {path.stem}"
            seen[name] = path.stem


def test_the_public_operations_are_these() -> None:
    """Default deny: whoever opens a route to everybody has to say it here too."""
    public = {n for p in CONTRACTS for n, op in operations(read_document(p)).items() if op["class"] == "public"}
    listed = set((ROOT / "contracts/rules/public-operations.txt").read_text().split("\n")) - {""}
    assert public == listed


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.stem)
def test_nothing_breaks_since_the_last_release(path: Path) -> None:
    # Before the first release there is nothing to break; the checker itself is tested in test_breaking.py.
    before = released(path).get(path)
    assert before is None or list(breaking(yaml.safe_load(before), read_document(path))) == []


def _rooted(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "components": document.get("components", {})}


def _examples(document: dict[str, Any], node: Any, place: str) -> Any:
    if isinstance(node, list):
        for index, value in enumerate(node):
            yield from _examples(document, value, f"{place}/{index}")
    elif isinstance(node, dict):
        if isinstance(node.get("schema"), dict):
            if "example" in node:
                yield place, node["schema"], node["example"]
            for name, example in (node.get("examples") or {}).items():
                if isinstance(example, dict) and "value" in example:
                    yield f"{place}/{name}", node["schema"], example["value"]
        for key, value in node.items():
            if key not in {"example", "examples"}:
                yield from _examples(document, value, f"{place}/{key}")
