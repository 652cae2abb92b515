import { expect, it } from 'vitest';
import type { Pod } from '../api/core.ts';
import { missingPods } from './missing-pods.ts';

const on = (nodeName: string | undefined, status: Pod['status'] = {}, spec: Pod['spec'] = {}): Pod => ({
  metadata: { namespace: 'web', name: 'vips-x' },
  spec: { ...(nodeName && { nodeName }), ...spec },
  status,
});
const waits = (reason: string): Pod['status'] => ({
  containerStatuses: [{ name: 'keepalived', image: 'example.org/k:1', state: { waiting: { reason } } }],
});
const forNode1: Pod['spec'] = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', values: ['node1'] }] }],
      },
    },
  },
};
const FORBIDDEN = 'Error creating: pods "vips-" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)';
const QUOTA = 'Error creating: pods "vips-abcde" is forbidden: exceeded quota: pods';

it.each<[string, readonly Pod[], readonly string[], string | undefined]>([
  ['it runs', [on('node1', { phase: 'Running' })], [], undefined],
  ['it is only just made', [on('node1', waits('ContainerCreating'))], [FORBIDDEN], undefined],
  ['Pod Security refuses it', [], [FORBIDDEN], `has no pod: ${FORBIDDEN}`],
  ['the latest of two refusals', [], [FORBIDDEN, QUOTA], `has no pod: ${QUOTA}`],
  ['nothing says why', [], [], 'has no pod'],
  [
    'its image is not there',
    [on('node1', waits('ErrImagePull'))],
    [],
    'has a pod whose container keepalived waits for its image example.org/k:1',
  ],
  ['its image is not there', [on('node1', waits('ImagePullBackOff'))], [], "it can't be pulled"],
  ['its container crashes', [on('node1', waits('CrashLoopBackOff'))], [], 'container keepalived does not start: CrashLoopBackOff'],
  [
    'no room is on its node',
    [on(undefined, { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes: 1 Insufficient cpu' }] }, forNode1)],
    [],
    'has a pod that is not scheduled: 0/3 nodes: 1 Insufficient cpu',
  ],
])('a node has no pod that serves, or has: %s', (_, pods, refusals, expected) => {
  const found = missingPods(['node1'], { pods, refusals }).get('node1');
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(expected);
});
