import type { ObjectReference } from '../api/core.ts';
import { isHint, REASONS, type Reason } from '../api/problem.ts';
import type { Happening } from '../kube/events.ts';
import type { KubeObject } from '../kube/object.ts';

/** A refusal, or what a write came to, about one object. */
export interface Trouble {
  readonly object: ObjectReference;
  readonly reason: string;
  readonly message: string;
}

export type RecordEvent = (regarding: KubeObject, happening: Happening) => void;

/** Makes a Warning Event of each problem when it appears, and none while it lasts: in a steady state nothing is written. */
export class ToldProblems {
  readonly #record: RecordEvent;
  readonly #told = new Map<string, ReadonlySet<string>>();

  constructor(record: RecordEvent) {
    this.#record = record;
  }

  /** @param scope - whose problems these are, all of them; those of before that are missing are over */
  tell(scope: string, problems: readonly Trouble[]): void {
    const before = this.#told.get(scope);
    const now = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
    for (const [text, problem] of now) if (!before?.has(text)) this.#record(regarding(problem.object), warning(problem));
    if (now.size === 0) this.#told.delete(scope);
    else this.#told.set(scope, new Set(now.keys()));
  }
}

/** The object of an Event. */
export function regarding({ apiVersion, kind, namespace, name, uid }: ObjectReference): KubeObject {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) } };
}

// --- internal ---

const warning = ({ reason, message }: Trouble): Happening => ({
  type: 'Warning',
  reason,
  action: 'Reconcile',
  note: message,
  ...(isReason(reason) && isHint({ reason }) && { isHint: true }),
});

const isReason = (text: string): text is Reason => text in REASONS;
