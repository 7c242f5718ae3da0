# SPDX-License-Identifier: EUPL-1.2
"""Programs that end when the process that started them is gone, even if it was killed."""

import shutil
import signal
import threading


def leash(stop: signal.Signals = signal.SIGTERM) -> list[str]:
    """Words to put right before a program, so that it receives that signal when its parent dies.

    It is PR_SET_PDEATHSIG by util-linux' setpriv; a change of user or namespace takes it off, hence "right before".
    The kernel watches the parent's *thread*: off the main thread, which may end long before the process, there are no
    such words; nor where setpriv is missing. Then a later start has to end what a killed one left behind.
    """
    if shutil.which("setpriv") is None or threading.current_thread() is not threading.main_thread():
        return []
    return ["setpriv", "--pdeathsig", stop.name.removeprefix("SIG"), "--"]
