import { line, type Statement } from '../../conf/tree.ts';
import type { Family } from '../../net/address.ts';
import type { VrrpSettings, VrrpVersion } from './vrrp-settings.ts';

/** What the lines of a Service's virtual routers have to go with. */
export interface Surroundings {
  readonly settings: VrrpSettings;
  readonly isUnicast: boolean;
  /** Of the Service's addresses. */
  readonly families: ReadonlySet<Family>;
}

/** The lines that go together and with their surroundings, and why each of the others is left out. */
export function exclusiveLines(
  lines: readonly Statement[],
  surroundings: Surroundings,
): { readonly kept: readonly Statement[]; readonly refused: readonly { readonly line: Statement; readonly because: string }[] } {
  let kept = lines;
  const refused: { line: Statement; because: string }[] = [];
  for (const [keyword, why] of RULES) {
    const line = kept.find((one) => one.keyword === keyword);
    const because = line && why(line.words[0] ?? '', valuesOf(kept), surroundings);
    if (line === undefined || because === undefined) continue;
    refused.push({ line, because });
    kept = kept.filter((one) => one !== line);
  }
  return { kept, refused };
}

/** The version that an instance of the family runs where these are its Service's lines. */
export function versionFor(family: Family, lines: readonly Statement[], settings: VrrpSettings): VrrpVersion {
  if (family === 'IPv6') return 3;
  const own = valuesOf(lines).get('version');
  return own === undefined ? settings.version : own === '3' ? 3 : 2;
}

// --- internal ---

type Values = ReadonlyMap<string, string>;
type Rule = (value: string, lines: Values, surroundings: Surroundings) => string | undefined;

const valuesOf = (lines: readonly Statement[]): Values => new Map(lines.map(({ keyword, words }) => [keyword, words[0] ?? '']));

const when = (isSo: boolean, because: string): string | undefined => (isSo ? because : undefined);

/** In this order, because what one takes out the next needs not see. */
const RULES: readonly (readonly [string, Rule])[] = [
  ['nopreempt', (_, lines) => when(lines.has('preempt'), 'preempt is set, too; remove one of the two')],
  [
    'preempt_delay',
    (_, lines, { settings }) => when(isNoPreempt(lines, settings), 'it has no effect with nopreempt; remove one of the two'),
  ],
  [
    'state',
    (value, lines, { settings }) =>
      when(value === 'MASTER' && isHeldBack(lines, settings), 'nopreempt and preempt_delay need state BACKUP; remove it'),
  ],
  ['advert_int', (value, lines, surroundings) => intervalProblem(Number(value), lines, surroundings)],
  ['priority', () => 'the operator gives each node a priority of its own, because nodes that have the same all become master; remove it'],
  ['mcast_src_ip', () => 'every node would send from that address, and the node that has it would hear no other; remove it'],
  ['skip_check_adv_addr', (value) => when(/^(off|false|no)$/.test(value), 'two nodes could be master while addresses change; remove it')],
  ['native_ipv6', (_, __, { families }) => otherFamily('IPv6', families)],
  ...['use_vmac', 'vmac_xmit_base'].map((keyword): [string, Rule] => [
    keyword,
    (_, __, { settings }) => when(settings.virtualMac === true, 'spec.vrrp.virtualMAC of the group is true, which sets it; remove it'),
  ]),
  [
    'use_vmac',
    (_, lines, { isUnicast }) =>
      when(isUnicast && !lines.has('vmac_xmit_base'), 'the group uses unicast, which also needs vmac_xmit_base; add that'),
  ],
  ['vmac_xmit_base', (_, lines) => when(!lines.has('use_vmac'), 'it has no effect without use_vmac; remove it')],
  ...['check_unicast_src', 'old_unicast_checksum', 'unicast_ttl'].map((keyword): [string, Rule] => [
    keyword,
    (_, __, { isUnicast }) => when(!isUnicast, 'it has no effect, because spec.unicastEnabled of the group is off; remove it'),
  ]),
];

const isNoPreempt = (lines: Values, { preempt }: VrrpSettings): boolean => lines.has('nopreempt') || (!preempt && !lines.has('preempt'));

const isHeldBack = (lines: Values, settings: VrrpSettings): boolean =>
  isNoPreempt(lines, settings) || lines.has('preempt_delay') || settings.preemptDelay !== undefined;

const otherFamily = (family: Family, families: ReadonlySet<Family>): string | undefined =>
  when(
    [...families].some((one) => one !== family),
    `it is for ${family} only, and the Service also has addresses of the other family; remove it`,
  );

/** Version 2 counts whole seconds, version 3 hundredths up to 40.95. */
function intervalProblem(seconds: number, lines: Values, { settings, families }: Surroundings): string | undefined {
  const statements = [...lines].map(([keyword, value]) => line(keyword, value));
  const versions = new Set([...families].map((family) => versionFor(family, statements, settings)));
  if (versions.has(2) && !Number.isInteger(seconds)) return 'VRRP version 2 supports whole seconds only; add the line version 3';
  const isHundredths = Math.round(seconds * 1e6) % 10_000 === 0;
  return when(
    versions.has(3) && (seconds > 40.95 || !isHundredths),
    'VRRP version 3 supports steps of 0.01 seconds up to 40.95; use one of those',
  );
}
