"""What the exceptions mean that a limit brings about: a half sentence for the student behind the system's own words."""

from autograder.sandbox.limits import Limits


def hint(type_name: str, message: str, limits: Limits) -> str:
    """Which limit an exception of student code comes from, or nothing.

    It is told by the exception's text, which student code can write as it likes: it is shown and decides nothing.
    """
    mebibytes = "{:g} MB".format
    if type_name in ("MemoryError", "_ArrayMemoryError"):
        return f"a submission may use {mebibytes(limits.memory_bytes / 2**20)} of memory"
    for words, said in (
        ("[Errno 11] ", f"a submission may run {limits.processes} processes and threads at one time"),
        ("can't start new thread", f"a submission may run {limits.processes} processes and threads at one time"),
        ("[Errno 24] ", f"a process may have {limits.open_files} files open"),
        ("[Errno 27] ", f"a file may have {mebibytes(limits.file_bytes / 2**20)}"),
        ("[Errno 28] ", f"a submission may write {mebibytes(limits.disk_bytes / 2**20)} and a few thousand files"),
        ("[Errno 97] ", "a submission has no network"),
        ("[Errno -3] ", "a submission has no network"),
    ):
        if message.startswith(words):
            return said
    return ""


def explained(type_name: str, message: str, limits: Limits) -> str:
    """The message with its hint, if it has one."""
    meaning = hint(type_name, message, limits)
    if not meaning:
        return message
    return f"{message} ({meaning})" if message else f"({meaning})"
