import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aReport, aService } from '../../../test/builders/object.ts';
import type { Service } from '../../api/core.ts';
import type { KeepalivedGroupStatus } from '../../api/group/keepalived-group.ts';
import { SETTINGS_KEY } from '../../api/node/config.ts';
import type { KubeObject } from '../../kube/object.ts';
import { plan } from '../../plan/plan.ts';
import { renderConfig } from '../../render/config.ts';
import { releasedIn, settled } from './settled-config.ts';

const NODES = ['node1', 'node2', 'node3'];
const [first, second, third] = [aService('a', ['192.0.2.1']), aService('b', ['192.0.2.2']), aService('c', ['192.0.2.3'])];

/** A group whose configuration is written anew when its revision is another. */
class Delivery {
  #status: KeepalivedGroupStatus = {};
  #configMap: KubeObject | undefined;
  #revision = '';
  /** The released addresses in each configuration that was written. */
  readonly written: (readonly string[])[] = [];

  /** @param held - addresses that the nodes report */
  now(services: readonly Service[], held: readonly string[]): void {
    const reports = NODES.map((node) => aReport(node, this.#revision, [{ addresses: held }]));
    const input = anInput({ group: aGroup({ status: this.#status }), services, reports, releasedBefore: releasedIn(this.#configMap) });
    const chosen = settled(plan(input), this.#configMap);
    const { routerIds, homes, holders, defaultsGeneration } = chosen;
    this.#status = { routerIDs: routerIds, homes, holders, defaultsGeneration };
    const config = renderConfig(chosen);
    if (config === undefined || config.revision === this.#revision) return;
    this.#revision = config.revision;
    this.#configMap = { metadata: { namespace: 'web', name: 'vips' }, data: config.data } as KubeObject;
    this.written.push(chosen.released);
  }
}

describe('a Service that is removed', () => {
  const removed = (): Delivery => {
    const delivery = new Delivery();
    delivery.now([first, second], ['192.0.2.1', '192.0.2.2']);
    delivery.now([first], ['192.0.2.1', '192.0.2.2']);
    return delivery;
  };
  const before = [[], ['192.0.2.2']];

  it('is delivered once: that the nodes let go of its address changes nothing for them', () => {
    const delivery = removed();
    for (let look = 0; look < 3; look += 1) delivery.now([first], ['192.0.2.1']);
    expect(delivery.written).toEqual(before);
  });
  it('is forgotten with the next change, once the nodes let go', () => {
    const delivery = removed();
    delivery.now([first], ['192.0.2.1']);
    delivery.now([first, third], ['192.0.2.1']);
    expect(delivery.written).toEqual([...before, []]);
  });
  it('stays released over a change that comes while a node still has its address', () => {
    const delivery = removed();
    delivery.now([first, third], ['192.0.2.1', '192.0.2.2']);
    expect(delivery.written).toEqual([...before, ['192.0.2.2']]);
  });
  it('and made again has its address back', () => {
    const delivery = removed();
    delivery.now([first], ['192.0.2.1']);
    delivery.now([first, second], ['192.0.2.1']);
    expect(delivery.written).toEqual([...before, []]);
  });
});

it.each<[string, unknown]>([
  ['that is not there', undefined],
  ['without settings', { data: {} }],
  ['with settings that are no JSON', { data: { [SETTINGS_KEY]: '{' } }],
  ['with settings that are no object', { data: { [SETTINGS_KEY]: '[]' } }],
  ['with released addresses that are none', { data: { [SETTINGS_KEY]: '{"released": [1, null]}' } }],
])('a ConfigMap %s releases nothing, and is written as planned', (_, configMap) => {
  expect(releasedIn(configMap as KubeObject)).toEqual([]);
  const fresh = plan(anInput({ services: [first], releasedBefore: ['192.0.2.9'] }));
  expect(fresh.letGo).toEqual(['192.0.2.9']);
  expect(settled(fresh, configMap as KubeObject)).toBe(fresh);
});
