import type { Service } from '../../api/core.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Problem } from '../../api/problem.ts';
import { isRecord } from '../../api/record.ts';
import { print, UnprintableWord } from '../../conf/print.ts';
import { line, type Statement } from '../../conf/tree.ts';
import { byText } from '../../net/text-order.ts';
import type { Fence } from '../claims/fence.ts';
import { serviceReference } from '../reference.ts';
import { exclusiveLines, type Surroundings } from './exclusive-lines.ts';
import { whyForbidden } from './forbidden-line.ts';
import { runsProgram, serviceLine } from './service-line.ts';
import { fits } from './value.ts';

export interface Verbatim {
  readonly lines: readonly Statement[];
  readonly problems: readonly Problem[];
}

/** What a group's owner lets its Services set. */
export interface Permission {
  /** `namespace/name` of the group. */
  readonly group: string;
  readonly fence: Pick<Fence, 'allowsKeyword'>;
  /** Whether the group's own lines let keepalived run scripts. */
  readonly runsScripts: boolean;
}

/** Lines by which a Service's annotation adds to its VRRP instances, and what was refused; a refused line leaves the others. */
export function serviceVerbatim(service: Service, surroundings: Surroundings & Permission): Verbatim {
  const text = service.metadata.annotations?.[SERVICE_ANNOTATIONS.verbatim];
  if (text === undefined || text.trim() === '') return { lines: [], problems: [] };
  const object = serviceReference(service);
  const entries = parseEntries(text);
  if (entries === undefined) {
    const message = `annotation ${SERVICE_ANNOTATIONS.verbatim} is ${JSON.stringify(text.slice(0, 80))}; write a JSON object of strings, such as {"advert_int": "1"}`;
    return { lines: [], problems: [{ object, reason: 'VerbatimMalformed', message }] };
  }
  const judged = entries.map(([keyword, value]) => judge(keyword, value, surroundings));
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

/** What lines that are carried do beyond their addresses. For IPv6 keepalived changes no settings. */
export function verbatimHints(service: Service, lines: readonly Statement[], { group, families }: Surroundings & Permission): Problem[] {
  if (!families.has('IPv4') || !lines.some(({ keyword }) => keyword === 'use_vmac')) return [];
  const message = `"use_vmac" has keepalived set arp_ignore and arp_filter of the interface to 1 on every node, and they stay so when it ends; remove the line, and have the owner of KeepalivedGroup ${group} set spec.vrrp.virtualMAC to true instead`;
  return [{ object: serviceReference(service), reason: 'KernelSettingsRemain', message }];
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
  if (!isRecord(value)) return undefined;
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

function judge(keyword: string, value: string, permission: Permission): Statement | string {
  const known = serviceLine(keyword);
  const because = known === undefined ? whyNot(keyword, permission) : undefined;
  if (because !== undefined) return `${shown(keyword, value)} is left out: ${because}`;
  const statement = known === undefined ? line(keyword, ...quotedWords(value)) : verbatimLine(keyword, value);
  const reason = unprintable(statement);
  if (reason !== undefined) return `${shown(keyword, value)} is left out: it ${reason}`;
  if (known === undefined || fits(known, statement.words.join(' '))) return statement;
  return `${shown(keyword, value)} is left out: ${keyword} takes ${known.expected}`;
}

/** Why a line that isn't safe by itself may not be, or undefined when the group's owner allows it. */
function whyNot(keyword: string, { group, fence, runsScripts }: Permission): string | undefined {
  const forbidden = whyForbidden(keyword);
  if (forbidden !== undefined) return forbidden;
  if (!fence.allowsKeyword(keyword))
    return `a Service may not set ${keyword} by itself; remove it, or have the owner of KeepalivedGroup ${group} add the line "- ${keyword}" to spec.fences.verbatimKeys`;
  if (runsProgram(keyword) && !runsScripts)
    return `it runs a program, for which KeepalivedGroup ${group} needs "enable_script_security" and "script_user" in spec.verbatimConfig`;
  return undefined;
}

/** The words of a value, of which one in double quotes may hold blank space. */
const quotedWords = (value: string): string[] => (value.match(/"[^"]*"|[^ \t]+/g) ?? []).map((word) => word.replace(/^"([^"]*)"$/, '$1'));

const shown = (keyword: string, value: string): string => JSON.stringify(`${keyword} ${value}`.trim().slice(0, 80));
