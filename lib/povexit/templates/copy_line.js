// The line of Python behind a view, and a button that copies it.
function render({ model, el }) {
  const line = document.createElement("code");
  line.style.cssText = "user-select:all;padding:2px 6px;background:#f4f2ee;overflow-wrap:anywhere";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "jupyter-button";
  button.style.cssText = "width:auto;margin-left:8px";
  el.append(line, button);

  const show = () => {
    line.textContent = model.get("line");
    button.textContent = model.get("label");
  };
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(model.get("line"));
      button.textContent = model.get("done");
    } catch {
      getSelection().selectAllChildren(line); // no right to the clipboard: selected, for Ctrl-C
    }
  });
  model.on("change:line", show);
  show();
}

export default { render };
