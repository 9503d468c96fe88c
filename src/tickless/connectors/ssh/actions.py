"""What can be done on a host over SSH: delete old files where it is allowed, run a named command."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.connectors.ssh.disks import LISTED, find_old, places, read_listing
from tickless.connectors.ssh.parameters import Command, CommandDone
from tickless.connectors.ssh.probes import usage_of
from tickless.connectors.ssh.settings import Folder, NamedCommand, Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.infrastructure import Cleaned, CleanUp
from tickless.sdk.shell import Done, Shell, connect

MOST_TEXT = 4_000
MIB = 1024 * 1024


@dataclass(frozen=True)
class Removed:
    """What was (or would be) deleted."""

    files: int = 0
    size: int = 0


@action("disk_clean_up", params=CleanUp, output=Cleaned)
def disk_clean_up(call: Call, params: CleanUp) -> Result:
    """Delete old files below the clean-up folders that the settings allow at this path; nothing else, whatever is asked."""
    settings: Settings = call.settings
    host = settings.hosts.get(params.host)
    folders = places(params.path, host.clean_up) if host else []
    with connect(call, params.host) as shell:
        if not folders:
            raise Rejected("nothing may be cleaned up there", mend="add the folder to `clean_up` of the host")
        removed = [_clean(call, shell, folder, older_than_days=params.older_than_days) for folder in folders]
        percent = usage_of(shell, params.path).percent
    files, size = sum(each.files for each in removed), sum(each.size for each in removed)
    verb = "would delete" if call.dry_run else "deleted"
    return Result(
        output=Cleaned(freed_mb=round(size / MIB, 3), files=files, percent=percent),
        changed=files > 0,
        summary=f"{verb} {files} files, {size / MIB:.1f} MiB",
    )


def _clean(call: Call, shell: Shell, folder: Folder, *, older_than_days: float) -> Removed:
    """Count first, so that no more than `most_files` go; `find` itself deletes, without ever following a link."""
    _check_real(shell, folder)
    search = find_old(folder, older_than_days=older_than_days)
    found = read_listing(_found(shell.run([*search, *LISTED])).output)
    oldest = found[: call.settings.most_files]
    if call.dry_run or not oldest:
        return Removed(len(oldest), sum(size for _, size in oldest))
    limit = ["!", "-newermt", f"@{oldest[-1][0]}"] if len(oldest) < len(found) else []
    gone = read_listing(_found(shell.run([*search, *limit, "-delete", *LISTED])).output)
    return Removed(len(gone), sum(size for _, size in gone))


def _check_real(shell: Shell, folder: Folder) -> None:
    done = shell.run(["realpath", "-e", "--", folder.path])
    if done.status != 0:
        raise Rejected("the clean-up folder is not there", detail=done.errors[:300])
    if done.output.rstrip("\n") != folder.path:
        raise Rejected("the clean-up folder is a symbolic link", mend="write the folder's real path into the settings")


def _found(done: Done) -> Done:
    if done.status != 0 and not done.output:
        raise Rejected("the host could not search the clean-up folder", detail=done.errors[:300])
    return done


@action("run", params=Command, output=CommandDone)
def run(call: Call, params: Command) -> Result:
    """Run a command that the settings name. A try that broke off is not repeated unless `done_if` can tell how it ended."""
    settings: Settings = call.settings
    command = settings.commands.get(params.command)
    if command is None:
        raise Rejected("the settings name no such command", detail=f"command {params.command!r}")
    with connect(call, params.host) as shell:
        if _is_done(shell, command):
            return Result(output=CommandDone(ran=False), summary=f"{params.command}: there was nothing to do")
        if call.first_started is not None and not command.done_if:
            raise Rejected(
                "an earlier try of this command broke off, and nothing tells whether it took effect",
                mend="give the command a `done_if`, or look and start anew",
            )
        if call.dry_run:
            return Result(output=CommandDone(ran=False), changed=True, summary=f"would run {params.command}")
        done = shell.run(command.argv)
    if done.status != 0:
        raise Rejected(f"the command ended with status {done.status}", detail=done.errors[-300:])
    output = CommandDone(ran=True, output=done.output[:MOST_TEXT])
    return Result(output=output, changed=True, summary=f"ran {params.command}")


def _is_done(shell: Shell, command: NamedCommand) -> bool:
    return bool(command.done_if) and shell.run(command.done_if).status == 0
