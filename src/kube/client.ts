/** The narrow door to the API server: one request, or one stream of lines. */
export interface Client {
  /**
   * Sends one request and gives the parsed body.
   * @throws ApiError for every failure: refused, no answer, or not sent because this process doesn't lead.
   */
  request<T>(request: Request): Promise<T>;
  /**
   * Opens a stream of JSON values, one a line, as a watch sends them. Ends when the server ends it in order.
   * @throws ApiError while iterating, also when nothing came for `quietMs`.
   */
  stream(request: StreamRequest): AsyncIterable<unknown>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Request {
  readonly method: Method;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Milliseconds until the whole answer must be here. Default 15,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** True for the writes that win or give up leadership themselves, and for reviews, which change nothing; all others need it. */
  readonly withoutLead?: boolean;
}

export interface StreamRequest {
  readonly path: string;
  readonly query?: Query;
  /** Milliseconds without a byte after which the stream counts as dead. */
  readonly quietMs: number;
  readonly signal: AbortSignal;
  /** Called once the server has begun to answer, before anything comes. */
  readonly onOpen?: () => void;
}

export const APPLY_PATCH = 'application/apply-patch+yaml';
export const MERGE_PATCH = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
