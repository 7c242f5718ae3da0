# SPDX-License-Identifier: EUPL-1.2
"""Settings of the participation service, on top of those that every service has."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from parvis_kit.settings import ServiceSettings

MIGRATIONS = Path(__file__).parents[2] / "migrations"
CLIENT_ID = "parvis-participation"


class Settings(ServiceSettings):
    """Read from ``PARVIS_PARTICIPATION_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="PARVIS_PARTICIPATION_", extra="ignore", frozen=True)

    timer_seconds: float = Field(
        default=1, gt=0, le=60, description="How often the worker looks for consultations that open or close"
    )
    roots_seconds: float = Field(
        default=60, gt=0, le=3_600, description="How often the worker signs what the urns of open polls hold"
    )
    recount_seconds: float = Field(
        default=30,
        gt=0,
        le=60,
        description="How often the worker counts what lists by supports, comments and signatures are ordered by, where"
        " it has changed",
    )
    count_seconds: int = Field(
        default=900,
        ge=60,
        le=86_400,
        description="How many seconds, of a processor and by the clock, the count of a budget voted on by name may"
        " take; what takes longer rests and is tried again: more where the log says `budget_not_counted` for `time`",
    )
    telling_seconds: float = Field(
        default=60,
        gt=0,
        le=3_600,
        description="How often the worker looks for people who are to be told one by one, as of answers to a comment",
    )
    discussion_wait_minutes: int = Field(
        default=10,
        ge=0,
        le=1_440,
        description="How many minutes after a comment those whom it concerns are told of it: until then it may be taken"
        " back, and what others write is told with it",
    )
    discussion_rest_hours: int = Field(
        default=6,
        ge=1,
        le=168,
        description="For how many hours nobody is told of a discussion again; what is written meanwhile is told"
        " together then",
    )
    closing_reminder_hours: int = Field(
        default=72,
        ge=0,
        le=720,
        description="So long before something ends in a process, such as a vote, those who follow the process are"
        " reminded of it; 0: never",
    )
    smallest_number: int = Field(
        default=5,
        ge=2,
        le=100,
        description="The least number of people that the figures of a survey tell of; fewer are kept back",
    )
    petition_retention_days: int = Field(
        default=365,
        ge=30,
        le=3_650,
        description="For how many days after a petition is refused its words are kept, and after it is over who signed"
        " it; the number of signatures stays",
    )
    answer_retention_days: int = Field(
        default=186,
        ge=62,
        le=3_650,
        description="For how many days after a consultation closes it is kept who answered what, where it says nothing"
        " else; the counts stay. Three times two months: within two its result is contested before the court, later"
        " where the town was asked to reconsider it first, and has two months to answer",
    )
    poll_roll_retention_days: int = Field(
        default=186,
        ge=62,
        le=3_650,
        description="For how many days after a secret poll is counted or called off its roll, of those who voted, is"
        " kept, where it says nothing else; urn, proofs and numbers stay. As for consultations",
    )
    budget_vote_retention_days: int = Field(
        default=365,
        ge=62,
        le=3_650,
        description="For how many days after the count of a participatory budget it is kept who voted how, where it"
        " says nothing else; ballots without voters and the result stay. Until the council has voted the money, and"
        " that vote is contested no more",
    )
    support_retention_days: int = Field(
        default=186,
        ge=62,
        le=3_650,
        description="For how many days after a proposal is withdrawn, removed or settled, or its process is over, it is"
        " kept who supports it; their number stays",
    )
    unused_list_retention_days: int = Field(
        default=30,
        ge=1,
        le=3_650,
        description="For how many days after the planned close of a poll that was never published the list of those who"
        " could have voted in it is kept",
    )
    content_notices_per_hour: int = Field(
        default=60,
        ge=1,
        le=100_000,
        description="How many reports of one collectivity may come without an account within an hour; the gateway"
        " bounds how often an address tries",
    )
    content_notice_url: str = Field(
        default="{public_url}/v1/content-notices/mine",
        description="Where mails about a report without an account send its reader, who shows their tracking code"
        " there: a page of the town's portal; {public_url} stands for its value",
    )
    content_notice_retention_days: int = Field(
        default=365,
        ge=184,
        le=3_650,
        description="For how many days after the decision on a report without an account it is kept whose it was; at"
        " least the six months within which the decision can be contested",
    )
    member_retention_days: int = Field(
        default=365,
        ge=1,
        le=3_650,
        description="For how many days after a mandate in an assembly its holder's name is kept, and that of somebody"
        " who volunteered after they did",
    )
    process_roll_retention_days: int = Field(
        default=60,
        ge=1,
        le=3_650,
        description="For how many days after a process its frozen roll is kept, and in any case until its secret polls"
        " are counted or called off; its number and digest stay",
    )
    meeting_retention_days: int = Field(
        default=60,
        ge=1,
        le=3_650,
        description="For how many days after a public meeting it is kept who registered for it; the numbers stay",
    )
    meeting_confirmation_minutes: int = Field(
        default=120,
        ge=5,
        le=2_880,
        description="For how many minutes a place at a public meeting is held for somebody without an account until"
        " they confirm their address; then it is given back",
    )
    meeting_guests_per_hour: int = Field(
        default=200,
        ge=1,
        le=100_000,
        description="How many may register for meetings of one collectivity without an account within an hour: each is"
        " sent a mail; the gateway bounds how often an address tries",
    )
    meeting_reminder_hours: int = Field(
        default=24,
        ge=0,
        le=336,
        description="How many hours before a public meeting who has a place is reminded of it; 0: not at all",
    )
    clamd: str = Field(
        default="",
        pattern=r"^([^\s:]+:\d{1,5})?$",
        description="`host:port` of a clamd that sees each file of a survey and each photo of a proposal before it is"
        " kept; empty: none does",
    )
    survey_files_mib: int = Field(
        default=1_024,
        ge=1,
        le=102_400,
        description="How many MiB all answered files of one survey have at most; those sent and not answered with yet"
        " have a quarter of it beside, for a day",
    )
    proposal_draft_days: int = Field(
        default=365,
        ge=30,
        le=3_650,
        description="How many days a draft of a proposal is kept that nobody changes",
    )
    proposal_photos_mib: int = Field(
        default=10_240,
        ge=1,
        le=1_048_576,
        description="How many MiB all photos of the proposals of one collectivity have at most",
    )
    uploads_memory_mib: int = Field(
        default=128, ge=10, le=65_536, description="Memory for files that are coming in at once, in MiB"
    )
    upload_seconds: float = Field(
        default=30, gt=0, le=600, description="Seconds within which the body of a file has to have come in"
    )
    link_answers_per_hour: int = Field(
        default=1_000,
        ge=1,
        le=100_000,
        description="How many may answer one survey without an account, by its link, within an hour; the gateway bounds"
        " how often an address tries",
    )
    survey_retention_days: int = Field(
        default=365,
        ge=1,
        le=3_650,
        description="For how many days after a survey who answered it, and what they wrote, is kept; its figures stay",
    )
    conversation_minutes: int = Field(
        default=10,
        ge=1,
        le=1_440,
        description="How many minutes lie between two computations of what an open conversation adds up to",
    )
    conversation_retention_days: int = Field(
        default=365,
        ge=1,
        le=3_650,
        description="For how many days after a conversation it is kept who said what in it; its figures stay",
    )
