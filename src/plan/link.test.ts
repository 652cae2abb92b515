import { describe, expect, it } from 'vitest';
import { aGroup } from '../../test/builders/object.ts';
import type { KeepalivedGroupSpec } from '../api/group/keepalived-group.ts';
import { linkOf } from './link.ts';

describe('the interface of a group', () => {
  it.each<[string, KeepalivedGroupSpec, object]>([
    ['is named', { interface: 'eth1' }, { link: { kind: 'name', name: 'eth1' }, problems: [] }],
    ['is found by an address', { interface: '', interfaceFromIP: '192.0.2.1' }, { link: { kind: 'route', to: '192.0.2.1' }, problems: [] }],
    ['is found by an IPv6 address', { interfaceFromIP: '2001:DB8::1' }, { link: { kind: 'route', to: '2001:db8::1' }, problems: [] }],
    [
      'is the named one when the address is empty',
      { interface: 'eth1', interfaceFromIP: '' },
      { link: { kind: 'name', name: 'eth1' }, problems: [] },
    ],
    ['is asked for when there is neither', { interface: ' ' }, { problems: [{ reason: 'InterfaceMissing' }] }],
    ['is asked for when the address is none', { interfaceFromIP: 'eth1' }, { problems: [{ reason: 'InvalidInterfaceAddress' }] }],
  ])('%s', (_, spec, expected) => {
    expect(linkOf(aGroup({ spec }))).toMatchObject(expected);
  });
});
