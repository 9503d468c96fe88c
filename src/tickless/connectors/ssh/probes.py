"""What a host can be asked over SSH."""

from __future__ import annotations

from tickless.connectors.ssh.client import Shell, connect
from tickless.connectors.ssh.disks import is_usable, read_df
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import DiskUsage, Filesystem


@probe("disk_usage", params=Filesystem, output=DiskUsage)
def disk_usage(call: Call, params: Filesystem) -> Result:
    """How full the file system is that holds a path."""
    with connect(call, params.host) as shell:
        usage = usage_of(shell, params.path)
    return Result(output=usage, summary=f"{usage.percent:.0f} % full, {usage.free_mb:.0f} MiB free")


def usage_of(shell: Shell, path: str) -> DiskUsage:
    """How full it is. Raises `Rejected` when the host cannot say."""
    if not is_usable(path):
        raise Rejected("that is no absolute path", detail=f"path {path!r}")
    done = shell.run(["df", "-P", "-k", "--", path])
    usage = read_df(done.output) if done.status == 0 else None
    if usage is None:
        raise Rejected("the host cannot say how full that path is", detail=done.errors[:300])
    return usage
