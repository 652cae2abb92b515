import type { KubernetesObject } from '../api/core.ts';
import {
  ALLOCATED_GROUP_ANNOTATION,
  ALLOCATION_ANNOTATIONS,
  API_VERSION,
  LOAD_BALANCER_CLASS,
  POOL_KIND,
  SERVICE_ANNOTATIONS,
} from '../api/names.ts';
import { inEntry } from './expression.ts';
import { annotation, binding, servicesPolicy } from './policy-object.ts';

export const POOL_POLICY = 'keepalived-operator-pools';

/**
 * What AddressPools refuse to Services that name an address or a pool, and the binding that asks all pools. Each pool judges by itself: what
 * only all of them together can tell, such as that none holds an address, is the planner's.
 */
export const poolPolicy = (): readonly KubernetesObject[] => [
  servicesPolicy(
    POOL_POLICY,
    [
      { name: 'may-be-ours', expression: MAY_BE_OURS },
      { name: 'names-an-address-or-a-pool', expression: `${named('object')} != ''` },
      { name: 'asks-anew', expression: ASKS_ANEW },
    ],
    {
      paramKind: { apiVersion: API_VERSION, kind: POOL_KIND },
      variables: [
        { name: 'pool', expression: `${annotation('object', ALLOCATION_ANNOTATIONS.pool)}.trim()` },
        { name: 'group', expression: GROUP },
        { name: 'addresses', expression: ADDRESSES },
        { name: 'isOurs', expression: IS_OURS },
        { name: 'listed', expression: listed('addresses') },
        { name: 'excluded', expression: listed('excludedAddresses') },
        { name: 'held', expression: `variables.addresses.filter(a, ${inAny('listed', 'a', false)} && !(${inAny('excluded', 'a', true)}))` },
        {
          name: 'outside',
          expression: `variables.addresses.filter(a, !(${inAny('listed', 'a', true)}) || ${inAny('excluded', 'a', false)})`,
        },
        { name: 'isNamed', expression: 'variables.isOurs && variables.pool == params.metadata.name' },
        { name: 'isAsked', expression: "variables.isNamed || (variables.isOurs && variables.pool == '' && variables.held.size() > 0)" },
        { name: 'admits', expression: ADMITS },
      ],
      validations: [
        {
          expression: '!variables.isAsked || variables.admits',
          messageExpression: '"pool " + params.metadata.name + " does not admit the Service (see its namespaces and selectors)"',
          message: 'the pool does not admit the Service',
        },
        {
          expression: "!variables.isAsked || variables.group == '' || variables.group == params.spec.group",
          messageExpression:
            '"pool " + params.metadata.name + " is for KeepalivedGroup " + params.spec.group + ", and the Service is for " + variables.group',
          message: 'the pool is for another KeepalivedGroup than the Service',
        },
        {
          expression: '!variables.isNamed || variables.outside.size() == 0',
          messageExpression: `variables.outside.join(", ") + " is not among the addresses of pool " + params.metadata.name + ", which annotation ${ALLOCATION_ANNOTATIONS.pool} names; choose one of its addresses, or another pool"`,
          message: 'the pool that the Service names does not hold the address that it names',
        },
      ],
    },
  ),
  binding(POOL_POLICY, POOL_POLICY, { paramRef: { selector: {}, parameterNotFoundAction: 'Allow' } }),
];

// --- internal ---

/** More than these no Service can have, and no pool is so long that the API server would run out of time: the planner judges those. */
const MOST_ADDRESSES = 4;
const MOST_ENTRIES = 512;

/** All that a Service says of pools, in one text. */
function named(object: string): string {
  const texts = [ALLOCATION_ANNOTATIONS.addresses, ALLOCATION_ANNOTATIONS.pool].map((name) => annotation(object, name));
  return `(${[...texts, `(has(${object}.spec.loadBalancerIP) ? ${object}.spec.loadBalancerIP : '')`].join(" + ' ' + ")}).trim()`;
}

const loadBalancerClass = (object: string): string => `(has(${object}.spec.loadBalancerClass) ? ${object}.spec.loadBalancerClass : '')`;
const typeOf = (object: string): string => `(has(${object}.spec.type) ? ${object}.spec.type : '')`;
const group = (object: string): string => annotation(object, SERVICE_ANNOTATIONS.group);

/** Whether something that is judged is not as it was. A group that the manager wrote in its user's place changes nothing. */
const ASKS_ANEW = [
  'oldObject == null',
  ...[named, loadBalancerClass, typeOf, group].map((of) => `${of('object')} != ${of('oldObject')}`),
].join(' || ');

/** The group that the user names: not one that the manager wrote. */
const GROUP = `(${group('object')} == ${annotation('object', ALLOCATED_GROUP_ANNOTATION)} ? '' : ${group('object')}.trim())`;

/** Canonical. */
const ADDRESSES = `(${annotation('object', ALLOCATION_ANNOTATIONS.addresses)} + ',' + (has(object.spec.loadBalancerIP) ? object.spec.loadBalancerIP : '')).split(',').map(a, a.trim()).filter(a, isIP(a)).map(a, string(ip(a)))`;

/** Services of others are never judged, not even where a pool can't be asked. */
const MAY_BE_OURS = `${typeOf('object')} == 'LoadBalancer' && (${loadBalancerClass('object')} == '${LOAD_BALANCER_CLASS}' || (${loadBalancerClass('object')} == '' && ${group('object')} != ''))`;

/** A Service of the class is ours; one without a class is if its group has the pool. Who else serves Services without one, CEL can't know. */
const IS_OURS = `variables.addresses.size() <= ${MOST_ADDRESSES} && (${loadBalancerClass('object')} == '${LOAD_BALANCER_CLASS}' || (${loadBalancerClass('object')} == '' && variables.group != '' && variables.group == params.spec.group))`;

const listed = (field: 'addresses' | 'excludedAddresses'): string =>
  `has(params.spec.${field}) && params.spec.${field}.size() <= ${MOST_ENTRIES} ? params.spec.${field} : []`;

const inAny = (variable: 'listed' | 'excluded', address: string, otherwise: boolean): string =>
  `variables.${variable}.exists(e, ${inEntry('e', address, otherwise)})`;

const labelsOf = (object: string): string => `(has(${object}.metadata.labels) ? ${object}.metadata.labels : {})`;

/** What `matches` of the planner says (metav1.LabelSelector). */
function selects(selector: string, object: string): string {
  const labels = labelsOf(object);
  const value = `${labels}[x.key] in (has(x.values) ? x.values : [])`;
  const has = `x.key in ${labels}`;
  return [
    `(!has(${selector}.matchLabels) || ${selector}.matchLabels.all(k, k in ${labels} && ${labels}[k] == ${selector}.matchLabels[k]))`,
    `(!has(${selector}.matchExpressions) || ${selector}.matchExpressions.all(x, x.operator == 'In' ? ${has} && ${value} : x.operator == 'NotIn' ? !(${has}) || !(${value}) : x.operator == 'Exists' ? ${has} : !(${has})))`,
  ].join(' && ');
}

const ADMITS = [
  '(!has(params.spec.namespaces) && !has(params.spec.namespaceSelector) || (has(params.spec.namespaces) && request.namespace in params.spec.namespaces)',
  ` || (has(params.spec.namespaceSelector) && ${selects('params.spec.namespaceSelector', 'namespaceObject')}))`,
  ` && (!has(params.spec.serviceSelector) || (${selects('params.spec.serviceSelector', 'object')}))`,
].join('');
