/** Installs the operator from its image with its own RBAC, and the example. */
import type { LabImage } from './image.ts';
import type { Lab } from './lab.ts';
import type { Progress } from './progress.ts';

export async function installOperator(_lab: Lab, _images: readonly LabImage[], _progress: Progress): Promise<void> {
  throw new Error('not written yet');
}
