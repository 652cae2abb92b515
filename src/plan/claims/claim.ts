import type { ObjectReference, Service } from '../../api/core.ts';
import type { SharedAddress } from '../../api/group/keepalived-group.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { HealthCheck } from '../../api/node/config.ts';
import { isHint, type Problem } from '../../api/problem.ts';
import { print } from '../../conf/print.ts';
import { byteLength } from '../../conf/word.ts';
import { familyOf } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';
import type { Surroundings } from '../lines/exclusive-lines.ts';
import { type Permission, serviceVerbatim, type Verbatim, verbatimHints } from '../lines/service-verbatim.ts';
import type { VrrpSettings } from '../lines/vrrp-settings.ts';
import { keyOf, serviceReference } from '../reference.ts';
import { serviceStatusProblems } from '../service-status.ts';
import { routerNames, sharedToSave } from '../sharing/router-names.ts';
import { type Tenant, type WantedRouter, wantedRouters } from '../sharing/wanted-router.ts';
import { type Award, award } from './award.ts';
import { MOST_LINE_BYTES } from './budget.ts';
import { dataPathHints, onLink } from './data-path.ts';
import { fenceOf, fenceProblems } from './fence.ts';
import { holderHints } from './holding.ts';
import { misspelledAnnotations } from './stray.ts';

export { needsOwnInstance, type WantedRouter } from '../sharing/wanted-router.ts';

export interface Claims {
  /** Sorted by name. */
  readonly routers: readonly WantedRouter[];
  /** Addresses that are no leftovers on a node; canonical. */
  readonly claimed: ReadonlySet<string>;
  /** The Service that has each address. */
  readonly holders: Readonly<Record<string, string>>;
  /** What carries the addresses that Services share. */
  readonly sharedAddresses: Readonly<Record<string, SharedAddress>>;
  readonly checks: readonly HealthCheck[];
  readonly problems: readonly Problem[];
}

/** What the group's Services ask for, as far as each of them gets it ({@link award}). */
export function claims(input: PlanInput, settings: VrrpSettings): Claims {
  const { group, services } = input;
  const { byService, claimed, holders, tenants } = award(input);
  const context: Context = {
    settings,
    fence: fenceOf(group),
    group: keyOf(group),
    isOnLink: onLink(input),
    isUnicast: group.spec?.unicastEnabled === true,
    runsScripts: Object.hasOwn(group.spec?.verbatimConfig ?? {}, 'enable_script_security'),
  };
  const parts = [...services]
    .sort((a, b) => byText(keyOf(a), keyOf(b)))
    .flatMap((service) => {
      const given = byService.get(keyOf(service));
      return given === undefined ? [] : claimOf(service, given, context);
    });
  const names = routerNames(tenants, group.status?.sharedAddresses ?? {});
  const wanted = wantedRouters(
    parts.flatMap(({ tenant }) => tenant ?? []),
    tenants,
    names,
  );
  const leftOut = Map.groupBy(wanted.problems, ({ object }) => `${object.namespace}/${object.name}`);
  return {
    claimed,
    holders,
    routers: wanted.routers,
    checks: wanted.checks,
    sharedAddresses: sharedToSave(tenants, names),
    problems: [
      ...fenceProblems(group),
      ...holderHints(group, [...tenants.keys()], holders),
      ...parts.flatMap(({ problems }) => problems),
      ...[...leftOut.values()].flatMap(few),
    ],
  };
}

// --- internal ---

interface Claim {
  /** Absent where the Service has no address. */
  readonly tenant?: Tenant;
  readonly problems: readonly Problem[];
}

type Context = Omit<Surroundings, 'families'> & Permission & { readonly isOnLink: ReturnType<typeof onLink> };

function claimOf(service: Service, { addresses, problems }: Award, context: Context): Claim {
  const object = serviceReference(service);
  const misspelled = misspelledAnnotations(service);
  if (addresses.length === 0)
    return {
      problems: problems.every(isHint) ? [noAddress(service), ...few([...problems, ...misspelled])] : few([...problems, ...misspelled]),
    };
  const surroundings = { ...context, families: new Set(addresses.map(familyOf)) };
  const verbatim = bounded(serviceVerbatim(service, surroundings), object);
  const health = healthOf(service);
  return {
    tenant: { service, object, addresses, verbatim: verbatim.lines, ...(health.check && { check: health.check }) },
    problems: few([
      ...[...problems, ...misspelled, ...verbatim.problems, ...health.problems, ...serviceStatusProblems(service)],
      ...dataPathHints(service, addresses, context.isOnLink),
      ...verbatimHints(service, verbatim.lines, surroundings),
    ]),
  };
}

/** Lines make the group's configuration large, which all of its Services share. */
function bounded(verbatim: Verbatim, object: ObjectReference): Verbatim {
  const size = byteLength(print(verbatim.lines));
  if (size <= MOST_LINE_BYTES) return verbatim;
  const message = `annotation ${SERVICE_ANNOTATIONS.verbatim} makes ${size} bytes of lines, and a Service may have ${MOST_LINE_BYTES}; all of them are left out: remove some`;
  return { lines: [], problems: [...verbatim.problems, { object, reason: 'VerbatimRefused', message }] };
}

/** A Service can hold thousands of wrong words, and each problem becomes an Event: of one reason the first ones speak for the others. */
function few(problems: readonly Problem[]): Problem[] {
  return [...Map.groupBy(problems, ({ reason }) => reason).values()].flatMap((alike) => {
    const last = alike[MOST_ALIKE - 1];
    if (alike.length <= MOST_ALIKE || last === undefined) return alike;
    return [...alike.slice(0, MOST_ALIKE - 1), { ...last, message: `${last.message}; and ${alike.length - MOST_ALIKE} more like it` }];
  });
}

const MOST_ALIKE = 5;

function noAddress(service: Service): Problem {
  const message =
    service.spec?.type === 'LoadBalancer'
      ? 'the Service has no IP address yet: neither in status.loadBalancer.ingress nor in spec.externalIPs; make an AddressPool for its group, set spec.externalIPs, or run something that assigns addresses'
      : `the Service is of type ${service.spec?.type ?? 'ClusterIP'} and has no spec.externalIPs; add the address that it is to have`;
  return { object: serviceReference(service), reason: 'NoAddress', message };
}

/** With `externalTrafficPolicy: Local` a node without endpoints must not be preferred: kube-proxy there drops what arrives. */
function healthOf(service: Service): { readonly check?: HealthCheck; readonly problems: readonly Problem[] } {
  if (service.spec?.externalTrafficPolicy !== 'Local') return { problems: [] };
  const port = service.spec.healthCheckNodePort ?? 0;
  if (port > 0) return { check: { trackFile: keyOf(service), port }, problems: [] };
  const message =
    'externalTrafficPolicy is Local, but Kubernetes gives a health check port to Services of type LoadBalancer only; the address may be on a node without endpoints: make it type LoadBalancer, or use externalTrafficPolicy Cluster';
  return { problems: [{ object: serviceReference(service), reason: 'NoHealthCheckPort', message }] };
}
