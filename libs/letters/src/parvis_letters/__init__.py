# SPDX-License-Identifier: EUPL-1.2
"""What a consumer can never handle: kept, looked at, mended, sent again or discarded."""
