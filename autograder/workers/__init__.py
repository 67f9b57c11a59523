"""Graders in other processes: on all cores of this machine, or on a cluster.

An assignment travels to them as one bundle, submissions as bytes, and bytes come back; nothing on disk is shared.
Nothing here knows about the gradebook.
"""

from autograder.workers.bundle import Bundle, pack
from autograder.workers.cluster import cluster_pool
from autograder.workers.local import cores, local_pool
from autograder.workers.pool import Job, Pool
from autograder.workers.worker import Answer

__all__ = ["Answer", "Bundle", "Job", "Pool", "cluster_pool", "cores", "local_pool", "pack"]
