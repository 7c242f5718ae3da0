# SPDX-License-Identifier: EUPL-1.2
"""The contract of a service as a source of generated cases, the same for every service.

The same cases at each run, wherever it is run, and of the largest bodies fewer drawn by chance; with ``FUZZ_SEED``
others, as many of each, and with ``FUZZ_EXAMPLES`` more of them (``make fuzz``).
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, Final

import schemathesis
from documents import read_document
from fastapi import FastAPI
from hypothesis import HealthCheck, reject, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants, constants_from_module
from schemathesis import Case
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import derive_operation_seed
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.generation.overrides import Override
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi import _hypothesis as generation
from schemathesis.specs.openapi.checks import negative_data_rejection
from schemathesis.transport.requests import ManagedCookiesSession

CONTRACTS = Path(__file__).parents[2] / "contracts" / "openapi"
# 412 is the answer to an If-Match of any form that names no version (RFC 9110 section 13.1.1), 413 to too large a body,
# which is not read: what else is wrong with it is not known.
REFUSED = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428]

Callers = Mapping[str, Mapping[str, str]]
"""The headers of each caller by its name; who may most comes first."""

_FORM = "application/x-www-form-urlencoded"
_METHODS: Final = {"get", "head", "post", "put", "patch", "delete"}
_SEED: Final = int(os.environ.get("FUZZ_SEED", "0"))
_EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "25"))
_HUNTING: Final = "FUZZ_SEED" in os.environ
# What is covered by this many cases is a large body: to draw one more takes half a second, and shows least beside them.
_LARGE: Final = 1_000
_EXAMPLES_OF_LARGE: Final = 8
# The first few say what is wrong with an operation.
_MOST_FAILURES: Final = 5


def operations_of(service: str) -> list[str]:
    """The operations of a service's contract, such as ``GET /v1/me``."""
    return _labels(read_document(CONTRACTS / f"{service}.v1.yaml")["paths"])


@cache
def contract_of(service: str) -> BaseSchema:
    """The OpenAPI document of a service, whose operations give a test its cases."""
    return schema_of(read_document(CONTRACTS / f"{service}.v1.yaml"))


def schema_of(document: dict[str, Any]) -> BaseSchema:
    """This OpenAPI document as a source of cases."""
    config = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}})
    return schemathesis.openapi.from_dict(document, config=config)


def fuzz(
    service: str,
    schema: BaseSchema,
    label: str,
    url: str,
    callers: Callers,
    excluded: Callable[[Case[Any]], list[Any]],
) -> None:
    """Send an operation what its schema allows and forbids, and judge each answer by the schema.

    What covers the schema value by value is sent by the first caller, and by the next where that one is forbidden it;
    each example of the contract, and what is drawn by chance, by every one. The cases are made here, not when tests
    are collected: each process would make them all.

    :raises BaseExceptionGroup: for answers that the contract does not declare, and for server errors
    """
    operation = schema.find_operation_by_label(label)
    assert operation is not None
    load_all_checks()
    with ManagedCookiesSession() as session, _constants_of(service):
        # The variables of the environment would be read for each case.
        session.trust_env = False

        def judge(case: Case[Any], caller: str) -> int:
            try:
                answer = case.call_and_validate(
                    base_url=url, session=session, headers=dict(callers[caller]), excluded_checks=excluded(case)
                )
            except FailureGroup as failure:
                failure.add_note(f"as {caller}")
                raise
            return answer.status_code

        covering = _cover(operation, judge, list(callers))
        examples = _EXAMPLES if _HUNTING or covering < _LARGE else _EXAMPLES_OF_LARGE
        _draw(operation, judge, list(callers), examples)


def fuzz_internal(
    service: str,
    app: FastAPI,
    url: str,
    callers: Callers,
    excluded: Callable[[Case[Any]], list[Any]],
) -> None:
    """The same for what other services may ask on the internal port, by the document that the app makes of itself.

    :raises BaseExceptionGroup: as :func:`fuzz` does, of all operations
    """
    document = app.openapi()
    paths = {path: item for path, item in document["paths"].items() if path.startswith("/internal/")}
    schema = schema_of({**document, "paths": paths})
    failures = []
    for label in _labels(paths):
        try:
            fuzz(service, schema, label, url, callers, excluded)
        except BaseExceptionGroup as failure:
            failures.append(failure)
    if failures:
        raise BaseExceptionGroup("on the internal port", failures)


def _labels(paths: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [f"{method.upper()} {path}" for path, item in paths.items() for method in item if method in _METHODS]


def _cover(operation: APIOperation[Any, Any, Any, Any], judge: Callable[[Case[Any], str], int], by: list[str]) -> int:
    """Gives how many cases cover it."""
    generation_config = operation.schema.config.generation_for(
        operation=operation, phase=HypothesisTestMode.COVERAGE.value
    )
    cases = CoverageGenerator(
        operation=operation,
        generation_modes=generation_config.modes,
        generation_config=generation_config,
        auth_storage=None,
        override=Override(),
        feedback=NO_FEEDBACK,
    )
    failures: dict[str, FailureGroup] = {}
    number = 0
    for number, case in enumerate(cases, start=1):  # noqa: B007 - how many there were is the answer
        for caller in by:
            try:
                if judge(case, caller) != HTTPStatus.FORBIDDEN and not _HUNTING:
                    break
            except FailureGroup as failure:
                failures.setdefault(str([one.title for one in failure.exceptions]), failure)
        if len(failures) == _MOST_FAILURES:
            break
    if failures:
        raise BaseExceptionGroup(operation.label, list(failures.values()))
    return number


def _draw(
    operation: APIOperation[Any, Any, Any, Any],
    judge: Callable[[Case[Any], str], int],
    by: list[str],
    examples: int,
) -> None:
    @settings(
        max_examples=examples,
        derandomize=False,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def sent(case: Case[Any]) -> None:
        for caller in by:
            judge(case, caller)

    config = HypothesisTestConfig(
        project=operation.schema.config,
        modes=[HypothesisTestMode.EXAMPLES, HypothesisTestMode.FUZZING],
        seed=derive_operation_seed(_SEED, operation.label),
    )
    create_test(operation=operation, test_func=sent, config=config)()


@contextmanager
def _constants_of(service: str) -> Iterator[None]:
    """Have values drawn from the constants of the service's own code and the kit's, all of it and nothing else.

    Hypothesis takes those of whatever modules of ours a process has loaded, so that what it draws depends on which
    tests ran there before.
    """
    before = vars(providers)["_get_local_constants"]
    constants = _constants(service)
    vars(providers)["_get_local_constants"] = lambda: constants
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        vars(providers)["_get_local_constants"] = before
        providers.CONSTANTS_CACHE.cache.clear()


@cache
def _constants(service: str) -> Constants:
    found = Constants()
    for package in (f"parvis_{service}", "parvis_kit"):
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                found |= constants_from_module(import_module(module.name))
    # Sorted, as those are which this stands for: one of them is drawn by its place.
    ordered, by_bits = (vars(providers)[name] for name in ("SortedSet", "float_to_int"))
    return Constants(
        integers=ordered(found.integers),
        floats=ordered(found.floats, key=by_bits),
        bytes=ordered(found.bytes),
        strings=ordered(found.strings),
    )


def unjudged(case: Case[Any]) -> list[Any]:
    """The checks that this case cannot fail: broken as it is in the schema's terms, it may be right on the wire.

    One value in place of a query parameter's list is written as the list of that value: ``area=false`` is an area. In a
    form, a member without a value counts as left out (RFC 6749 section 3.1): ``resource=`` is no resource.
    """
    lists = {
        parameter["name"]
        for parameter in case.operation.definition.raw.get("parameters", ())
        if parameter.get("in") == "query" and _takes_a_list(parameter.get("schema", {}))
    }
    alone = any(name in lists and not isinstance(value, list) for name, value in (case.query or {}).items())
    form = case.body if isinstance(case.body, dict) and case.media_type == _FORM else {}
    empty = any(isinstance(value, list) and not any(value) for value in form.values())
    return [negative_data_rejection] if alone or empty else []


def _takes_a_list(schema: dict[str, Any]) -> bool:
    return any(one.get("type") == "array" for one in (schema, *schema.get("anyOf", ())))


def or_another(draw_case: Callable[..., Any]) -> Callable[..., Any]:
    """Draw anew where the generator breaks a schema in a way whose values it cannot make.

    Of a deeply nested schema it now and then asks itself for an array of which it then says that it cannot be had;
    that says nothing of the service, and another case is as good.
    """

    def draw_or_reject(*arguments: Any) -> Any:
        try:
            return draw_case(*arguments)
        except InvalidSchema as error:
            if "Cannot generate" in str(error):
                reject()
            raise

    return draw_or_reject


# The generator offers no hook around its drawing.
vars(generation)["_draw"] = or_another(vars(generation)["_draw"])
