import type { KeepalivedGroup, VirtualRouterStatus } from '../../api/group/keepalived-group.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { byText } from '../../net/text-order.ts';
import { moveInWords } from '../history/view.ts';
import { nodeTroubles, type Read, wrongConditions } from './amiss.ts';
import { nextOf, sparesOf } from './spare.ts';
import type { Subject } from './subject.ts';
import { isOfWire, wireLines } from './wire.ts';

/** What there is to say of an address, a Service or a node, each address in a line with what is wrong with it below. */
export function linesAbout(subject: Subject, read: Read): string {
  const ofNode = subject.kind === 'node' ? nodeLines(subject.name, read) : [];
  const addresses = read.virtualIPs.flatMap((one) => addressLines(one, read.groups, subject));
  return [...ofNode, ...addresses].map((line) => `${line}\n`).join('');
}

// --- internal ---

function addressLines(virtualIP: VirtualIP, groups: readonly KeepalivedGroup[], subject: Subject): string[] {
  const { address } = virtualIP.spec;
  const { node, state, since, moves: [last] = [] } = virtualIP.status ?? {};
  const place = since === undefined ? [] : [`${node === undefined ? (state ?? 'Unknown') : `on ${node}`} since ${since}`];
  const more = subject.kind === 'node' ? [] : [...spares(address, groups), ...(last === undefined ? [] : [moveInWords(last)])];
  const parts = [...place, ...more];
  const wire = wireLines(virtualIP.status?.conditions ?? []);
  const others = wrongConditions(virtualIP).filter((condition) => !isOfWire(condition));
  const wrong = others.map(({ type, status, reason, message }) => `  ${type} ${status}: ${reason}: ${message}`);
  return parts.length + wire.length + wrong.length === 0 ? [] : [`${address}: ${parts.join('; ')}`, ...wire, ...wrong];
}

/** How many are named. */
const SHOWN = 4;

function spares(address: string, groups: readonly KeepalivedGroup[]): string[] {
  for (const { status } of groups) {
    const router = status?.virtualRouters?.find(({ addresses }) => addresses.includes(address));
    const names = router && status && sparesOf(router, status);
    if (names === undefined) continue;
    if (names.length === 0) return ['no spare: no other node runs the configuration of the group'];
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
    return [`spare ${names.slice(0, SHOWN).join(', ')}${more}`];
  }
  return [];
}

function nodeLines(name: string, { groups, node }: Read): string[] {
  const routers = groups.flatMap(({ status }) => (status?.virtualRouters ?? []).map((router) => ({ router, backing: status ?? {} })));
  const count = (wanted: (one: (typeof routers)[number]) => boolean): number =>
    routers.filter(wanted).reduce((sum, { router }) => sum + addressesOf(router), 0);
  const away = count(({ router }) => router.plannedNode === name && router.node !== name);
  const backed = [...new Set(routers.flatMap(({ router, backing }) => (router.node === name ? (nextOf(router, backing) ?? []) : [])))].sort(
    byText,
  );
  return [
    `${name}: has ${inWords(count(({ router }) => router.node === name))}${away > 0 ? `; ${away} more are to be here and are not` : ''}${
      backed.length > 0 ? `; when it is lost they go to ${backed.join(', ')}` : ''
    }`,
    ...nodeTroubles(name, groups, node).map((sentence) => `  ${sentence}`),
  ];
}

const inWords = (count: number): string => (count === 1 ? '1 address' : `${count} addresses`);

const addressesOf = ({ addressCount, addresses }: VirtualRouterStatus): number => addressCount ?? addresses.length;
