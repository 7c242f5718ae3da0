# SPDX-License-Identifier: EUPL-1.2
"""Settings of files that applications send behind a link of a mail."""

from pydantic import Field

from parvis_kit.settings import ServiceSettings


class SentFileSettings(ServiceSettings):
    """Part of the settings of notifications."""

    sent_files_mib_per_day: int = Field(
        default=512,
        ge=0,
        le=1_048_576,
        description="MiB of files that one key may send in a day (UTC); they lie in the database until their link ends,"
        " 26 weeks unless the application says otherwise; 0: none",
    )
