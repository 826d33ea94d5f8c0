// Sorts and filters the table of candidates, and opens what is folded before printing.
(() => {
  const table = document.querySelector("[data-sortable]");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  // Names are Norwegian in either language: å comes last.
  const compare = new Intl.Collator("nb", { numeric: true }).compare;
  const valueOf = (row, place) => {
    const cell = row.cells[place];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
  };

  const sortBy = (place) => {
    const upwards = heads[place].getAttribute("aria-sort") !== "ascending";
    heads.forEach((head) => head.setAttribute("aria-sort", "none"));
    heads[place].setAttribute("aria-sort", upwards ? "ascending" : "descending");
    const numeric = heads[place].classList.contains("number");
    const missing = (value) => (numeric ? typeof value !== "number" : value === "");
    rows.sort((one, other) => {
      const [a, b] = [valueOf(one, place), valueOf(other, place)];
      if (missing(a) || missing(b)) return missing(a) - missing(b); // what is missing comes last
      return (upwards ? 1 : -1) * (numeric ? a - b : compare(a, b));
    });
    body.append(...rows);
  };
  heads.forEach((head, place) =>
    head.querySelector("button").addEventListener("click", () => sortBy(place)));

  const form = document.querySelector("[data-filters]");
  const [search, status, network] = ["search", "status", "network"].map((name) =>
    form.querySelector(`[data-${name}]`));
  const filter = () => {
    const words = search.value.toLowerCase().trim();
    let shown = 0;
    rows.forEach((row) => {
      const fits = (!status.value || row.dataset.status === status.value)
        && (!network.value || row.dataset.networks.split("|").includes(network.value))
        && [0, 1, 2].some((place) => row.cells[place].textContent.toLowerCase().includes(words));
      row.hidden = !fits;
      shown += fits;
    });
    form.querySelector("[data-count]").textContent = shown;
  };
  ["input", "change"].forEach((event) => form.addEventListener(event, filter));

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));
})();
