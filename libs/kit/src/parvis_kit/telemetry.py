# SPDX-License-Identifier: EUPL-1.2
"""Traces (W3C trace context, OpenTelemetry) from the gateway to the last effect of an event."""

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()


def configure(service: str, process: str, otlp_endpoint: str = "") -> None:
    """Install the tracer; spans go to the OTLP collector where one is named, else only their ids are used."""
    resource = Resource.create({"service.name": f"parvis-{service}", "service.instance.id": process})
    provider = TracerProvider(resource=resource)
    if otlp_endpoint:
        # Imported here: the exporter costs a third of a second at start, and most small towns have no collector.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{otlp_endpoint}/v1/traces")))
    trace.set_tracer_provider(provider)


def context_of(traceparent: str | None) -> Context | None:
    """The context that a ``traceparent`` names, or None."""
    return _PROPAGATOR.extract({"traceparent": traceparent}) if traceparent else None


def current_traceparent() -> str | None:
    """The ``traceparent`` of the span in hand (W3C Trace Context), for an event or a call; None outside of any."""
    found = trace.get_current_span().get_span_context()
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}" if found.is_valid else None


def current_trace_id() -> str:
    """32 hexadecimal digits; zeros outside of any span."""
    return f"{trace.get_current_span().get_span_context().trace_id:032x}"
