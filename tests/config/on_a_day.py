"""Runs a command of the product as if it were another day: `python -m tests.config.on_a_day 2028-02-29 demo`."""

import sys
from datetime import UTC, datetime, time
from datetime import date as day

import time_machine


def main() -> None:
    when = datetime.combine(day.fromisoformat(sys.argv.pop(1)), time(10, 30), UTC)
    with time_machine.travel(when):
        from goldenthread.config.command import main as run

        run()


if __name__ == "__main__":
    main()
