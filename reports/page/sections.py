"""What stands in each section of the page, in words and tables."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from reports.page.explanation import method_in_words
from reports.page.names import Names
from reports.page.table import Table, table
from selection import universe
from selection.choice import quotas
from selection.roles import measured_on
from warehouse.gazetteer import NO_BEGINNING, Change

OFTEN = 0.05
_STALE_YEARS = 3
_EXPLAINS_LITTLE = 0.1  # of the variance of the outcome
_LINK = Markup('<a href="{0}">{1}</a>')


class Entry(NamedTuple):
    """One entry of the rule: what it is about, and what was decided, a sentence each."""

    about: str
    said: list[str]


class FlowStep(NamedTuple):
    """One step from all municipalities to the cases."""

    title: str
    reason: str
    condition: str
    left_out: str
    remain: str
    names: list[str]


class Sections:
    """The contents of the page, section by section."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.words = names.words
        self.numbers = names.numbers
        self.findings = names.findings
        self.rule = names.findings.rule
        self.selection = names.findings.selection

    # --- summary ---

    def lead(self) -> str:
        """What was done, in a sentence with its numbers."""
        inside = {code for members in self.selection.strata.values() for code in members}
        return self.words(
            "summary_lead",
            cases=len(self.selection.codes),
            networks=len(self.selection.networks),
            method=self.method_name(),
            inside=len(inside),
            candidates=len(self.selection.universe.table),
        )

    def method_name(self) -> str:
        return self.words.of("method", self.rule.method.name)

    def firmness(self) -> str:
        """How many of the cases are robust, in a sentence."""
        labels = [self.stability_of(code)[1] for code in self.selection.codes]
        if all(label == "robust" for label in labels):
            robust = self.numbers.percent(self.rule.sensitivity.robust)
            return self.words("stable_all", robust=robust)
        counts = {name: labels.count(name) for name in ("robust", "borderline", "fragile")}
        return self.words("stable_some", robust_count=counts["robust"],
                          borderline=counts["borderline"], fragile=counts["fragile"])  # fmt: skip

    def stability_of(self, code: str) -> tuple[float, str]:
        """The stability of a chosen case, and its label."""
        rows = self.findings.sensitivity.stability
        row = rows[rows["chosen"] & (rows["municipality_code"] == code)].iloc[0]
        return float(row["stability"]), str(row["label"])

    def firmness_of(self, code: str) -> Markup:
        share, label = self.stability_of(code)
        return Markup('<span class="label {}">{}</span> {}').format(
            label, self.words.of("label", label), self.numbers.percent(share)
        )

    def cases(self) -> Table:
        """The chosen municipalities, one a row."""
        w = self.words
        columns = [w("number"), w("municipality"), w("code"), w("network"), w("county"),
                   w("centrality"), w("population"), w("stability")]  # fmt: skip
        who = self.findings.candidates.table
        kinds = "cell" in self.selection.ranking
        rows = []
        for chosen in _rows(self.selection.chosen):
            code = str(chosen.municipality_code)
            own = who.loc[code]
            rows.append([
                self.names.case_numbers[code],
                _LINK.format(f"#case-{code}", self.names.municipality(code)),
                code, self.names.network(str(chosen.network_id)), own["county_name"],
                self.numbers.figure(own["centrality_class"]),
                self.numbers.figure(own["population"]), self.firmness_of(code),
                *([self.names.cell(self.selection.ranking["cell"][code])] if kinds else []),
            ])  # fmt: skip
        columns += [w("kind")] if kinds else []
        return table(w("the_cases"), columns, rows, numeric=[5, 6])

    # --- rule ---

    def entries(self) -> Iterator[Entry]:
        """The decisions of the rule, in the order in which they are taken."""
        w, rule = self.words, self.rule
        yield Entry(w("question"), [getattr(rule.question, self.names.language)])
        yield Entry(w("goal"), [self._sentence(w.of("goal", rule.goal)), self.names.fit()])
        definition = w.of("definition", rule.universe.district_definition)
        yield Entry(w("universe_of"), [self._sentence(definition)])
        yield Entry(w("networks"), list(self._networks()))
        bases = ", ".join(w.of("basis", basis) for basis in rule.membership.basis)
        yield Entry(w("evidence_accepted"), [self._sentence(bases)])
        yield Entry(w("method"), list(self._method()))
        asked = quotas(rule, self.selection.networks)
        each = set(asked.values())
        counts = (
            w("each_network", count=each.pop())
            if len(each) == 1
            else ", ".join(f"{self.names.network(n)}: {count}" for n, count in asked.items())
        )
        yield Entry(w("cases_asked"), [self._sentence(counts)])
        ties = [
            *(f"{self.names.inline(column)} {'↑' if up else '↓'}" for column, up in rule.ties),
            w("ties_last"),
        ]
        yield Entry(w("ties"), [self._sentence(", ".join(ties))])
        yield Entry(w("seed"), [str(rule.seed)])
        yield Entry(w("missing_figures"), [w.of("missing", rule.missing)])
        yield Entry(w("overrides"), list(self.names.overrides()) or [w("no_overrides")])
        yield Entry(w("frozen"), self.names.frozen(self.findings.freeze))

    def _sentence(self, said: str) -> str:
        return f"{said[:1].upper()}{said[1:]}."

    def _networks(self) -> Iterator[str]:
        rule, w = self.rule, self.words
        yield self._sentence(", ".join(self.names.network(n) for n in self.selection.networks))
        if rule.networks.method is None:
            yield f"{w('networks_given')} {self.names.said(rule.networks.because)}"
        else:
            method = w.of("method", rule.networks.method.name)
            yield w("networks_chosen", count=rule.networks.choose, method=method)

    def _method(self) -> Iterator[str]:
        yield self.words.of("does", self.rule.method.name)
        yield self._sentence(method_in_words(self.names, self.rule.method))

    def indicators(self) -> Table:
        """The indicators of the rule with role, period and coverage."""
        w = self.words
        columns = [w("indicator"), w("role"), w("unit"), w("period"), w("known_for"),
                   w("better"), w("used_as")]  # fmt: skip
        who = self.findings.candidates.table
        rows = [
            [
                self.names.title(entry.name), w.of("role", entry.role),
                self.names.unit(entry.name), self.names.periods(entry.name),
                str(int(who[entry.name].notna().sum())), w.of("direction", entry.direction),
                w("transform_log") if entry.transform == "log" else w("as_it_is"),
            ]
            for entry in self.names.entries
        ]  # fmt: skip
        return table(w("indicators"), columns, rows, numeric=[4])

    def clusters(self) -> list[str]:
        """How far clusters can be trusted, where the method makes them."""
        found = self.findings.clusters
        if not found:
            return []
        fixed = self.numbers.fixed
        stability = ", ".join(
            f"{self.names.cell(name)} {fixed(value, 2)}"
            for name, value in found["stability"].items()
        )
        agreement = found["agreement"]
        said = self.words(
            "clusters_lead", silhouette=fixed(found["silhouette"], 2), stability=stability,
            kostra=fixed(agreement.get("kostra_group"), 2),
            centrality=fixed(agreement.get("centrality_class"), 2),
        )  # fmt: skip
        low = max(agreement.values(), default=0) < 0.3
        return [said, self.words("clusters_why")] if low else [said]

    def kinds_of_case(self) -> Table | None:
        """The kinds the candidates fall in: how many, and the middle of each indicator."""
        order = self.selection.ranking
        if "cell" not in order:
            return None
        cells = {str(cell): list(part.index) for cell, part in order.groupby("cell")}
        everybody = self.selection.universe.table
        rows = [[self.words("candidates_column"), *(str(len(codes)) for codes in cells.values())]]
        for entry in self.names.entries:
            figures = everybody[entry.name].astype(float)
            medians = (figures.loc[codes].median() for codes in cells.values())
            shown = (self.names.figure(entry.name, median) for median in medians)
            rows.append([self.names.title(entry.name), *shown])
        chosen = (
            Markup("<br>").join(self.names.case(c) for c in self.selection.codes if c in codes)
            for codes in cells.values()
        )
        rows.append([self.words("chosen_word"), *(said or self.words("none") for said in chosen)])
        columns = [self.words("indicator"), *(self.names.cell(cell) for cell in cells)]
        return table(self.words("kinds_table"), columns, rows, range(1, 1 + len(cells)))

    def model(self) -> tuple[str, Table] | None:
        """The regression, where the method stands on one."""
        found = self.findings.model
        if not found:
            return None
        w, fixed = self.words, self.numbers.fixed
        lead = w("model_lead", n=found["n"], r2=fixed(found["r_squared"], 2),
                 adjusted=fixed(found["adjusted_r_squared"], 2),
                 bp=fixed(found["breusch_pagan_p"], 3))  # fmt: skip
        rows = [
            [self.names.title(name), fixed(one["coefficient"], 4),
             fixed(one["standard_error"], 4), fixed(one["variance_inflation"], 1)]
            for name, one in found["coefficients"].items()
        ]  # fmt: skip
        columns = [w("indicator"), w("coefficient"), w("standard_error"), w("variance_inflation")]
        return lead, table(w("the_model"), columns, rows, numeric=[1, 2, 3])

    # --- universe ---

    def flow(self) -> Iterator[FlowStep]:
        """From all municipalities to the cases, step by step."""
        w, who = self.words, self.selection.universe
        kinds = {"district definition": "district", "missing figure": "missing"}
        for step in who.steps:
            kind = kinds.get(step.kind, step.kind)
            reason = self.names.said(step.because)
            if kind == "district":
                reason = w.of("definition", self.rule.universe.district_definition)
            elif kind == "missing":
                reason = self.names.title(step.where)
            if step.unjudged:
                reason += f" ({w('unjudged', count=len(step.unjudged))})"
            yield FlowStep(
                w(f"step_{kind}"), reason, step.where if kind in ("include", "exclude") else "",
                w("left_out", count=step.before - step.after), w("remain", count=step.after),
                [self.names.municipality(code) for code in step.left_out],
            )  # fmt: skip
        inside = sum(len(codes) for codes in self.selection.strata.values())
        parts = ", ".join(
            f"{self.names.network(n)} {len(codes)}" for n, codes in self.selection.strata.items()
        )
        yield FlowStep(w("step_networks"), w("step_networks_why"), "", parts,
                       w("remain", count=inside), [])  # fmt: skip
        chosen = [self.names.municipality(code) for code in self.selection.codes]
        yield FlowStep(w("step_chosen"), ", ".join(chosen), "", "", str(len(chosen)), [])

    def bounds(self) -> Table | None:
        """Whether those without figures could have been chosen."""
        found, w = self.findings.bounds, self.words
        if found.empty:
            return None
        columns = [w("municipality"), w("network"), w("missing_what"), w("with_lowest"),
                   w("with_highest")]  # fmt: skip
        rows = [
            [
                row.municipality_name,
                self.names.network(str(row.network_id)),
                ", ".join(self.names.title(name) for name in row.missing),
                self._yes(row.lowest),
                self._yes(row.highest),
            ]
            for row in _rows(found)
        ]
        return table(w("bounds_title"), columns, rows)

    def _yes(self, it_is: object) -> str:
        return self.words("yes" if it_is else "no")

    # --- distributions and positions ---

    def lacking(self) -> Table:
        """The variation the cases do not reach."""
        lacking = self.findings.lacking
        by_name = zip(map(str, lacking["indicator"]), lacking.to_dict("records"), strict=True)
        percent = self.numbers.percent
        w, figure = self.words, self.names.figure
        columns = [w("indicator"), w("lowest_chosen"), w("highest_chosen"), w("below_share"),
                   w("above_share"), w("quarters_missing")]  # fmt: skip
        rows = [
            [
                self.names.title(name), figure(name, row["lowest_chosen"]),
                figure(name, row["highest_chosen"]), percent(row["below_percent"] / 100),
                percent(row["above_percent"] / 100),
                ", ".join(map(str, row["quarters_missing"])) or w("none"),
            ]
            for name, row in by_name
        ]  # fmt: skip
        return table(w("lacking"), columns, rows, numeric=[1, 2, 3, 4])

    def correlations(self) -> Table:
        """The correlation matrix of the indicators among the candidates."""
        among = universe.transformed(self.selection.universe.table, self.rule)
        columns = [entry.name for entry in self.names.entries]
        found = among[columns].astype(float).corr()
        rows = [
            [f"{n} {self.names.title(name)}",
             *("" if i > n - 1 else self.numbers.fixed(found.iloc[n - 1, i], 2)
               for i in range(len(columns)))]
            for n, name in enumerate(columns, start=1)
        ]  # fmt: skip
        heads = [self.words("indicator"), *(str(n + 1) for n in range(len(columns)))]
        numeric = range(1, len(columns) + 1)
        return table(self.words("correlations"), heads, rows, numeric=numeric)

    # --- networks ---

    def networks(self) -> Table:
        """Every network with members, the chosen ones set off."""
        w = self.words
        columns = [w("network"), w("members"), w("candidates_column"), w("people"),
                   w("district_share"), w("strong_share"), w("cooperations"),
                   w("inside_network")]  # fmt: skip
        found = self.findings.networks
        inside = set(self.selection.universe.table.index)
        rows, marked = [], []
        order = [*self.selection.networks,
                 *(n for n in found.index if n not in self.selection.networks)]  # fmt: skip
        for place, network in enumerate(n for n in order if n in found.index):
            row: Any = found.loc[network]
            parent = row["parent_network_id"]
            rows.append([
                self.names.network(network), str(int(row["members"])),
                str(len(inside & set(self.findings.candidates.members(network)))),
                self.numbers.figure(row["people"]),
                self.numbers.percent(row["district_share"] / 100),
                self.numbers.percent(row["strong_share"] / 100), str(row["cooperations"]),
                self.names.network(str(parent)) if isinstance(parent, str) and parent else "",
            ])  # fmt: skip
            if network in self.selection.networks:
                marked.append(place)
        return table(w("network_profiles"), columns, rows, range(1, 7), marked)

    def evidence(self) -> Table:
        """How the membership of each chosen network is known."""
        w, who = self.words, self.findings.candidates
        rows = []
        for network in self.selection.networks:
            own = who.membership[who.membership["network_id"] == network]
            for basis, part in own.groupby("basis"):
                urls = sorted(set(part["source_url"].dropna()))
                dates = sorted({str(d) for d in part["source_date"].dropna()})
                rows.append([
                    self.names.network(network), w.of("basis", basis),
                    str(part["municipality_code"].nunique()),
                    ", ".join(dict.fromkeys([*dates[:1], *dates[-1:]])),
                    Markup("<br>").join(_link(url) for url in urls[:4])
                    + (f" + {len(urls) - 4}" if len(urls) > 4 else ""),
                ])  # fmt: skip
        columns = [w("network"), w("evidence"), w("members"), w("source_date"), w("source")]
        return table(w("by_basis"), columns, rows, numeric=[2])

    def spread(self) -> Iterator[Table]:
        """For each indicator how the members of each chosen network are spread."""
        w, figure = self.words, self.names.figure
        columns = [w("network"), w("known_for"), w("lowest"), w("middle"), w("highest"),
                   w("mean"), w("mean_by_people")]  # fmt: skip
        found = self.findings.profiles.set_index(["indicator", "network_id"])
        for entry in self.names.entries:
            rows = []
            for network in self.selection.networks:
                row: Any = found.loc[(entry.name, network)]
                known = self.words("of", part=int(row["with_figure"]), whole=int(row["members"]))
                ends = ("minimum", "median", "maximum", "mean", "mean_by_people")
                rows.append(
                    [
                        self.names.network(network),
                        known,
                        *(figure(entry.name, row[c]) for c in ends),
                    ]
                )
            caption = f"{self.names.title(entry.name)} ({self.names.unit(entry.name)})"
            yield table(caption, columns, rows, range(1, 7))

    def overlaps(self) -> Table | None:
        """Networks that share members."""
        w, found = self.words, self.findings.overlaps
        if found.empty:
            return None
        rows = [
            [f"{self.names.network(str(r.network_a))} – {self.names.network(str(r.network_b))}",
             str(r.shared), self._yes(r.nested)]
            for r in _rows(found)
        ]  # fmt: skip
        columns = [w("networks"), w("shared"), w("nested")]
        return table(w("overlaps"), columns, rows, numeric=[1])

    def statements(self) -> Table | None:
        """What sources say of the chosen networks without naming anybody."""
        w, found = self.words, self.findings.statements
        own = found[found["network_id"].isin(self.selection.networks)]
        if own.empty:
            return None
        rows = [
            [self.names.network(str(r.network_id)), r.about, self.numbers.figure(r.member_count),
             self.names.day(r.source_date), _link(str(r.source_url))]
            for r in _rows(own)
        ]  # fmt: skip
        columns = [w("network"), w("name"), w("members"), w("source_date"), w("source")]
        return table(w("statements"), columns, rows, numeric=[2])

    # --- cases ---

    def why(self, code: str) -> str:
        """One sentence on why a case was chosen."""
        row: Any = self.selection.chosen.set_index("municipality_code").loc[code]
        network, name = str(row["network_id"]), self.names.municipality(code)
        if row["chosen_by"] == "override":
            said = self.words("chosen_override", name=name, network=self.names.network(network))
            return f"{said} {self.names.said(row['because'])}"
        share, label = self.stability_of(code)
        common = {
            "name": name, "place": row["place"], "network": self.names.network(network),
            "asked": quotas(self.rule, self.selection.networks)[network],
            "stability": self.numbers.percent(share), "label": self.words.of("label", label),
        }  # fmt: skip
        if isinstance(row["partner_code"], str):
            partner = self.names.municipality(row["partner_code"])
            return self.words("chosen_pair", partner=partner, **common)
        order = self.selection.ranking
        cell = ""
        if "cell" in order:
            cell = self.words("in_kind", cell=self.names.cell(order["cell"][code]))
        return self.words("chosen_because", rank=int(row["rank"]), all=len(order), cell=cell,
                          **common)  # fmt: skip

    def farthest(self, code: str) -> str:
        """In what a case is farthest from the middle of the country."""
        places: Any = self.findings.positions.loc[code].dropna()
        far = (places - 50).abs().sort_values(ascending=False, kind="stable").index[:2]
        said = [
            self.words("is_at", indicator=self.names.inline(name),
                       value=self.names.shown(code, name),
                       percent=self.numbers.percent(places[name] / 100))
            for name in far
        ]  # fmt: skip
        return self.words("farthest", what=f" {self.words('and')} ".join(said))

    def figures_of(self, code: str) -> Table:
        """Every figure of a case beside the middle of its groups."""
        w, found = self.words, self.findings
        own = found.groups[found.groups["municipality_code"] == code]
        groups = ("network", "centrality_class", "kostra_group", "country")
        quality = found.candidates.figures.set_index(["name", "municipality_code"])["quality"]
        rows = []
        for entry in self.names.entries:
            medians = own[own["indicator"] == entry.name].set_index("group")["median"]
            rows.append([
                f"{self.names.title(entry.name)} ({self.names.unit(entry.name)})",
                self.names.shown(code, entry.name),
                self.numbers.fixed(found.positions[entry.name].get(code), 0),
                *(self.names.figure(entry.name, medians[group]) for group in groups),
                self.names.periods(entry.name),
                self.qualities(quality.get((entry.name, code))),
            ])  # fmt: skip
        class_name = self.numbers.figure(found.candidates.table["centrality_class"][code])
        kostra = str(found.candidates.table["kostra_group"][code]).removeprefix("EKG")
        columns = [
            w("indicator"), w("figure"), w("percentile"), w("its_network").capitalize(),
            w("its_centrality", name=class_name).capitalize(), w("its_kostra", name=kostra),
            w("country"), w("period"), w("quality"),
        ]  # fmt: skip
        return table(w("table_medians"), columns, rows, range(1, 7))

    def qualities(self, said: object) -> str:
        """One or more kinds of quality in words."""
        if not isinstance(said, str) or not said:
            return ""
        return ", ".join(self.words.of("quality", one) for one in said.split(", "))

    def history(self, code: str) -> list[Table]:
        """The codes and names of a case, what it came from and what it gave to."""
        w, found = self.words, self.findings.histories[code]
        versions = [
            [v.code, v.name, v.county,
             w("since_beginning") if v.valid_from == NO_BEGINNING else str(v.valid_from),
             "" if v.valid_to is None else str(v.valid_to)]
            for v in found.versions
        ]  # fmt: skip
        columns = [w("code"), w("name"), w("county"), w("from_day"), w("to_day")]
        tables = [table(w("history_names"), columns, versions)]
        for key, changes, old in (
            ("history_from", found.came_from, True),
            ("history_into", found.went_into, False),
        ):
            if changes:
                rows = [[str(c.changed_on), *_other(c, old=old), self._how(c)] for c in changes]
                heads = [w("from_day"), w("code"), w("name"), w("change")]
                tables.append(table(w(key), heads, rows))
        return tables

    def _how(self, change: Change) -> str:
        kind = self.words(change.kind)
        return self.words("part_of_it", kind=kind) if change.share == "part" else kind

    def together(self, code: str) -> Table:
        """The networks and cooperations of a case, each with its source."""
        w = self.words
        rows = [
            [r.network_name, w("kind_network"), w.of("basis", r.basis), self._span(r),
             _link(r.source_url), self.names.day(r.source_date)]
            for r in _own(self.findings.memberships, code)
        ] + [
            [r.cooperation_name, w("kind_cooperation"), "", self._span(r), _link(r.source_url),
             self.names.day(r.source_date)]
            for r in _own(self.findings.cooperations, code)
        ]  # fmt: skip
        columns = [w("name"), w("kind"), w("evidence"), w("valid"), w("source"), w("source_date")]
        return table(w("networks_and_cooperations"), columns, rows)

    def has_cooperation(self, code: str) -> bool:
        """Whether any cooperation of a case is in the register."""
        return bool((self.findings.cooperations["municipality_code"] == code).any())

    def _span(self, row: Any) -> str:
        ends = [str(end) if isinstance(end, str) else "" for end in (row.valid_from, row.valid_to)]
        return "–".join(ends) if any(ends) else self.words("not_known")

    def neighbours(self, code: str) -> list[Table]:
        """The nearest candidates of a case, and the nearest outside the chosen networks."""
        w = self.words
        tables = []
        for key, found in (
            ("neighbours_near", self.findings.neighbours),
            ("neighbours_outside", self.findings.outside),
        ):
            own = found[found["municipality_code"] == code]
            rows = [
                [self.names.municipality(str(r.neighbour_code)), str(r.neighbour_code),
                 self.findings.candidates.table["county_name"][r.neighbour_code],
                 self.numbers.fixed(r.distance, 2)]
                for r in _rows(own)
            ]  # fmt: skip
            if rows:
                columns = [w("municipality"), w("code"), w("county"), w("distance")]
                tables.append(table(w(key), columns, rows, numeric=[3]))
        return tables

    def distance_on(self) -> str:
        """What neighbours are measured on."""
        on = measured_on(self.rule, self.rule.method)
        return "; ".join(self.names.inline(name) for name in on)

    # --- sensitivity ---

    def kinds(self) -> Table:
        """What moves the choice, by kind of change."""
        w = self.words
        rows = [
            [w.of("kind", r.kind), self.numbers.figure(r.runs), self.numbers.percent(r.agreement)]
            for r in _rows(self.findings.sensitivity.kinds)
        ]
        columns = [w("change"), w("runs"), w("agreement")]
        return table(w("by_kind"), columns, rows, numeric=[1, 2])

    def stability(self) -> Table:
        """The cases, and others often chosen, with the share of runs of each kind."""
        w, found = self.words, self.findings.sensitivity.stability
        shown = found[found["chosen"] | (found["stability"] >= OFTEN)]
        kinds = [name for name in found if str(name).startswith("share_")]
        columns = [w("municipality"), w("network"), w("stability"), w("best_worst"),
                   *(w.of("kind", str(kind).removeprefix("share_")) for kind in kinds)]  # fmt: skip
        rows, marked = [], []
        order = {n: place for place, n in enumerate(self.selection.networks)}
        shown = shown.sort_values("network_id", key=lambda ids: ids.map(order), kind="stable")
        row: Any
        for place, (_, row) in enumerate(shown.iterrows()):
            code = str(row["municipality_code"])
            share = self.numbers.percent(row["stability"])
            label = self.firmness_of(code) if row["chosen"] else share
            best, worst = row["best_place"], row["worst_place"]
            places = w("best_worst_value", best=self.numbers.figure(best),
                       worst=self.numbers.figure(worst)) if pd.notna(best) else ""  # fmt: skip
            number = self.names.case_numbers.get(code) if row["chosen"] else None
            name = f"{number} {row['municipality_name']}" if number else row["municipality_name"]
            rows.append([name, self.names.network(str(row["network_id"])), label, places,
                         *(self.numbers.percent(row[kind]) for kind in kinds)])  # fmt: skip
            if row["chosen"]:
                marked.append(place)
        return table(w("by_case"), columns, rows, range(4, 4 + len(kinds)), marked)

    def runs(self) -> Table:
        """Each variant of the rule with who dropped out and who came in; not the random weights,
        nor the earlier vintages."""
        w, runs = self.words, self.findings.sensitivity.runs
        by_run = runs[~runs["kind"].isin(["weights", "vintage"])].groupby(
            ["kind", "run"], sort=False
        )
        rows = [
            [w.of("kind", kind), self._run(str(kind), str(run)),
             *self._moved(set(part["municipality_code"]))]
            for (kind, run), part in by_run
        ]  # fmt: skip
        columns = [w("change"), w("run"), w("not_chosen_again"), w("came_in")]
        return table(w("each_run"), columns, rows)

    def notes(self) -> list[str]:
        """What each change of the rule could not do."""
        return [
            ", ".join(
                filter(None, [self.words.of("kind", n.kind), self._run(n.kind, n.run)])
            ) + f": {getattr(n.said, self.words.language)}"
            for n in self.findings.sensitivity.notes
        ]  # fmt: skip

    def revisions_lead(self) -> str:
        """Whether there are earlier vintages to compare with, and how many are tried."""
        moved = self.findings.sensitivity
        if not moved.differing:
            return self.words("revisions_none")
        if moved.vintages.empty:
            return self.words("revisions_not_asked")
        return self.words("revisions_lead", tried=len(moved.vintages), all=moved.differing)

    def revisions(self) -> Table | None:
        """Each earlier vintage: how many figures were others, and how the choice moved."""
        w, moved = self.words, self.findings.sensitivity
        if moved.vintages.empty:
            return None
        chosen_then = moved.runs[moved.runs["kind"] == "vintage"].groupby("run")
        then = {str(run): set(part["municipality_code"]) for run, part in chosen_then}
        rows = [
            [r.vintage, self.names.day(r.at), self.numbers.figure(r.revised),
             *(self._moved(then[r.vintage]) if r.vintage in then else (w("not_possible"),) * 2)]
            for r in _rows(moved.vintages)
        ]  # fmt: skip
        columns = [w("vintage"), w("made_at"), w("figures_revised"), w("not_chosen_again"),
                   w("came_in")]  # fmt: skip
        return table(w("revisions"), columns, rows, numeric=[2])

    def _moved(self, other: set[str]) -> tuple[str, str]:
        """Who dropped out of the choice and who came in, in a run."""
        codes = set(self.selection.codes)
        gone, new = (
            ", ".join(self.names.municipality(code) for code in sorted(some))
            for some in (codes - other, other - codes)
        )
        return gone or self.words("none"), new or self.words("none")

    def _run(self, kind: str, run: str) -> str:
        """What a run changed; the indicators that were kept as they are by their titles."""
        value, _, kept = run.removesuffix(" unchanged)").partition(" (")
        if kept:
            titles = "; ".join(self.names.inline(name) for name in kept.split(", "))
            return f"{value} ({self.words('unchanged', titles=titles)})"
        if kind == "leave_one_out":
            return self.names.title(run)
        if kind == "basis":
            return ", ".join(self.words.of("basis", basis) for basis in run.split(", "))
        if kind == "district_definition":
            return self.words.of("definition", run)
        return run

    def runners_up(self) -> Table:
        """Those that came nearest, with their margin."""
        w, fixed = self.words, self.numbers.fixed
        rows = []
        for r in _rows(self.selection.runners_up):
            name = self.names.municipality(str(r.municipality_code))
            if isinstance(r.partner_code, str):
                name += f" – {self.names.municipality(r.partner_code)}"
            rows.append([name, self.names.network(str(r.network_id)),
                         self.numbers.figure(r.rank), fixed(r.score, 3), fixed(r.margin, 3),
                         fixed(r.margin_in_spreads, 2)])  # fmt: skip
        columns = [w("municipality"), w("network"), w("rank"), w("score"), w("margin"),
                   w("margin_in_spreads")]  # fmt: skip
        return table(w("runners_up"), columns, rows, numeric=[2, 3, 4, 5])

    # --- beside ---

    def refused(self) -> dict[str, str]:
        """Why another method can't be used here, by its name."""
        return {
            self.words.of("method", name): getattr(why, self.words.language)
            for name, why in self.findings.refused_methods.items()
        }

    def simpler(self) -> Table:
        return self._others(self.findings.simpler, "baseline", self.words("simple_rules"))

    def methods(self) -> Table:
        return self._others(self.findings.methods, "method", self.words("other_methods"))

    def _others(self, found: pd.DataFrame, kind: str, caption: str) -> Table:
        """One row a rule: what it would have chosen in each network, and how much is in common."""
        w = self.words
        columns = [w("rule_word"), *(self.names.network(n) for n in self.selection.networks),
                   w("in_common")]  # fmt: skip
        rows = []
        for name, part in found.groupby(kind, sort=False):
            key = f"{kind}_{name}"
            title = w(key, seed=self.rule.seed) if key == "baseline_random" else w.of(kind, name)
            cells = []
            for network in self.selection.networks:
                own = part[part["network_id"] == network]
                cells.append(", ".join(
                    f"{r.municipality_name}{' ✓' if r.also_chosen else ''}"
                    for r in _rows(own)
                ))  # fmt: skip
            both = w("of", part=int(part["also_chosen"].sum()), whole=len(self.selection.codes))
            rows.append([title, *cells, both])
        return table(caption, columns, rows)

    # --- limits ---

    def limits(self) -> Iterator[str]:
        """What a reader should know before believing the choice, most weighty first."""
        yield from self.names.membership_limits(self.selection.networks)
        w, found = self.words, self.findings
        if outcome := self.rule.outcome:
            yield w("limit_outcome", indicator=self.names.title(outcome))
        if found.freeze is None:
            yield w("limit_not_frozen")
        fragile = [c for c in self.selection.codes if self.stability_of(c)[1] == "fragile"]
        if fragile:
            names = ", ".join(self.names.municipality(code) for code in fragile)
            yield w("limit_fragile", names=names)
        if found.clusters and (low := min(found.clusters["stability"].values())) < 0.75:
            yield w("limit_clusters", lowest=self.numbers.fixed(low, 2))
        if found.model and found.model["r_squared"] < _EXPLAINS_LITTLE:
            yield w("limit_model", r2=self.numbers.fixed(found.model["r_squared"], 2))
        if len(found.bounds):
            yield w("limit_missing_networks", count=len(found.bounds))
        yield w("limit_three")
        for entry in self.names.entries:
            yield from self._indicator_limits(entry.name)
        doubtful = found.sources.loc[found.sources["licence"] == "unconfirmed"]
        if len(doubtful):
            column = f"title_{self.names.language}"
            yield w("limit_licence", names="; ".join(sorted(set(doubtful[column]))))
        if found.not_asked:
            yield w("limit_not_asked", names=", ".join(found.not_asked))
        yield w("limit_map")

    def _indicator_limits(self, name: str) -> Iterator[str]:
        w, who = self.words, self.findings.candidates
        title = self.names.title(name)
        own = who.figures[who.figures["name"] == name]
        known = own[own["value"].notna()]
        if len(known) < len(own):
            yield w("limit_coverage", indicator=title, known=len(known), all=len(own))
        for quality, count in known["quality"].fillna("").value_counts().items():
            if "estimated" in str(quality) or "weighted" in str(quality):
                yield w("limit_quality", indicator=title, count=count,
                        quality=self.qualities(quality))  # fmt: skip
        said = {one for listed in known["warnings"].dropna() for one in listed.split(", ") if one}
        for warning in sorted(said):
            yield w("limit_warning", indicator=title, warning=w.of("warning", warning))
        years = re.findall(r"\d{4}", self.names.periods(name))
        last, now = max(map(int, years)), int(who.day[:4])
        if now - last >= _STALE_YEARS:
            yield w("limit_age", indicator=title, period=self.names.periods(name),
                    years=now - last)  # fmt: skip

    # --- data appendix ---

    def figures(self) -> Table:
        """Each indicator with its tables, period, quality and warnings."""
        w, who = self.words, self.findings.candidates
        known = who.indicators.set_index("indicator_id")
        columns = [w("indicator"), w("table"), w("period"), w("quality"), w("figures_missing"),
                   w("warnings")]  # fmt: skip
        rows = []
        for entry in self.names.entries:
            own = who.figures[who.figures["name"] == entry.name]
            there = own[own["value"].notna()]
            counts = there["quality"].fillna("").value_counts()
            said = {one for listed in own["warnings"].dropna() for one in listed.split(", ") if one}
            rows.append([
                self.names.title(entry.name), ", ".join(list(known["table_ids"][entry.id])),
                self.names.periods(entry.name),
                "; ".join(f"{self.qualities(q)}: {count}" for q, count in counts.items()),
                str(len(own) - len(there)),
                ", ".join(w.of("warning", one) for one in sorted(said)),
            ])  # fmt: skip
        return table(w("indicators"), columns, rows, numeric=[4])

    def sources(self) -> Table:
        """Each table with what a citation of it needs."""
        w = self.words
        columns = [w("table"), w("publisher"), w("name"), w("citation"), w("licence"),
                   w("recorded"), w("provenance")]  # fmt: skip
        rows = [
            [
                r.table_id, r.publisher, getattr(r, f"title_{self.names.language}"),
                Markup("{} {}").format(_text(r.citation), _link(r.url)),
                w("not_confirmed") if r.licence == "unconfirmed" else _text(r.licence),
                self.names.day(r.recorded_on if pd.notna(r.recorded_on) else r.accessed_at),
                _text(r.provenance),
            ]
            for r in _rows(self.findings.sources)
        ]  # fmt: skip
        return table(w("tables"), columns, rows)

    def replies(self) -> Table:
        """The replies the figures were taken from."""
        w = self.words
        rows = [[r.table_id, r.as_of, r.sha256] for r in _rows(self.findings.replies)]
        return table(w("replies"), [w("table"), w("recorded"), "SHA-256"], rows)


def _link(url: object) -> Markup:
    """An address as a link; only the web is linked to."""
    said = _text(url)
    if not said.startswith(("https://", "http://")):
        return Markup("{}").format(said)
    shown = said.split("//", 1)[1].rstrip("/")
    return _LINK.format(said, shown if len(shown) <= 60 else f"{shown[:59]}…")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _own(found: pd.DataFrame, code: str) -> list[Any]:
    """The rows of a municipality, those that differ in nothing shown only once."""
    own = found[found["municipality_code"] == code].replace({np.nan: None})
    return _rows(own)


def _rows(found: pd.DataFrame) -> list[Any]:
    """The rows of a frame, their columns as attributes."""
    return list(found.itertuples())


def _other(change: Change, *, old: bool) -> tuple[str, str]:
    if old:
        return change.old_code, change.old_name
    return change.new_code, change.new_name
