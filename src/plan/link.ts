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
  if (name !== '') return { link: { kind: 'name', name }, problems: nameProblems(group, name) };
  const message =
    'spec.interface and spec.interfaceFromIP are both empty; set the name of the interface that carries the VIPs, or an address that is reached through it';
  return { problems: [{ object: groupReference(group), reason: 'InterfaceMissing', message }] };
}

// --- internal ---

/** IFNAMSIZ of Linux, without the end of the text. */
const LONGEST_NAME = 15;
const LIST = '"ip -br link" on a node lists the names';

/** A name is used as it is, whatever it looks like: only the nodes know which interfaces they have. */
function nameProblems(group: KeepalivedGroup, name: string): Problem[] {
  const object = groupReference(group);
  const found = `spec.interface is ${JSON.stringify(name)}`;
  const [label = ''] = name.split(':');
  const [before = ''] = name.split('@');
  if (name.includes(':') && label !== '')
    return [
      {
        object,
        reason: 'InvalidInterfaceName',
        message: `${found}, which can only be the label of an address; set the interface, ${label}`,
      },
    ];
  if (/[\s/:]/.test(name))
    return [{ object, reason: 'InvalidInterfaceName', message: `${found}; no interface of Linux has such a name; ${LIST}` }];
  if (name.includes('@') && before !== '')
    return [
      {
        object,
        reason: 'UnusualInterfaceName',
        message: `${found}; "ip link" shows NAME@PARENT; the name of the interface is ${before}`,
      },
    ];
  if (name.includes(','))
    return [{ object, reason: 'UnusualInterfaceName', message: `${found}; a group has one interface: make a group for each` }];
  if (new TextEncoder().encode(name).length > LONGEST_NAME)
    return [
      {
        object,
        reason: 'InvalidInterfaceName',
        message: `${found}, which has more than ${LONGEST_NAME} characters; a longer one is an alternative name, which keepalived does not know; ${LIST}`,
      },
    ];
  return [];
}
