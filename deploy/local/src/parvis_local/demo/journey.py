# SPDX-License-Identifier: EUPL-1.2
"""The journey of a report through the whole of Parvis; a step that does not go as it must raises."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from parvis_local.demo.cast import Stage, stage
from parvis_local.demo.steps.catalogue import read_catalogue
from parvis_local.demo.steps.consultation import answer_consultation
from parvis_local.demo.steps.conversation import say_what_one_thinks
from parvis_local.demo.steps.events import receive_events, subscribe
from parvis_local.demo.steps.handling import handle
from parvis_local.demo.steps.messages import read_messages
from parvis_local.demo.steps.paying import pay
from parvis_local.demo.steps.report import report, report_wrongly
from parvis_local.demo.steps.signing_in import sign_everybody_in
from parvis_local.demo.story import Story


@dataclass(frozen=True)
class Step:
    """One step: its title and what it does, told line by line."""

    title: str
    play: Callable[[Story], Iterator[str]]


__all__ = ["JOURNEY", "Step", "play", "stage"]

JOURNEY: Final = (
    Step("A citizen signs in through FranceConnect, agents through ProConnect", sign_everybody_in),
    Step("The citizen reads what the town can be asked", read_catalogue),
    Step("Another municipal system subscribes to resolved requests", subscribe),
    Step("Wrong reports are refused, each with its problem, and leave nothing", report_wrongly),
    Step("The citizen reports something, with a photo and a position", report),
    Step("An agent handles it; the citizen follows", handle),
    Step("Each step was told once, by mail and in the inbox, though the worker was killed", read_messages),
    Step("The other system got the event: by webhook, and from Kafka", receive_events),
    Step("The citizen pays for a stall at PayFiP, once it is accepted; then it is confirmed", pay),
    Step("The citizen answers a consultation, once", answer_consultation),
    Step("The citizen sees which groups say alike in a conversation, and takes part", say_what_one_thinks),
)


def play(stage: Stage, say: Callable[[str], None]) -> None:
    """Play the whole journey.

    Raises:
        LocalError: something did not go as it must.
    """
    story = Story(stage)
    for number, step in enumerate(JOURNEY, 1):
        say(f"\n{number}. {step.title}")
        for line in step.play(story):
            say(f"   {line}")
    say("\nThe journey is complete.")
