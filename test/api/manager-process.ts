/**
 * A manager in a process of its own: `node manager-process.ts URL IDENTITY NAMESPACE [hasty|patient [PORT]]`. The lease of a hasty one
 * expires within seconds, that of a patient one as it does in a cluster. Agents are asked on the port, where there is none on the discard port.
 */
import { Manager } from '../../src/manager/manager.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { openLog } from '../../src/telemetry/log.ts';

const [url = '', identity = '', namespace = '', pace = 'hasty', agentPort = '9'] = process.argv.slice(2);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const manager = new Manager({
  connection: { server: new URL(url), namespace, credentials: async () => ({}) },
  ...{ settings: { agentImage: 'operator:test' }, identity, leaseNamespace: namespace, health: undefined, metrics: undefined },
  ...{ clock: systemClock, log: openLog('info'), agentPort: Number(agentPort) },
  ...(pace === 'hasty' && { leaseTimes: { duration: 3000, renewDeadline: 2000, retry: 400 } }),
});
process.exit((await manager.run(stop.signal)) === 'stopped' ? 0 : 1);
