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
_ASK_VERSION: Final = 1
# What each version of Landlock can take away besides what those before it can: rights on files, to bind and connect by
# TCP, and to reach others by abstract sockets and signals.
_RIGHTS: Final = {
    1: ((1 << 13) - 1, 0, 0),
    2: (1 << 13, 0, 0),
    3: (1 << 14, 0, 0),
    4: (0, 0b11, 0),
    5: (1 << 15, 0, 0),
    6: (0, 0, 0b11),
}
_NO_NEW_PRIVILEGES: Final = 38


def confined(memory: int, cpu_seconds: int) -> bool:
    """Shut this process out of the file system, with so many bytes and seconds; False where the kernel cannot.

    And out of the network and from signalling others, where the kernel can (Linux 6.7 and 6.12).
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # A second apart: at the first the signal says why (SIGXCPU), at the last it is the one that ends all.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    rights = (ctypes.c_uint64 * 3)(
        *(sum(taken[each] for of, taken in _RIGHTS.items() if of <= version) for each in range(3))
    )
    # A struct that is longer than the kernel's is taken where what it does not know is 0.
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rights), ctypes.c_size_t(ctypes.sizeof(rights)), 0)
    if version < 1 or ruleset < 0:
        return False
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    refused = bool(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)
    return not refused
