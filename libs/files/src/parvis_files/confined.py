# SPDX-License-Identifier: EUPL-1.2
"""How a process that reads what strangers made gives up all else that it could do, before it reads a byte.

By Landlock (landlock(7)), which also keeps it from looking into the process that started it, and by bounds on memory
and time. What it will import it imports before.
"""

import ctypes
import os
import resource
from typing import Final

# landlock_create_ruleset(2), landlock_restrict_self(2): numbers that are the same on each architecture.
_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
# Each right on files of Landlock's first version: execute, write, read, and what makes or removes entries.
_FILE_RIGHTS: Final = (1 << 13) - 1
_NO_NEW_PRIVILEGES: Final = 38


def confined(memory: int, cpu_seconds: int) -> bool:
    """Shut this process out of the file system, with so many bytes and seconds; False where the kernel cannot."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # A second apart: at the first the signal says why (SIGXCPU), at the last it is the one that ends all.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    rights = ctypes.c_uint64(_FILE_RIGHTS)
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rights), ctypes.c_size_t(ctypes.sizeof(rights)), 0)
    if ruleset < 0:
        return False
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    refused = bool(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)
    return not refused
