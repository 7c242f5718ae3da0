# SPDX-License-Identifier: EUPL-1.2
"""Typed events of Parvis for the systems that subscribe to them."""

from parvis_events.event import Event, MalformedEventError, from_kafka, from_structured

__all__ = ["Event", "MalformedEventError", "from_kafka", "from_structured"]
