"""Graders in other processes: on all cores of this machine, or on a cluster.

An assignment travels to them as one bundle, submissions as bytes, and bytes come back; nothing on disk is shared.
Nothing here knows about the gradebook.
"""

import sys

# jsonschema, which nbformat brings, builds a grammar when it is imported, a second of every process (see cli).
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from autograder.workers.bundle import Bundle, Step, pack  # noqa: E402
from autograder.workers.cluster import cluster_pool  # noqa: E402
from autograder.workers.local import local_pool  # noqa: E402
from autograder.workers.pool import Job, Pool  # noqa: E402
from autograder.workers.worker import Answer  # noqa: E402

__all__ = ["Answer", "Bundle", "Job", "Pool", "Step", "cluster_pool", "local_pool", "pack"]
