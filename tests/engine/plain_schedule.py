"""A slow, plain critical path to hold the engine against: calendars are lists of single minutes, passes repeat every rule until
nothing moves. Shares no code with the engine."""

from bisect import bisect_left

FAR = 1 << 60


class Minutes:
    """A calendar as the list of all its working minutes from a first to a last day."""

    def __init__(self, calendar, first_day, days, epoch):
        self.worked_minutes = []
        for day in range(first_day, first_day + days):
            for begin, until in calendar.shifts_on(epoch.fromordinal(epoch.toordinal() + day)):
                self.worked_minutes += range(day * 1440 + begin, day * 1440 + until)

    def count(self, moment):
        return bisect_left(self.worked_minutes, moment)

    def end(self, count):
        return self.worked_minutes[count - 1] + 1

    def begin(self, count):
        return self.worked_minutes[count]


class Clock:
    """Every minute counts."""

    def count(self, moment):
        return moment

    def end(self, count):
        return count

    begin = end


class PlainSchedule:
    """Dates by relaxation. rows: dicts of calendar, duration, floor, ceiling, limit, held, known start and finish where begun
    or done; links: (before, after, kind, lag, calendar)."""

    def __init__(self, rows, links):
        self.rows, self.links = rows, links
        self.start = [self.settle(i, row["floor"]) for i, row in enumerate(rows)]
        for _ in range(len(rows) + 1):
            before = list(self.start)
            for a, b, kind, lag, calendar in links:
                if not rows[b]["done"]:
                    self.start[b] = self.settle(b, max(self.start[b], self.left(a, b, kind, lag, calendar)))
            if self.start == before:
                break
        self.finish = [self.finish_of(i, start) for i, start in enumerate(self.start)]
        self.latest = max(self.finish)

    def settle(self, i, moment):
        row = self.rows[i]
        if row["done"]:
            return row["finish"]
        calendar = row["calendar"]
        count = calendar.count(moment)
        stays = row["placing"] == 2 or (row["placing"] == 1 and calendar.end(count) == moment)
        return min(moment if stays else calendar.begin(count), row["ceiling"])

    def finish_of(self, i, start):
        row = self.rows[i]
        if row["done"] or not row["duration"]:
            return start
        return row["calendar"].end(row["calendar"].count(start) + row["duration"])

    def start_of(self, i, finish):
        row = self.rows[i]
        return row["calendar"].begin(row["calendar"].count(finish) - row["duration"]) if row["duration"] else finish

    def left(self, a, b, kind, lag, calendar):
        row = self.rows[a]
        finish = row["finish"] if row["done"] else self.finish_of(a, self.start[a])
        start = row["began"] if row["began"] is not None else self.start[a]
        moment = finish if kind in (0, 2) else start
        if lag:
            moment = (calendar.end if lag > 0 else calendar.begin)(calendar.count(moment) + lag)
        return self.start_of(b, moment) if kind in (2, 3) else moment

    def late(self):
        """Late starts, late finishes and total floats."""
        rows = self.rows
        late = [min(row["limit"], self.latest) for row in rows]
        for _ in range(len(rows) + 1):
            before = list(late)
            for a, b, kind, lag, calendar in self.links:
                held = rows[a]["done"] or rows[a]["held"] or rows[b]["done"]
                if held or (rows[a]["began"] is not None and kind in (1, 3)):
                    continue
                moment = self.late_start(b, late[b]) if kind in (0, 1) else self.late_finish(b, late[b])
                if lag:
                    moment = (calendar.begin if lag > 0 else calendar.end)(calendar.count(moment) - lag)
                late[a] = min(late[a], moment if kind in (0, 2) else self.finish_of(a, moment))
            if late == before:
                break
        late = [row["limit"] if row["held"] else moment for row, moment in zip(rows, late, strict=True)]
        starts = [self.late_start(i, moment) for i, moment in enumerate(late)]
        finishes = [self.late_finish(i, moment) for i, moment in enumerate(late)]
        calendars = [row["calendar"] for row in rows]
        floats = [c.count(b) - c.count(a) for c, a, b in zip(calendars, self.finish, finishes, strict=True)]
        return starts, finishes, floats

    def late_finish(self, i, moment):
        row = self.rows[i]
        if row["done"]:
            return row["finish"]
        if not row["duration"]:
            return self.late_start(i, moment)
        return row["calendar"].end(row["calendar"].count(moment))

    def late_start(self, i, moment):
        row = self.rows[i]
        if row["done"]:
            return row["finish"]
        snapped = row["calendar"].end(row["calendar"].count(moment))
        if row["duration"]:
            return self.start_of(i, snapped)
        return snapped if row["placing"] else row["calendar"].begin(row["calendar"].count(snapped))
