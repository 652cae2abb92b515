import { describe, expect, it, vi } from 'vitest';
import { RELEASED_IMAGE } from '../api/release.ts';
import { managerArguments } from './manager-options.ts';

const reserved = (args: readonly string[], environment = {}) =>
  managerArguments(args, environment).settings.reservedAddresses?.map(({ range, is }) => `${range}: ${is}`);

describe('the arguments of the manager', () => {
  it('without flags: metrics in clear on loopback only, health for the kubelet, no lease', () => {
    expect(managerArguments([], {})).toMatchObject({
      metrics: { host: '127.0.0.1', port: 8080 },
      secureMetrics: undefined,
      health: { port: 8081 },
      leaderElect: false,
      dryRun: false,
      logLevel: 'info',
      prometheus: { namespace: 'openshift-monitoring', name: 'prometheus-k8s' },
      settings: { agentImage: RELEASED_IMAGE },
    });
  });

  it.each<[readonly string[], object]>([
    [['--leader-elect'], { leaderElect: true }],
    [['-leader-elect=true'], { leaderElect: true }],
    [['--leader-elect=false'], { leaderElect: false }],
    [['--services-without-class'], { settings: { servesWithoutClass: true } }],
    [['--metrics-bind-address=:8080'], { metrics: { port: 8080 } }],
    [['--metrics-bind-address', '0'], { metrics: undefined }],
    [['--health-probe-bind-address=0', '--metrics-secure-bind-address=0'], { health: undefined, secureMetrics: undefined }],
    [['--metrics-bind-address=[::1]:8080'], { metrics: { host: '::1', port: 8080 } }],
    [['--health-probe-bind-address=:9440'], { health: { port: 9440 } }],
    [['--zap-devel', '--zap-encoder=console', '--zap-stacktrace-level=error', '--zap-time-encoding=iso8601'], { logLevel: 'debug' }],
    [['--zap-devel=false'], { logLevel: 'info' }],
    [['--zap-log-level=5'], { logLevel: 'debug' }],
    [['--zap-log-level=error'], { logLevel: 'error' }],
    [['--prometheus-service-account=monitoring/prometheus'], { prometheus: { namespace: 'monitoring', name: 'prometheus' } }],
    [['--prometheus-service-account=0'], { prometheus: undefined }],
    [['--dry-run'], { dryRun: true }],
    [[], { writesPerSecond: 100 }],
    [[], { settings: { podPriorityClass: 'system-node-critical' } }],
    [['--pod-priority-class=mine'], { settings: { podPriorityClass: 'mine' } }],
    [['--writes-per-second=20'], { writesPerSecond: 20 }],
    [
      ['--metrics-secure-bind-address=:8443', '--metrics-cert-path=/certs'],
      {
        secureMetrics: {
          ...{ bind: { port: 8443 }, certificates: '/certs' },
          names: ['keepalived-operator-controller-manager-metrics.keepalived-operator.svc', 'localhost'],
        },
      },
    ],
  ])('%j are read', (args, expected) => {
    expect(managerArguments(args, {})).toMatchObject(expected);
  });

  it('gives the pods no priority class where none is wanted', () => {
    expect(managerArguments(['--pod-priority-class='], {}).settings.podPriorityClass).toBeUndefined();
  });

  it('takes images and namespace from the environment that the manifests of the Go operator set, and one more', () => {
    const environment = { KEEPALIVED_OPERATOR_IMAGE_NAME: 'operator:2', RELATED_IMAGE_KEEPALIVED: 'keepalived:2', POD_NAMESPACE: 'home' };
    expect(managerArguments([], environment)).toMatchObject({
      settings: { agentImage: 'operator:2', operandImage: 'keepalived:2' },
      namespace: 'home',
    });
  });

  it.each<[string, object, object | undefined]>([
    ['no image', {}, { namespace: 'home', name: 'manager-1' }],
    ['an image', { KEEPALIVED_OPERATOR_IMAGE_NAME: 'operator:2' }, undefined],
  ])('leave the agents the image of the own pod where the environment names %s', (_, environment, ownPod) =>
    expect(managerArguments([], { POD_NAMESPACE: 'home', POD_NAME: 'manager-1', ...environment }).ownPod).toEqual(ownPod),
  );

  it.each([
    [['--no-such-flag'], 'unknown option'],
    [['--metrics-bind-address=localhost'], 'expected HOST:PORT'],
    [['--metrics-bind-address=:99999'], 'expected HOST:PORT'],
    [['--leader-elect=maybe'], 'expected true or false'],
    [['--prometheus-service-account=prometheus'], 'expected NAMESPACE/NAME'],
    [['--writes-per-second=0'], 'expected a whole number'],
    [['--zap-log-level=loud'], 'expected debug'],
  ])('%j are refused, with what was expected', (args, words) => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => managerArguments(args, {})).toThrow(words);
    written.mockRestore();
  });
});

describe('addresses that no Service may have', () => {
  it('are none when nothing says so', () => {
    expect(reserved([])).toEqual([]);
  });

  it('are that of the API inside the cluster, and those of the flag', () => {
    expect(
      reserved(['--reserved-addresses', '10.96.0.0/12, 192.0.2.1-192.0.2.9', '--reserved-addresses=2001:db8::1'], {
        KUBERNETES_SERVICE_HOST: '10.96.0.1',
      }),
    ).toEqual([
      '10.96.0.1: the address of the Kubernetes API',
      '10.96.0.0/12: in 10.96.0.0/12, which --reserved-addresses of the operator names',
      '192.0.2.1-192.0.2.9: in 192.0.2.1-192.0.2.9, which --reserved-addresses of the operator names',
      '2001:db8::1: in 2001:db8::1, which --reserved-addresses of the operator names',
    ]);
  });

  it('are not a host name', () => {
    expect(reserved([], { KUBERNETES_SERVICE_HOST: 'api.example.org' })).toEqual([]);
    expect(() => managerArguments(['--reserved-addresses', 'example.org'], {})).toThrow();
  });
});
