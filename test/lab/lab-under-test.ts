/** The lab that the end-to-end tests run in, apart from a lab left running by hand, and what the tests make in it. */
import { type Lab, openLab } from '../../lab/lab.ts';

export const LAB_NAME = 'test';

/** Why this machine can't run a lab, or undefined; it stands in the names of the skipped tests. */
export const whyNoLab: string | undefined =
  process.platform !== 'linux' ? 'a lab needs Linux' : process.getuid?.() !== 0 ? 'a lab needs root' : undefined;

export const labUnderTest = (): Promise<Lab> => openLab(LAB_NAME);

/** Namespace and group of `examples/`, which the lab has applied. */
export const NAMESPACE = 'web';
export const GROUP = 'vips';
/** Address of the example's Service. */
export const VIP = '192.0.2.200';

/** A Service of the web app with external IPs in the group. */
export const service = (name: string, ...externalIPs: readonly string[]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name,
    namespace: NAMESPACE,
    annotations: { 'keepalived-operator.redhat-cop.io/keepalivedgroup': `${NAMESPACE}/${GROUP}` },
  },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], externalIPs },
});

/** The one host that holds an address; waits while there is none or more than one. */
export const soleHolder = (lab: Lab, address: string): Promise<string> =>
  lab.waitFor(
    `one host holds ${address}`,
    async () => {
      const holders = await lab.holders(address);
      return holders.length === 1 ? holders[0] : undefined;
    },
    30_000,
  );

/** The page behind an address, as the client host gets it. */
export const page = (lab: Lab, address: string): Promise<string> =>
  lab.waitFor(
    `the client gets the page of ${address}`,
    async () => {
      const { code, stdout } = await lab.exec('client', ['curl', '--silent', '--fail', '--max-time', '1', `http://${address}/`], {
        allowFailure: true,
      });
      return code === 0 ? stdout : undefined;
    },
    30_000,
  );
