import { createHash, timingSafeEqual } from 'node:crypto';

/** What of a request decides whether it is let in. */
export interface Asked {
  readonly method: string | undefined;
  /** Path and query. */
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What whoever may look knows, and where the page is served. */
export interface Door {
  readonly token: string;
  readonly port: number;
}

export type Verdict =
  /** `path` is what stands behind the token; empty where not even a slash does. */
  | { readonly kind: 'in'; readonly path: string; readonly query: URLSearchParams }
  | { readonly kind: 'out'; readonly status: number; readonly sentence: string };

/**
 * Lets in whoever asks by GET, by a name of this machine, from the page itself or from no page, and knows the token, which is the first part of the
 * path. A cookie would be sent to every port of the machine, so to other users' servers, too.
 */
export function gate({ method, url = '/', headers }: Asked, { token, port }: Door): Verdict {
  if (method !== 'GET') return out(405, 'Only GET is answered.');
  const names = HOSTS.map((host) => `${host}:${port}`);
  if (!names.includes(String(headers.host))) return out(403, `Ask for ${names.join(' or ')}: the Host header of the request is another.`);
  const { origin } = headers;
  if (origin !== undefined && !names.some((name) => origin === `http://${name}`)) return out(403, 'Another page may not ask here.');
  const parsed = URL.parse(url, 'http://page');
  const [, first = '', ...rest] = parsed?.pathname.split('/') ?? [];
  if (parsed === null || !isEqual(first, token)) return out(403, 'Open the address that kubectl keepalived dashboard printed, all of it.');
  // A link on another page may open the page, and not what the page reads.
  const isPage = rest.join('/') === '';
  if (!isPage && !SAME_SITE.includes(headers['sec-fetch-site'] as string | undefined)) return out(403, 'Another page may not ask here.');
  return { kind: 'in', path: rest.length === 0 ? '' : `/${rest.join('/')}`, query: parsed.searchParams };
}

// --- internal ---

const HOSTS = ['127.0.0.1', 'localhost'];
/** Absent: no browser, or an old one. */
const SAME_SITE: readonly (string | undefined)[] = [undefined, 'same-origin', 'none'];

const out = (status: number, sentence: string): Verdict => ({ kind: 'out', status, sentence });

/** Takes as long whatever is wrong. */
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
