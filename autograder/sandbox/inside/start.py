"""First code inside bubblewrap: ``python start.py CHANNEL UID``, where UID is -1 or the user to become.

Namespaces come before numpy: its threads would make the kernel refuse them.
"""

import os
import signal
import socket
import sys
from typing import Final

SANDBOX: Final = "/opt/sandbox"
PACKAGES: Final = "/opt/packages"
_INSIDE_UID: Final = 1000


def main() -> None:
    """Become unprivileged, enter namespaces of our own, and be the template there."""
    descriptor, uid = int(sys.argv[1]), int(sys.argv[2])
    sys.path[:] = [SANDBOX, *(one for one in sys.path if one != PACKAGES), PACKAGES]  # packages last, as usual
    _enter(uid)
    from inside import template  # type: ignore[import-not-found, unused-ignore]

    template.run(socket.socket(fileno=descriptor))


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
