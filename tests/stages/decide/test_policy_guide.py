"""The guide tells the truth: its policy and its case work as written, beside the policies that ship."""

from __future__ import annotations

import shutil
from pathlib import Path

from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_cases import check_case, read_cases
from tickless.stages.decide.policy_requests import RUN_DEFAULTS

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "guides" / "policies.md").read_text(encoding="utf-8")


def test_the_example_of_the_guide_works_as_it_says(tmp_path: Path) -> None:
    for path in [*(ROOT / "policies").glob("*.cedar"), ROOT / "policies" / "schema.cedarschema"]:
        shutil.copy(path, tmp_path / path.name)
    (tmp_path / "90-ours.cedar").write_text(GUIDE.split("```cedar\n")[2].split("```")[0], encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "ours.yaml").write_text(GUIDE.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    engine = PolicyEngine.load(tmp_path)
    cases = read_cases(tmp_path / "tests")
    assert [check_case(engine, case) for case in cases] == [None]


def test_every_field_of_a_run_is_in_the_guide() -> None:
    assert not [name for name in RUN_DEFAULTS if f"`{name}`" not in GUIDE]
