/** Prints the path of the cached Helm, for the Makefile. */
import { helmInCache } from '../lab/helm/helm.ts';

console.log(helmInCache() ?? 'helm');
