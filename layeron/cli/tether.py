"""Run a command that ends when its supervisor ends: ``tether.py SUPERVISOR_PID COMMAND …``.

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
        if os.getppid() != int(sys.argv[1]):
            sys.exit("the supervisor has ended")  # before it could be said what follows from that
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606  # the command is the supervisor's own
