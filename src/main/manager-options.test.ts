import { describe, expect, it, vi } from 'vitest';
import { managerArguments } from './manager-options.ts';

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
      settings: { agentImage: 'quay.io/redhat-cop/keepalived-operator:latest' },
    });
  });

  it.each<[readonly string[], object]>([
    [['--leader-elect'], { leaderElect: true }],
    [['-leader-elect=true'], { leaderElect: true }],
    [['--leader-elect=false'], { leaderElect: false }],
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

  it('takes images and namespace from the environment that the manifests of the Go operator set, and one more', () => {
    const environment = { KEEPALIVED_OPERATOR_IMAGE_NAME: 'operator:2', RELATED_IMAGE_KEEPALIVED: 'keepalived:2', POD_NAMESPACE: 'home' };
    expect(managerArguments([], environment)).toMatchObject({
      settings: { agentImage: 'operator:2', operandImage: 'keepalived:2' },
      namespace: 'home',
    });
  });

  it.each([
    [['--no-such-flag'], 'unknown option'],
    [['--metrics-bind-address=localhost'], 'expected HOST:PORT'],
    [['--metrics-bind-address=:99999'], 'expected HOST:PORT'],
    [['--leader-elect=maybe'], 'expected true or false'],
    [['--prometheus-service-account=prometheus'], 'expected NAMESPACE/NAME'],
    [['--zap-log-level=loud'], 'expected debug'],
  ])('%j are refused, with what was expected', (args, words) => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => managerArguments(args, {})).toThrow(words);
    written.mockRestore();
  });
});
