"""The forecast as a plain Python loop, run by run, written from the definitions alone: oracle and yardstick.

Only the random numbers are the product's (one hashed uniform at a time); quantiles come from the standard library.
Leave-one-out takes effects out of every sum and judges again; `brute=True` adds every sum up anew instead of subtracting from
the total.
"""

from __future__ import annotations

import math
import sys
import time
from collections import defaultdict
from statistics import NormalDist

import numpy as np

from goldenthread.engine.forecast import ForecastOptions, forecast
from goldenthread.engine.randoms import uniform
from goldenthread.engine.thread_data import (
    ONCE,
    PER_YEAR,
    Contributions,
    Kpis,
    Objectives,
    ScheduleRuns,
    Subjects,
    Supervisions,
    Targets,
    ThreadData,
)

SUCCESS, FINISH, EFFECT, RAISE, DRIFT, FACTOR, RUN, STEP, BRIDGE = 1, 2, 3, 4, 5, 6, 7, 16, 48
ZERO_ONE = NormalDist()


def rows(table):
    names = list(table.__dataclass_fields__)
    return [dict(zip(names, values, strict=True)) for values in zip(*(getattr(table, n).tolist() for n in names), strict=True)]


def triangle(u, a, c, b):
    if a == b:
        return a
    return a + math.sqrt(u * (b - a) * (c - a)) if u < (c - a) / (b - a) else b - math.sqrt((1 - u) * (b - a) * (b - c))


def share(days, ramp):
    return 0.0 if days < 0 else 1.0 if days >= ramp else days / ramp


def area(days, ramp):
    return 0.0 if days <= 0 else days - ramp / 2 if days >= ramp else days * days / 2 / ramp


class Run:
    """One run: draws, values, and what remains when some effects are taken out."""

    def __init__(self, data, seed, run, cells, brute):
        self.kpis, self.targets, self.given, self.cells, self.brute = data["kpis"], data["targets"], data["given"], cells, brute
        self.uniform = lambda row, stream: uniform(seed, run, row["key"], stream)
        self.walks = {}
        self.finish = []
        for s in data["subjects"]:
            if s["schedule"] >= 0:
                of = data["schedules"][s["schedule"]]
                day = of.days[s["line"], int(uniform(seed, run, of.key, RUN) * of.days.shape[1])]
            else:
                day = triangle(self.uniform(s, FINISH), s["finish_low"], s["finish_likely"], s["finish_high"])
            self.finish.append(day if s["finish_high"] <= 0 else max(0.0, day))
        self.done = [s["finish_high"] <= 0 for s in data["subjects"]]
        self.unit = [self.uniform(s, SUCCESS) for s in data["subjects"]]
        self.draw_raises(data["watched"])
        self.draw_effects(seed, run)
        self.on = defaultdict(list)
        for t, target in enumerate(self.targets):
            self.on[target["kpi"]].append(t)
        self.by_kpi = defaultdict(list)
        for c, row in enumerate(self.given):
            self.by_kpi[row["kpi"]].append(c)
        self.points = {t: self.points_of(target) for t, target in enumerate(self.targets)}
        self.totals = {(t, p): self.value(t, p, {}) for t, points in self.points.items() for p in points}
        self.met = [self.reached(t, {}) for t in range(len(self.targets))]
        self.worth = [self.money(t, {}) for t in range(len(self.targets))]

    def draw_raises(self, watched):
        self.raised = [0.0] * len(self.finish)
        self.raise_of, self.weight = [], []
        for q in watched:
            end, begin = self.finish[q["supervised"]], max(0.0, self.finish[q["subject"]])
            cover, later = (max(0.0, end - b) / end if end > 0 else 0.0 for b in (begin, begin + 1))
            self.raise_of.append(cover * triangle(self.uniform(q, RAISE), q["low"], q["likely"], q["high"]))
            self.raised[q["supervised"]] += self.raise_of[-1]
            self.weight.append(1 - later / cover if cover > 0 and not self.done[q["subject"]] else 0.0)

    def draw_effects(self, seed, run):
        self.effect, self.start = [], []
        for row in self.given:
            size = triangle(self.uniform(row, EFFECT), min(row["low"], row["high"]), row["likely"], max(row["low"], row["high"]))
            size *= row["factor_mean"]
            if row["factor_mean"] and row["factor_sd"]:
                h = min((row["factor_sd"] / row["factor_mean"]) ** 2 / 9, 0.25)
                z = ZERO_ONE.inv_cdf(uniform(seed, run, row["factor_class"], FACTOR))
                size *= max(0.0, 1 - h + math.sqrt(h) * z) ** 3 / (1 - h**3)
            self.effect.append(size if self.unit[row["subject"]] < row["chance"] + self.raised[row["subject"]] else 0.0)
            self.start.append(self.finish[row["subject"]] + row["lag"])

    def points_of(self, target):
        points = [(target["due_day"], target["due_day"])] if target["due_day"] > 0 else []
        if self.kind(target) == PER_YEAR:
            width = max(0.0, target["held_until_day"]) / self.cells
            points += [(i * width, (i + 1) * width) for i in range(self.cells)] if width else []
        return points

    @staticmethod
    def kind(target):
        return 0 if math.isnan(target["worth_per_unit"]) else target["worth_kind"]

    def walk(self, k, ahead):
        """The Brownian path of a KPI: steps of a doubling grid, a bridge inside."""
        row, path, low, high, i = self.kpis[k], 0.0, 0.0, 7.0, 0
        if (k, ahead) in self.walks:
            return self.walks[k, ahead]
        while ahead >= high:
            path += math.sqrt(high - low) * ZERO_ONE.inv_cdf(self.uniform(row, STEP + i))
            low, high, i = high, high * 2, i + 1
        part = (ahead - low) / (high - low)
        path += part * math.sqrt(high - low) * ZERO_ONE.inv_cdf(self.uniform(row, STEP + i))
        path += math.sqrt((high - low) * part * (1 - part)) * ZERO_ONE.inv_cdf(self.uniform(row, BRIDGE + i))
        self.walks[k, ahead] = path
        return path

    def part(self, c, point, delay=0.0):
        row, (x0, x1), begin = self.given[c], point, self.start[c] + delay
        seen = share(self.kpis[row["kpi"]]["day_of_value"] - begin, row["ramp"]) if self.done[row["subject"]] else 0.0
        return (
            share(x0 - begin, row["ramp"])
            if x0 == x1
            else (area(x1 - begin, row["ramp"]) - area(x0 - begin, row["ramp"])) / (x1 - x0)
        ) - seen

    def value(self, t, point, out, late=0.0):
        """Value at a point without (or, `late`, with later) the effects `out` of contributions."""
        k = self.targets[t]["kpi"]
        if (self.brute and not late) or not out:
            kpi, ahead = self.kpis[k], sum(point) / 2 - self.kpis[k]["day_of_value"]
            drift = kpi["drift_per_day"] + kpi["drift_error"] * ZERO_ONE.inv_cdf(self.uniform(kpi, DRIFT))
            total = kpi["value_now"] + drift * ahead + kpi["noise_per_root_day"] * self.walk(k, ahead)
            return total + sum((self.effect[c] - out.get(c, 0.0)) * self.part(c, point) for c in self.by_kpi[k])
        gone = sum(e * (self.part(c, point) - (self.part(c, point, late) if late else 0.0)) for c, e in out.items())
        return self.totals[t, point] - gone

    def kept(self, t, value):
        kpi = self.kpis[self.targets[t]["kpi"]]
        value = value if math.isnan(kpi["floor"]) else max(value, kpi["floor"])
        return value if math.isnan(kpi["ceiling"]) else min(value, kpi["ceiling"])

    def inside(self, t, value):
        target, value = self.targets[t], self.kept(t, value)
        low, high = target["band_low"], target["band_high"]
        if math.isnan(low) and math.isnan(high):
            rising = target["direction"] > 0 or (target["direction"] == 0 and target["value"] > target["baseline"])
            low, high = (target["value"], math.inf) if rising else (-math.inf, target["value"])
        slack = target["tolerance"] + 1e-9 * max(1.0, *(abs(x) for x in (low, high) if math.isfinite(x)))
        return not (value < low - slack or value > high + slack)

    def due_value(self, t, out, late=0.0):
        target = self.targets[t]
        if target["due_day"] <= 0:
            return self.kpis[target["kpi"]]["value_now"] if math.isnan(target["value_at_due"]) else target["value_at_due"]
        return self.value(t, (target["due_day"], target["due_day"]), out, late)

    def reached(self, t, out):
        return self.inside(t, self.due_value(t, out))

    def benefit(self, t, value):
        target = self.targets[t]
        if not (math.isnan(target["band_low"]) and math.isnan(target["band_high"])):
            return target["worth_per_unit"] * self.inside(t, value)
        sign = target["direction"] or math.copysign(1, target["value"] - target["baseline"])
        way = max(0.0, sign * (target["value"] - target["baseline"]))
        return target["worth_per_unit"] * min(sign * (self.kept(t, value) - target["baseline"]), way)

    def money(self, t, out, late=0.0):
        kind = self.kind(self.targets[t])
        if kind == ONCE:
            return self.benefit(t, self.due_value(t, out, late))
        if kind == PER_YEAR:
            cells = [p for p in self.points[t] if p[0] != p[1]]
            return sum(self.benefit(t, self.value(t, p, out, late)) * (p[1] - p[0]) / 365 for p in cells)
        return 0.0

    def raised_by(self, q, watched):
        """Effects that succeed only because of supervision q."""
        s = watched[q]["supervised"]
        mine = [c for c, row in enumerate(self.given) if row["subject"] == s]
        return {c: self.effect[c] for c in mine if self.unit[s] >= self.given[c]["chance"] + self.raised[s] - self.raise_of[q]}


def take(sums, asked, run, name, out):
    """Add up what run loses without the effects `out`."""
    touched, fewer = {run.given[c]["kpi"] for c in out if out[c]}, set()
    for k in touched:
        here = {c: e for c, e in out.items() if run.given[c]["kpi"] == k}
        for t in run.on[k]:
            if run.targets[t]["due_day"] > 0:
                day = (run.targets[t]["due_day"],) * 2
                sums[name, "expected", t] += sum(e * run.part(c, day) for c, e in here.items())
            after = run.reached(t, here)
            sums[name, "chance", t] += run.met[t] - after
            fewer |= {t} if after != run.met[t] else set()
            sums[name, "worth"] += run.worth[t] - run.money(t, here)
    for o, targets in asked.items():
        if fewer & set(targets):
            sums[name, "objective", o] += all(run.met[t] for t in targets) - all(run.met[t] ^ (t in fewer) for t in targets)


def delay(run, out, late):
    """Worth that run loses when the effects `out` come `late` days later (0: not at all)."""
    total = 0.0
    for k in {run.given[c]["kpi"] for c in out}:
        here = {c: e for c, e in out.items() if run.given[c]["kpi"] == k}
        total += sum(run.worth[t] - run.money(t, here, late) for t in run.on[k])
    return total


def loop(data, runs, seed=1, cells=12, brute=False):
    """All figures by plain loops: a dictionary of sums over runs divided by runs."""
    tables = {"kpis": data.kpis, "targets": data.targets, "subjects": data.subjects, "given": data.contributions}
    tables = {name: rows(table) for name, table in (tables | {"watched": data.supervisions}).items()}
    tables["schedules"] = data.schedules
    objectives = range(len(data.objectives))
    asked = {o: [t for t, row in enumerate(tables["targets"]) if row["objective"] == o and row["required"]] for o in objectives}
    mine, watching = defaultdict(list), defaultdict(list)
    for c, row in enumerate(tables["given"]):
        mine[row["subject"]].append(c)
    for q, row in enumerate(tables["watched"]):
        watching[row["subject"]].append(q)
    sums, paths = defaultdict(float), defaultdict(list)

    for number in range(runs):
        run = Run(tables, seed, number, cells, brute)
        for t in range(len(run.targets)):
            sums["chance", t] += run.met[t]
            sums["worth", t] += run.worth[t]
            paths[t].append(run.kept(t, run.due_value(t, {})))
        for o in objectives:
            sums["objective", o] += bool(asked[o]) and all(run.met[t] for t in asked[o])
        for c in range(len(run.given)):
            take(sums, asked, run, ("contribution", c), {c: run.effect[c]} if run.effect[c] else {})
        only = [run.raised_by(q, tables["watched"]) for q in range(len(tables["watched"]))]
        for q, out in enumerate(only):
            take(sums, asked, run, ("supervision", q), {c: e for c, e in out.items() if e})
            s = tables["watched"][q]["supervised"]
            still = {
                c: e for c, e in out.items() if e and run.given[c]["chance"] + run.raised[s] - run.raise_of[q] * run.weight[q] < 1
            }
            sums["delay", tables["watched"][q]["subject"]] += run.weight[q] * delay(run, still, 0.0)
        for s in range(len(run.finish)):
            out = {c: run.effect[c] for c in mine[s] if run.effect[c]}
            if not run.done[s] and out:
                sums["delay", s] += delay(run, out, 1.0)
            for q in watching[s]:
                out |= {c: e for c, e in only[q].items() if e}
            take(sums, asked, run, ("subject", s), out)
    return defaultdict(float, {key: total / runs for key, total in sums.items()}), paths


def differences(data, runs, seed=1, cells=12, path="plain", threads=1, brute=False):
    """Largest difference between the product's figures and the loop's, by kind of figure."""
    got = forecast(data, ForecastOptions(seed=seed, runs=runs, months=(30.0, 400.0), cells=cells, path=path, threads=threads))
    want, paths = loop(data, runs, seed, cells, brute)
    worst = defaultdict(float)

    def compare(kind, a, b):
        worst[kind] = max(worst[kind], abs(a - b) / max(1.0, abs(b)))

    for t in range(len(data.targets)):
        compare("chance", got.targets.chance[t], want["chance", t])
        if not math.isnan(got.targets.worth_mean[t]):
            compare("worth", got.targets.worth_mean[t], want["worth", t])
        for name, q in (("p10", 10), ("p50", 50), ("p90", 90)):
            compare(name, getattr(got.targets, name)[t], float(np.percentile(paths[t], q)))
    for o in range(len(data.objectives)):
        if not math.isnan(got.objectives.chance[o]):
            compare("objective", got.objectives.chance[o], want["objective", o])
    for name, table in (("contribution", got.contributions), ("subject", got.subjects), ("supervision", got.supervisions)):
        for i in range(len(table.key)):
            compare(name + " worth", table.value_at_stake[i], want[(name, i), "worth"])
        for i, t, expected, chance in zip(table.item, table.target, table.expected, table.chance, strict=True):
            compare(name + " expected", expected, want[(name, int(i)), "expected", int(t)])
            compare(name + " chance", chance, want[(name, int(i)), "chance", int(t)])
        for i, o, chance in zip(table.objective_item, table.objective, table.objective_chance, strict=True):
            compare(name + " objective", chance, want[(name, int(i)), "objective", int(o)])
    for s in range(len(data.subjects)):
        compare("delay", got.subjects.cost_of_delay[s], want["delay", s])
    return dict(worst)


def organisation(seed=3, kpis=60, objectives=20, targets=60, subjects=1200, contributions=2000, supervisions=100):
    """A made-up organisation of any size: bands, falling and shared KPIs, past targets, finished work, supervision."""
    r = np.random.default_rng(seed)
    goal = np.where(r.random(kpis) < 0.7, 66.0, 55.0)[np.arange(targets) % kpis]
    band = r.random(targets) < 0.15
    falling = np.zeros(kpis, bool)
    falling[np.arange(targets)[goal < 60] % kpis] = True
    return ThreadData(
        kpis=Kpis(
            key=r.permutation(9 * kpis)[:kpis],
            value_now=r.uniform(58, 62, kpis),
            day_of_value=-r.integers(0, 40, kpis),
            drift_per_day=r.normal(0, 0.003, kpis),
            drift_error=np.full(kpis, 0.002),
            noise_per_root_day=np.full(kpis, 0.1),
            floor=np.where(r.random(kpis) < 0.5, 0.0, np.nan),
            ceiling=np.where(r.random(kpis) < 0.5, 74.0, np.nan),
        ),
        objectives=Objectives(key=np.arange(objectives) + 1),
        targets=Targets(
            key=r.permutation(9 * targets)[:targets],
            objective=np.arange(targets) % objectives,
            kpi=np.arange(targets) % kpis,
            baseline=np.full(targets, 60.0),
            value=np.where(band, np.nan, goal),
            band_low=np.where(band, 58.0, np.nan),
            band_high=np.where(band, 66.0, np.nan),
            due_day=np.where(r.random(targets) < 0.1, -20.0, r.uniform(150, 700, targets)),
            tolerance=np.where(r.random(targets) < 0.3, 0.5, 0.0),
            required=(r.random(targets) < 0.8).astype(int),
            worth_per_unit=np.where(r.random(targets) < 0.8, 1e5, np.nan),
            worth_kind=r.integers(0, 3, targets),
            held_until_day=np.full(targets, 1000.0),
        ),
        **work(r, falling, subjects, contributions, supervisions),
    )


def work(r, falling, subjects, contributions, supervisions):
    """Subjects (some finished), contributions in the direction their KPI is asked to go, and supervisions of other subjects."""
    low = r.uniform(5, 400, subjects)
    finish = np.stack([low, low + r.uniform(0, 60, subjects), low + r.uniform(60, 120, subjects)])
    done = r.random(subjects) < 0.15
    finish[:, done] = -r.uniform(1, 200, int(done.sum()))
    on = r.integers(0, falling.size, contributions)
    effect = np.sort(r.uniform(0, 36 * falling.size / contributions, (3, contributions)), axis=0) * np.where(falling[on], -1, 1)
    chance = np.sort(r.uniform(0, 0.4, (3, supervisions)), axis=0)
    pairs = r.permutation(subjects)[: 2 * supervisions].reshape(2, -1)
    of, line, schedules = simulated(np.random.default_rng(subjects), finish, done)
    return {
        "schedules": schedules,
        "subjects": Subjects(
            key=r.permutation(9 * subjects)[:subjects],
            finish_low=finish[0],
            finish_likely=finish[1],
            finish_high=finish[2],
            schedule=of,
            line=line,
        ),
        "contributions": Contributions(
            key=r.permutation(9 * contributions)[:contributions],
            subject=r.integers(0, subjects, contributions),
            kpi=on,
            low=effect[0],
            likely=effect[1],
            high=effect[2],
            chance=r.uniform(0.3, 1.0, contributions),
            lag=r.uniform(0, 60, contributions),
            ramp=r.uniform(0, 120, contributions) * (r.random(contributions) < 0.7),
            factor_mean=np.where(r.random(contributions) < 0.5, 1.0, 0.8),
            factor_sd=np.where(r.random(contributions) < 0.5, 0.0, 0.2),
            factor_class=r.integers(0, 3, contributions),
        ),
        "supervisions": Supervisions(
            key=np.arange(supervisions), subject=pairs[0], supervised=pairs[1], low=chance[0], likely=chance[1], high=chance[2]
        ),
    }


def simulated(r, finish, done):
    """Runs of two schedules, for a third of the unfinished subjects each: each run delays a whole schedule, and each subject."""
    of = np.where(done, -1, r.integers(-1, 2, done.size))
    line, schedules = np.zeros(done.size, np.int64), []
    for place, runs in enumerate((7, 30)):
        mine = np.flatnonzero(of == place)
        days = np.round(finish[1, mine][:, None] + r.uniform(-90, 90, runs) + r.uniform(0, 20, (mine.size, runs)))
        finish[0, mine], finish[1, mine], finish[2, mine] = days.min(axis=1), np.median(days, axis=1), days.max(axis=1)
        line[mine] = np.arange(mine.size)
        schedules.append(ScheduleRuns(900 + place, days))
    return of, line, tuple(schedules)


def measure(runs=10_000, loop_runs=6, threads=2):
    """Time of the product and of the loop on one large organisation, answers compared: seconds, seconds, ratio, largest
    difference."""
    from goldenthread.engine import kernels

    kernels.warm()
    data = organisation()
    equal = differences(data, loop_runs, path="compiled", threads=threads)
    best, per_run = math.inf, math.inf
    for _ in range(3):
        begun = time.perf_counter()
        forecast(data, ForecastOptions(runs=runs, threads=threads, path="compiled"))
        best = min(best, time.perf_counter() - begun)
        begun = time.perf_counter()
        loop(data, loop_runs // 3)
        per_run = min(per_run, (time.perf_counter() - begun) / (loop_runs // 3))
    return {"product": best, "loop": per_run * runs, "ratio": per_run * runs / best, "largest difference": max(equal.values())}


if __name__ == "__main__":
    sys.stdout.write(f"{measure()}\n")
