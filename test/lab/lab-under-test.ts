/** The lab that the end-to-end tests run in: brought up once for all files, apart from a lab left running by hand. */
import { openLab } from '../../lab/lab.ts';
import type { Lab } from '../../lab/lab.ts';

export const LAB_NAME = 'test';

/** Namespace of the group and of the Services that tests make. */
export const NAMESPACE = 'web';
export const GROUP = 'vips';

/** Opens the lab that the global set-up brought up. */
export const labUnderTest = (): Promise<Lab> => openLab(LAB_NAME);

/** A Service of the web app with an external IP in the group. */
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
