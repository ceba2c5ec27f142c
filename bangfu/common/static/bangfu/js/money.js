// Amounts as people type them: full-width digits become plain ones, 大写 on demand. All in text and BigInt, never in floats.

/** "１，２３４．５" → "1,234.5"; other characters stay. */
export function normalise(text) {
  return text.normalize("NFKC").replace(/，/g, ",").replace(/。/g, ".").replace(/[\s¥￥元]/g, "");
}

/** An amount in 分 as BigInt, null when empty, undefined when it is no amount (the server says why). */
export function parseFen(text) {
  let clean = normalise(text);
  if (!clean) return null;
  if (clean.includes(",")) {
    if (!/^\d{1,3}(,\d{3})+(\.\d*)?$/.test(clean)) return undefined;
    clean = clean.replace(/,/g, "");
  }
  const parts = /^(\d*)(?:\.(\d{0,2}))?$/.exec(clean);
  if (!parts || (!parts[1] && !parts[2])) return undefined;
  return BigInt(parts[1] || "0") * 100n + BigInt((parts[2] || "").padEnd(2, "0"));
}

/** 分 → "1,234.50" */
export function formatFen(fen) {
  const yuan = (fen / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${yuan}.${(fen % 100n).toString().padStart(2, "0")}`;
}

const DIGITS = "零壹贰叁肆伍陆柒捌玖";

function group(value) {
  let out = "", gap = false;
  [3, 2, 1, 0].forEach((place) => {
    const digit = Math.trunc(value / 10 ** place) % 10;
    if (digit) {
      out += (gap && out ? "零" : "") + DIGITS[digit] + ["", "拾", "佰", "仟"][place];
      gap = false;
    } else gap = true;
  });
  return out;
}

function integer(value) {
  if (value < 10000n) return group(Number(value));
  const [unit, size] = value >= 100000000n ? ["亿", 100000000n] : ["万", 10000n];
  const rest = value % size;
  return integer(value / size) + unit + (rest > 0n && rest < size / 10n ? "零" : "") + integer(rest);
}

/** 分 → the amount in capitals, as the server writes it. */
export function capital(fen) {
  const jiao = Number((fen / 10n) % 10n), cent = Number(fen % 10n);
  let out = integer(fen / 100n);
  if (out) out += "元";
  if (jiao) out += `${DIGITS[jiao]}角`;
  else if (cent && out) out += "零";
  return cent ? `${out}${DIGITS[cent]}分` : `${out || "零元"}整`;
}

function showCapital(field) {
  const input = field.querySelector("[data-money=capital]");
  const output = field.querySelector("[data-capital-out]");
  const fen = parseFen(input.value);
  output.textContent = fen === null ? "还没有填写金额" : fen === undefined ? "还不是金额，请填写数字，如 1234.50" : capital(fen);
  output.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-capital]");
  if (button) showCapital(button.closest(".field"));
});
document.addEventListener("input", (event) => {
  const output = event.target.matches?.("[data-money=capital]") && event.target.closest(".field").querySelector("[data-capital-out]");
  if (output && !output.hidden) showCapital(event.target.closest(".field"));
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("input[inputmode=decimal], input[inputmode=numeric]")) {
    const clean = normalise(event.target.value);
    if (clean !== event.target.value) {
      event.target.value = clean;
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
});
