"""The kernel's calls that Python has no name for, by ctypes on the C library."""

import contextlib
import ctypes
import os
import struct

_libc = ctypes.CDLL(None, use_errno=True)

# linux/sched.h
CLONE_NEWNS = 0x0002_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000

# sys/mount.h
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_RDONLY = 1
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x4_0000

# linux/prctl.h
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4

_CAPABILITY_VERSION_3 = 0x2008_0522
_LAST_CAPABILITY = 63


def _checked(result: int, call: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def _prctl(option: int, argument: int = 0) -> int:
    arguments = (ctypes.c_ulong(one) for one in (argument, 0, 0, 0))
    return int(_libc.prctl(ctypes.c_int(option), *arguments))


def unshare(flags: int) -> None:
    """Leave the given namespaces for new ones."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def enter_pid_namespace(pidfd: int) -> None:
    """Let further children be born in the pid namespace of a process."""
    _checked(_libc.setns(ctypes.c_int(pidfd), ctypes.c_int(CLONE_NEWPID)), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system."""
    words = (None if one is None else one.encode() for one in (source, target, kind))
    _checked(_libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}")


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends."""
    _checked(_prctl(_PR_SET_PDEATHSIG, 9), "prctl")


def set_dumpable(dumpable: bool) -> None:
    """Open or close this process's /proc entries and memory to others of its user."""
    _checked(_prctl(_PR_SET_DUMPABLE, int(dumpable)), "prctl")


def drop_capabilities() -> None:
    """Give up all capabilities, for good and for every program that is started from here."""
    for capability in range(_LAST_CAPABILITY + 1):
        if _prctl(_PR_CAPBSET_DROP, capability) < 0:
            break  # the kernel knows fewer, or this process may not: then it has none to lose
    _libc.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(_PR_CAP_AMBIENT_CLEAR_ALL), *(ctypes.c_ulong(0),) * 3)
    header = struct.pack("<Ii", _CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, bytes(24)), "capset")


def no_new_privileges() -> None:
    """Let no program that is started from here gain privileges."""
    _checked(_prctl(_PR_SET_NO_NEW_PRIVS, 1), "prctl")


def close_all_but(*kept: int) -> None:
    """Close every file descriptor except these."""
    start = 0
    for one in sorted(set(kept)):
        if one > start:
            os.closerange(start, one)
        start = one + 1
    limit = 1 << 20
    with contextlib.suppress(OSError):
        if _libc.close_range(ctypes.c_uint(start), ctypes.c_uint(0xFFFF_FFFF), 0) == 0:
            return
    os.closerange(start, limit)
