// Draws maps and series, and searches. All it reads lies in the folder; nothing is sent.
const digidistrikt = (() => {
  const root = document.currentScript.src.replace(/assets\/site\.js$/, "");
  const language = document.documentElement.lang;
  const collator = new Intl.Collator("nb");

  // --- scripts that hold data: read once, also where there is no server ---

  const given = {}, asked = {};
  const giver = (name) => (data) => { given[name] = data; };
  const read = (file, name) => {
    asked[file] ??= new Promise((found, failed) => {
      const script = document.createElement("script");
      script.src = `${root}assets/${file}`;
      script.onload = () => found(given[name]);
      script.onerror = failed;
      document.head.append(script);
    });
    return asked[file];
  };

  // --- pictures ---

  const svg = (name, attributes, ...inside) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...inside);
    return made;
  };
  const html = (name, text, attributes = {}) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.textContent = text;
    return made;
  };
  const written = (value) => {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    const most = Number.isInteger(value) || size >= 1000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    const format = new Intl.NumberFormat(language === "nb" ? "nb-NO" : "en-GB",
      { minimumFractionDigits: most, maximumFractionDigits: most, useGrouping: "always" });
    return format.format(value);
  };

  const stripes = (id, colour, size) => svg("pattern",
    { id, width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { width: size, height: size, fill: "#fff" }),
    svg("rect", { width: size * 0.4, height: size, fill: colour }));

  const drawMap = (place, land, number) => {
    const box = (place.dataset.box || land.box.join(" ")).split(" ").map(Number);
    const step = (box[3] - box[1]) / 90;
    const fill = (look) => ({ "-": `url(#none-${number})`, s: land.network, w: `url(#weak-${number})`,
      ".": "#e2e5ec" })[look] ?? land.colours[look];
    const shapes = land.codes.map((code, at) => svg("path",
      { d: land.paths[at], fill: fill(place.dataset.map[at]), "data-code": code },
      svg("title", {}, land.names[at])));
    place.replaceChildren(svg("svg",
      { viewBox: `${box[0]} ${box[1]} ${box[2] - box[0]} ${box[3] - box[1]}`, "aria-hidden": "true" },
      svg("defs", {}, stripes(`none-${number}`, "#5a6172", step), stripes(`weak-${number}`, land.network, step)),
      svg("g", { stroke: "#fff", "stroke-width": step / 9, "stroke-linejoin": "round" }, ...shapes)));
  };

  // --- a municipality over time ---

  const median = (values) => {
    const known = values.filter((value) => value !== null).sort((a, b) => a - b);
    const middle = Math.floor(known.length / 2);
    if (!known.length) return null;
    return known.length % 2 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
  };
  const ticks = (low, high) => {
    const rough = (high - low || Math.abs(high) || 1) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough);
    const first = Math.floor(low / step);
    const last = Math.max(Math.ceil(high / step), first + 1);
    return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
  };

  // Lines over two periods or more; `lines` are [name, values, attributes of the line].
  const chart = (periods, lines) => {
    const longest = Math.max(...periods.map((period) => String(period).length));
    const [wide, tall, left, right, top, low] = [720, 300, 84, longest * 4, 44, 30];
    const all = lines.flatMap(([, values]) => values).filter((value) => value !== null);
    if (!all.length || periods.length < 2) return null;
    const marks = ticks(Math.min(...all), Math.max(...all));
    const [least, most] = [marks[0], marks.at(-1)];
    const x = (at) => left + (at / (periods.length - 1)) * (wide - left - right);
    const y = (value) => tall - low - ((value - least) / (most - least)) * (tall - low - top);
    const parts = marks.flatMap((mark) => [
      svg("line", { x1: left, x2: wide - right, y1: y(mark), y2: y(mark), stroke: "#d5d9e2" }),
      svg("text", { x: left - 8, y: y(mark) + 4, "text-anchor": "end" }, written(Number(mark.toPrecision(6))))]);
    const every = Math.ceil((periods.length * (longest * 7 + 20)) / (wide - left - right));
    periods.forEach((period, at) => {
      if (at % every) return;
      parts.push(svg("text", { x: x(at), y: tall - 8, "text-anchor": "middle" }, period));
    });
    lines.forEach(([name, values, look], number) => {
      let path = "";
      values.forEach((value, at) => {
        if (value === null) return;
        const isNew = at === 0 || values[at - 1] === null;
        path += `${isNew ? "M" : "L"}${x(at).toFixed(1)},${y(value).toFixed(1)}`;
        const alone = isNew && (at === values.length - 1 || values[at + 1] === null);
        if (alone || !look["stroke-dasharray"]) {
          parts.push(svg("circle", { cx: x(at), cy: y(value), r: alone ? 4 : 2.6, fill: look.stroke }));
        }
      });
      parts.push(svg("path", { d: path, fill: "none", ...look }));
      const place = left + number * 310;
      parts.push(svg("line", { x1: place, x2: place + 26, y1: 16, y2: 16, ...look }),
        svg("text", { x: place + 33, y: 20 }, name));
    });
    return svg("svg", { viewBox: `0 0 ${wide} ${tall}`, "font-size": 13, fill: "#1a1f2b", "aria-hidden": "true" }, ...parts);
  };

  const series = (place, land, figures) => {
    const words = JSON.parse(place.dataset.series);
    const [select, figure] = [place.querySelector("select"), place.querySelector("figure")];
    const table = place.querySelector("table");
    const middles = figures.periods.map((_, at) => median(Object.values(figures.values).map((row) => row[at])));
    const draw = () => {
      const code = select.value;
      const name = select.selectedOptions[0].textContent;
      const values = figures.values[code] ?? figures.periods.map(() => null);
      const letters = figures.quality[code] ?? "";
      figure.replaceChildren(...[chart(words.periods, [
        [name, values, { stroke: "#0b4a86", "stroke-width": 2.4 }],
        [words.heads[2], middles, { stroke: "#b3261e", "stroke-width": 1.8, "stroke-dasharray": "6 4" }]])].filter(Boolean));
      table.tHead.rows[0].replaceChildren(...words.heads.map((head, at) =>
        html("th", head.replace("{name}", name), { scope: "col", className: at % 3 ? "number" : "" })));
      table.tBodies[0].replaceChildren(...words.periods.map((period, at) => {
        const row = document.createElement("tr");
        row.append(html("th", period, { scope: "row" }), html("td", written(values[at]), { className: "number" }),
          html("td", written(middles[at]), { className: "number" }),
          html("td", words.qualities[letters[at]] ?? words.missing));
        return row;
      }).reverse());
    };
    const order = land.codes.map((code, at) => [code, land.names[at]]).sort((a, b) => collator.compare(a[1], b[1]));
    select.append(...order.map(([code, name]) => html("option", name, { value: code })));
    const pick = (code) => { if (land.codes.includes(code)) { select.value = code; draw(); } };
    select.addEventListener("change", draw);
    addEventListener("hashchange", () => pick(location.hash.slice(1)));
    document.querySelectorAll("[data-map]").forEach((map) => map.addEventListener("click", (event) =>
      pick(event.target.dataset.code)));
    place.hidden = false;
    select.value = land.codes.find((code) => figures.values[code]?.some((value) => value !== null)) ?? land.codes[0];
    draw();
    pick(location.hash.slice(1));
  };

  // --- search ---

  const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  // How well an entry fits: its title before its other words, beginnings before middles.
  const fit = (entry, words) => {
    const scores = words.map((word) => {
      if (entry.title.startsWith(word)) return 4;
      if (` ${entry.title}`.includes(` ${word}`)) return 3;
      if (` ${entry.words}`.includes(` ${word}`)) return 2;
      return entry.title.includes(word) || entry.words.includes(word) ? 1 : 0;
    });
    return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length;
  };
  const search = (form) => {
    const [input, list, count] = ["input", "ul", "p"].map((name) => form.querySelector(name));
    const show = async () => {
      const index = (await read(`search.${language}.js`, "index")).map(([path, title, kind, words]) =>
        ({ path, shown: title, kind, title: plain(title), words: plain(words) }));
      const words = plain(input.value).split(" ").filter(Boolean);
      const found = !words.length ? [] : index.map((entry) => [fit(entry, words), entry])
        .filter(([score]) => score).sort((a, b) => b[0] - a[0] || collator.compare(a[1].shown, b[1].shown));
      list.replaceChildren(...found.slice(0, 12).map(([, entry]) => {
        const row = document.createElement("li");
        row.append(html("a", entry.shown, { href: root + entry.path }), " ", html("small", entry.kind));
        return row;
      }));
      count.textContent = !words.length ? "" : found.length ? `${found.length} ${form.dataset.search}` : form.dataset.none;
    };
    form.hidden = false;
    input.addEventListener("input", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      list.querySelector("a")?.click();
    });
  };

  document.addEventListener("DOMContentLoaded", async () => {
    document.querySelectorAll("[data-search]").forEach(search);
    const maps = document.querySelectorAll("[data-map]");
    const place = document.querySelector("[data-series]");
    if (!maps.length && !place) return;
    const land = await read("land.js", "land");
    maps.forEach((map, number) => drawMap(map, land, number));
    if (place) series(place, land, await read(`figures/${JSON.parse(place.dataset.series).id}.js`, "figures"));
  });
  return { land: giver("land"), figures: giver("figures"), index: giver("index"), chart, html, written, root };
})();
