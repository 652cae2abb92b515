import { describe, expect, it } from 'vitest';
import { aGroup, aLoadBalancer, anInput, aService, type ServiceOptions } from '../../test/builders/object.ts';
import type { LoadBalancerIngress, Service } from '../api/core.ts';
import { SERVICE_STATUS_ANNOTATION } from '../api/names.ts';
import { plan } from './plan.ts';
import { serviceStatus } from './service-status.ts';

interface Case {
  readonly externalIPs?: readonly string[];
  readonly ingress?: readonly LoadBalancerIngress[];
  readonly written?: string;
  readonly isAskedFor?: boolean;
  readonly type?: string;
}

function aServiceWith({ externalIPs = [], ingress, written, isAskedFor = true, type = 'LoadBalancer' }: Case): Service {
  const options: ServiceOptions = {
    annotations: { ...(isAskedFor && { updateStatus: 'true' }) },
    spec: { type },
    ...(ingress && { status: { loadBalancer: { ingress } } }),
  };
  const service = aService('a', externalIPs, options);
  if (written === undefined) return service;
  return {
    ...service,
    metadata: { ...service.metadata, annotations: { ...service.metadata.annotations, [SERVICE_STATUS_ANNOTATION]: written } },
  };
}

const IP = '192.0.2.1';

describe('the status of a Service that asks for it', () => {
  it.each<[string, Case, { ingress: readonly LoadBalancerIngress[]; written: string | null } | undefined]>([
    ['gets its external IPs', { externalIPs: [IP] }, { ingress: [{ ip: IP }], written: IP }],
    ['is left alone once it has them', { externalIPs: [IP], ingress: [{ ip: IP }], written: IP }, undefined],
    ['gets back what someone took out', { externalIPs: [IP], ingress: [], written: IP }, { ingress: [{ ip: IP }], written: IP }],
    [
      'keeps what others wrote, as it is',
      { externalIPs: [IP], ingress: [{ hostname: 'lb.example' }, { ip: '192.0.2.9', ...{ ipMode: 'Proxy' } }] },
      { ingress: [{ hostname: 'lb.example' }, { ip: '192.0.2.9', ...{ ipMode: 'Proxy' } }, { ip: IP }], written: IP },
    ],
    ['is no mark on an address that another gave', { externalIPs: [IP], ingress: [{ ip: IP }] }, undefined],
    [
      'loses an external IP that is gone, though we had written it there ourselves',
      { externalIPs: [IP], ingress: [{ ip: IP }, { ip: '192.0.2.2' }], written: `${IP},192.0.2.2` },
      { ingress: [{ ip: IP }], written: IP },
    ],
    [
      'loses what we wrote when it is no longer asked for',
      { externalIPs: [IP], ingress: [{ ip: IP }], written: IP, isAskedFor: false },
      { ingress: [], written: null },
    ],
    ['is not written unasked', { externalIPs: [IP], isAskedFor: false }, undefined],
  ])('%s', (_, given, expected) => {
    const { serviceStatuses, problems } = plan(anInput({ services: [aServiceWith(given)] }));
    expect(serviceStatuses.map(({ ingress, written }) => ({ ingress, written }))).toEqual(expected === undefined ? [] : [expected]);
    expect(problems).toEqual([]);
  });

  it('is cleared when the Service leaves its group', () => {
    const service = aServiceWith({ externalIPs: [IP], ingress: [{ ip: IP }], written: IP });
    expect(serviceStatus(service, [])).toMatchObject({ ingress: [], written: null });
  });

  it('lists only addresses that the Service owns', () => {
    const older = aService('older', [IP], { created: '2025-01-01T00:00:00Z' });
    const { serviceStatuses } = plan(anInput({ services: [aServiceWith({ externalIPs: [IP, '192.0.2.2'] }), older] }));
    expect(serviceStatuses.map(({ written }) => written)).toEqual(['192.0.2.2']);
  });

  it('is told to be impossible for another type', () => {
    const { serviceStatuses, problems } = plan(anInput({ services: [aServiceWith({ externalIPs: [IP], type: 'ClusterIP' })] }));
    expect(serviceStatuses).toEqual([]);
    expect(problems.map(({ reason }) => reason)).toEqual(['ServiceStatusImpossible']);
  });
});

describe('an address in the status whose annotation was lost', () => {
  const VIP = '192.0.2.200';
  const group = aGroup({ status: { holders: { [VIP]: 'web/web' }, writtenAddresses: { [VIP]: 'web/web' } } });
  const lost = (externalIPs: readonly string[]): Service =>
    aLoadBalancer('web', [VIP], { annotations: { updateStatus: 'true' }, spec: { type: 'LoadBalancer', externalIPs } });

  it('is written into the annotation again while the Service asks for it', () => {
    const { serviceStatuses, writtenAddresses } = plan(anInput({ group, services: [lost([VIP])] }));
    expect(serviceStatuses).toMatchObject([{ ingress: [{ ip: VIP }], written: VIP }]);
    expect(writtenAddresses).toEqual({ [VIP]: 'web/web' });
  });

  it('is taken out, and not carried, when the Service asks for it no longer', () => {
    const { routers, serviceStatuses, writtenAddresses } = plan(anInput({ group, services: [lost([])] }));
    expect(routers).toEqual([]);
    expect(serviceStatuses).toMatchObject([{ ingress: [], written: null }]);
    expect(writtenAddresses).toEqual({ [VIP]: 'web/web' });
  });

  it('is of another controller where no group wrote it', () => {
    const { routers } = plan(anInput({ services: [lost([])] }));
    expect(routers.flatMap(({ addresses }) => addresses)).toEqual([VIP]);
  });

  it('is forgotten once it is out of the status', () => {
    const clean = aLoadBalancer('web', [], { annotations: { updateStatus: 'true' } });
    expect(plan(anInput({ group, services: [clean] })).writtenAddresses).toEqual({});
  });
});
