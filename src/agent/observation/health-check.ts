import { get } from 'node:http';
import type { HealthCheck } from '../../api/node/config.ts';
import { HEALTHY, type TrackValue, UNHEALTHY } from '../track-file.ts';

/** So many answers in a row that differ from the value change it; one lost answer moves nothing. */
const IN_A_ROW = 2;

/** The value and how many answers in a row disagree with it. */
export interface Damped {
  readonly value: TrackValue;
  readonly against: number;
}

/** The first answer counts at once; afterwards a change needs {@link IN_A_ROW} answers. */
export function damp(before: Damped | undefined, answer: boolean): Damped {
  const value = answer ? HEALTHY : UNHEALTHY;
  if (before === undefined || before.value === value) return { value, against: 0 };
  const against = before.against + 1;
  return against >= IN_A_ROW ? { value, against: 0 } : { value: before.value, against };
}

/**
 * Whether kube-proxy, or what stands in its place, has ready endpoints of the Service on this node: status 200, and where the body counts
 * `localEndpoints`, more than none (Kubernetes API, `healthCheckNodePort`).
 */
export async function hasLocalEndpoints({ port }: HealthCheck, milliseconds: number): Promise<boolean> {
  const { status, body } = await ask(port, milliseconds);
  if (status !== 200) return false;
  const count = /"localEndpoints"\s*:\s*(\d+)/.exec(body)?.[1];
  return count === undefined || Number(count) > 0;
}

// --- internal ---

const MAX_BODY = 4096;

function ask(port: number, timeout: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const failed = (): void => resolve({ status: 0, body: '' });
    const request = get({ host: '127.0.0.1', port, path: '/healthz', timeout, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body = (body + chunk).slice(0, MAX_BODY);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', failed);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', failed);
    request.on('close', failed);
  });
}
