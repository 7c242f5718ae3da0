# SPDX-License-Identifier: EUPL-1.2
"""An OpenTelemetry collector that keeps what services export, for a test to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from parvis_bench.collector import collector


@dataclass(frozen=True)
class ExportedSpan:
    """What a span says of itself, and the id of the one that it is below."""

    service: str
    name: str
    id: bytes
    parent: bytes


@dataclass
class ExportedSpans:
    """Everything that was exported until now; ``endpoint`` is where to, as OTEL_EXPORTER_OTLP_ENDPOINT takes it."""

    endpoint: str = ""
    bodies: list[bytes] = field(default_factory=list)

    def of(self, trace_id: str) -> list[ExportedSpan]:
        """The spans of that trace."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            ExportedSpan(_service(resource.resource), span.name, span.span_id, span.parent_span_id)
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
            if span.trace_id.hex() == trace_id
        ]


@contextmanager
def exported_spans() -> Iterator[ExportedSpans]:
    """A collector on loopback."""
    spans = ExportedSpans()
    with collector(spans.bodies.append) as spans.endpoint:
        yield spans


def _service(resource: Resource) -> str:
    attributes = {found.key: found.value.string_value for found in resource.attributes}
    return str(attributes["service.name"])
