# SPDX-License-Identifier: EUPL-1.2
"""Structured logs: one JSON object a line on standard output, with the trace id of the work in hand."""

import json
import logging
import sys
from typing import Any

import structlog
from opentelemetry import trace
from pydantic_core import to_json
from structlog.typing import FilteringBoundLogger


class _Stream:
    def __init__(self, name: str) -> None:
        self.name = name

    def debug(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    info = warning = error = critical = debug


def _with_trace(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event |= {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
    return event


def _line(event: dict[str, Any], **_options: Any) -> str:
    try:
        return to_json(event, fallback=repr).decode()
    except ValueError:  # a text that is no Unicode, such as a file's name
        return json.dumps(event, default=repr)


def configure(service: str, process: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's loggers to one JSON stream.

    Ours do not pass by the standard library, whose records and handlers take three times as long as the line.
    """
    common: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_trace,
    ]
    line: list[Any] = [
        lambda _logger, _method, event: {"service": service, "process": process, **event},
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(_line),
    ]
    structlog.configure(
        processors=[*common, *line],
        logger_factory=_Stream,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *line]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # These say each request again, with query strings.
    for noisy in ("uvicorn.access", "httpx", "httpcore", "aiokafka"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> FilteringBoundLogger:
    """A logger; pass facts as keyword arguments, never personal data."""
    made: FilteringBoundLogger = structlog.get_logger(name)
    return made
