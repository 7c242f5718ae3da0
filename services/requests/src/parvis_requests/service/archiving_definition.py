# SPDX-License-Identifier: EUPL-1.2
"""What a town's table of archives (*tableau de gestion*) says of the requests of a type."""

from pydantic import Field

from parvis_requests.domain.seda import ArchiveAccess, FinalAction
from parvis_requests.service.workflow_definition import Part


class ArchivingDefinition(Part):
    """What a records system is told of a closed request, beside its retention."""

    final_action: FinalAction = Field(
        default=FinalAction.KEEP,
        description="After the retention, as agreed with the archives (code du patrimoine, article R212-13). What is"
        " destroyed takes their visa all the same (R212-14).",
    )
    access: ArchiveAccess = Field(
        default=ArchiveAccess.PRIVACY,
        description="Why not everybody may read it yet (code du patrimoine, article L213-2, I): `open` for no reason,"
        " `business` for 25 years, `privacy` for 50, `medical` until 120 years after the birth.",
    )
