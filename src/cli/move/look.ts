import { readCluster } from '../read-cluster.ts';
import type { Edge } from './carry-out.ts';
import { PlannedCluster } from './cluster.ts';

/** The cluster as it is now. @throws ApiError when it can't be read */
export const lookAt = async ({ client }: Edge): Promise<PlannedCluster> => new PlannedCluster((await readCluster(client)).objects);
