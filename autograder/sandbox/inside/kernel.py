"""The system calls that Python 3.11 has no names for, by ctypes. Linux only."""

import ctypes
import os
import struct
import sys
from pathlib import Path
from typing import Any, Final

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_NOSUID: Final = 0x2
MS_NODEV: Final = 0x4
MS_NOEXEC: Final = 0x8
MS_REC: Final = 0x4000
MS_PRIVATE: Final = 0x40000

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_SECCOMP: Final = 22
PR_CAPBSET_DROP: Final = 24
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4

_CAPABILITY_VERSION_3: Final = 0x20080522
_MAX_CAPABILITY: Final = 63
_MAX_DESCRIPTOR: Final = 0xFFFFFFFF
_SECCOMP_MODE_FILTER: Final = 2
_INSTRUCTION_BYTES: Final = 8

_libc: Final = ctypes.CDLL(None if os.name == "posix" else "msvcrt", use_errno=True)  # elsewhere nothing calls it


def _checked(name: str, result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def prctl(option: int, argument: int = 0) -> None:
    """Change a property of this process. Elsewhere than on Linux, where only ``process`` works, it does nothing.

    Raises:
        OSError: The kernel refused.
    """
    if sys.platform != "linux":
        return
    zero = ctypes.c_ulong(0)
    _checked("prctl", _libc.prctl(option, ctypes.c_ulong(argument), zero, zero, zero))


def unshare(flags: int) -> None:
    """Move this process (for pids: its children) into new namespaces.

    Raises:
        OSError: The kernel refused; EINVAL where this process has threads.
    """
    _checked("unshare", _libc.unshare(ctypes.c_int(flags)))


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace that a descriptor of /proc/PID/ns names.

    Raises:
        OSError: The kernel refused.
    """
    _checked("setns", _libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)))


def mount(kind: str | None, target: str, flags: int, options: str = "") -> None:
    """Mount a file system of this kind, or with None change the flags of the one at ``target``.

    Raises:
        OSError: The kernel refused.
    """
    encoded = kind.encode() if kind else None
    source = encoded or b"none"
    result = _libc.mount(source, target.encode(), encoded, ctypes.c_ulong(flags), options.encode())
    _checked(f"mount {target}", result)


def map_user(outside_uid: int, outside_gid: int, inside: int) -> None:
    """Give the one user of this process's new user namespace the id ``inside``.

    Raises:
        OSError: The kernel refused.
    """
    # An unprivileged process may write the group map only after it gave up setgroups: user_namespaces(7).
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inside} {outside_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{inside} {outside_gid} 1")


def drop_bounding_set() -> None:
    """Give up every capability that a program could bring; it takes rights, so this comes before they go."""
    zero = ctypes.c_ulong(0)
    for capability in range(_MAX_CAPABILITY + 1):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), zero, zero, zero) < 0:
            break  # past the last one that this kernel knows, or there are no rights to give up


def drop_capabilities() -> None:
    """Give up every capability that this process has.

    Raises:
        OSError: The kernel refused.
    """
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("<Ii", _CAPABILITY_VERSION_3, 0)
    nothing = bytes(24)  # effective, permitted and inheritable, twice 32 bits each
    _checked("capset", _libc.capset(header, nothing))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_calls(program: bytes) -> None:
    """Put a filter of system calls on this process and all that it starts; it needs no_new_privs.

    Args:
        program: An array of ``struct sock_filter``.

    Raises:
        OSError: The kernel refused.
    """
    held = _Program(len(program) // _INSTRUCTION_BYTES, program)
    mode = ctypes.c_ulong(_SECCOMP_MODE_FILTER)
    _checked("seccomp", _libc.prctl(PR_SET_SECCOMP, mode, ctypes.byref(held), ctypes.c_ulong(0), ctypes.c_ulong(0)))


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call that the C library has no function for.

    Raises:
        OSError: The kernel refused.
    """
    words = (ctypes.c_long(one) if isinstance(one, int) else one for one in arguments)
    return _checked(f"system call {number}", _libc.syscall(ctypes.c_long(number), *words))


def close_all_but(keep: set[int]) -> None:
    """Close every file descriptor that is not in ``keep``."""
    low = 0
    for descriptor in [*sorted(keep), _MAX_DESCRIPTOR]:
        if descriptor > low:
            _close_range(low, descriptor - 1)
        low = descriptor + 1


def _close_range(first: int, last: int) -> None:
    close_range: Any = getattr(_libc, "close_range", None)
    if close_range is None or close_range(ctypes.c_uint(first), ctypes.c_uint(last), 0) < 0:
        os.closerange(first, min(last, os.sysconf("SC_OPEN_MAX")) + 1)  # a C library before 2.34
