"""What a host can be asked over SSH."""

from __future__ import annotations

from tickless.connectors.ssh.disks import SIZED, find_big, is_usable, read_df, read_sizes
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import BigFiles, DiskUsage, Filesystem, FoundFiles
from tickless.sdk.shell import Shell, connect


@probe("disk_usage", params=Filesystem, output=DiskUsage)
def disk_usage(call: Call, params: Filesystem) -> Result:
    """How full the file system is that holds a path."""
    with connect(call, params.host) as shell:
        usage = usage_of(shell, params.path)
    return Result(output=usage, summary=f"{usage.percent:.0f} % full, {usage.free_mb:.0f} MiB free")


@probe("disk_biggest", params=BigFiles, output=FoundFiles)
def disk_biggest(call: Call, params: BigFiles) -> Result:
    """The biggest files below a path, on its own file system. What the account may not read is left out."""
    if not is_usable(params.path):
        raise Rejected("that is no absolute path", detail=f"path {params.path!r}")
    with connect(call, params.host) as shell:
        done = shell.run([*find_big(params.path, at_least_mb=params.at_least_mb), *SIZED])
    if done.status != 0 and not done.output and done.errors:
        raise Rejected("the host could not search that path", detail=done.errors[:300])
    found = read_sizes(done.output)
    told = f"{found.files[0].size_mb:.0f} MiB is the biggest file" if found.files else "no file is so big"
    return Result(output=found, summary=told)


def usage_of(shell: Shell, path: str) -> DiskUsage:
    """How full it is. Raises `Rejected` when the host cannot say."""
    if not is_usable(path):
        raise Rejected("that is no absolute path", detail=f"path {path!r}")
    done = shell.run(["df", "-P", "-k", "--", path])
    usage = read_df(done.output) if done.status == 0 else None
    if usage is None:
        raise Rejected("the host cannot say how full that path is", detail=done.errors[:300])
    return usage
