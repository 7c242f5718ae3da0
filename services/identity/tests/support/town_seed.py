# SPDX-License-Identifier: EUPL-1.2
"""The demo town's own seed, so that the tests run on what newcomers see."""

from functools import cache
from pathlib import Path

import pytest
from identity_town import SYSTEM_SECRET

from parvis_identity.service import seed

DEMO = Path(__file__).parents[4] / "deploy/local/src/parvis_local/demo/identity.yaml"
VARIABLES = {
    "PARVIS_PUBLIC_URL": "http://localhost:8080",
    "PARVIS_DEMO_ROADWORKS_SECRET": SYSTEM_SECRET,
    "PARVIS_LUTECE_ROADWORKS_SECRET": "l" * 40,
    "PARVIS_NOTIFICATIONS_MACHINE_CLIENT_SECRET": "n" * 40,
    "PARVIS_REQUESTS_MACHINE_CLIENT_SECRET": "r" * 40,
    "PARVIS_PARTICIPATION_MACHINE_CLIENT_SECRET": "p" * 40,
    "PARVIS_IDENTITY_MACHINE_CLIENT_SECRET": "i" * 40,
}


@cache
def demo_seed() -> seed.Seed:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in VARIABLES.items():
            patch.setenv(name, value)
        return seed.read(DEMO)
