# SPDX-License-Identifier: EUPL-1.2
"""What operators do from a terminal."""
