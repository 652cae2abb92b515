import { type AgentSettings, CONFIG_KEY, SETTINGS_KEY, SETTINGS_VERSION, type VerbatimLines } from '../api/node/config.ts';
import { print } from '../conf/print.ts';
import { block, type Conf, line, only, type Statement } from '../conf/tree.ts';
import { stableHash } from '../net/hash.ts';
import { THREE } from '../plan/lines/generation.ts';
import { arpOf, MANY_ADDRESSES } from '../plan/lines/sending.ts';
import { advertSeconds } from '../plan/lines/vrrp-settings.ts';
import type { Plan } from '../plan/plan.ts';
import type { VirtualRouter } from '../plan/virtual-router.ts';

/** What a group's nodes are told. */
export interface NodeConfig {
  /** Identifies the content; the same content has the same revision. */
  readonly revision: string;
  /** Data of the ConfigMap. */
  readonly data: Readonly<Record<string, string>>;
}

/** The group's keepalived.conf and settings. Undefined while the group names no interface. */
export function renderConfig(plan: Plan): NodeConfig | undefined {
  if (plan.link === undefined) return undefined;
  const conf = print(confOf(plan));
  const verbatim = verbatimOf(plan);
  const content: Omit<AgentSettings, 'revision'> = {
    version: SETTINGS_VERSION,
    group: `${plan.group.metadata.namespace}/${plan.group.metadata.name}`,
    link: plan.link,
    ...(plan.unicast && { unicast: plan.unicast }),
    password: plan.password !== undefined,
    ...(plan.password && plan.passwordRound > 0 && { passwordRound: plan.passwordRound }),
    checks: plan.checks,
    ...(plan.released.length > 0 && { released: plan.released }),
    ...(verbatim.length > 0 && { verbatim }),
    ...(plan.vrrp.virtualMac && { virtualMac: true }),
  };
  const revision = stableHash(`${conf}\n${JSON.stringify(content)}`);
  return { revision, data: { [CONFIG_KEY]: conf, [SETTINGS_KEY]: `${JSON.stringify({ ...content, revision }, null, 2)}\n` } };
}

/** The tree, with a condition on the node's name where nodes differ. */
export function confOf(plan: Plan): Conf {
  return [
    globalDefs(plan),
    ...plan.checks.map(({ trackFile }) => trackFileBlock(trackFile, plan)),
    ...plan.routers.map((router) => instance(router, plan)),
  ];
}

// --- internal ---

/** What an unhealthy Service takes off: its node comes after every healthy one, and still holds the address when there is none. */
const UNHEALTHY_WEIGHT = -100;

/** Takes an instance to FAULT: where priorities alone move nothing, or late, the address has to be let go of. */
const FAULT_WEIGHT = -254;

/** Who wrote which lines, so that a node can leave one out and say whose it is. */
function verbatimOf({ group, globals, routers }: Plan): VerbatimLines[] {
  const ofServices = routers.flatMap(({ name, author, verbatim }) =>
    author === undefined
      ? []
      : [{ object: `Service ${author.namespace}/${author.name}`, instances: [name], keywords: verbatim.map(({ keyword }) => keyword) }],
  );
  const object = `KeepalivedGroup ${group.metadata.namespace}/${group.metadata.name}`;
  return globals.length === 0 ? ofServices : [{ object, keywords: globals.map(({ keyword }) => keyword) }, ...ofServices];
}

function globalDefs({ group, globals, routers, vrrp }: Plan): Statement {
  const addresses = routers.reduce((sum, router) => sum + router.addresses.length, 0);
  const { repeats, refresh } = arpOf(vrrp, [], addresses);
  const own = [
    line('router_id', group.metadata.name),
    ...(vrrp.version === 3 ? [line('vrrp_version', 3)] : []),
    ...(vrrp.downTimerAdverts === undefined ? [] : [line('vrrp_down_timer_adverts', vrrp.downTimerAdverts)]),
    line('vrrp_skip_check_adv_addr'),
    line('vrrp_garp_master_refresh', refresh),
    ...(repeats === undefined ? [] : [line('vrrp_garp_master_repeat', repeats)]),
    ...(addresses > MANY_ADDRESSES ? [line('vrrp_garp_master_delay', 0)] : []),
  ];
  const set = new Set(globals.map(({ keyword }) => keyword));
  return block('global_defs', [], [...own.filter(({ keyword }) => !set.has(keyword)), ...globals]);
}

/** The agent fills in the path. */
function trackFileBlock(name: string, { routers, vrrp }: Plan): Statement {
  const words = new Set(routers.find(({ trackFile }) => trackFile === name)?.verbatim.map(({ keyword }) => keyword));
  const isPreemptedAtOnce = (vrrp.preempt || words.has('preempt')) && !words.has('nopreempt');
  const isDelayed = words.has('preempt_delay') || vrrp.preemptDelay !== undefined;
  const weight = isPreemptedAtOnce && !isDelayed ? UNHEALTHY_WEIGHT : FAULT_WEIGHT;
  return block('vrrp_track_file', [name], [line('weight', weight)]);
}

function instance(router: VirtualRouter, plan: Plan): Statement {
  const { group, vrrp } = plan;
  const { name, id, version, addresses, priorities, trackFile, verbatim } = router;
  const [advertised = '', ...others] = addresses;
  const lists = [
    block('virtual_ipaddress', [], [line(advertised)]),
    ...(others.length > 0
      ? [
          block(
            'virtual_ipaddress_excluded',
            [],
            others.map((address) => line(address)),
          ),
        ]
      : []),
  ];
  const own = [
    ...fallbackInterface(group.spec?.interface),
    line('state', 'BACKUP'),
    line('virtual_router_id', id),
    line('priority', router.others),
    ...[...priorities].map(([node, priority]) => only(node, line('priority', priority))),
    line('advert_int', advertSeconds(vrrp.advertInterval, version)),
    ...downTimer(router, plan),
    ...(vrrp.preempt ? [] : [line('nopreempt')]),
    ...(vrrp.preemptDelay === undefined ? [] : [line('preempt_delay', vrrp.preemptDelay)]),
  ];
  const tracked = trackFile === undefined ? [] : [block('track_file', [], [line(trackFile)])];
  const set = new Set(verbatim.flatMap(({ keyword }) => [keyword, ...(REPLACES[keyword] ?? [])]));
  return block('vrrp_instance', [name], [...own.filter(({ keyword }) => !set.has(keyword)), ...verbatim, ...tracked, ...lists]);
}

/**
 * The number of adverts of the defaults goes with their interval: an instance with another one, by a line of its Service or because version 2 has
 * whole seconds only, keeps the RFC's three.
 */
function downTimer({ version, verbatim }: VirtualRouter, { group, vrrp }: Plan): Statement[] {
  const isDefault = vrrp.downTimerAdverts !== undefined && group.spec?.vrrp?.downTimerAdverts === undefined;
  const isOther =
    verbatim.some(({ keyword }) => keyword === 'advert_int') || advertSeconds(vrrp.advertInterval, version) * 1000 !== vrrp.advertInterval;
  return isDefault && isOther ? [line('down_timer_adverts', THREE)] : [];
}

/**
 * Each agent sets the interface of its node, whatever is here. Pods of the Go operator, which run until they are replaced, read the file as it
 * is: without an interface their keepalived would end.
 */
function fallbackInterface(name = ''): Statement[] {
  return INTERFACE_NAME.test(name) ? [line('interface', name)] : [];
}

const INTERFACE_NAME = /^[\w.-]{1,15}$/;

/** Lines of ours that go when a Service says the opposite. */
const REPLACES: Readonly<Record<string, readonly string[]>> = { preempt: ['nopreempt'], nopreempt: ['preempt_delay'] };
