// SQL in the page: DuckDB-WASM in a worker, asked by messages; the tables come when a query names them.
(() => {
  const { chart, html, written, root } = digidistrikt;
  const place = document.querySelector("[data-sql]");
  const settings = JSON.parse(place.dataset.sql);
  const [select, field, button, status] =
    ["select", "textarea", "button", "[role=status]"].map((name) => place.querySelector(name));
  const result = document.querySelector("[data-result]");
  const folder = `${root}assets/sql/`;
  const SHOWN = 500, MOST_BARS = 40;

  // --- what is fetched: gzipped, also where a server has unpacked it on the way ---

  const fetched = async (name, type) => {
    const answer = await fetch(folder + name);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    const bytes = await answer.blob();
    const [first, second] = new Uint8Array(await bytes.slice(0, 2).arrayBuffer());
    if (first !== 0x1f || second !== 0x8b) return new Blob([bytes], { type });
    const unpacked = await new Response(bytes.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
    return new Blob([unpacked], { type });
  };

  // --- the worker: each message is answered by one that has its number ---

  const waiting = new Map();
  let worker, number = 0;
  const ask = (type, data = null, given = []) => new Promise((done, failed) => {
    number += 1;
    waiting.set(number, [done, failed]);
    worker.postMessage({ messageId: number, type, data }, given);
  });
  const start = async () => {
    const code = await fetched("duckdb-worker.js.gz", "text/javascript");
    worker = new Worker(URL.createObjectURL(code));
    worker.onmessage = ({ data: answer }) => {
      const [done, failed] = waiting.get(answer.requestId) ?? [];
      if (!done || answer.type === "INSTANTIATE_PROGRESS" || answer.type === "LOG") return;
      waiting.delete(answer.requestId);
      if (answer.type === "ERROR") failed(new Error(answer.data.message ?? answer.data));
      else done(answer.data);
    };
    worker.onerror = (error) => waiting.forEach(([, failed]) => failed(new Error(error.message)));
    const engine = await fetched("duckdb.wasm.gz", "application/wasm");
    await ask("INSTANTIATE", [URL.createObjectURL(engine), null]);
    await ask("OPEN", { path: ":memory:" });
    const connection = await ask("CONNECT");
    const run = (query) => ask("RUN_QUERY", [connection, query]);
    // Nothing is fetched from elsewhere: an extension that is not built in is an error.
    await run("set autoinstall_known_extensions = false");
    await run("set autoload_known_extensions = false");
    await run("create schema mart");
    return { connection, run };
  };

  let started;
  const there = new Set();
  const load = async ({ connection }, query) => {
    const named = settings.tables.filter((name) => new RegExp(`\\b${name}\\b`).test(query) && !there.has(name));
    const files = await Promise.all(named.map((name) => fetched(`${name}.arrow.gz`)));
    for (const [at, name] of named.entries()) {
      const bytes = new Uint8Array(await files[at].arrayBuffer());
      await ask("INSERT_ARROW_FROM_IPC_STREAM", [connection, bytes, { schema: "mart", name, create: true }], [bytes.buffer]);
      there.add(name);
    }
  };

  // The answer of a query as the text of a CSV file.
  const asCsv = async ({ run }, query) => {
    await run(`copy (${query}\n) to 'answer.csv' (header)`);
    const bytes = await ask("COPY_FILE_TO_BUFFER", "answer.csv");
    await ask("DROP_FILE", "answer.csv");
    return new TextDecoder().decode(bytes);
  };
  const rowsOf = (text) => {
    const rows = [[]];
    for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
      rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      if (end !== ",") rows.push([]);
    }
    return rows.filter((row) => row.length > 1 || row[0]);
  };

  // --- what is shown ---

  const NUMBER = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|DECIMAL.*)$/;
  const tableOf = (head, rows, numeric) => {
    const table = document.createElement("table");
    const cells = (row, name, more) => row.map((cell, at) =>
      html(name, cell, { className: numeric[at] ? "number" : "", ...more }));
    table.createTHead().insertRow().append(...cells(head, "th", { scope: "col" }));
    const body = table.createTBody();
    rows.slice(0, SHOWN).forEach((row) => body.insertRow().append(...cells(row, "td", {})));
    return table;
  };
  const bars = (labels, values) => {
    const list = html("ul", "", { className: "bars" });
    const most = Math.max(...values.map((value) => Math.abs(value ?? 0))) || 1;
    list.append(...labels.map((label, at) => {
      const row = document.createElement("li");
      const bar = html("span", "", { className: values[at] < 0 ? "bar below" : "bar" });
      bar.style.width = `${(100 * Math.abs(values[at] ?? 0)) / most}%`;
      row.append(html("span", label, { className: "label" }), bar, ` ${written(values[at])}`);
      return row;
    }));
    return list;
  };
  const isTime = (name) => /^(year|period|.*_on)$/.test(name);
  // A line over years or periods, else a bar a row; nothing where there are too many.
  const pictureOf = (head, rows, numeric, column) => {
    const over = head.findIndex(isTime);
    const values = rows.map((row) => (row[column] === "" ? null : Number(row[column])));
    const times = rows.map((row) => row[over]);
    if (over >= 0 && new Set(times).size === times.length) {
      return chart(times, [[head[column], values, { stroke: "#0b4a86", "stroke-width": 2.4 }]]);
    }
    const named = head.map((_, at) => at).filter((at) => !numeric[at]);
    const labels = rows.map((row) => (named.length ? named : [0]).map((at) => row[at]).join(" "));
    return rows.length > MOST_BARS ? null : bars(labels, values);
  };
  const pictured = (head, rows, numeric) => {
    const columns = head.map((_, at) => at).filter((at) => numeric[at] && !isTime(head[at])
      && (at > 0 || !numeric.every(Boolean)));
    if (!columns.length || head.length < 2 || rows.length < 2) return [];
    const figure = html("figure", "", { className: "scroll", tabIndex: 0 });
    figure.setAttribute("role", "group");
    figure.setAttribute("aria-label", settings.words.picture);
    const pick = document.createElement("select");
    pick.append(...columns.map((at) => html("option", head[at], { value: at })));
    const draw = () => {
      const picture = pictureOf(head, rows, numeric, Number(pick.value));
      figure.replaceChildren(...(picture ? [picture] : []));
      return picture;
    };
    pick.addEventListener("change", draw);
    if (!draw()) return [];
    const label = html("label", `${settings.words.picture}: `);
    label.append(pick);
    return [label, figure];
  };

  const show = (csv, types) => {
    const [head, ...rows] = rowsOf(csv);
    const numeric = head.map((_, at) => NUMBER.test(types[at]));
    const parts = [html("h2", settings.words.result), html("p", `${settings.words.rows}: ${rows.length}`),
      ...pictured(head, rows, numeric)];
    const save = html("a", settings.words.save, { className: "button", download: "answer.csv",
      href: URL.createObjectURL(new Blob(["\ufeff", csv], { type: "text/csv" })) });
    const scroll = html("div", "", { className: "scroll", tabIndex: 0 });
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", settings.words.result);
    scroll.append(tableOf(head, rows, numeric));
    parts.push(scroll);
    if (rows.length > SHOWN) parts.push(html("p", `${SHOWN} / ${rows.length}`));
    parts.push(save);
    result.replaceChildren(...parts);
  };

  const answer = async () => {
    const query = field.value.trim().replace(/;\s*$/, "");
    const begun = performance.now();
    button.disabled = true;
    status.textContent = started ? settings.words.working : settings.words.starting;
    try {
      started ??= start();
      const engine = await started;
      await load(engine, query);
      const types = rowsOf(await asCsv(engine, `select column_type from (describe ${query}\n)`)).slice(1).map(([type]) => type);
      show(await asCsv(engine, query), types);
      status.textContent = `${settings.words.done} ${written(Math.round(performance.now() - begun) / 1000)} s`;
    } catch (error) {
      if (!worker) started = undefined;
      result.replaceChildren(html("pre", error.message));
      status.textContent = settings.words.failed;
    }
    button.disabled = false;
  };

  select.addEventListener("change", () => { field.value = settings.queries[select.value]; });
  field.addEventListener("keydown", (event) => { if (event.ctrlKey && event.key === "Enter") answer(); });
  button.addEventListener("click", answer);
  field.value = settings.queries[0];
  if (location.protocol === "file:") {
    status.textContent = settings.words.served;
    button.disabled = true;
  }
  place.hidden = false;
})();
