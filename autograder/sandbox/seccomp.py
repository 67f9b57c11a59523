"""The filter of system calls, assembled once in the grader and handed in as bytes.

It forbids what reaches past the other walls or isn't counted by the limits: other processes' memory, new namespaces
and mounts, the processors of others, keys, the kernel's large and young interfaces, memory without a file. All else
is allowed, since numpy, subprocesses and threads need most of it; what was invented after this list doesn't exist for
student code.
"""

import errno
import platform
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from autograder.errors import IsolationError

# Name, number on x86_64, number on aarch64 (or - where there is none): asm/unistd_64.h, asm-generic/unistd.h.
_REFUSED: Final = """
ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, pidfd_getfd 438 438, kcmp 312 272
sched_setaffinity 203 122, process_madvise 440 440, migrate_pages 256 238, move_pages 279 239, ioprio_set 251 30
unshare 272 97, setns 308 268, chroot 161 51, pivot_root 155 41, mount 165 40, umount2 166 39, mount_setattr 442 442
open_tree 428 428, move_mount 429 429, fsopen 430 430, fsconfig 431 431, fsmount 432 432, fspick 433 433
statmount 457 457, listmount 458 458, lsm_get_self_attr 459 459, lsm_set_self_attr 460 460, lsm_list_modules 461 461
setuid 105 146, setgid 106 144, setreuid 113 145, setregid 114 143, setresuid 117 147, setresgid 119 149
setgroups 116 159, setfsuid 122 151, setfsgid 123 152, capset 126 91, mknod 133 -, mknodat 259 33
bpf 321 280, perf_event_open 298 241, userfaultfd 323 282
io_uring_setup 425 425, io_uring_enter 426 426, io_uring_register 427 427
add_key 248 217, request_key 249 218, keyctl 250 219
init_module 175 105, finit_module 313 273, delete_module 176 106, kexec_load 246 104, kexec_file_load 320 294
reboot 169 142, swapon 167 224, swapoff 168 225, acct 163 89, quotactl 179 60, quotactl_fd 443 443, syslog 103 116
name_to_handle_at 303 264, open_by_handle_at 304 265, lookup_dcookie 212 18, fanotify_init 300 262
settimeofday 164 170, clock_settime 227 112, adjtimex 159 171, clock_adjtime 305 266
sethostname 170 161, setdomainname 171 162, iopl 172 -, ioperm 173 -, modify_ldt 154 -, personality 135 92
vhangup 153 58, uselib 134 -, nfsservctl 180 42
memfd_create 319 279, memfd_secret 447 447, shmget 29 194, shmat 30 196, semget 64 190, msgget 68 186, mq_open 240 180
"""
_NEWEST: Final = 462  # mseal: the last one that this list was made with
_X32: Final = 0x40000000  # x86_64's other way of numbering

_KILL: Final = 0x80000000
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_EPERM: Final = _ERRNO | errno.EPERM
_ENOSYS: Final = _ERRNO | errno.ENOSYS

# Classic BPF: load a word of struct seccomp_data, compare, return.
_LOAD, _EQUAL, _GREATER, _NOT_LESS, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24  # offsets; the low halves of arguments
_AF_UNIX: Final = 1
_NAMESPACES: Final = 0x7E020000  # every CLONE_NEW flag that clone() knows
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # typing into a terminal

Instruction = tuple[int, int, int, int]  # code, how many to skip if true, if false, operand


@cache
def filter_program() -> bytes:
    """The program for this machine, as an array of the kernel's ``struct sock_filter``.

    Raises:
        IsolationError: The processor is neither x86_64 nor aarch64.
    """
    machine = platform.machine()
    if machine not in ("x86_64", "aarch64"):
        raise IsolationError(
            f"there is no filter of system calls for this processor ({machine})",
            remedy="Grade on a machine with an x86_64 or aarch64 processor.",
        )
    return assemble(machine)


def assemble(machine: str) -> bytes:
    """The program for ``x86_64`` or ``aarch64``."""
    x86 = machine == "x86_64"
    calls = (call.split() for line in _REFUSED.strip().splitlines() for call in line.split(","))
    refused = sorted(int(number) for number in (call[1 if x86 else 2] for call in calls) if number != "-")
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, 0xC000003E if x86 else 0xC00000B7),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        *(_unless(_NOT_LESS, _X32, _KILL) if x86 else ()),
        *_unless(_GREATER, _NEWEST, _ENOSYS),
        *_unless(_EQUAL, 435, _ENOSYS),  # clone3 hides its flags in memory; the C library falls back to clone
        *(instruction for first, last in _runs(refused) for instruction in _within(first, last)),
        *_by_arguments(x86),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _by_arguments(x86: bool) -> Iterator[Instruction]:
    """Calls that are refused for some of their arguments only."""
    clone, socket, socketpair, ioctl = (56, 41, 53, 16) if x86 else (220, 198, 199, 29)
    yield from _call(clone, (_LOAD, 0, 0, _FIRST_ARGUMENT), *_unless(_ANY_BIT, _NAMESPACES, _EPERM))
    for number in (socket, socketpair):
        other = _ERRNO | errno.EAFNOSUPPORT
        yield from _call(number, (_LOAD, 0, 0, _FIRST_ARGUMENT), (_EQUAL, 1, 0, _AF_UNIX), (_RETURN, 0, 0, other))
    typing = (instruction for request in (_TIOCSTI, _TIOCLINUX) for instruction in _unless(_EQUAL, request, _EPERM))
    yield from _call(ioctl, (_LOAD, 0, 0, _SECOND_ARGUMENT), *typing)
    # Limits and priorities of other processes of the same user. sched_setparam, -scheduler, -attr, prlimit64
    own_only = ((_LOAD, 0, 0, _FIRST_ARGUMENT), *_if_not_zero())
    for number in (142, 144, 314, 302) if x86 else (118, 119, 274, 261):
        yield from _call(number, *own_only)
    yield from _call(141 if x86 else 140, *own_only, (_LOAD, 0, 0, _SECOND_ARGUMENT), *_if_not_zero())  # setpriority


def _unless(compare: int, operand: int, verdict: int) -> Iterable[Instruction]:
    """Return the verdict where the comparison holds; else go on."""
    return ((compare, 0, 1, operand), (_RETURN, 0, 0, verdict))


def _if_not_zero() -> Iterable[Instruction]:
    return ((_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _EPERM))


def _within(first: int, last: int) -> Iterable[Instruction]:
    if first == last:
        return _unless(_EQUAL, first, _EPERM)
    return ((_NOT_LESS, 0, 2, first), (_GREATER, 1, 0, last), (_RETURN, 0, 0, _EPERM))


def _call(number: int, *body: Instruction) -> Iterable[Instruction]:
    """What is done about one call; it is allowed where the body returns nothing."""
    return ((_EQUAL, 0, len(body) + 1, number), *body, (_RETURN, 0, 0, _ALLOW))


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as first and last of each run without a gap."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs
