"""Graders on a Dask cluster: its workers need this environment and a sandbox, and share no disk with anybody.

Dask hands the submissions that a lost worker had to others. What it gives up, ``Pool`` tries again.
"""

import logging
import threading
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, final

from autograder.errors import AutograderError
from autograder.workers import worker
from autograder.workers.bundle import Bundle
from autograder.workers.pool import Pool

if TYPE_CHECKING:
    from distributed import Client

_P = ParamSpec("_P")
_T = TypeVar("_T")

_CONNECT_SECONDS = 10
_RETRIES = 2
_LOOK_SECONDS = 5
_LOOKS = 6  # without any worker, before their submissions are taken back
_SAME_EVERYWHERE = ("python", "dask", "distributed", "cloudpickle", "msgpack")  # or they don't understand each other


def cluster_pool(bundle: Bundle, address: str) -> Pool:
    """Graders on the workers of a Dask scheduler.

    Args:
        bundle: The assignment; it is sent once, and workers have it from each other.
        address: The scheduler's, as ``tcp://host:8786``.

    Raises:
        AutograderError: Dask is missing here, the scheduler does not answer or has no workers, or one of them
            has other versions than this process or cannot isolate.
    """
    lost = _lost_with()
    with _connected(address) as client:
        _refuse_unfit(client, bundle)
        threads = sum(client.nthreads().values())
    return Pool(partial(_Cluster, bundle, address), bundle, max(1, threads), lost)


def _lost_with() -> tuple[type[BaseException], ...]:
    try:
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise AutograderError(
            "grading on a cluster needs Dask, which is not installed here",
            remedy="Run: pip install 'numpy-autograder[cluster]'",
        ) from error
    return (KilledWorker, CancelledError)


@final
class _Cluster(Executor):
    """Dask's executor, whose end leaves nothing in the cluster; the bundle is a task of its own there.

    As a task it is made again where the worker that had it is lost.
    """

    def __init__(self, bundle: Bundle, address: str) -> None:
        self._bundle, self._client = bundle, _connected(address)
        self._travels = self._client.submit(_same, bundle, pure=False, retries=_RETRIES)
        self._executor = self._client.get_executor(pure=False, retries=_RETRIES)
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, work: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> "Future[_T]":
        """Ask for some work of a worker, which finds the bundle by its place in the cluster."""
        if self._client.status != "running":
            raise CancelledError("the scheduler is gone")
        given = [self._travels if one is self._bundle else one for one in args]
        future: Future[_T] = self._executor.submit(_checked, work, *given, **kwargs)
        return future

    def _watch(self) -> None:
        """Dask waits for ever for workers that don't come back: then everything in hand is taken back."""
        without = 0
        while without < _LOOKS:
            if self._ended.wait(_LOOK_SECONDS):
                return
            try:
                without = 0 if self._client.nthreads() else without + 1
            except Exception:  # the scheduler is gone, or this client: the futures say so themselves
                return
        self._executor.shutdown(wait=False)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of everything; what workers have in hand they finish for nobody."""
        self._ended.set()
        if self._client.status == "running":
            self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close(timeout=_CONNECT_SECONDS)


def _connected(address: str) -> "Client":
    from distributed import Client
    from distributed.comm.addressing import resolve_address

    _quiet()
    try:
        resolve_address(address)  # a client that was never right can't be closed
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions we speak ourselves
            client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
        raise AutograderError(
            f"the scheduler does not answer ({_line(error)})",
            where=address,
            remedy="See that it runs and that its address is right; what was recorded stays",
        ) from error
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except (OSError, TimeoutError) as error:
        client.close()
        raise AutograderError(
            "the scheduler has no workers", where=address, remedy=f"Start some, as with: dask worker {address}"
        ) from error
    return client


def _quiet() -> None:
    """Dask logs what becomes an error of ours, or what it mends by itself."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):  # whatever runs its callbacks too
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _refuse_unfit(client: "Client", bundle: Bundle) -> None:
    found: Any = client.get_versions()
    here: Mapping[str, str] = found["client"]["packages"]
    _refuse_other_versions("the scheduler", here, found["scheduler"]["packages"])
    for place, one in found["workers"].items():
        _refuse_other_versions(f"worker {place}", here, one["packages"])
    asked = bundle.made_from.versions
    answers = client.run(_fitness, asked, bundle.options.isolation, bundle.options.packages, on_error="return")
    for place, answer in answers.items():
        if isinstance(answer, AutograderError):
            raise type(answer)(answer.what, where=f"worker {place}", remedy=answer.remedy)
        if isinstance(answer, Exception):
            raise AutograderError(f"it cannot grade ({_line(answer)})", where=f"worker {place}", remedy=_INSTALL)


def _refuse_other_versions(place: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> None:
    for name in _SAME_EVERYWHERE:
        if here[name] != there[name]:
            raise AutograderError(f"it has {name} {there[name]}, not {here[name]}", where=place, remedy=_INSTALL)


_INSTALL = "Install the same environment there and start it again"


def _line(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


# What follows runs on workers.


def _same(bundle: Bundle) -> Bundle:
    return bundle


def _fitness(versions: str, isolation: str, packages: tuple[str, ...]) -> None:
    worker.refuse_unfit(versions, isolation, packages)


def _checked(work: Callable[..., _T], bundle: Bundle, *args: Any) -> _T:
    """Some work, also on a worker that came later than the check of all."""
    worker.refuse_other_versions(bundle.made_from.versions)
    return work(bundle, *args)
