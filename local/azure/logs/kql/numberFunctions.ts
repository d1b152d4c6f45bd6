import { type BuildFunction, ofNumber, plain } from "./functionFamily.ts";

/** Milliseconds from Kusto's first instant, 0001-01-01, to 1970: bins of datetimes are counted from there. */
const EPOCH_OFFSET_MS = 62_135_596_800_000;

const bin: BuildFunction = ([value, size]) => {
  const offset = value?.type === "datetime" ? EPOCH_OFFSET_MS : 0;
  return (row) => {
    const number = value?.evaluate(row);
    const width = size?.evaluate(row);
    if (typeof number !== "number" || typeof width !== "number" || width === 0) return null;
    return Math.floor((number + offset) / width) * width - offset;
  };
};

const binAt: BuildFunction =
  ([value, size, fixed]) =>
  (row) => {
    const number = value?.evaluate(row);
    const width = size?.evaluate(row);
    const from = fixed?.evaluate(row);
    if (typeof number !== "number" || typeof width !== "number" || typeof from !== "number" || width === 0) return null;
    return Math.floor((number - from) / width) * width + from;
  };

/** Rounding and other arithmetic. */
export const numberFunctions: Readonly<Record<string, BuildFunction>> = {
  bin,
  floor: bin,
  bin_at: binAt,
  abs: ofNumber(Math.abs),
  ceiling: ofNumber(Math.ceil),
  sign: ofNumber(Math.sign),
  sqrt: ofNumber(Math.sqrt),
  exp: ofNumber(Math.exp),
  log: ofNumber(Math.log),
  log2: ofNumber(Math.log2),
  log10: ofNumber(Math.log10),
  exp2: ofNumber((value) => 2 ** value),
  exp10: ofNumber((value) => 10 ** value),
  // No value here is NaN or infinite: JSON has neither, so what would be one is null.
  isnan: plain((value) => (value === null ? null : false)),
  isinf: plain((value) => (value === null ? null : false)),
  isfinite: plain((value) => (value === null ? null : true)),
  pow: plain((base, exponent) => (typeof base === "number" && typeof exponent === "number" ? base ** exponent : null)),
  round: plain((value, precision) => {
    if (typeof value !== "number") return null;
    const factor = 10 ** Number(precision ?? 0);
    return Math.round(value * factor) / factor;
  }),
};
