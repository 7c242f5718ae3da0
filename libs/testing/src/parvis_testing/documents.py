# SPDX-License-Identifier: EUPL-1.2
"""The OpenAPI document that the code of a service amounts to: what its contract is compared with."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict

from parvis_kit.problems import MEDIA_TYPE

_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


class FieldErrorBody(BaseModel):
    """One wrong member of the input."""

    model_config = ConfigDict(title="FieldError")

    pointer: str
    code: str
    detail: str


class ProblemBody(BaseModel):
    """RFC 9457 problem details with the extensions of Parvis."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    instance: str
    code: str
    trace_id: str
    detail: str | None = None
    errors: list[FieldErrorBody] | None = None


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The document of an application made by :func:`parvis_kit.web.app.create_app`."""
    made = get_openapi(title=app.title, version=app.version, routes=app.routes)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas.update(problem.pop("$defs"), Problem=problem)
    if app.state.scopes:
        components["securitySchemes"] = {"oauth2": _oauth2(dict(app.state.scopes))}
    for path in made["paths"].values():
        for operation in path.values():
            for status, response in operation.get("responses", {}).items():
                if status == "422" and "application/json" in response.get("content", {}):
                    response |= {"description": "Problem (RFC 9457)", "content": _PROBLEM}
                elif MEDIA_TYPE in response.get("content", {}):
                    response["content"] = _PROBLEM
    return made


def _oauth2(scopes: dict[str, str]) -> dict[str, Any]:
    urls = {"authorizationUrl": "/oauth2/authorize", "tokenUrl": "/oauth2/token"}
    return {
        "type": "oauth2",
        "flows": {
            "authorizationCode": urls | {"scopes": scopes},
            "clientCredentials": {"tokenUrl": urls["tokenUrl"], "scopes": scopes},
        },
    }
