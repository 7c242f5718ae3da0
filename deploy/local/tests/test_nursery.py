# SPDX-License-Identifier: EUPL-1.2
import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from parvis_local.errors import LocalError
from parvis_local.nursery import Nursery
from parvis_local.proc import identify
from parvis_local.running import end
from parvis_local.tasks import run_module


@pytest.fixture
async def nursery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nursery:
    monkeypatch.syspath_prepend(tmp_path)
    nursery = Nursery(preload="json")
    await nursery.open()
    return nursery


def _module(folder: Path, program: str) -> str:
    (folder / "kept.py").write_text(textwrap.dedent(program))
    return "kept"


async def test_a_child_has_its_own_arguments_environment_and_log(nursery: Nursery, tmp_path: Path) -> None:
    module = _module(tmp_path, "import os, sys; print(__name__, sys.argv[1:], dict(os.environ)); sys.exit(7)")
    child = await nursery.spawn("child", module, ("api",), tmp_path / "log", {"ONLY": "this"})
    assert await child.wait() == 7
    assert (tmp_path / "log").read_text() == "__main__ ['api'] {'ONLY': 'this'}\n"


async def test_a_child_is_told_to_stop_by_a_signal(nursery: Nursery, tmp_path: Path) -> None:
    module = _module(tmp_path, "import time; print('here', flush=True); time.sleep(60)")
    child = await nursery.spawn("child", module, (), tmp_path / "log", {})
    while not (tmp_path / "log").exists() or not (tmp_path / "log").read_text():  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await end(child, signal.SIGTERM, 5)
    assert await child.wait() == -signal.SIGTERM
    assert identify(child.pid) is None


async def test_a_task_that_fails_tells_the_end_of_its_log(nursery: Nursery, tmp_path: Path) -> None:
    module = _module(tmp_path, "raise ValueError('no such revision')")
    with pytest.raises(LocalError, match=r"migrate failed; .*log ends with:\n(.*\n)*ValueError: no such revision"):
        await run_module(nursery, "migrate", module, (), tmp_path / "log", {})


async def test_a_task_that_is_given_up_leaves_no_process(nursery: Nursery, tmp_path: Path) -> None:
    module = _module(tmp_path, "import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    task = asyncio.create_task(run_module(nursery, "seed", module, (), tmp_path / "log", {}))
    while not (tmp_path / "log").exists() or not (tmp_path / "log").read_text():  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert identify(int((tmp_path / "log").read_text())) is None


def test_children_end_when_whoever_started_them_is_killed(tmp_path: Path) -> None:
    _module(tmp_path, "import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    log = tmp_path / "log"
    (tmp_path / "starter.py").write_text(
        textwrap.dedent(f"""
        import asyncio, os, pathlib, signal
        from parvis_local.nursery import Nursery

        async def main():
            log = pathlib.Path({str(log)!r})
            await Nursery("json").spawn("child", "kept", (), log, {{}})
            while not log.exists() or not log.read_text():
                await asyncio.sleep(0.02)
            os.kill(os.getpid(), signal.SIGKILL)

        if __name__ == "__main__":
            asyncio.run(main())
    """)
    )
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, tmp_path / "starter.py"], env=env, timeout=60, check=False)
    deadline = time.monotonic() + 60
    while identify(int(log.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert identify(int(log.read_text())) is None
