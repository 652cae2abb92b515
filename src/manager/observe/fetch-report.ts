import { createHash } from 'node:crypto';
import { type Agent, get } from 'node:http';
import type { NodeReport } from '../../api/node/report.ts';
import { MOST_NEXT_HOPS, REPORT_VERSION } from '../../api/node/report.ts';
import { parseAddress } from '../../net/address.ts';

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
}

/**
 * Asks a node's agent for its report. An answer with the same bytes as the last gives the same report, unread: of 4,000 addresses it is a MiB.
 * @throws Error when it doesn't answer in time, or not with a report that can be read
 */
export async function fetchReport({ host, port, timeoutMs, signal, agent }: ReportRequest, last?: Answer): Promise<Answer> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/state`;
  const bytes = await getBytes(url, agent, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const hash = createHash('sha1').update(bytes).digest('base64');
  if (last?.hash === hash) return last;
  const report = reportIn(bytes.toString('utf8'));
  if (report === undefined) throw new Error(`${url} did not answer with a report of version ${REPORT_VERSION}`);
  return { report, hash };
}

/** The report in the text of an answer; undefined when it is none. @throws SyntaxError when it isn't even JSON */
export function reportIn(text: string): NodeReport | undefined {
  const report: unknown = JSON.parse(text);
  if (!isReport(report)) return undefined;
  return report.gateways === undefined ? report : { ...report, gateways: readable(report.gateways) };
}

// --- internal ---

async function getBytes(url: string, agent: Agent, signal: AbortSignal): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
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
      if (response.statusCode === 200) resolve(Buffer.concat(chunks));
      else reject(new Error(`${url} answered ${response.statusCode}`));
    });
  });
  request.on('error', reject);
  return promise;
}

/** Any process of a node may answer on the port: what is used is checked. */
function isReport(value: unknown): value is NodeReport {
  if (!isRecord(value) || value.version !== REPORT_VERSION || !areTexts(value.group, value.node, value.pod)) return false;
  const { config, daemon, instances, problems } = value;
  if (!isRecord(config) || !isRecord(daemon) || !Array.isArray(instances) || !Array.isArray(problems)) return false;
  if ([value.gateways, value.networks].some((list) => list !== undefined && !areLists(list))) return false;
  if (config.leftOut !== undefined && !(Array.isArray(config.leftOut) && config.leftOut.every(isLeftOut))) return false;
  return instances.every(isInstance) && problems.every((problem) => isRecord(problem) && areTexts(problem.reason, problem.message));
}

const readable = (addresses: readonly string[]): string[] => [
  ...new Set(addresses.slice(0, MOST_NEXT_HOPS).flatMap((text) => parseAddress(text)?.text ?? [])),
];

const isLeftOut = (value: unknown): boolean => isRecord(value) && areTexts(value.object, value.line, value.message);

const isInstance = (value: unknown): boolean =>
  isRecord(value) &&
  areTexts(value.name, value.state) &&
  typeof value.virtualRouterId === 'number' &&
  areLists(value.addresses, value.held);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const areTexts = (...values: readonly unknown[]): boolean => values.every((value) => typeof value === 'string');
const areLists = (...values: readonly unknown[]): boolean => values.every((value) => Array.isArray(value) && areTexts(...value));
