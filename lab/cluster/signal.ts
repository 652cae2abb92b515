/** Signals to the programs of a host. */
import type { HostName } from '../hosts/address.ts';
import { letEntrancesGoOn, runInside } from '../hosts/host.ts';
import { hostOf, type LabState } from './state.ts';

/** Programs in pods, and the pattern of the shell that their command lines fit. */
const IN_PODS = {
  keepalived: '/usr/sbin/keepalived\\ *',
  agent: '*/agent\\ run\\ *',
  manager: '*\\ /manager\\ *',
} as const;
/** Programs that the lab starts by itself. */
const SERVICES = ['kubelet', 'kube-proxy', 'etcd', 'kube-apiserver'] as const;

export type Program = keyof typeof IN_PODS | (typeof SERVICES)[number];
/** STOP has a process stand still until CONT; TERM asks it to end. */
export type Signal = 'STOP' | 'CONT' | 'KILL' | 'TERM';

/**
 * Sends a signal to all processes of a program on a host; to none where it doesn't run. nsenter, which has started the lab's own programs, stops
 * with its child and goes on with it here.
 */
export async function signalProgram(state: LabState, name: HostName, program: Program, signal: Signal): Promise<void> {
  const host = hostOf(state, name);
  const find =
    program in IN_PODS ? byCommandLine(IN_PODS[program as keyof typeof IN_PODS]) : `pids=$(cat /run/services/${program} || true)`;
  await runInside(host, ['sh', '-c', `${find} 2>/dev/null\n[ -z "$pids" ] || kill -${signal} $pids 2>/dev/null || true`]);
  if (signal === 'CONT') letEntrancesGoOn(host);
}

// --- internal ---

/** A host has a process table of its own, so that this finds none but the host's. */
const byCommandLine = (pattern: string): string => `
pids=
for folder in /proc/[0-9]*; do
  case "$(tr '\\0' ' ' <"$folder/cmdline" 2>/dev/null) " in ${pattern}) pids="$pids \${folder#/proc/}" ;; esac
done`;
