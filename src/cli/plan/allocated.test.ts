import { describe, expect, it } from 'vitest';
import { answerPlan, type PlanOptions } from './command.ts';

const GROUP =
  '{apiVersion: redhatcop.redhat.io/v1alpha1, kind: KeepalivedGroup, metadata: {name: vips, namespace: web}, spec: {interface: eth0}}';
const NODE = '{apiVersion: v1, kind: Node, metadata: {name: node1}}';
const pool = (addresses: string): string =>
  `{apiVersion: redhatcop.redhat.io/v1alpha1, kind: AddressPool, metadata: {name: lan}, spec: {group: web/vips, addresses: [${addresses}]}}`;
const service = (name: string): string =>
  `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: shop}, spec: {type: LoadBalancer, loadBalancerClass: keepalived-operator.redhat-cop.io/vip, ports: [{port: 80}], selector: {a: b}}}`;
const RESERVED =
  '{apiVersion: redhatcop.redhat.io/v1alpha1, kind: VirtualIP, metadata: {name: 192.0.2.10}, spec: {address: 192.0.2.10, reservation: {namespace: shop, service: b}}}';
const planned = (...documents: readonly string[]): { stdout: string; notes: string } => {
  const options: PlanOptions = { namespace: 'default', output: 'wide', operatorImage: 'operator:1' };
  const { stdout, notes } = answerPlan([{ name: 'all.yaml', text: documents.join('\n---\n') }], options);
  return { stdout, notes: notes.join('\n') };
};

describe('a plan of files with an AddressPool', () => {
  it('shows the address that a Service gets of it', () => {
    expect(planned(GROUP, NODE, pool('192.0.2.10'), service('a')).stdout).toMatch(/^shop\/a +1 +192\.0\.2\.10 +node1$/m);
  });

  it('heeds reservations', () => {
    const { stdout } = planned(GROUP, NODE, pool('192.0.2.10-192.0.2.11'), RESERVED, service('a'), service('b'));
    expect(stdout).toMatch(/^shop\/a +\d +192\.0\.2\.11 /m);
    expect(stdout).toMatch(/^shop\/b +\d +192\.0\.2\.10 /m);
  });

  it.each([
    ['a label', '{tier: public}'],
    ['its name', '{kubernetes.io/metadata.name: shop}'],
  ])('admits a namespace that a pool selects by %s', (_, labels) => {
    const lan = pool('192.0.2.10').replace('addresses:', `namespaceSelector: {matchLabels: ${labels}}, addresses:`);
    const shop = '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {tier: public}}}';
    expect(planned(GROUP, NODE, lan, shop, service('a')).stdout).toMatch(/^shop\/a +\d +192\.0\.2\.10 /m);
    expect(planned(GROUP, NODE, lan, service('a')).stdout.includes('192.0.2.10')).toBe(labels.includes('metadata.name'));
  });

  const selecting = (selector: string, more = ''): string =>
    pool('192.0.2.10').replace('addresses:', `namespaceSelector: ${selector},${more} addresses:`);
  const TIER = '{matchLabels: {tier: public}}';
  const OPEN =
    'AddressPool lan selects namespaces by labels, and the input does not hold Namespace shop, so whether it gives their Services addresses is left open; add the output of kubectl get namespace shop -o yaml';
  const NOT_TIER = '{matchExpressions: [{key: tier, operator: NotIn, values: [public]}]}';

  it.each<[string, string]>([
    ['a label', TIER],
    ['the absence of one', NOT_TIER],
    ['its name and a label', '{matchLabels: {kubernetes.io/metadata.name: shop, tier: public}}'],
  ])('guesses nothing of a namespace that it does not hold where a pool selects by %s, and says so once', (_, selector) => {
    const { stdout, notes } = planned(GROUP, NODE, selecting(selector), service('a'), service('b'));
    expect(notes).toBe(OPEN);
    expect(stdout).not.toContain('192.0.2.10');
  });

  it.each<[string, readonly string[]]>([
    ['the pool names the namespace', [selecting(TIER, ' namespaces: [shop],'), service('a')]],
    ['the name alone decides', [selecting('{matchLabels: {kubernetes.io/metadata.name: other, tier: public}}'), service('a')]],
    ['the Namespace is there', ['{apiVersion: v1, kind: Namespace, metadata: {name: shop}}', selecting(TIER), service('a')]],
    ['no Service asks a pool', [selecting(TIER), service('a').replace('LoadBalancer', 'ClusterIP')]],
    ['the class is another', [selecting(TIER), service('a').replace('keepalived-operator.redhat-cop.io/vip', 'example.com/lb')]],
  ])('asks for no labels where %s', (_, documents) => expect(planned(GROUP, NODE, ...documents).notes).not.toContain('left open'));

  it('says which Service gets none, and why', () => {
    const { notes } = planned(GROUP, NODE, pool('192.0.2.10'), service('a'), service('b'));
    expect(notes).toMatch(/Service shop\/b.*every IPv4 address of pool lan is taken/);
  });
});
