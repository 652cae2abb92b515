import { describe, expect, it } from 'vitest';
import { FakeClock, settled } from '../../../test/fakes/clock.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Client, Request } from '../../kube/client.ts';
import { silentLog } from '../../telemetry/log.ts';
import { readOwnImage, withOwnImage } from './own-image.ts';

const POD = { namespace: 'keepalived-operator', name: 'manager-1' };
const podWith = (...containers: readonly { readonly name: string; readonly image: string }[]) => ({ items: [{ spec: { containers } }] });
const failed = (status: number) => new ApiError({ kind: status === 0 ? 'network' : 'response', status, message: `HTTP ${status}` });

/** Asks an API server that gives these answers, one after the other. */
function asked(...answers: readonly (object | ApiError)[]) {
  const queue = [...answers];
  const requests: Request[] = [];
  const client = {
    request: async (request: Request) => {
      requests.push(request);
      const answer = queue.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as Client;
  const clock = new FakeClock();
  const stop = new AbortController();
  return { clock, stop, requests, image: readOwnImage(POD, { client, clock, log: silentLog }, stop.signal) };
}

describe("the manager's own image", () => {
  it('is that of its container in its own pod', async () => {
    const { image, requests } = asked(podWith({ name: 'proxy', image: 'mesh:1' }, { name: 'manager', image: 'mine:2' }));
    expect(await image).toBe('mine:2');
    expect(requests).toMatchObject([
      { path: '/api/v1/namespaces/keepalived-operator/pods', query: { fieldSelector: 'metadata.name=manager-1' } },
    ]);
  });

  it('is that of the first container where none has the name of the manifests', async () =>
    expect(await asked(podWith({ name: 'keepalived-operator', image: 'mine:2' })).image).toBe('mine:2'));

  it('is asked for again while the API server gives no answer', async () => {
    const { clock, image, requests } = asked(failed(0), failed(503), podWith({ name: 'manager', image: 'mine:2' }));
    await settled();
    await clock.pass(2000);
    expect(await image).toBe('mine:2');
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['the role forbids it', failed(403)],
    ['there is no such pod, as when the variables of a pod are set by hand', { items: [] }],
  ])('is unknown where %s', async (_, answer) => expect(await asked(answer).image).toBeUndefined());

  it('is unknown when the process is told to end', async () => {
    const { stop, clock, image } = asked(failed(0));
    await settled();
    stop.abort();
    await clock.pass(1000);
    expect(await image).toBeUndefined();
  });
});

describe('the settings with the own image', () => {
  it('name it for the agent and for keepalived', () =>
    expect(withOwnImage({ agentImage: 'released:1' }, 'mine:2')).toEqual({ agentImage: 'mine:2', operandImage: 'mine:2' }));

  it('keep the image of keepalived that the environment names', () =>
    expect(withOwnImage({ agentImage: 'released:1', operandImage: 'keepalived:2' }, 'mine:2')).toEqual({
      agentImage: 'mine:2',
      operandImage: 'keepalived:2',
    }));

  it('name the image that was released where it is unknown', () =>
    expect(withOwnImage({ agentImage: 'released:1' }, undefined)).toEqual({ agentImage: 'released:1', operandImage: 'released:1' }));
});
