import { describe, expect, it } from 'vitest';
import type { Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS } from '../../api/names.ts';
import { sharingObstacle, Tenants } from './tenants.ts';

interface Options {
  readonly namespace?: string;
  readonly key?: string;
  readonly local?: boolean;
  readonly app?: string;
}

function on(ports: string, { namespace = 'dns', key, local = false, app = 'dns' }: Options = {}): Service {
  return {
    metadata: { name: 'one', namespace, ...(key && { annotations: { [ALLOCATION_ANNOTATIONS.sharingKey]: key } }) },
    spec: {
      externalTrafficPolicy: local ? 'Local' : 'Cluster',
      selector: { app },
      ports: ports.split(' ').flatMap((text) => {
        const [port = '', protocol = 'TCP'] = text.split('/');
        return port === '' ? [] : [{ port: Number(port), protocol }];
      }),
    },
  };
}

describe('two Services', () => {
  it.each<[string, Service, Service]>([
    ['of one namespace with the same port of two protocols', on('53/TCP'), on('53/UDP')],
    ['of one namespace with two ports', on('80'), on('443 8443')],
    ['of two namespaces with one key', on('80', { key: 'edge' }), on('443', { key: 'edge', namespace: 'web' })],
    ['with policy Local and one selector', on('80', { local: true }), on('443', { local: true })],
    ['of one namespace with two keys', on('80', { key: 'a' }), on('443', { key: 'b' })],
  ])('%s share an address', (_, first, second) => {
    expect(sharingObstacle(first, second)).toBeUndefined();
    expect(sharingObstacle(second, first)).toBeUndefined();
  });

  it.each<[string, Service, Service, string]>([
    ['with a common port', on('80 443'), on('443'), 'both Services use port 443/TCP'],
    ['of two namespaces', on('80'), on('443', { namespace: 'web' }), 'give both Services the same annotation'],
    ['of which one has a key', on('80', { key: 'a' }), on('443', { namespace: 'web' }), 'give both Services the same annotation'],
    ['of two namespaces with two keys', on('80', { key: 'a' }), on('443', { namespace: 'web', key: 'b' }), 'the same annotation'],
    ['with policy Local and two selectors', on('80', { local: true }), on('443', { local: true, app: 'web' }), 'the same selector'],
    ['of which one has policy Local', on('80', { local: true }), on('443'), 'only if both have that policy'],
    ['of which one has no ports', on('80'), on(''), 'without ports'],
    ['whose ports are not known', on(''), on(''), 'without ports'],
  ])('%s do not', (_, first, second, obstacle) => {
    expect(sharingObstacle(first, second)).toContain(obstacle);
    expect(sharingObstacle(second, first)).toContain(obstacle);
  });
});

describe('the tenants of an address', () => {
  const first = on('80');
  const second = on('443');

  it('are asked without the one who asks', () => {
    const tenants = new Tenants([first]);
    expect(tenants.obstacle(first)).toBeUndefined();
    tenants.add(second);
    expect(tenants.obstacle(first)).toBeUndefined();
    expect(tenants.obstacle(on('443'))?.tenant).toBe(second);
  });

  it("are in nobody's way once they left", () => {
    const tenants = new Tenants([first, second]);
    expect(tenants.obstacle(on('80'))?.tenant).toBe(first);
    tenants.remove(first);
    expect(tenants.obstacle(on('80'))).toBeUndefined();
    expect([tenants.services, tenants.first(), tenants.size]).toEqual([[second], second, 1]);
    tenants.remove(second);
    expect([tenants.obstacle(on('', { namespace: 'web' })), tenants.hasOneOf('dns')]).toEqual([undefined, false]);
  });

  it('need not agree to be told apart', () => {
    const tenants = new Tenants([on('80', { key: 'a' }), on('81', { namespace: 'web' }), on('', { key: 'a', namespace: 'lab' })]);
    expect(tenants.obstacle(on('82', { key: 'a' }))?.tenant.metadata.namespace).toBe('web');
    tenants.remove(tenants.services[1] ?? first);
    expect(tenants.obstacle(on('82', { key: 'a' }))?.because).toContain('without ports');
    tenants.remove(tenants.services[1] ?? first);
    expect(tenants.obstacle(on('82', { key: 'a' }))).toBeUndefined();
  });
});
