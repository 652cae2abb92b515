import { createHash } from 'node:crypto';
import { type Agent, get } from 'node:http';
import type { LinkReport, NodeReport, TransitionReport } from '../../api/node/report.ts';
import { CLOCK_HEADER, MOST_NEXT_HOPS, MOST_TRANSITIONS, REPORT_VERSION, WHY_LOST } from '../../api/node/report.ts';
import { isRecord } from '../../api/record.ts';
import { parseAddress } from '../../net/address.ts';
import { macsIn, wireIn } from './wire-report.ts';

const LARGEST = 16 * 1024 * 1024;

export interface ReportRequest {
  /** The node's address. */
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly agent: Agent;
}

/** A report, with what tells whether the next answer is another one. */
export interface Answer {
  readonly report: NodeReport;
  readonly hash: string;
  /** What the agent's monotonic clock said when it answered, in milliseconds; absent of an older agent. */
  readonly clock?: number;
}

/**
 * Asks a node's agent for its report. An answer with the same bytes as the last gives the same report, unread: of 4,000 addresses it is a MiB.
 * @throws Error when it doesn't answer in time, or not with a report that can be read
 */
export async function fetchReport({ host, port, timeoutMs, signal, agent }: ReportRequest, last?: Answer): Promise<Answer> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/state`;
  const { bytes, clock } = await getBytes(url, agent, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const hash = createHash('sha1').update(bytes).digest('base64');
  const told = clock === undefined ? {} : { clock };
  if (last?.hash === hash) return { report: last.report, hash, ...told };
  const report = reportIn(bytes.toString('utf8'));
  if (report === undefined) throw new Error(`${url} did not answer with a report of version ${REPORT_VERSION}`);
  return { report, hash, ...told };
}

/** The report in the text of an answer; undefined when it is none. @throws SyntaxError when it isn't even JSON */
export function reportIn(text: string): NodeReport | undefined {
  const report: unknown = JSON.parse(text);
  if (!isReport(report)) return undefined;
  const { transitions, wire, link, ...rest } = report;
  const told = Array.isArray(transitions) ? { transitions: transitions.filter(isTransition).slice(-MOST_TRANSITIONS.ofAll) } : {};
  const answers = wireIn(wire);
  return {
    ...rest,
    link: isRecord(link) ? withMacs(link) : null,
    ...(rest.gateways && { gateways: readable(rest.gateways) }),
    ...told,
    ...(answers && { wire: answers }),
  };
}

// --- internal ---

function withMacs({ macs, ...link }: LinkReport): LinkReport {
  const told = macsIn(macs);
  return { ...link, ...(told && { macs: told }) };
}

async function getBytes(url: string, agent: Agent, signal: AbortSignal): Promise<{ bytes: Buffer; clock: number | undefined }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ bytes: Buffer; clock: number | undefined }>();
  const request = get(url, { agent, signal }, (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LARGEST) request.destroy(new Error(`${url} answered with more than ${LARGEST} bytes`));
    });
    response.on('error', reject);
    response.on('end', () => {
      if (response.statusCode === 200) resolve({ bytes: Buffer.concat(chunks), clock: clockIn(response.headers[CLOCK_HEADER]) });
      else reject(new Error(`${url} answered ${response.statusCode}`));
    });
  });
  request.on('error', reject);
  return promise;
}

/** The monotonic one of the two. */
const clockIn = (header: unknown): number | undefined => {
  const [, monotonic] = /^\d+ (\d+)$/.exec(String(header)) ?? [];
  return monotonic === undefined ? undefined : Number(monotonic);
};

/** Any process of a node may answer on the port: what is used is checked. */
function isReport(value: unknown): value is NodeReport {
  if (!isRecord(value) || value.version !== REPORT_VERSION || !areTexts(value.group, value.node, value.pod)) return false;
  const { config, daemon, instances, problems } = value;
  if (!isRecord(config) || !isRecord(daemon) || !Array.isArray(instances) || !Array.isArray(problems)) return false;
  if ([value.gateways, value.networks].some((list) => list !== undefined && !areLists(list))) return false;
  if (config.leftOut !== undefined && !(Array.isArray(config.leftOut) && config.leftOut.every(isLeftOut))) return false;
  if (value.hints !== undefined && !(Array.isArray(value.hints) && value.hints.every(isReason))) return false;
  return instances.every(isInstance) && problems.every(isReason);
}

const readable = (addresses: readonly string[]): string[] => [
  ...new Set(addresses.slice(0, MOST_NEXT_HOPS).flatMap((text) => parseAddress(text)?.text ?? [])),
];

/** What becomes part of an object has to be what the API server takes. */
const isTransition = (value: unknown): value is TransitionReport =>
  isRecord(value) &&
  areTexts(value.name, value.state) &&
  Number.isFinite(value.at) &&
  TIME.test(String(value.time)) &&
  !Number.isNaN(Date.parse(String(value.time))) &&
  (value.why === undefined || WHY_LOST.some((why) => why === value.why)) &&
  (value.message === undefined || (areTexts(value.message) && String(value.message).length <= 512)) &&
  (value.silence === undefined || (isRecord(value.silence) && areNumbers(value.silence.atLeast, value.silence.atMost)));

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const isLeftOut = (value: unknown): boolean => isRecord(value) && areTexts(value.object, value.line, value.message);

const isReason = (value: unknown): boolean => isRecord(value) && areTexts(value.reason, value.message);

const isInstance = (value: unknown): boolean =>
  isRecord(value) &&
  areTexts(value.name, value.state) &&
  typeof value.virtualRouterId === 'number' &&
  areLists(value.addresses, value.held);

const areTexts = (...values: readonly unknown[]): boolean => values.every((value) => typeof value === 'string');
const areLists = (...values: readonly unknown[]): boolean => values.every((value) => Array.isArray(value) && areTexts(...value));
const areNumbers = (...values: readonly unknown[]): boolean => values.every((value) => Number.isFinite(value));
