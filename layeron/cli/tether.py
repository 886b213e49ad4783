"""Run a command that ends when the process that started it ends: ``tether.py COMMAND …``.

Where the kernel offers it (Linux), a supervisor that is killed leaves no orphan behind.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  # the command is the supervisor's own
