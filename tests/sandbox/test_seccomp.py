"""The program of the filter, run here as the kernel would, for processors that this machine hasn't."""

import errno
import platform
import struct

import pytest

from autograder.errors import IsolationError
from autograder.sandbox.seccomp import assemble, filter_program

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the program returns for a call."""
    words = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=iIQ6Q", number, architecture or ARCHITECTURES[machine], 0, *words)
    program = list(struct.iter_unpack("=HBBI", assemble(machine)))
    place = word = 0
    while True:
        code, true, false, operand = program[place]
        place += 1
        match code:
            case 0x20:
                word = struct.unpack_from("=I", data, operand)[0]
            case 0x06:
                return int(operand)
            case _:
                holds = {0x15: word == operand, 0x25: word > operand, 0x35: word >= operand, 0x45: word & operand}
                place += true if holds[code] else false


@pytest.mark.parametrize(
    ("machine", "number", "arguments", "result"),
    [
        ("x86_64", 101, (), errno.EPERM),  # ptrace
        ("aarch64", 117, (), errno.EPERM),
        ("aarch64", 101, (), 0),  # nanosleep there
        ("aarch64", 279, (), errno.EPERM),  # memfd_create
        ("aarch64", 220, (0x10000011,), errno.EPERM),  # clone
        ("aarch64", 220, (0x00010F00,), 0),
        ("aarch64", 435, (), errno.ENOSYS),  # clone3
        ("aarch64", 198, (2,), errno.EAFNOSUPPORT),  # socket
        ("aarch64", 198, (1,), 0),
        ("aarch64", 261, (7,), errno.EPERM),  # prlimit64
        ("aarch64", 261, (0,), 0),
        ("aarch64", 29, (1, 0x5412), errno.EPERM),  # ioctl
        ("x86_64", 16, (1, 0x1_0000_5412), errno.EPERM),  # the kernel reads only the lower half
        ("x86_64", 0, (), 0),  # read
        ("x86_64", 463, (), errno.ENOSYS),
    ],
)
def test_what_becomes_of_a_call(machine: str, number: int, arguments: tuple[int, ...], result: int) -> None:
    assert verdict(machine, number, *arguments) == (ERRNO | result if result else ALLOW)


def test_calls_of_another_processor_end_the_process() -> None:
    assert verdict("x86_64", 0, architecture=0x40000003) == KILL  # i386
    assert verdict("aarch64", 0, architecture=0x40000028) == KILL  # arm
    assert verdict("x86_64", 0x40000000) == KILL  # x32


def test_a_processor_without_a_filter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    filter_program.cache_clear()
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(IsolationError, match="riscv64"):
        filter_program()
