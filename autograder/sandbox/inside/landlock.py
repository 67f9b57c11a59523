"""Landlock, the kernel's own walls around a process and all that it starts: landlock(7), by ctypes."""

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable
from typing import Final

from . import kernel

SCOPES: Final = 6  # the first version that keeps signals and abstract sockets inside as well

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same numbers on all processors
_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL_DEV = (1 << bit for bit in (0, 1, 2, 3, 14, 15))
_READ: Final = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP: Final = 3  # bind and connect
_SCOPED: Final = 3  # abstract sockets and signals


def version() -> int:
    """The kernel's version of Landlock; 0 where it has none or it is switched off."""
    try:
        return kernel.syscall(_CREATE, None, 0, _VERSION)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP):
            return 0
        raise


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Leave this process only these places, no TCP, and no signal or abstract socket to anything outside.

    A kernel with an older version holds what that version knows; `version` tells. A place that doesn't exist
    is passed over.

    Args:
        readable: Files and folders to read and to execute from.
        writable: Files and folders to do everything in.

    Raises:
        OSError: The kernel refused.
    """
    known = version()
    everything = _files(known)
    numbers = (everything, _TCP if known >= 4 else 0, _SCOPED if known >= SCOPES else 0)
    attributes = struct.pack("=3Q", *numbers)[: 24 if known >= SCOPES else 16 if known >= 4 else 8]
    ruleset = kernel.syscall(_CREATE, attributes, len(attributes), 0)
    try:
        for paths, rights in ((readable, _READ), (writable, everything)):
            for path in paths:
                _allow(ruleset, path, rights & everything)
        kernel.syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _files(known: int) -> int:
    """All rights on files that this version knows: 13, and then moving, truncating, device ioctls."""
    return (1 << (13 + (known >= 2) + (known >= 3) + (known >= 5))) - 1


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(place)
