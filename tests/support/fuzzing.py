# SPDX-License-Identifier: EUPL-1.2
"""The contract of a service as a source of generated cases, the same for every service."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import reject
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import InvalidSchema
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import _hypothesis as generation
from schemathesis.specs.openapi.checks import negative_data_rejection

CONTRACTS = Path(__file__).parents[2] / "contracts" / "openapi"
# 412 is the answer to an If-Match of any form that names no version (RFC 9110 section 13.1.1), 413 to too large a body,
# which is not read: what else is wrong with it is not known.
REFUSED = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428]

_FORM = "application/x-www-form-urlencoded"


def contract_of(service: str) -> BaseSchema:
    """The OpenAPI document of a service, whose operations give a test its cases."""
    config = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}})
    return schemathesis.openapi.from_path(CONTRACTS / f"{service}.v1.yaml", config=config)


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
