/**
 * Writes every file that is made from code (`npm run gen`); with `--check` only says which are stale, with exit status 1.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { publication } from '../bench/report/page.ts';
import { quotes, withFigures } from '../bench/report/quote.ts';
import { FOLDER, readResults } from '../bench/report/results.ts';
import { fencePolicy, servicePolicy } from '../src/admission/policy.ts';
import { poolPolicy } from '../src/admission/pool-policy.ts';
import { GROUP_DEFINITION } from '../src/api/group/definition.ts';
import { POOL_DEFINITION } from '../src/api/pool/definition.ts';
import { VIRTUAL_IP_DEFINITION } from '../src/api/virtual-ip/definition.ts';
import { METRICS_READER, roles } from '../src/manager/rbac.ts';
import { annotationPage, groupPage, poolPage, verbatimPage, virtualIPPage } from './field-reference.ts';
import { withArchitectures } from './manifests/architectures.ts';
import { bundleFiles } from './manifests/bundle.ts';
import { catalog } from './manifests/catalog.ts';
import { CHART, chartReadme, chartYaml, roleTemplate } from './manifests/chart.ts';
import { CRD_FILES, crdText } from './manifests/crds.ts';
import { dashboard } from './manifests/dashboard.ts';
import { withMatrix } from './manifests/kubernetes-matrix.ts';
import { pluginOptionsPage } from './manifests/plugin-reference.ts';
import { reasonsPage } from './manifests/reference.ts';
import { STAMPED, stamped, VERSION } from './manifests/version.ts';
import { PAGES } from './pages/page.ts';

/** A file and the text that belongs in it. */
export interface Generated {
  readonly file: string;
  readonly text: () => string;
}

/** Pages that quote what was measured. */
const QUOTING = PAGES.filter((file) => quotes(readFileSync(file, 'utf8')) > 0);

export const GENERATED: readonly Generated[] = [
  ...STAMPED.map((file) => ({ file, text: () => asItRan(stamped(readFileSync(file, 'utf8'))) })),
  ...[...new Set(['README.md', 'docs/migrate.md', 'docs/reference/platforms.md', ...QUOTING])].map((file) => ({
    file,
    text: () => asItRan(readFileSync(file, 'utf8')),
  })),
  {
    file: `${CHART}/Chart.yaml`,
    text: () => asItRan(chartYaml(stamped(readFileSync(`${CHART}/Chart.yaml`, 'utf8')), readFileSync('CHANGELOG.md', 'utf8'), VERSION)),
  },
  {
    file: 'config/admission/policies.yaml',
    text: () => yamlDocuments('src/admission', [...servicePolicy(), fencePolicy(), ...poolPolicy()]),
  },
  { file: 'config/crd/keepalivedgroups.yaml', text: () => yamlDocuments('src/api/group/definition.ts', [GROUP_DEFINITION]) },
  { file: 'config/crd/addresspools.yaml', text: () => yamlDocuments('src/api/pool/definition.ts', [POOL_DEFINITION]) },
  { file: 'config/crd/virtualips.yaml', text: () => yamlDocuments('src/api/virtual-ip/definition.ts', [VIRTUAL_IP_DEFINITION]) },
  { file: 'docs/reference/keepalivedgroup.md', text: groupPage },
  { file: 'docs/reference/addresspool.md', text: poolPage },
  { file: 'docs/reference/virtualip.md', text: virtualIPPage },
  { file: 'docs/reference/annotations.md', text: annotationPage },
  { file: 'docs/reference/verbatim.md', text: verbatimPage },
  { file: 'config/rbac/role.yaml', text: () => yamlDocuments('src/manager/rbac.ts', [...roles(), METRICS_READER]) },
  { file: `${CHART}/templates/manager-role.yaml`, text: roleTemplate },
  ...CRD_FILES.map((file) => ({ file: `${CHART}/crds/${file}`, text: () => crdText(file) })),
  { file: `${CHART}/files/admission-policies.yaml`, text: () => readFileSync('config/admission/policies.yaml', 'utf8') },
  { file: `${CHART}/files/dashboard.json`, text: dashboard },
  { file: `${CHART}/README.md`, text: () => asItRan(chartReadme()) },
  { file: 'docs/reference/reasons.md', text: reasonsPage },
  { file: 'docs/reference/kubectl-keepalived-options.md', text: pluginOptionsPage },
  ...Object.keys(bundleFiles()).map((file) => ({ file: `bundle/${file}`, text: () => bundleFiles()[file] ?? '' })),
  { file: 'catalog/keepalived-operator.yaml', text: () => catalog() },
  ...[...publication(readResults())].map(([file, text]) => ({ file: `${FOLDER}/${file}`, text: () => text })),
];

/** Names of the files whose text on disk isn't what the code makes. */
export function staleFiles(generated: readonly Generated[] = GENERATED): string[] {
  return generated.filter(({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text()).map(({ file }) => file);
}

// --- internal ---

/** A text with what was run, on which Kubernetes and which processors, and what was measured, where it tells of that. */
function asItRan(text: string): string {
  return withFigures(withArchitectures(withMatrix(text)), readResults());
}

function yamlDocuments(source: string, objects: readonly unknown[]): string {
  const documents = objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }));
  return `# Made from ${source} by npm run gen.\n${documents.join('---\n')}`;
}

function write({ file, text }: Generated): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const check = process.argv.includes('--check');
  // One by one, since some are made from those before them.
  const stale = GENERATED.filter((one) => {
    const isStale = staleFiles([one]).length > 0;
    if (isStale && !check) write(one);
    return isStale;
  });
  for (const { file } of stale) console.log(check ? `stale: ${file} (npm run gen)` : `wrote ${file}`);
  if (stale.length === 0) console.log(`all ${GENERATED.length} generated files are as the code makes them`);
  process.exitCode = check && stale.length > 0 ? 1 : 0;
}
