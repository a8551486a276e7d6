"""Makes the launcher that the server's configuration names."""

from ftops.trainer.running.launchers.contract import Launcher
from ftops.trainer.running.launchers.ray_jobs import RayJobs
from ftops.trainer.running.launchers.this_machine import ThisMachine
from ftops.trainer.settings import RayCluster


def chosen(cluster: RayCluster | None) -> Launcher:
    """Return the launcher of a cluster, or of this machine if there is none."""
    return ThisMachine() if cluster is None else RayJobs(cluster)
