/** The CustomResourceDefinitions of AddressPool and VirtualIP, as a real API server takes them and judges objects by them. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from '../../lab/api/control-plane.ts';
import { run } from '../../lab/machine/run.ts';
import { API_VERSION, POOL_KIND, VIRTUAL_IP_KIND } from '../../src/api/names.ts';
import type { AddressPoolSpec } from '../../src/api/pool/address-pool.ts';
import { POOL_DEFINITION } from '../../src/api/pool/definition.ts';
import { VIRTUAL_IP_DEFINITION } from '../../src/api/virtual-ip/definition.ts';
import { virtualIPName } from '../../src/api/virtual-ip/name.ts';
import type { VirtualIPSpec } from '../../src/api/virtual-ip/virtual-ip.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi({ dir: mkdtempSync(join(tmpdir(), 'definition-')) });
  for (const one of [POOL_DEFINITION, VIRTUAL_IP_DEFINITION]) await kubectl(['apply', '-f', '-'], one);
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
});
afterAll(() => api.stop());

async function kubectl(parameters: readonly string[], input?: object): Promise<string> {
  const command = [join(api.programs, 'kubectl'), '--kubeconfig', api.kubeconfig, ...parameters];
  return (await run(command, { timeoutMs: 60_000, ...(input && { input: JSON.stringify(input) }) })).stdout;
}

const apply = (kind: string, name: string, spec: object): Promise<string> =>
  kubectl(['apply', '-o', 'jsonpath={.spec}', '-f', '-'], { apiVersion: API_VERSION, kind, metadata: { name }, spec });
const pool = (name: string, spec: object): Promise<string> => apply(POOL_KIND, name, spec);
const virtualIP = (name: string, spec: object): Promise<string> => apply(VIRTUAL_IP_KIND, name, spec);

const POOL = { group: 'vips/lan', addresses: ['192.0.2.0/24'] } satisfies AddressPoolSpec;

describe('the definition of AddressPool', () => {
  it('accepts a group and addresses, and sets defaults for the other fields', async () => {
    expect(JSON.parse(await pool('smallest', POOL))).toEqual({ ...POOL, assignment: 'Automatic', priority: 0, useFirstAndLast: false });
  });

  it('takes every field', async () => {
    const spec = {
      group: 'vips/lan',
      addresses: ['192.0.2.0/24', '198.51.100.1-198.51.100.9', '2001:db8::/64'],
      excludedAddresses: ['192.0.2.1'],
      assignment: 'OnRequest',
      priority: 10,
      namespaces: ['shop'],
      namespaceSelector: { matchLabels: { tier: 'public' } },
      serviceSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] },
      addressesPerNamespace: 5,
      useFirstAndLast: true,
      keepSeconds: 60,
    } satisfies AddressPoolSpec;
    expect(JSON.parse(await pool('whole', spec))).toEqual(spec);
  });

  it.each<[string, object, string]>([
    ['no group', { addresses: POOL.addresses }, 'spec.group: Required value'],
    ['no addresses', { group: 'vips/lan', addresses: [] }, 'should have at least 1 items'],
    ['a group without its namespace', { ...POOL, group: 'lan' }, 'group must be NAMESPACE/NAME of a KeepalivedGroup, such as vips/vips'],
    ['what is not an address', { ...POOL, addresses: ['all'] }, 'should match'],
    ['an assignment that is none', { ...POOL, assignment: 'Sometimes' }, 'supported values: "Automatic", "OnRequest"'],
  ])('refuses %s', async (_, spec, message) => {
    await expect(pool('refused', spec)).rejects.toThrow(message);
  });
});

describe('the definition of VirtualIP', () => {
  it.each(['192.0.2.10', '2001:db8::10', '2001:db8::', '::1', '2001:db8:0:1::5:6', '1:2:3:4:5:6:7:8'])(
    'takes the name of %s',
    async (address) => {
      expect(JSON.parse(await virtualIP(virtualIPName(address), { address }))).toEqual({ address });
    },
  );

  it('takes every field', async () => {
    const spec = {
      address: '192.0.2.11',
      claims: [{ namespace: 'shop', service: 'web', source: 'Pool', pool: 'lan' }],
      keptFor: { namespace: 'shop', service: 'old', pool: 'lan', until: '2026-01-01T00:00:00Z' },
      reservation: { namespace: 'shop', service: 'web', until: '2026-01-01T00:00:00Z' },
      retain: true,
    } satisfies VirtualIPSpec;
    expect(JSON.parse(await virtualIP('192.0.2.11', spec))).toEqual(spec);
  });

  it.each<[string, string, object, string]>([
    ['a name that is not the address', 'web', { address: '192.0.2.12' }, 'the name must be the address of spec.address'],
    ['a name of another address', '2001-db8-0-0-0-0-0-11', { address: '2001:db8::10' }, 'the name must be the address'],
    ['an address with needless zeros', '2001-db8-0-0-0-0-0-10', { address: '2001:0db8::10' }, 'the name must be the address'],
    ['capitals', '2001-db8-0-0-0-0-0-a', { address: '2001:DB8::A' }, 'should match'],
    [
      'a reservation for a Service of no namespace',
      '192.0.2.12',
      { address: '192.0.2.12', reservation: { service: 'web' } },
      'needs reservation.namespace',
    ],
    ['too many groups', '1-2-3-4-5-6-7-8-9', { address: '1:2:3:4:5:6:7:8:9' }, 'Invalid value'],
  ])('refuses %s', async (_, name, spec, message) => {
    await expect(virtualIP(name, spec)).rejects.toThrow(message);
  });

  it('lets nobody change the address', async () => {
    await virtualIP('192.0.2.13', { address: '192.0.2.13' });
    await expect(virtualIP('192.0.2.13', { address: '192.0.2.14' })).rejects.toThrow('address can not be changed');
  });

  it('is found by its short name, and prints where the address is', async () => {
    await virtualIP('192.0.2.15', { address: '192.0.2.15' });
    expect(await kubectl(['get', 'vip', '192.0.2.15'])).toMatch(
      /^NAME +ADDRESS +SERVICE +GROUP +NODE +STATE +SINCE\n192\.0\.2\.15 +192\.0\.2\.15/,
    );
  });
});
