import type { Condition } from '../../api/core.ts';
import type { KeepalivedGroup, VirtualRouterStatus } from '../../api/group/keepalived-group.ts';
import { byText } from '../../net/text-order.ts';
import { gainOf } from '../../plan/lines/generation.ts';
import { keyOf } from '../../plan/reference.ts';
import { table } from '../table.ts';
import { type Backing, nextInWords } from './spare.ts';

/** Forms of output, by kubectl's names. */
export const STATUS_FORMATS = ['text', 'wide', 'json', 'yaml'] as const;
export type StatusFormat = (typeof STATUS_FORMATS)[number];

/** What the status of groups says, for people; without a subject also what newer defaults would bring. */
export function statusView(groups: readonly KeepalivedGroup[], format: 'text' | 'wide', hasSubject = false): string {
  const sorted = [...groups].sort((a, b) => byText(keyOf(a), keyOf(b)));
  return sorted.map((group) => section(group, format === 'wide', hasSubject)).join('\n');
}

/** Conditions that say something is amiss; the summary only where no other says it. */
export function wrongOfGroup({ status }: KeepalivedGroup): readonly Condition[] {
  const wrong = (status?.conditions ?? []).filter((one) => one.status !== (one.type === 'ReconcileError' ? 'False' : 'True'));
  const specific = wrong.filter(({ type }) => type !== 'Ready' && type !== 'ReconcileError');
  return specific.length > 0 ? specific : wrong;
}

/** The same in sentences. */
export const troubles = (group: KeepalivedGroup): string[] =>
  wrongOfGroup(group).map(({ type, status, reason, message }) => `${type} ${status}: ${reason}: ${message}`);

/** What is carried as asked, and may not work as intended; and what the group's owner could have for the asking. */
export const hintsOf = (group: KeepalivedGroup): string[] => [...acceptedHints(group), ...[gainOf(group)].flatMap((gain) => gain ?? [])];

// --- internal ---

/** The group in one line, what is wrong with it, and who has which address; wide, also what each node runs. */
function section(group: KeepalivedGroup, isWide: boolean, hasSubject: boolean): string {
  const { nodeStates = [], virtualRouters = [] } = group.status ?? {};
  return [
    `${headline(group)}\n`,
    ...complaints(group, hasSubject).map((sentence) => `  ${sentence}\n`),
    ...(virtualRouters.length > 0 ? [table(ADDRESS_COLUMNS, virtualRouters.flatMap(addressRows(group.status ?? {})))] : []),
    ...(isWide && nodeStates.length > 0
      ? [
          table(
            ['NODE', 'REVISION', 'SINCE', 'STANDS BACK'],
            nodeStates.map(({ name, revision, since, standsBack }) => [name, revision ?? '<none>', since ?? '', standsBack ?? '']),
          ),
        ]
      : []),
  ].join('');
}

function headline(group: KeepalivedGroup): string {
  const { virtualIPs, nodes, revision } = group.status ?? {};
  if (group.status === undefined) return `${keyOf(group)}: no status yet; does a manager run?`;
  const ready = conditionOf(group, 'Ready')?.status;
  const words = ready === 'True' ? 'ready' : ready === 'False' ? 'NOT READY' : 'unknown';
  const held = virtualIPs ? `, ${virtualIPs.observed} of ${virtualIPs.planned} VIPs held` : '';
  const running = nodes ? `, ${nodes.current} of ${nodes.desired} nodes run ${revision ?? 'nothing'}` : '';
  return `${keyOf(group)}: ${words}${held}${running}`;
}

/** What is amiss, and hints. */
const complaints = (group: KeepalivedGroup, hasSubject: boolean): string[] => [
  ...troubles(group),
  ...(hasSubject ? acceptedHints(group) : hintsOf(group)),
];

const acceptedHints = ({ status }: KeepalivedGroup): string[] =>
  (status?.conditions ?? []).filter(({ reason }) => reason === 'AcceptedWithHints').map(({ message }) => message);

const conditionOf = ({ status }: KeepalivedGroup, type: string) => status?.conditions?.find((one) => one.type === type);

const ADDRESS_COLUMNS = ['ADDRESS', 'ROUTER', 'ID', 'NODE', 'NEXT', 'PLANNED', 'STATE'];

/** A row for each address that the status names, and one for those that it only counts. */
const addressRows =
  (backing: Backing) =>
  (router: VirtualRouterStatus): string[][] => {
    const { name, virtualRouterID, addresses, addressCount, node, plannedNode, state } = router;
    const rest = (addressCount ?? addresses.length) - addresses.length;
    const shown = [...addresses, ...(rest > 0 ? [`and ${rest} more`] : [])];
    const nodes = [node ?? '<none>', nextInWords(router, backing), plannedNode ?? '<none>'];
    return shown.map((address) => [address, name, String(virtualRouterID), ...nodes, state ?? '']);
  };
