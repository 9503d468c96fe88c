"""`python -m tickless.sample`: run the sample company by itself and break it by hand."""

from __future__ import annotations

import argparse
import json
import signal
import tempfile
import threading
from pathlib import Path
from typing import get_args

from tickless.domain.errors import TicklessError
from tickless.sample.company import Company, make_company
from tickless.sample.estate.control import Estate, GroundFault, OfficeFault

PROGRAM = "python -m tickless.sample"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=PROGRAM, description="A company of two hundred people, in real processes.")
    parser.add_argument("--dir", type=Path, help="the company's folder; a new temporary one when it is not given")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--monitor", default="", metavar="URL", help="where the monitor posts Alertmanager webhooks")
    parser.add_argument("--monitor-token", default="", metavar="TOKEN")
    acts = parser.add_subparsers(dest="act", metavar="start | fault | heal | effects | alerts")
    acts.add_parser("start", help="start it and keep it running until Ctrl-C (the default)")
    for act in ("fault", "heal"):
        verb = acts.add_parser(act, help=f"{act} something in the running company in --dir")
        verb.add_argument("kind", choices=[*get_args(GroundFault), *get_args(OfficeFault)])
        verb.add_argument("target")
    acts.add_parser("effects", help="what was done in it, once for each idempotency key")
    acts.add_parser("alerts", help="what the monitor sees")
    return parser.parse_args()


def _tell(text: str) -> None:
    print(text, flush=True)


def _introduce(estate: Estate, company: Company, folder: Path) -> None:
    someone = company.people[40]
    settings, secrets = estate.connector_settings()
    _tell(
        f"{company.name} is open: {len(company.people)} people, {len(company.apps)} apps, {len(company.services)} services, "
        f"{len(estate.blueprint.processes)} processes.\n\n"
        f"  folder   {folder}\n  shop     {estate.urls['shop-web']}/health\n\n"
        f"The connector's settings: {json.dumps(settings)}\n"
        f"and its secret:           {json.dumps(secrets)}\n\n"
        "Break something, from another terminal:\n"
        f"  {PROGRAM} --dir {folder} fault kill orders-db\n"
        f"  {PROGRAM} --dir {folder} fault disk db-1:/srv\n"
        f"  {PROGRAM} --dir {folder} fault pool orders-api\n"
        f"  {PROGRAM} --dir {folder} fault certificate shop.{company.domain}\n"
        f"  {PROGRAM} --dir {folder} fault lock {someone.username}\n"
        f"and look:  {PROGRAM} --dir {folder} alerts | effects      Ctrl-C closes the company."
    )


def _start(folder: Path, seed: int, url: str, token: str) -> None:
    company = make_company(seed)
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    signal.signal(signal.SIGINT, lambda *_: over.set())
    with Estate.start(company, folder) as estate:
        if url:
            estate.point_monitor(url, token)
        _introduce(estate, company, folder)
        over.wait()


def _act(given: argparse.Namespace) -> None:
    if given.act in {None, "start"}:
        if given.dir:
            _start(given.dir, given.seed, given.monitor, given.monitor_token)
        else:
            with tempfile.TemporaryDirectory(prefix="larkmoor-", ignore_cleanup_errors=True) as folder:
                _start(Path(folder), given.seed, given.monitor, given.monitor_token)
        return
    if given.dir is None:
        raise SystemExit(f"say which company: {PROGRAM} --dir FOLDER {given.act} ...")
    estate = Estate.attach(given.dir)
    if given.act == "effects":
        for effect in estate.effects():
            _tell(f"{effect.at}  {effect.operation}  {effect.target}  {effect.key}")
    elif given.act == "alerts":
        for alert in estate.alerts():
            _tell(f"{alert['status']:<9} {alert['labels']['alertname']:<20} {alert['annotations']['summary']}")
    elif given.act == "fault":
        estate.fault(given.kind, given.target)
    else:
        estate.heal(given.kind, given.target)


def main() -> None:
    """Run the program; a refusal is one line on standard error and exit status 1."""
    try:
        _act(_arguments())
    except TicklessError as error:
        more = f" ({error.detail})" if error.detail else ""
        raise SystemExit(f"{error.public}{more}{': ' + error.mend if error.mend else ''}") from error


if __name__ == "__main__":
    main()
