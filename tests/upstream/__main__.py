"""`python -m tests.upstream --port 8077`: the stand-in by hand, printing what is asked of it."""

import argparse
import re
import time

from tests.upstream import described
from tests.upstream.faults import BY_NAME
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import invented


def main() -> None:
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.upstream", description=__doc__)
    parser.add_argument("--port", type=int, default=8077)
    parser.add_argument("--cells", type=int, default=800_000, help="limit of a StatBank reply")
    parser.add_argument("--requests", type=int, default=30, help="StatBank requests in 60 seconds")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[@PART OF ADDRESS][*TIMES]",
        help=f"for example unavailable@07459/data*2; without TIMES for good. {', '.join(BY_NAME)}",
    )
    asked = parser.parse_args()
    limits = Limits(cells=asked.cells, statbank=Window(asked.requests, 60))
    with StandIn(asked.port, limits) as upstream:
        for table in (invented(), *described.tables().values()):
            if table.number not in upstream.statbank.tables:
                upstream.statbank.publish(table)
        for fault in asked.fault:
            found = re.fullmatch(r"(\w+)(?:@(.*?))?(?:\*(\d+))?", fault)
            if not found or found[1] not in BY_NAME:
                parser.error(f"--fault {fault}: choose among {', '.join(BY_NAME)}")
            times = int(found[3]) if found[3] else None
            upstream.misbehave(BY_NAME[found[1]], found[2] or "", times)
        print(f"digidistrikt refresh --upstream {upstream.address}", flush=True)  # noqa: T201
        _tell(upstream)


def _tell(upstream: StandIn) -> None:
    told = 0
    try:
        while True:
            for request in upstream.asked[told:]:
                print(request.status, request.method, request.address, flush=True)  # noqa: T201
                told += 1
            time.sleep(0.2)
    except KeyboardInterrupt:
        print(f"{told} requests")  # noqa: T201


if __name__ == "__main__":
    main()
