import type { Service } from '../api/core.ts';
import { SERVICE_ANNOTATIONS } from '../api/names.ts';
import type { Problem } from '../api/problem.ts';
import { print, UnprintableWord } from '../conf/print.ts';
import { line, type Statement } from '../conf/tree.ts';
import { byText } from '../net/text-order.ts';
import { exclusiveLines, type Surroundings } from './exclusive-lines.ts';
import { serviceReference } from './reference.ts';
import { serviceLine } from './service-line.ts';

export interface Verbatim {
  readonly lines: readonly Statement[];
  readonly problems: readonly Problem[];
}

/** Lines by which a Service's annotation adds to its VRRP instances, and what was refused; a refused line leaves the others. */
export function serviceVerbatim(service: Service, surroundings: Surroundings): Verbatim {
  const text = service.metadata.annotations?.[SERVICE_ANNOTATIONS.verbatim];
  if (text === undefined || text.trim() === '') return { lines: [], problems: [] };
  const object = serviceReference(service);
  const entries = parseEntries(text);
  if (entries === undefined) {
    const message = `annotation ${SERVICE_ANNOTATIONS.verbatim} is ${JSON.stringify(text.slice(0, 80))}; expected a JSON object of strings, as in {"advert_int": "1"}`;
    return { lines: [], problems: [{ object, reason: 'VerbatimMalformed', message }] };
  }
  const judged = entries.map(([keyword, value]) => judge(keyword, value));
  const { kept, refused } = exclusiveLines(
    judged.flatMap((one) => (typeof one === 'string' ? [] : [one])),
    surroundings,
  );
  const messages = [
    ...judged.flatMap((one) => (typeof one === 'string' ? [one] : [])),
    ...refused.map(({ line, because }) => `${shown(line.keyword, line.words.join(' '))} is left out: ${because}`),
  ];
  return { lines: kept, problems: messages.map((message) => ({ object, reason: 'VerbatimRefused', message })) };
}

/** `keyword value`, the value's words apart; an empty value gives the keyword alone. */
export const verbatimLine = (keyword: string, value: string): Statement =>
  line(keyword, ...value.split(/[ \t]+/).filter((word) => word !== ''));

/** Why keepalived.conf can't hold the line, or undefined. */
export function unprintable(statement: Statement): string | undefined {
  try {
    print([statement]);
    return undefined;
  } catch (error) {
    if (error instanceof UnprintableWord) return error.reason;
    throw error;
  }
}

// --- internal ---

function parseEntries(text: string): [string, string][] | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [
    key,
    typeof one === 'number' || typeof one === 'boolean' ? String(one) : one,
  ]);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? entries.sort(([a], [b]) => byText(a, b))
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function judge(keyword: string, value: string): Statement | string {
  const known = serviceLine(keyword);
  if (known === undefined) {
    return `${shown(keyword, value)} is left out: ${keyword} is none of the lines that a Service may set (documentation, "verbatimconfig"); remove it, or ask the group's owner to set it for all`;
  }
  const statement = verbatimLine(keyword, value);
  const reason = unprintable(statement);
  if (reason !== undefined) return `${shown(keyword, value)} is left out: it ${reason}`;
  return known.fits(statement.words.join(' ')) ? statement : `${shown(keyword, value)} is left out: ${keyword} takes ${known.expected}`;
}

const shown = (keyword: string, value: string): string => JSON.stringify(`${keyword} ${value}`.trim().slice(0, 80));
