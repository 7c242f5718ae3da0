# SPDX-License-Identifier: EUPL-1.2
"""The use cases of people's own profiles, each with what it needs."""

from dataclasses import dataclass

from parvis_identity.service.change_profile import ChangeProfile
from parvis_identity.settings import Settings
from parvis_kit.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """What routes call."""

    change_profile: ChangeProfile


def assemble_profiles(runtime: Runtime[Settings]) -> Profiles:
    """The parts of one process."""
    database, persons, index = runtime.database, runtime.persons, runtime.blind_index
    return Profiles(change_profile=ChangeProfile(database, persons, index))
