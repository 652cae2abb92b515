import { get } from 'node:http';
import type { Answer } from './health-check.ts';

const MAX_BODY = 4096;

/** Asks a program of this node; null when it can't be asked, or doesn't answer in so many milliseconds. */
export function askHttp(host: string, port: number, timeout: number): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (): void => resolve(null);
    const request = get({ host, port, path: '/healthz', timeout, agent: false, signal: AbortSignal.timeout(timeout) }, (response) => {
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
