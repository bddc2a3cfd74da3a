"""Write labelled attachments: Declarations, Claim Details and ES-003 exports, the truth beside each as JSON.

    python tests/files/make_files.py [--out DIR] [--count 240] [--seed 1]

The same seed gives the same tables (a workbook's bytes also hold the time of writing). Nothing here imports the bot:
check digits, faults, next steps and outcomes are computed a second time, so that one mistake is not made twice.
"""

import argparse
import json
import random
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import claim_details
import declarations
import es003

MAKERS = declarations.MAKERS + claim_details.MAKERS + es003.MAKERS


def make(count, seed):
    """`count` files in a mixed order; under 240 every kind is still there."""
    order = list(MAKERS)
    random.Random(seed).shuffle(order)  # noqa: S311 - made-up files
    for number in range(count):
        # A file depends on its own number only: one can be made again alone.
        dice = random.Random(f"{seed}/{number}")  # noqa: S311 - made-up files
        yield order[number % len(order)](dice, number)


def write(folder, count, seed):
    folder.mkdir(parents=True, exist_ok=True)
    for made in make(count, seed):
        (folder / made.name).write_bytes(made.data)
        truth = asdict(made.truth) | {"file": made.name}
        truth["file_faults"] = sorted(set(truth["file_faults"]))
        truth["doubt"] = sorted(set(truth["doubt"]))
        (folder / (made.name + ".truth.json")).write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="folder; default a temporary one")
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    folder = given.out or Path(tempfile.mkdtemp(prefix="capebot-files-"))
    write(folder, given.count, given.seed)
    sys.stdout.write(f"{given.count} files in {folder}\n")


if __name__ == "__main__":
    main()
