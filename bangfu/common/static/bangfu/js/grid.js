// The month grid: <table data-grid> with inputs that carry data-row and data-col.
// Paste of an Excel block from the focused cell on, arrows and Enter move, [data-fill-right] repeats a month, totals of rows and columns.
//   [data-row-total="row"] · [data-col-total="col"] · [data-grand-total]   outputs
//   [data-row-subtract] on an input: its amounts lower the totals

import { formatFen, normalise, parseFen } from "./money.js";
import { notice } from "./session.js";

const cellsOf = (grid) => [...grid.querySelectorAll("input[data-row][data-col]")];
const unique = (values) => [...new Set(values)];

function layout(grid) {
  const cells = cellsOf(grid);
  const rows = unique(cells.map((cell) => cell.dataset.row));
  const cols = unique(cells.map((cell) => cell.dataset.col));
  const at = new Map(cells.map((cell) => [`${cell.dataset.row}\u0000${cell.dataset.col}`, cell]));
  return { cells, rows, cols, at: (row, col) => at.get(`${row}\u0000${col}`) };
}

function changed(cells) {
  for (const cell of cells) cell.dispatchEvent(new Event("input", { bubbles: true }));
}

function total(cells) {
  let sum = 0n;
  for (const cell of cells) {
    const fen = parseFen(cell.value);
    if (fen === undefined) return "—";
    if (fen !== null) sum += "rowSubtract" in cell.dataset ? -fen : fen;
  }
  return sum < 0n ? `-${formatFen(-sum)}` : formatFen(sum);
}

export function showTotals(grid) {
  const cells = cellsOf(grid);
  const within = (attribute, key) => {
    for (const output of grid.querySelectorAll(`[data-${attribute}]`)) {
      const wanted = output.getAttribute(`data-${attribute}`);
      output.textContent = total(key ? cells.filter((cell) => cell.dataset[key] === wanted) : cells);
    }
  };
  within("row-total", "row");
  within("col-total", "col");
  within("grand-total", "");
}

document.addEventListener("paste", (event) => {
  const cell = event.target.closest?.("[data-grid] input[data-row][data-col]");
  if (!cell) return;
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!/[\t\n]/.test(text)) return; // one value: the browser does it
  event.preventDefault();
  const { rows, cols, at } = layout(cell.closest("[data-grid]"));
  const top = rows.indexOf(cell.dataset.row), left = cols.indexOf(cell.dataset.col);
  const filled = [];
  let beyond = 0;
  text.split("\n").forEach((line, down) => line.split("\t").forEach((value, right) => {
    const target = at(rows[top + down], cols[left + right]);
    if (!target || target.readOnly || target.disabled) {
      if (value.trim()) beyond += 1;
      return;
    }
    target.value = normalise(value);
    filled.push(target);
  }));
  changed(filled);
  notice(beyond ? `已粘贴 ${filled.length} 格，另有 ${beyond} 格超出表格，没有粘贴。` : `已粘贴 ${filled.length} 格。`, beyond ? "warning" : "success");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill-right]");
  if (!button) return;
  const grid = button.closest("[data-grid]");
  const row = button.dataset.fillRight || button.closest("tr").querySelector("input[data-row]").dataset.row;
  const cells = cellsOf(grid).filter((cell) => cell.dataset.row === row && !cell.readOnly && !cell.disabled);
  const first = cells.findIndex((cell) => cell.value.trim());
  if (first < 0) {
    cells[0]?.focus();
    notice("请先填写其中一个月的金额，再点“每月相同”。");
    return;
  }
  for (const cell of cells) cell.value = normalise(cells[first].value);
  changed(cells);
  cells[cells.length - 1].focus();
});

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("[data-grid] input[data-row][data-col]");
  if (!cell || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const atStart = cell.selectionStart === 0, atEnd = cell.selectionEnd === cell.value.length;
  const step = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0],
    ArrowLeft: atStart ? [0, -1] : null, ArrowRight: atEnd ? [0, 1] : null,
  }[event.key];
  if (!step) return;
  event.preventDefault(); // Enter moves on, it never sends the form from inside the grid
  const { rows, cols, at } = layout(cell.closest("[data-grid]"));
  const next = at(rows[rows.indexOf(cell.dataset.row) + step[0]], cols[cols.indexOf(cell.dataset.col) + step[1]]);
  if (next) { next.focus(); next.select(); }
});

document.addEventListener("input", (event) => {
  const grid = event.target.closest?.("[data-grid]");
  if (grid) showTotals(grid);
});

export function showAllTotals(root) {
  const grids = root.matches?.("[data-grid]") ? [root] : root.querySelectorAll("[data-grid]");
  for (const grid of grids) showTotals(grid);
}
