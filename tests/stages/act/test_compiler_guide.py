"""The guide tells the truth: its runbook compiles, and every problem that the compiler can report is in its table."""

from __future__ import annotations

import re
from pathlib import Path

from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.compiler import compile_runbook

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "guides" / "runbooks.md").read_text(encoding="utf-8")


def test_the_runbook_in_the_guide_compiles() -> None:
    text = GUIDE.split("```yaml\n")[1].split("```")[0]
    assert compile_runbook(text, path="guide", catalogue=shipped_catalogue()).runbook == "directory.unlock-account"


def test_every_code_of_the_compiler_is_in_the_guide() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src/tickless/stages/act").glob("compiler*.py")]
    codes = {
        code
        for source in sources
        for code in re.findall(r'(?:report|Problem)\(\s*(?:path, 1, 1, )?"([a-z_]+)"', source)
    }
    assert len(codes) > 30
    missing = {code for code in codes if f"`{code}`" not in GUIDE}
    assert not missing
