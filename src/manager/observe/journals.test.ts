import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/clock.ts';
import type { MoveRecord, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { Journals } from './journals.ts';

const move = (to: string, second: number): MoveRecord => ({
  time: `2026-01-01T00:00:0${second}.000Z`,
  to,
  cause: 'Preferred',
  message: 'x',
});
const virtualIP = (name: string, router: string, moves: readonly MoveRecord[], group = 'web/vips'): VirtualIP => ({
  metadata: { name },
  spec: { address: name },
  status: { group, virtualRouter: router, node: 'node2', since: '2026-01-01T00:00:05Z', moves },
});
let clock: FakeClock;
let isReady: boolean;
let list: VirtualIP[];
let journals: Journals;
let ready: () => void;
beforeEach(() => {
  [clock, isReady, list] = [new FakeClock(), true, []];
  const written = {
    get isReady() {
      return isReady;
    },
    list: () => list,
    onReady: (listener: () => void) => {
      ready = listener;
    },
  };
  journals = new Journals({ written, clock });
});

it('knows of a virtual router what was written down of any of its addresses, each move once', () => {
  const [first, second] = [move('node1', 1), move('node2', 2)];
  list = [
    virtualIP('192.0.2.1', 'carrier:1', [second]),
    virtualIP('192.0.2.2', 'carrier:1', [second, first]),
    virtualIP('192.0.2.3', 'a', [], 'x/y'),
  ];
  const recordedOf = journals.recordedOf('web/vips');
  expect(recordedOf?.('carrier:1')).toEqual({ moves: [first, second], node: 'node2', since: Date.parse('2026-01-01T00:00:05Z') });
  expect(recordedOf?.('a')).toEqual({ moves: [] });
});

it('knows what was written when it could be read first, whatever is written since', () => {
  list = [virtualIP('192.0.2.1', 'a', [move('node1', 1)])];
  ready();
  list = [virtualIP('192.0.2.1', 'a', [move('node2', 2), move('node1', 1)])];
  expect(journals.recordedOf('web/vips')?.('a')?.moves).toEqual([move('node1', 1)]);
});

it('knows nothing until VirtualIPs can be read, and goes on without them where they never can', async () => {
  isReady = false;
  expect(journals.recordedOf('web/vips')).toBeUndefined();
  await clock.pass(15_000);
  expect(journals.recordedOf('web/vips')?.('a')).toBeUndefined();
});

it('says so when a journal has changed, and only then', () => {
  let told = 0;
  journals.onChange(() => {
    told += 1;
  });
  const of = (journal: readonly MoveRecord[]) => ({ chronicles: new Map([['a', { journal, tenures: [] }]]) });
  const journal = [move('node1', 1)];
  journals.found('web/vips', of([]));
  expect(told).toBe(0);
  journals.found('web/vips', of(journal));
  journals.found('web/vips', of(journal));
  expect(told).toBe(1);
  expect(journals.of('web/vips', 'a')).toBe(journal);
  journals.forget('web/vips');
  expect(journals.of('web/vips', 'a')).toEqual([]);
});
