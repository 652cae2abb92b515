/** Names of images on the nodes. */
import { fingerprint } from '../cache.ts';
import type { LabImage } from './buildah.ts';

export type { LabImage } from './buildah.ts';
export { OPERATOR_IMAGE } from './image.ts';

/** A name that changes with the image's content, so that a changed image is rolled out as on any cluster. */
export const taggedName = ({ name, archive }: LabImage): string => `${name}-${fingerprint([archive])}`;

/** The tagged name of the image called `name`. Throws when it isn't among them. */
export function tagOf(images: readonly LabImage[], name: string): string {
  const image = images.find((each) => each.name === name);
  if (image === undefined) throw new Error(`${name} is none of the lab's images: ${images.map((each) => each.name).join(', ')}`);
  return taggedName(image);
}
