/** What the pods of a group and the manager may do, as kernel and API server say; and where the password of VRRP is, and where it isn't. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { GROUP, labUnderTest, NAMESPACE, settled, whyNoLab } from './lab-under-test.ts';

const PASSWORD = 'pW7xQ2vK';
const MANAGER = 'keepalived-operator';
let lab: Lab;

const exec = (pod: string, container: string, ...command: string[]): Promise<string> =>
  lab.kubectl(['exec', '-n', NAMESPACE, pod, '-c', container, '--', ...command]);
const podNames = async (namespace: string, label: string): Promise<string[]> =>
  (await lab.kubectl(['get', 'pods', '-n', namespace, '-l', label, '-o', 'name'])).trim().split('\n');

describe.skipIf(whyNoLab !== undefined)(`the pods of a group${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  let pod = '';
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    pod = (await podNames(NAMESPACE, 'keepalivedGroup'))[0] ?? '';
  });

  // Bits 12 and 13: CAP_NET_ADMIN and CAP_NET_RAW.
  it.each([
    ['keepalived', '0000000000003000'],
    ['agent', '0000000000000000'],
    ['asker', '0000000000002000'],
  ])('let %s have exactly the capabilities %s, and gain none', async (container, capabilities) => {
    const status = Object.fromEntries(
      (await exec(pod, container, 'cat', '/proc/self/status')).split('\n').map((line) => line.split(/:\s+/)),
    );
    expect([status.CapBnd, status.CapEff, status.CapPrm]).toEqual([capabilities, capabilities, capabilities]);
    expect([status.NoNewPrivs, status.Seccomp]).toEqual(['1', '2']);
  });

  it.each(['keepalived', 'agent', 'asker'])('let %s write nothing to its image, and give it no token', async (container) => {
    await expect(exec(pod, container, 'touch', '/evil')).rejects.toThrow(/Read-only file system/);
    await expect(exec(pod, container, 'ls', '/var/run/secrets/kubernetes.io')).rejects.toThrow(/No such file/);
  });

  it('use no host path and no host PID', async () => {
    const { spec } = JSON.parse(await lab.kubectl(['get', '-n', NAMESPACE, pod, '-o', 'json']));
    expect(spec.volumes.filter((volume: object) => 'hostPath' in volume)).toEqual([]);
    expect([spec.hostPID, spec.hostIPC, spec.automountServiceAccountToken]).toEqual([undefined, undefined, false]);
  });
});

describe.skipIf(whyNoLab !== undefined)(`the manager${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  const STRICT = 'strict';
  const created = (spec: object): Promise<string> => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: STRICT }, spec };
    return lab.kubectl(['create', '--dry-run=server', '--filename=-'], { input: JSON.stringify(pod) });
  };
  beforeAll(async () => {
    await lab.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: STRICT, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    await lab.waitFor(
      'the namespace has its service account',
      async () => (await lab.kubectl(['get', 'serviceaccount', '-n', STRICT, '-o', 'name'])) || undefined,
      30_000,
    );
  });
  afterAll(() => lab.kubectl(['delete', 'namespace', STRICT, '--wait=false']));

  it('passes the Pod Security profile "restricted", as the API server judges it', async () => {
    const deployment = JSON.parse(
      await lab.kubectl(['get', 'deployment', '-n', MANAGER, 'keepalived-operator-controller-manager', '-o', 'json']),
    );
    const { serviceAccountName: _, serviceAccount: __, ...spec } = deployment.spec.template.spec;
    expect(await created(spec)).toContain('pod/a created');
  });

  it('would not be admitted with what the pods of a group have', async () => {
    const { spec } = JSON.parse(await lab.kubectl(['get', 'daemonset', '-n', NAMESPACE, GROUP, '-o', 'json'])).spec.template;
    await expect(created(spec)).rejects.toThrow(/violates PodSecurity "restricted/);
  });
});

describe.skipIf(whyNoLab !== undefined)(`the password${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  const passwordAuth = (value: object | null) =>
    lab.kubectl([
      'patch',
      'keepalivedgroup',
      '-n',
      NAMESPACE,
      GROUP,
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { passwordAuth: value } }),
    ]);

  beforeAll(async () => {
    await lab.kubectl(['create', 'secret', 'generic', '-n', NAMESPACE, 'vrrp', `--from-literal=password=${PASSWORD}`]);
    await passwordAuth({ secretRef: { name: 'vrrp' } });
    await lab.kubectl(['rollout', 'status', '-n', NAMESPACE, `daemonset/${GROUP}`, '--timeout=120s']);
    await settled(lab);
  });
  afterAll(async () => {
    await passwordAuth(null);
    await lab.kubectl(['rollout', 'status', '-n', NAMESPACE, `daemonset/${GROUP}`, '--timeout=120s']);
    await lab.kubectl(['delete', 'secret', '-n', NAMESPACE, 'vrrp']);
    await settled(lab);
  });

  it('is in the file of each node, which only root can read', async () => {
    for (const pod of await podNames(NAMESPACE, 'keepalivedGroup')) {
      expect(await exec(pod, 'keepalived', 'cat', '/run/keepalived/keepalived.conf')).toContain(`auth_pass ${PASSWORD}`);
      expect((await exec(pod, 'keepalived', 'stat', '-c', '%a %u', '/run/keepalived/keepalived.conf')).trim()).toBe('600 0');
      expect((await exec(pod, 'keepalived', 'stat', '-f', '-c', '%T', '/run/keepalived')).trim()).toBe('tmpfs');
    }
  });

  it('is in nothing else that the system wrote: logs, objects, Events, metrics, reports', async () => {
    const written = new Map<string, string>();
    for (const pod of await podNames(NAMESPACE, 'keepalivedGroup'))
      written.set(`logs of ${pod}`, await lab.kubectl(['logs', '-n', NAMESPACE, pod, '--all-containers', '--prefix']));
    for (const pod of await podNames(MANAGER, 'operator=keepalived-operator'))
      written.set(`logs of ${pod}`, await lab.kubectl(['logs', '-n', MANAGER, pod]));
    const kinds = 'configmaps,daemonsets,pods,events,services,keepalivedgroups,controllerrevisions';
    written.set('objects', await lab.kubectl(['get', kinds, '-A', '-o', 'yaml']));
    for (const node of lab.nodes)
      for (const path of ['state', 'metrics', 'readyz', 'healthz']) {
        const { stdout } = await lab.exec(node, ['curl', '--silent', '--max-time', '5', `http://127.0.0.1:9650/${path}`]);
        written.set(`${path} of ${node}`, stdout);
      }
    expect([...written.values()].every((text) => text.length > 0)).toBe(true);
    const base64 = Buffer.from(PASSWORD).toString('base64');
    expect([...written].filter(([, text]) => text.includes(PASSWORD) || text.includes(base64)).map(([where]) => where)).toEqual([]);
  });
});
