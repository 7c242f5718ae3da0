# SPDX-License-Identifier: EUPL-1.2
"""``python bench/run.py [name ...]``: measure, print, and note in ``bench/results/latest.json``."""

import os
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent
# The benchmarks start a service as the tests do; the processes that they start find the same modules.
_ROOT = BENCH.parent
_SUPPORT = [_ROOT / "tests", *(_ROOT / "services" / name / "tests" for name in ("requests", "identity"))]
PATHS = [str(BENCH), *(str(tests / "support") for tests in _SUPPORT)]

if __name__ == "__main__":
    sys.path[:0] = PATHS
    os.environ["PYTHONPATH"] = os.pathsep.join([*PATHS, *filter(None, [os.environ.get("PYTHONPATH")])])
    from parvis_bench.command import main

    sys.exit(main(sys.argv[1:]))
