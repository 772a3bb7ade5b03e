// Click or press a head: rows in order, then in reverse, then as they were. Numbers by their own
// value, words as the page's language sorts them; what is not known stands last, a total at the end.
"use strict";
for (const table of document.querySelectorAll("table.px-table")) {
  const body = table.tBodies[0], heads = table.tHead ? [...table.tHead.rows[0].cells] : [];
  const given = body ? [...body.rows] : [];
  const totals = given.filter(row => row.classList.contains("px-total"));
  const isLast = totals.length === 0 || (totals.length === 1 && given.at(-1) === totals[0]);
  if (given.length < 3 || !isLast) continue;
  const rows = given.filter(row => !totals.includes(row));
  const words = new Intl.Collator(document.documentElement.lang, {numeric: true});
  const isGap = cell => ["px-unknown", "px-suppressed", "px-absent"].some(c => cell.classList.contains(c));
  const inOrder = (column, sign) => (one, other) => {
    const [a, b] = [one.cells[column], other.cells[column]];
    if (isGap(a) || isGap(b)) return isGap(a) - isGap(b);
    const [x, y] = [a.dataset.value, b.dataset.value];
    if (x !== undefined && y !== undefined) return sign * (Number(x) - Number(y));
    return sign * words.compare(a.textContent, b.textContent);
  };
  heads.forEach((head, column) => {
    // no <button>: Chromium leaves it out of the head that it repeats on a printed page
    const button = document.createElement("span");
    button.setAttribute("role", "button");
    button.tabIndex = 0;
    button.className = "px-sort";
    button.append(...head.childNodes);
    head.append(button);
    const sort = () => {
      const next = {null: "ascending", ascending: "descending", descending: null}[head.getAttribute("aria-sort")];
      for (const each of heads) each.removeAttribute("aria-sort");
      if (next) head.setAttribute("aria-sort", next);
      const order = next ? [...rows].sort(inOrder(column, next === "ascending" ? 1 : -1)) : rows;
      body.append(...order, ...totals);
    };
    button.addEventListener("click", sort);
    button.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      sort();
    });
  });
}
