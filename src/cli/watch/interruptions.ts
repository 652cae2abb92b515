import type { KubeObject } from '../../kube/object.ts';
import type { ReflectorOptions } from '../../kube/reflector.ts';

type Log = ReflectorOptions<KubeObject>['log'];

/** What a reflector logs, for people: the first failure of each row of them, and nothing else. */
export function interruptions(kind: string, note: (sentence: string) => void): Log {
  const nothing = (): void => {};
  const log: Log = {
    debug: nothing,
    info: nothing,
    error: nothing,
    fatal: nothing,
    warn: ({ failures, err }) => {
      if (failures === 1)
        note(`The watch of ${kind}s is interrupted, and is tried again: ${err instanceof Error ? err.message : String(err)}`);
    },
    child: () => log,
  };
  return log;
}
