/** A number as pages and plots have it: whole from a thousand on, else with three digits that mean something. */
export const numeral = (value: number): string => (Math.abs(value) >= 1000 ? WHOLE : SHORT).format(value);

/** A unit's name, for an axis. */
export const spelled = (unit: string): string => NAMES[unit] ?? unit;

// --- internal ---

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const NAMES: Readonly<Record<string, string>> = {
  ms: 'milliseconds',
  'ms of a core': 'milliseconds of processor time',
  s: 'seconds',
  KiB: 'size in KiB',
  MiB: 'memory in MiB',
  '%': 'per cent',
};
