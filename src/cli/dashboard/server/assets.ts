import { join } from 'node:path';
import { bundlePage } from './bundle-page.ts';

/** What the page is made of, by path behind the token. */
export type Assets = Readonly<Record<string, { readonly type: string; readonly text: string }>>;

/** The page's files, bundled now. The bundled plugin holds them instead: `scripts/build.ts` puts them in the place of this module. */
export const pageAssets = (): Promise<Assets> => bundlePage(join(import.meta.dirname, '../page'));
