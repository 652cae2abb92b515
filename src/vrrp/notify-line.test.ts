import { describe, expect, it } from 'vitest';
import { type NotifyEvent, parseNotifyLine } from './notify-line.ts';

const instance = (name: string, state: NotifyEvent['state'], priority: number): NotifyEvent => ({
  kind: 'instance',
  name,
  state,
  priority,
});

describe('a line of the notify FIFO', () => {
  const cases: readonly [sentence: string, line: string, event: NotifyEvent | null][] = [
    ['of a new master', 'INSTANCE "ns1/svc-1" MASTER 200', instance('ns1/svc-1', 'MASTER', 200)],
    ['of a backup', 'INSTANCE "ns1/svc-1" BACKUP 90', instance('ns1/svc-1', 'BACKUP', 90)],
    ['of a lost link', 'INSTANCE "ns1/svc-1" FAULT 200', instance('ns1/svc-1', 'FAULT', 200)],
    ['of a daemon that ends', 'INSTANCE "ns1/svc-1" STOP 200', instance('ns1/svc-1', 'STOP', 200)],
    ['of an instance that was removed', 'INSTANCE "a" DELETED 1', instance('a', 'DELETED', 1)],
    ['of a sync group', 'GROUP "g" MASTER 0', { kind: 'group', name: 'g', state: 'MASTER', priority: 0 }],
    ['with a blank in the name', 'INSTANCE "a b" MASTER 1', instance('a b', 'MASTER', 1)],
    ['with a quote in the name', 'INSTANCE "a" MASTER 1" BACKUP 2', instance('a" MASTER 1', 'BACKUP', 2)],
    ['about a priority is no transition', 'INSTANCE "a" MASTER_PRIORITY 100', null],
    ['about a lower priority that was heard is no transition', 'INSTANCE "a" MASTER_RX_LOWER_PRI 100', null],
    ['cut short says nothing', 'INSTANCE "a" MAST', null],
    ['without a priority says nothing', 'INSTANCE "a" MASTER', null],
    ['that is empty says nothing', '', null],
  ];
  it.each(cases)('%s', (_, line, event) => {
    expect(parseNotifyLine(line)).toEqual(event);
  });
});
