import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import type { Link } from '../api/node/config.ts';
import type { Problem } from '../api/problem.ts';
import { parseAddress } from '../net/address.ts';
import { groupReference } from './reference.ts';

/** Which interface carries the group: `interfaceFromIP` when it is set, else `interface`. Empty texts count as not set. */
export function linkOf(group: KeepalivedGroup): { readonly link?: Link; readonly problems: readonly Problem[] } {
  const to = group.spec?.interfaceFromIP?.trim() ?? '';
  const name = group.spec?.interface?.trim() ?? '';
  if (to !== '') {
    const address = parseAddress(to);
    if (address !== undefined) return { link: { kind: 'route', to: address.text }, problems: [] };
    return {
      problems: [
        {
          object: groupReference(group),
          reason: 'InvalidInterfaceAddress',
          message: `spec.interfaceFromIP is ${JSON.stringify(to)}; expected an IPv4 or IPv6 address that the nodes reach through the right interface`,
        },
      ],
    };
  }
  if (name !== '') return { link: { kind: 'name', name }, problems: [] };
  const message =
    'spec.interface and spec.interfaceFromIP are both empty; set the name of the interface that carries the VIPs, or an address that is reached through it';
  return { problems: [{ object: groupReference(group), reason: 'InterfaceMissing', message }] };
}
