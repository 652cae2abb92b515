import { beforeEach, describe, expect, it } from 'vitest';
import { anInput, aReport, aService } from '../../../test/builders/object.ts';
import { aWord } from '../../../test/builders/word.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import type { KeepalivedGroup, KeepalivedGroupStatus } from '../../api/group/keepalived-group.ts';
import type { WireAdvert } from '../../api/node/wire.ts';
import { Store } from '../../kube/store.ts';
import type { Word } from '../../observe/evidence.ts';
import type { Truth } from '../../observe/observe.ts';
import { plan } from '../../plan/plan.ts';
import { renderConfig } from '../../render/config.ts';
import { carriedBy, Decisions, problemsByService } from '../decisions.ts';
import { ToldProblems } from '../told-problems.ts';
import { ObserveController } from './observe.ts';

const KEY = 'web/vips';
const VIP = '192.0.2.200';
const HOUR = 3_600_000;
const decided = plan(anInput({ services: [aService('web', [VIP]), aService('worse', ['nonsense'])] }));
const revision = renderConfig(decided)?.revision ?? '';

describe('a group whose nodes are observed', () => {
  let clock: FakeClock;
  let decisions: Decisions;
  let words: readonly Word[];
  let saved: KeepalivedGroupStatus[];
  let told: string[];
  let truths: Truth[];
  let controller: ObserveController;
  const say = (owner: string): void => {
    words = ['node1', 'node2', 'node3'].map((node) =>
      aWord(aReport(node, revision, [node === owner ? { state: 'MASTER', addresses: [VIP], held: [VIP] } : {}]), clock.monotonic()),
    );
  };
  beforeEach(() => {
    clock = new FakeClock();
    decisions = new Decisions();
    [saved, told, truths] = [[], [], []];
    const record = (regarding: { kind?: string; metadata: { name: string } }, happening: { reason: string }): void =>
      void told.push(`${regarding.kind}/${regarding.metadata.name} ${happening.reason}`);
    say('node1');
    controller = new ObserveController({
      decisions,
      wordsOf: () => words,
      onReports: () => {},
      ask: async () => {},
      status: {
        newest: (group: KeepalivedGroup) => ({ ...group, ...(saved.at(-1) && { status: saved.at(-1) }) }) as KeepalivedGroup,
        save: async (_, status) => {
          saved.push(status);
          return { kind: 'written' };
        },
      },
      problems: new ToldProblems(record),
      record,
      journals: { recordedOf: () => () => undefined, found: () => {}, forget: () => {}, onReady: () => {} },
      verdicts: { found: () => {}, forget: () => {} },
      uidOf: (name) => `uid-of-${name}`,
      view: { pods: new Store({ group: () => [KEY] }) },
      ours: { has: () => false },
      refusals: { of: async () => [], forget: () => {} },
      onRefusals: () => {},
      observers: [{ looked: (_, __, truth) => void truths.push(truth), gone: () => {} }],
      clock,
    });
    decide();
  });
  const decide = (error?: string): void =>
    decisions.set(KEY, {
      plan: decided,
      revision,
      troubles: [],
      ...(error !== undefined && { error }),
      carried: carriedBy(decided),
      problemsOf: problemsByService(decided.problems),
    });
  const conditionOf = (type: string) => saved.at(-1)?.conditions?.find((one) => one.type === type);

  it('has conditions, owners and Events although its objects could not be written', async () => {
    decide('a webhook did not answer');
    await controller.reconcile(KEY);
    expect(conditionOf('ReconcileSuccess')).toMatchObject({ status: 'False', message: 'a webhook did not answer' });
    expect(conditionOf('AddressesOwned')).toMatchObject({ status: 'True' });
    expect(told).toEqual(['KeepalivedGroup/vips InvalidAddress']);
  });

  it('says that a stranger uses its virtual router id, once, and that nobody does any more', async () => {
    const advert = { source: '192.0.2.66', id: 1, version: 3, priority: 100, addresses: ['203.0.113.1'], since: 0 };
    const [id] = Object.values(decided.routerIds);
    const hear = (adverts: readonly WireAdvert[]): void => {
      words = words.map((word) => ({
        ...word,
        clock: { offset: 0, error: 1, found: 0 },
        report: {
          ...word.report,
          link: { name: 'eth0', addresses: [`192.0.2.${word.report.node.at(-1)}`] },
          wire: { findings: [], adverts },
        },
      }));
    };
    hear([]);
    await controller.reconcile(KEY);
    expect(conditionOf('RouterIDsUnique')).toMatchObject({ status: 'True', reason: 'NoStrangerHeard' });
    await clock.pass(10_000);
    hear([{ ...advert, id: id ?? 0, differs: ['version', 'addresses'] }]);
    for (let times = 0; times < 3; times += 1) await controller.reconcile(KEY);
    expect(conditionOf('RouterIDsUnique')).toMatchObject({ status: 'False', reason: 'StrangerSendsAdverts' });
    expect(conditionOf('RouterIDsUnique')?.message).toContain('node1, node2, node3 hear 192.0.2.66');
    expect(told.filter((line) => line === 'KeepalivedGroup/vips StrangerSendsAdverts')).toHaveLength(1);
    hear([]);
    await controller.reconcile(KEY);
    expect(conditionOf('RouterIDsUnique')).toMatchObject({ status: 'True' });
  });

  it('is told of once, however often it is looked at', async () => {
    for (let times = 0; times < 3; times += 1) await controller.reconcile(KEY);
    expect(told).toEqual(['KeepalivedGroup/vips InvalidAddress']);
    say('node2');
    for (let times = 0; times < 3; times += 1) await controller.reconcile(KEY);
    expect(told.filter((line) => line.includes('OwnerChanged'))).toHaveLength(2);
  });

  it.each([HOUR, -HOUR])('is the same for a wall clock that jumps by %i ms', async (jump) => {
    const outcome = await controller.reconcile(KEY);
    const before = saved.at(-1);
    clock.epoch += jump;
    expect(await controller.reconcile(KEY)).toEqual(outcome);
    expect(saved.at(-1)).toEqual(before);
    expect(truths.at(-1)?.moves).toEqual([]);
    expect(truths.at(-1)?.words).toHaveLength(3);
  });
});
