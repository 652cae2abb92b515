import { beforeEach, describe, expect, it } from 'vitest';
import { aGroup, aLoadBalancer, aNode, anInput, aService } from '../../../test/builders/object.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import type { Service } from '../../api/core.ts';
import { SERVICE_ANNOTATIONS, SERVICE_CONDITION } from '../../api/names.ts';
import { ApiError } from '../../kube/api-error.ts';
import { Budget } from '../../kube/budget.ts';
import { APPLY_PATCH, type Client, type Request } from '../../kube/client.ts';
import { plan } from '../../plan/plan.ts';
import { serviceReference } from '../../plan/reference.ts';
import { silentLog } from '../../telemetry/log.ts';
import { Findings } from '../allocate/findings.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { carriedBy, Decisions, problemsByService } from '../decisions.ts';
import { ToldProblems } from '../told-problems.ts';
import { ServeController } from './serve.ts';

describe('a Service', () => {
  let view: ClusterView;
  let decisions: Decisions;
  let sent: Request[];
  let told: string[];
  let refuse: (request: Request) => boolean;
  let findings: Findings;
  let controller: ServeController;
  beforeEach(() => {
    [sent, told, refuse] = [[], [], () => false];
    const clock = new FakeClock();
    const client: Client = {
      request: async <T>(request: Request): Promise<T> => {
        sent.push(request);
        if (refuse(request)) throw new ApiError({ kind: 'response', status: 403, message: 'no' });
        return undefined as T;
      },
      stream: async function* () {},
    };
    view = new ClusterView({ client, clock, log: silentLog });
    view.groups.set(aGroup());
    decisions = new Decisions();
    const problems = new ToldProblems(({ metadata }, { reason }) => told.push(`${metadata.name} ${reason}`));
    findings = new Findings();
    controller = new ServeController({
      client,
      view,
      decisions,
      findings,
      problems,
      budget: new Budget(100, clock),
      clock,
      log: silentLog,
    });
  });
  const decide = (...services: readonly Service[]): void => {
    for (const service of services) view.services.set(service);
    const decided = plan(anInput({ services, nodes: [aNode('node1', { addresses: ['192.0.2.17'] })] }));
    const carried = carriedBy(decided);
    decisions.set('web/vips', { plan: decided, revision: 'r', troubles: [], carried, problemsOf: problemsByService(decided.problems) });
  };
  const asked = { annotations: { updateStatus: 'true' }, spec: { externalIPs: ['192.0.2.1'] } } as const;
  const conditionsSent = (): unknown[] =>
    sent.filter(({ contentType }) => contentType === APPLY_PATCH).map(({ body }) => (body as { status: unknown }).status);

  it('that is refused is told so in its status and by one Event', async () => {
    decide(aService('a', ['nonsense']));
    await controller.reconcile('web/a');
    expect(conditionsSent()).toMatchObject([{ conditions: [{ type: SERVICE_CONDITION, status: 'False', reason: 'InvalidAddress' }] }]);
    await controller.reconcile('web/a');
    expect(told).toEqual(['a InvalidAddress']);
  });

  it('of which only hints are to be said has a condition that is True; what it does not get makes it False, and comes first', async () => {
    const ofServiceLB = ['192.0.2.17'];
    decide(aLoadBalancer('a', ofServiceLB, { spec: { externalIPs: ['192.0.2.118'] } }));
    await controller.reconcile('web/a');
    decide(aLoadBalancer('a', ofServiceLB, { spec: { externalIPs: ['192.0.2.118', 'nonsense'] } }));
    await controller.reconcile('web/a');
    const hint = expect.stringMatching(
      /^status\.loadBalancer has 192\.0\.2\.17, an address of Node node1: .*; its other addresses are not concerned\./,
    );
    expect(conditionsSent()).toMatchObject([
      { conditions: [{ type: SERVICE_CONDITION, status: 'True', reason: 'AssignedAddressReserved', message: hint }] },
      {
        conditions: [
          { status: 'False', reason: 'InvalidAddress', message: expect.stringMatching(/^"nonsense" .*; status\.loadBalancer has /) },
        ],
      },
    ]);
  });

  it('of which nothing is to be said has no condition, and loses the one that it had', async () => {
    const condition = { type: SERVICE_CONDITION, status: 'False', reason: 'X', message: '', lastTransitionTime: '' } as const;
    decide(aService('a', ['192.0.2.1']), aService('b', ['192.0.2.2'], { status: { conditions: [condition] } }));
    for (const key of ['web/a', 'web/b']) await controller.reconcile(key);
    expect(sent.map(({ path }) => path.split('/').at(-2))).toEqual(['b']);
    expect(conditionsSent()).toEqual([{}]);
  });

  it('whose condition is refused has its addresses all the same, and is tried again', async () => {
    decide(aLoadBalancer('a', [], { ...asked, spec: { externalIPs: ['192.0.2.1', 'nonsense'] } }));
    refuse = ({ contentType }) => contentType === APPLY_PATCH;
    expect(await controller.reconcile('web/a')).toMatchObject({ kind: 'failed' });
    expect(sent.map(({ body }) => (body as { status: { loadBalancer?: object } }).status.loadBalancer)).toContainEqual(
      expect.objectContaining({ ingress: expect.arrayContaining([{ ip: '192.0.2.1' }]) }),
    );
  });

  it('to which no pool gives an address reads why, instead of that it has none, until it has one', async () => {
    const touched: string[] = [];
    controller.follow((key) => touched.push(key));
    const service = aService('a', [], { spec: { type: 'LoadBalancer' } });
    decide(service);
    findings.set([{ object: serviceReference(service), reason: 'PoolExhausted', message: 'every address is taken' }]);
    expect(touched.at(-1)).toBe('web/a');
    await controller.reconcile('web/a');
    expect(told).toEqual([]);
    const [sentFirst] = conditionsSent();
    expect(sentFirst).toMatchObject({ conditions: [{ status: 'False', reason: 'PoolExhausted', message: 'every address is taken' }] });
    findings.set([]);
    decide({
      ...aLoadBalancer('a', ['192.0.2.9']),
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] }, ...(sentFirst as object) },
    });
    await controller.reconcile('web/a');
    expect(conditionsSent().at(-1)).toEqual({});
  });

  it('that names no group that there is hears which one may be meant as soon as there is one, or another', async () => {
    const touched: string[] = [];
    controller.follow((key) => touched.push(key));
    view.services.set(aService('a', ['192.0.2.1'], { annotations: { group: 'web/vipz' } }));
    const messageAfter = async (change: () => void): Promise<string> => {
      [touched.length, sent.length] = [0, 0];
      change();
      expect(touched).toContain('web/a');
      await controller.reconcile('web/a');
      return JSON.stringify(conditionsSent());
    };
    expect(await messageAfter(() => view.services.set(aService('a', ['192.0.2.1'], { annotations: { group: 'web/vipz' } })))).toContain(
      'mean web/vips?',
    );
    expect(await messageAfter(() => view.groups.delete('web/vips'))).toContain('create it');
    expect(await messageAfter(() => view.groups.set(aGroup({ name: 'vip' })))).toContain('mean web/vip?');
  });

  it('keeps what was written while its group is not decided yet', async () => {
    view.services.set(aLoadBalancer('a', ['192.0.2.1'], asked));
    expect(await controller.reconcile('web/a')).toEqual({ kind: 'done' });
    expect(sent).toEqual([]);
  });

  it('that names a group that there is not is told so, and of the one that is like it', async () => {
    view.services.set(aService('a', ['192.0.2.1'], { annotations: { group: 'web/vip' } }));
    await controller.reconcile('web/a');
    expect(told).toEqual(['a GroupNotFound']);
    expect(conditionsSent()).toMatchObject([{ conditions: [{ message: expect.stringContaining('did you mean web/vips?') }] }]);
  });

  it('that only means to name a group gets an Event and nothing in its status', async () => {
    const { metadata, ...rest } = aService('a', ['192.0.2.1']);
    view.services.set({ ...rest, metadata: { ...metadata, annotations: { [`${SERVICE_ANNOTATIONS.group}s`]: 'web/vips' } } });
    await controller.reconcile('web/a');
    expect(told).toEqual(['a AnnotationMisspelled']);
    expect(sent).toEqual([]);
  });
});
