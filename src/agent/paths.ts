import { join } from 'node:path';
import { NODE_POD } from '../api/node/pod.ts';

/** Where the agent's files are; the pod's by default, elsewhere in tests. */
export interface Paths {
  readonly configDir: string;
  readonly passwordFile: string;
  readonly runDir: string;
  readonly configFile: string;
  readonly pidFile: string;
  readonly vrrpPidFile: string;
  readonly checkersPidFile: string;
  readonly notifyFifo: string;
  readonly aliveFile: string;
  readonly trackDir: string;
  readonly dumpDir: string;
  readonly wireDir: string;
}

/** Paths by the folders that differ; the names in them are those of {@link NODE_POD}. */
export function pathsIn(folders: {
  configDir?: string;
  passwordFile?: string;
  runDir?: string;
  dumpDir?: string;
  wireDir?: string;
}): Paths {
  const runDir = folders.runDir ?? NODE_POD.runDir;
  const inRun = (path: string): string => join(runDir, path.slice(NODE_POD.runDir.length));
  return {
    configDir: folders.configDir ?? NODE_POD.configDir,
    passwordFile: folders.passwordFile ?? NODE_POD.passwordFile,
    runDir,
    configFile: inRun(NODE_POD.configFile),
    pidFile: inRun(NODE_POD.pidFile),
    vrrpPidFile: inRun(NODE_POD.vrrpPidFile),
    checkersPidFile: inRun(NODE_POD.checkersPidFile),
    notifyFifo: inRun(NODE_POD.notifyFifo),
    aliveFile: inRun(NODE_POD.aliveFile),
    trackDir: inRun(NODE_POD.trackDir),
    dumpDir: folders.dumpDir ?? NODE_POD.dumpDir,
    wireDir: folders.wireDir ?? NODE_POD.wireDir,
  };
}
