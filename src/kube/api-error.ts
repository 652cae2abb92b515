/** What went wrong with a request, told so that the caller can decide by `kind` and `status`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** `response`: the server refused; `network`: no (whole) answer came; `not-leader`: the write was never sent. */
  readonly kind: 'response' | 'network' | 'not-leader';
  /** HTTP status, 0 without a response. */
  readonly status: number;
  /** The machine-readable word of the server's Status object, such as `Conflict`. */
  readonly reason: string;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter: number | undefined;
  /** Machine-readable words of the server's `details.causes`. */
  readonly causes: readonly string[];

  constructor(fields: ApiErrorFields) {
    super(fields.message, fields.cause === undefined ? {} : { cause: fields.cause });
    this.kind = fields.kind;
    this.status = fields.status ?? 0;
    this.reason = fields.reason ?? '';
    this.retryAfter = fields.retryAfter;
    this.causes = fields.causes ?? [];
  }
}

/** Reason of a `network` error when the server said nothing for too long. */
export const SILENT = 'Silent';

/** `reason` of a cause in the server's Status: the namespace of what was to be made is being deleted. */
const TERMINATING = 'NamespaceTerminating';

export interface ApiErrorFields {
  readonly kind: ApiError['kind'];
  readonly message: string;
  readonly status?: number;
  readonly reason?: string;
  readonly retryAfter?: number | undefined;
  readonly causes?: readonly string[];
  readonly cause?: unknown;
}

/** The error of an HTTP response, or of an `ERROR` event of a watch, from its Status object. */
export function errorOfStatus(code: number, body: unknown, where: string, retryAfterHeader?: string): ApiError {
  const status = isRecord(body) ? body : {};
  const details = isRecord(status.details) ? status.details : {};
  const words = typeof status.message === 'string' && status.message !== '' ? status.message : `HTTP ${code}`;
  const seconds = Number(retryAfterHeader ?? details.retryAfterSeconds);
  return new ApiError({
    kind: 'response',
    status: code,
    reason: typeof status.reason === 'string' ? status.reason : '',
    message: `${where}: ${words}`,
    retryAfter: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
    causes: Array.isArray(details.causes) ? details.causes.flatMap((cause) => (isRecord(cause) ? String(cause.reason) : [])) : [],
  });
}

/** Milliseconds; a server that asks for a longer pause is asked again after this one. */
const MOST_PATIENCE = 60_000;

/** The longest pause that the server asked for, in milliseconds, also where several writes failed at once; 0 where it asked for none. */
export function retryAfterOf(error: unknown): number {
  if (error instanceof AggregateError) return Math.max(0, ...error.errors.map(retryAfterOf));
  return error instanceof ApiError ? Math.min(MOST_PATIENCE, error.retryAfter ?? 0) : 0;
}

export const isStatus = (error: unknown, ...codes: readonly number[]): boolean => error instanceof ApiError && codes.includes(error.status);
export const isNotFound = (error: unknown): boolean => isStatus(error, 404);
export const isConflict = (error: unknown): boolean => isStatus(error, 409);
/** The resource version that was asked for is no longer, or not yet, known: only a new list helps. */
export const isGone = (error: unknown): boolean => isStatus(error, 410) || (error instanceof ApiError && error.reason === 'Expired');

/** Nothing can be made in a namespace that is being deleted. */
export const isTerminating = (error: unknown): boolean => error instanceof ApiError && error.causes.includes(TERMINATING);

// --- internal ---

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
