/** Which address families a cluster has: Kubernetes has both at once from 1.23 on. */
import { POD_RANGES, SERVICE_RANGES } from '../hosts/address.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';

export const hasBothFamilies = ({ version }: Kubernetes): boolean => Number(version.split('.')[1]) >= 23;

export const podRanges = (kubernetes: Kubernetes): readonly string[] => firstOrAll(kubernetes, POD_RANGES);
export const serviceRanges = (kubernetes: Kubernetes): readonly string[] => firstOrAll(kubernetes, SERVICE_RANGES);

// --- internal ---

const firstOrAll = (kubernetes: Kubernetes, ranges: readonly string[]): readonly string[] =>
  hasBothFamilies(kubernetes) ? ranges : ranges.slice(0, 1);
