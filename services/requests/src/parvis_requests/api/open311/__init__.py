# SPDX-License-Identifier: EUPL-1.2
"""Open311 GeoReport v2 (http://wiki.open311.org/GeoReport_v2): its own formats, errors and names."""
