# SPDX-License-Identifier: EUPL-1.2
"""The data of each event type, as the contracts say: what is mended must fit them."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from parvis_letters.errors import DataError, DataFault, NotMendableError, Unmendable

# Written by libs/events/generate.py from contracts/events, which are in no image.
_SCHEMAS: Final = Path(__file__).with_suffix(".json")
_MAX_FAULTS: Final = 20


def check(type_: str, data: Mapping[str, Any]) -> None:
    """Raise DataError with each fault of the data, or NotMendableError where nobody knows such a type."""
    schema = _schemas().get(type_)
    if schema is None:
        raise NotMendableError(Unmendable.NO_TYPE)
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    faults = [
        DataFault(tuple(error.instance_path), str(error.kind.name), error.message)
        for _, error in zip(range(_MAX_FAULTS), validator.iter_errors(data), strict=False)
    ]
    if faults:
        raise DataError(faults)


@cache
def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = json.loads(_SCHEMAS.read_text("utf-8"))
    return schemas
