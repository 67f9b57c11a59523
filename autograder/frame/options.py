"""What a course can set in ``nbgrader_config.py``, and how it becomes what grading takes."""

from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets import Bool, Float, Integer, List, Unicode
from traitlets.config import Config, Configurable

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.attempts import Options
from autograder.grading.reading import MAX_BYTES
from autograder.sandbox import LEVELS, MAX_REPLY_DEPTH, NAMESPACES, Limits, level_named

_DEFAULTS = Limits()


class Autograder(Configurable):
    """Options of the platform: set them as ``c.Autograder.call_seconds = 5``."""

    checks = Unicode("checks", help="Folder of the hidden checks, from the course's folder.").tag(config=True)
    ungated = List(Unicode(), help="Assignments to be released though their gate is shut, each by its name.").tag(
        config=True
    )
    demonstrations = Bool(False, help="Whether # DEMO cells are run when grading.").tag(config=True)
    isolation = Unicode(
        NAMESPACES,
        help="How student code is isolated: "
        + "; ".join(f"{level.name} ({level.made_of})" for level in LEVELS)
        + ". Nothing lowers it by itself; SECURITY.md says what each doesn't protect.",
    ).tag(config=True)
    packages = List(Unicode(), help="Further installed distributions that student code may import, by name.").tag(
        config=True
    )
    max_bytes = Integer(MAX_BYTES, help="Size of a submitted file above which it is not opened, in bytes.").tag(
        config=True
    )
    cell_seconds = Float(
        _DEFAULTS.cell_seconds,
        help="Wall time for one cell, in seconds; ExecutePreprocessor.timeout counts where it is set.",
    ).tag(config=True)
    call_seconds = Float(_DEFAULTS.call_seconds, help="Wall time for one call of a graded function, in seconds.").tag(
        config=True
    )
    submission_seconds = Float(_DEFAULTS.submission_seconds, help="Wall time for a whole submission, in seconds.").tag(
        config=True
    )
    cpu_seconds = Integer(_DEFAULTS.cpu_seconds, help="CPU time of one process, in seconds.").tag(config=True)
    memory_bytes = Integer(_DEFAULTS.memory_bytes, help="Memory of a submission, in bytes.").tag(config=True)
    processes = Integer(_DEFAULTS.processes, help="Processes and threads of a submission.").tag(config=True)
    file_bytes = Integer(_DEFAULTS.file_bytes, help="Size of one written file, in bytes.").tag(config=True)
    disk_bytes = Integer(_DEFAULTS.disk_bytes, help="Size of all written files, in bytes.").tag(config=True)
    open_files = Integer(
        _DEFAULTS.open_files, help="Open files of one process; all of a submission may have four times as many."
    ).tag(config=True)
    output_bytes = Integer(_DEFAULTS.output_bytes, help="Output kept of one cell, in bytes.").tag(config=True)
    reply_depth = Integer(
        _DEFAULTS.reply_depth, max=MAX_REPLY_DEPTH, help="Levels of containers in a returned value."
    ).tag(config=True)
    reply_bytes = Integer(_DEFAULTS.reply_bytes, help="Size of a returned value, in bytes.").tag(config=True)

    def course(self, coursedir: CourseDirectory) -> Course:
        """The course's folders, as nbgrader's own options name them."""
        return Course(
            Path(coursedir.root).absolute(), self.checks, coursedir.source_directory, coursedir.release_directory
        )

    def grading(self) -> Options:
        """The options as grading takes them."""
        names = Limits.__dataclass_fields__
        limits = {name: getattr(self, name) for name in names if self.has_trait(name)}
        limits["cell_seconds"] = self._cell_seconds()
        for name, value in {**limits, "max_bytes": self.max_bytes}.items():
            if not 0 < value < float("inf"):
                raise CourseError(
                    f"the limit {name} is {value}", where="c.Autograder", remedy="Make it a positive number"
                )
        isolation = level_named(self.isolation).name
        return Options(Limits(**limits), self.demonstrations, self.max_bytes, isolation, tuple(self.packages))

    def _cell_seconds(self) -> float:
        """Nbgrader's own time-out where the course sets one; None and negative mean no limit there."""
        config: Config = self.config
        if any("timeout" in config[section] for section in ("SandboxExecute", "Execute", "ExecutePreprocessor")):
            timeout = Execute(config=config).timeout  # which reads what a command line leaves as text
            return float(timeout) if timeout is not None and timeout > 0 else self.submission_seconds
        return float(self.cell_seconds)
