# SPDX-License-Identifier: EUPL-1.2
"""What one play of the journey gathers on its way."""

import subprocess
from dataclasses import dataclass, field
from typing import Any, Final

from parvis_local.demo.cast import Actor, Stage

CITIZEN_MAIL: Final = "amelie.durand@example.org"


@dataclass
class Story:
    """The people of one play, and what came of their acts.

    Attributes:
        neighbour: another citizen of the same town.
        stranger: an agent of another town.
        request: the citizen's report, as the API showed it last.
        webhook: the subscription of the other system, with its secret.
        receiver: the other system's program that waits for a webhook.
        consultation: the one that was opened, as the public reads it.
    """

    stage: Stage
    citizen: Actor = field(init=False)
    neighbour: Actor = field(init=False)
    agent: Actor = field(init=False)
    stranger: Actor = field(init=False)
    system: Actor = field(init=False)
    request: dict[str, Any] = field(default_factory=dict)
    webhook: dict[str, Any] = field(default_factory=dict)
    receiver: subprocess.Popen[str] = field(init=False)
    consultation: dict[str, Any] = field(default_factory=dict)
