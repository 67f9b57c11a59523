"""First code of a template: ``python start.py CHANNEL LEVEL USER``, where USER is -1 or the user to become.

Namespaces come before numpy: its threads would make the kernel refuse them.
"""

import os
import signal
import socket
import sys
from typing import Final

_SANDBOX: Final = os.path.dirname(os.path.dirname(sys.argv[0]))  # noqa: PTH120  before pathlib is needed
_PACKAGES: Final = os.environ["PYTHONPATH"]
_INSIDE_UID: Final = 1000


def main() -> None:
    """Become unprivileged and enter namespaces of our own where the level has them, and be the template there."""
    descriptor, level, uid = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    sys.path[:] = [_SANDBOX, *(one for one in sys.path if one != _PACKAGES), _PACKAGES]  # packages last, as usual
    if level == "namespaces":
        _enter(uid)
    else:
        _stay()
    from inside import template  # type: ignore[import-not-found, unused-ignore]

    template.run(socket.socket(fileno=descriptor))


def _stay() -> None:
    """Be given what a submission's processes leave behind; the end of the channel tells when the grader is gone."""
    from inside import kernel  # type: ignore[import-not-found, unused-ignore]

    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def _enter(uid: int) -> None:
    from inside import kernel  # type: ignore[import-not-found, unused-ignore]

    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else /proc/self belongs to root, and the maps can't be written
    outside = os.getuid(), os.getgid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
    kernel.map_user(*outside, _INSIDE_UID)
    # setns() back to a pid namespace demands rights in the user namespace that owns it: so the template must
    # itself live in one that belongs to the user namespace just made, as this process's child.
    child = os.fork()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if child:
        os.closerange(3, 256)
        os.waitpid(child, 0)
        os._exit(0)


main()
