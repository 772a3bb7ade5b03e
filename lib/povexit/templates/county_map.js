// The county map in JupyterLab: arrow keys walk the counties, a click selects one and opens its
// page. The drawing is the SVG text the page has too; a move changes what moved and no more.
const AREA = ".px-area";

function centre(area) {
  const box = area.querySelector(".px-line").getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

// The nearest county in a direction: little to the side, much ahead.
function next(areas, from, dx, dy) {
  const [x, y] = centre(from);
  const ahead = areas
    .map((area) => {
      const [ax, ay] = centre(area);
      const along = (ax - x) * dx + (ay - y) * dy;
      const aside = Math.abs((ax - x) * dy) + Math.abs((ay - y) * dx);
      return { area, along, cost: along + 2 * aside };
    })
    .filter(({ along }) => along > 1)
    .sort((a, b) => a.cost - b.cost);
  return ahead.length ? ahead[0].area : from;
}

function copyAttributes(to, from) {
  for (const { name } of [...to.attributes]) if (!from.hasAttribute(name)) to.removeAttribute(name);
  for (const { name, value } of [...from.attributes])
    if (to.getAttribute(name) !== value) to.setAttribute(name, value);
}

// Counties stay the same elements, so that the one in focus keeps it; the rest is small.
function patch(old, fresh) {
  for (const area of fresh.querySelectorAll(AREA)) {
    const same = old.querySelector(`${AREA}[data-county="${area.dataset.county}"]`);
    if (!same || same.tagName !== area.tagName) return false;
    copyAttributes(same, area);
    same.replaceChildren(...area.childNodes);
    area.replaceWith(same);
  }
  old.replaceChildren(...fresh.childNodes);
  copyAttributes(old, fresh);
  return true;
}

function baseUrl() {
  const config = document.getElementById("jupyter-config-data");
  return config ? JSON.parse(config.textContent).baseUrl : "/";
}

function render({ model, el }) {
  const box = document.createElement("div");
  el.append(box);

  const draw = () => {
    const fresh = new DOMParser().parseFromString(model.get("svg"), "image/svg+xml").documentElement;
    const old = box.firstElementChild;
    const focused = old && old.contains(document.activeElement) && document.activeElement;
    if (!old || !patch(old, fresh)) box.replaceChildren(document.importNode(fresh, true));
    if (focused) focused.focus({ preventScroll: true });
  };

  const select = (area) => {
    model.set("selected", area.dataset.county);
    model.save_changes();
    const page = area.getAttribute("href");
    if (page) window.open(`${baseUrl()}files/${page}`, "_blank", "noopener");
  };

  box.addEventListener("click", (event) => {
    const area = event.target.closest(AREA);
    if (!area) return;
    event.preventDefault();
    select(area);
  });

  box.addEventListener("keydown", (event) => {
    const area = event.target.closest(AREA);
    if (!area) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (step) next([...box.querySelectorAll(AREA)], area, ...step).focus();
    else select(area);
  });

  model.on("change:svg", draw);
  draw();
  return () => model.off("change:svg", draw);
}

export default { render };
