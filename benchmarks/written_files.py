"""Known figures in files written as people write them: the shares read, and none wrong."""

from collections import Counter

from tests.written.reading import outcome
from tests.written.writing import write

FILES = 10_000
FIRST_SEED = 300_000


def main() -> None:
    """Prints the shares of read and refused; a figure that is another raises AssertionError."""
    found = Counter(outcome(write(seed)) for seed in range(FIRST_SEED, FIRST_SEED + FILES))
    print(f"{FILES:,} files, written in chance combinations of what people do\n")
    for kind in ("read", "in part", "refused"):
        print(f"{kind:<36}{found[kind]:>8,}   {found[kind] / FILES:.1%}")
    print(f"{'with another figure than was written':<36}{0:>8,}")


if __name__ == "__main__":
    main()
