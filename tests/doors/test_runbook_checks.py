"""`tickless runbook check` without a server: calls are followed, among the files and to what ships."""

from __future__ import annotations

from pathlib import Path

from tickless.app.runbook_checks import check_files

CALLER = """runbook: shop.rescue
title: Rescue the shop
owner: platform
kind: incident
serves:
  alerts: ${{ signal.class == "shop_trouble" }}
inputs:
  service: {type: service, from: service, ask: "Which?"}
subject: service:${{ inputs.service.id }}
effect: change
undo: {irreversible: A restart cannot be taken back; nothing else is changed.}
steps:
  - id: again
    call:
      runbook: NAME
      with: {service: "${{ inputs.service }}"MORE}
verify:
  - uses: health.check
    with: {service: "${{ inputs.service.id }}"}
    expect: ${{ result.healthy }}
    hold: 1d
say: {done: "Done.", failed: "People take over."}
value: {minutes_saved: 5, basis: a guess}
tests:
  - signal: {class: shop_trouble, state: firing, labels: {}}
    expect: {serves: true}
"""


def check(folder: Path, text: str) -> list[str]:
    path = folder / "rescue.yaml"
    path.write_text(text)
    return check_files([path], data=folder)[path]


def test_a_call_to_what_ships_is_found_and_its_inputs_are_compared(tmp_path: Path) -> None:
    fits = CALLER.replace("NAME", "pool.recycle").replace("MORE", "")
    assert check(tmp_path, fits) == []
    told = check(tmp_path, fits.replace('inputs.service }}"}', 'inputs.service }}", colour: "red"}'))
    assert any("unknown_param" in line and "colour" in line for line in told)


def test_a_call_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    told = check(tmp_path, CALLER.replace("NAME", "no.such-runbook").replace("MORE", ""))
    assert any("call_leads_nowhere" in line for line in told)


def test_files_that_call_each_other_are_looked_at_together(tmp_path: Path) -> None:
    first = CALLER.replace("NAME", "shop.other").replace("MORE", "")
    other = CALLER.replace("NAME", "pool.recycle").replace("MORE", "").replace("shop.rescue", "shop.other")
    (tmp_path / "other.yaml").write_text(other)
    (tmp_path / "rescue.yaml").write_text(first)
    assert set(map(tuple, check_files([tmp_path], data=tmp_path).values())) == {()}
    (tmp_path / "other.yaml").write_text(other.replace("pool.recycle", "shop.rescue"))
    assert any("leads too deep" in line for lines in check_files([tmp_path], data=tmp_path).values() for line in lines)


def test_what_the_bound_connector_does_not_offer_is_told(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "runbooks" / "directory" / "unlock-account.yaml"
    assert check(tmp_path, shipped.read_text()) == []
    settings = 'use = "google_workspace"\nsettings = {key = "env:GOOGLE_KEY", acts_as = "it@example.org"}\n'
    (tmp_path / "tickless.toml").write_text(f'[connectors.google]\n{settings}\n[bindings]\ndirectory = "google"\n')
    told = check(tmp_path, shipped.read_text())
    assert any("not_offered_here" in line and "'directory.unlock'" in line and "'google'" in line for line in told), (
        told
    )
