# SPDX-License-Identifier: EUPL-1.2
"""What is told of agents who read what is of somebody."""

from datetime import datetime
from uuid import UUID

from parvis_kit.messaging.events import Event
from parvis_requests.domain.appointment import Appointment
from parvis_requests.domain.request import Request
from parvis_requests.events import accessed


def data_accessed(request: Request, agent: UUID, at: datetime) -> Event:
    """An agent has read somebody's file."""
    return accessed("data-accessed", {"request_id": request.id}, request.author, request.collectivity, agent, at)


def appointment_accessed(appointment: Appointment, agent: UUID, at: datetime) -> Event:
    """An agent has learnt whose appointment it is."""
    on, person, town = {"appointment_id": appointment.id}, appointment.person, appointment.collectivity
    return accessed("appointment-accessed", on, person, town, agent, at)
