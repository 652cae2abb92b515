import type { KubernetesObject } from '../api/core.ts';
import type { FencesSpec } from '../api/group/keepalived-group.ts';
import { API_VERSION, KIND, SERVICE_ANNOTATIONS } from '../api/names.ts';
import { NO_HOST } from '../plan/claims/reserved-address.ts';
import {
  hasForbiddenKeyword,
  hasSafeKeyword,
  inAnyPrefix,
  inEntry,
  isOnlyForPlanner,
  isSafeLine,
  keywordOf,
  PAIR,
  raw,
  SHAPE,
} from './expression.ts';
import { annotation, binding, servicesPolicy } from './policy-object.ts';

export const SERVICE_POLICY = 'keepalived-operator-services';
export const FENCE_POLICY = 'keepalived-operator-fences';

/** What is wrong with a Service whatever its group says, and the binding that has it refused everywhere. */
export const servicePolicy = (): readonly KubernetesObject[] => [
  policy(SERVICE_POLICY, {
    variables: [
      ...VARIABLES,
      {
        name: 'homeless',
        expression: `variables.addresses.size() > ${MOST_ADDRESSES} ? [] : variables.addresses.filter(a, ${inAnyPrefix('a', NO_HOST_RANGES)})`,
      },
      { name: 'forbidden', expression: `variables.lines.filter(l, ${hasForbiddenKeyword('l')})` },
      {
        name: 'wrong',
        expression: `variables.lines.filter(l, ${hasSafeKeyword('l')} && !(${isOnlyForPlanner('l')}) && !(${isSafeLine('l')}))`,
      },
    ],
    validations: [
      {
        expression: `variables.group.matches(${raw(GROUP_REFERENCE)})`,
        messageExpression: `"annotation ${SERVICE_ANNOTATIONS.group} is '" + variables.group + "'; write NAMESPACE/NAME of a KeepalivedGroup"`,
        message: `annotation ${SERVICE_ANNOTATIONS.group} is not NAMESPACE/NAME of a KeepalivedGroup`,
      },
      {
        expression: 'variables.homeless.size() == 0',
        messageExpression: `variables.homeless.join(", ") + " in spec.externalIPs is not an address of a single host; give the Service another"`,
        message: 'spec.externalIPs holds an address that is not of a single host',
      },
      {
        expression: `!variables.isShort || variables.verbatim.trim() == '' || variables.verbatim.matches(${raw(SHAPE)})`,
        message: `annotation ${SERVICE_ANNOTATIONS.verbatim} is not a JSON object of strings, as in {"advert_int": "1"}`,
      },
      {
        expression: 'variables.forbidden.size() == 0',
        messageExpression: `variables.forbidden.map(l, ${keywordOf('l')}).join(", ") + " in annotation ${SERVICE_ANNOTATIONS.verbatim}: no Service may set this; remove it"`,
        message: `annotation ${SERVICE_ANNOTATIONS.verbatim} holds a line that no Service may set`,
      },
      {
        expression: 'variables.wrong.size() == 0',
        messageExpression: `variables.wrong.join(", ") + " in annotation ${SERVICE_ANNOTATIONS.verbatim}: the keyword does not take this value"`,
        message: `annotation ${SERVICE_ANNOTATIONS.verbatim} holds a value that its keyword does not take`,
      },
    ],
  }),
  binding(SERVICE_POLICY, SERVICE_POLICY, {}),
];

/** What the fences of a Service's group refuse. It works where a {@link fenceBinding} says in which namespace groups are. */
export const fencePolicy = (): KubernetesObject =>
  policy(FENCE_POLICY, {
    paramKind: { apiVersion: API_VERSION, kind: KIND },
    variables: [
      ...VARIABLES,
      { name: 'isOther', expression: "variables.group != params.metadata.namespace + '/' + params.metadata.name" },
      { name: 'owner', expression: `"KeepalivedGroup " + variables.group` },
      { name: 'excluded', expression: `${isJudged('excludedAddresses')} ? variables.addresses.filter(a, ${EXCLUDED}) : []` },
      { name: 'outside', expression: `${isJudged('addresses')} ? variables.addresses.filter(a, ${OUTSIDE}) : []` },
      { name: 'unsafe', expression: `variables.isOther || !(${IS_READ}) ? [] : variables.lines.filter(l, ${UNSAFE})` },
    ],
    validations: [
      {
        expression: `variables.isOther || !${has('namespaces')} || request.namespace in params.spec.fences.namespaces`,
        messageExpression: `"namespace " + request.namespace + " may not use " + variables.owner + "; to allow it, its owner adds the line '- " + request.namespace + "' to spec.fences.namespaces"`,
        message: 'the namespace may not use the KeepalivedGroup',
      },
      {
        expression: 'variables.excluded.size() == 0',
        messageExpression: `variables.excluded.join(", ") + " is among spec.fences.excludedAddresses of " + variables.owner`,
        message: 'an external IP is among those that the KeepalivedGroup excludes',
      },
      {
        expression: 'variables.outside.size() == 0',
        messageExpression: `variables.outside.join(", ") + " is not among spec.fences.addresses of " + variables.owner + " (" + params.spec.fences.addresses.join(", ") + ")"`,
        message: 'the KeepalivedGroup may not carry one of the external IPs',
      },
      {
        expression: `variables.isOther || !${has('addressesPerService')} || ${MAY_REPEAT} || variables.addresses.size() <= params.spec.fences.addressesPerService`,
        messageExpression: `"the Service asks for " + string(variables.addresses.size()) + " addresses of " + variables.owner + ", and may have " + string(params.spec.fences.addressesPerService)`,
        message: 'the Service asks for more addresses than it may have',
      },
      {
        expression: 'variables.unsafe.size() == 0',
        messageExpression: `"a Service may not set " + variables.unsafe.map(l, ${keywordOf('l')}).join(", ") + " by itself; to allow it, the owner of " + variables.owner + " adds it to spec.fences.verbatimKeys"`,
        message: 'a Service may not set a verbatim line of its own by itself',
      },
    ],
  });

/** Has the fences of the groups of one namespace count at admission, wherever their Services are. */
export const fenceBinding = (namespace: string): KubernetesObject =>
  binding(`${FENCE_POLICY}-${namespace}`, FENCE_POLICY, {
    paramRef: { namespace, selector: {}, parameterNotFoundAction: 'Allow' },
  });

// --- internal ---

/** Whether the group has this fence. */
const has = (field: keyof FencesSpec): string => `(has(params.spec) && has(params.spec.fences) && has(params.spec.fences.${field}))`;

const NO_HOST_RANGES = NO_HOST.map(({ range }) => range);
const EXCLUDED = `isIP(a) && params.spec.fences.excludedAddresses.exists(e, ${inEntry('e', 'a', false)})`;
const OUTSIDE = `isIP(a) && !params.spec.fences.addresses.exists(e, ${inEntry('e', 'a', true)})`;
/** The API server gives an expression so much time: of more addresses, or pairs of address and entry, the planner alone judges. */
const MOST_ADDRESSES = 256;
const MOST_PAIRS = 2048;
const MOST_COMPARED = 64;
const MOST_CHARACTERS = 8192;
const isJudged = (field: 'addresses' | 'excludedAddresses'): string =>
  `!variables.isOther && ${has(field)} && variables.addresses.size() * params.spec.fences.${field}.size() <= ${MOST_PAIRS}`;
/** An address that stands twice counts once, and CEL can't tell how many are left. */
const MAY_REPEAT = `(variables.addresses.size() <= ${MOST_COMPARED} && variables.addresses.exists(a, isIP(a) && !variables.addresses.exists_one(b, isIP(b) && ip(b) == ip(a))))`;
/** What no group can allow is left to the other policy: of two refusals the API server tells the first that it has. */
const IS_READ = `variables.isShort && variables.verbatim.matches(${raw(SHAPE)})`;
const UNSAFE = `!${hasSafeKeyword('l')} && !(${hasForbiddenKeyword('l')}) && !(${has('verbatimKeys')} && ${keywordOf('l')} in params.spec.fences.verbatimKeys)`;

/** What `parseGroupReference` reads, of a text without the blank space around it. */
const GROUP_REFERENCE = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$';

const addresses = (object: string): string => `(has(${object}.spec.externalIPs) ? ${object}.spec.externalIPs : [])`;

const VARIABLES = [
  { name: 'group', expression: `${annotation('object', SERVICE_ANNOTATIONS.group)}.trim()` },
  { name: 'verbatim', expression: annotation('object', SERVICE_ANNOTATIONS.verbatim) },
  { name: 'isShort', expression: `variables.verbatim.size() <= ${MOST_CHARACTERS}` },
  { name: 'lines', expression: `variables.isShort ? variables.verbatim.findAll(${raw(PAIR)}) : []` },
  { name: 'addresses', expression: addresses('object') },
];

/** Whether something that is judged is not as it was: a Service that came before can be written as long as that stays. */
const ASKS_ANEW = [
  'oldObject == null',
  ...[SERVICE_ANNOTATIONS.group, SERVICE_ANNOTATIONS.verbatim].map(
    (name) => `${annotation('object', name)} != ${annotation('oldObject', name)}`,
  ),
  `${addresses('object')} != ${addresses('oldObject')}`,
].join(' || ');

function policy(name: string, spec: object): KubernetesObject {
  return servicesPolicy(
    name,
    [
      {
        name: 'names-a-group',
        expression: `has(object.metadata.annotations) && '${SERVICE_ANNOTATIONS.group}' in object.metadata.annotations`,
      },
      { name: 'asks-anew', expression: ASKS_ANEW },
    ],
    spec,
  );
}
