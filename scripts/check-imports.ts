/**
 * Holds the direction of imports (ARCHITECTURE.md, "Who may import whom") and prints each offending edge.
 * Exit status 1 when there is one.
 */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Rooms that each room may import, besides itself; a file is of the first room that its path begins with. The ring (`pure`) may import no module of Node and no package with I/O. */
const RING = [
  'net',
  'api',
  'conf',
  'vrrp',
  'template',
  'plan',
  'allocate',
  'observe',
  'render',
  'override',
  'admission',
  'import',
  'localise',
] as const;
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/net': [],
  'src/api': ['src/net'],
  'src/conf': ['src/net'],
  'src/vrrp': ['src/net', 'src/api'],
  'src/template': [],
  'src/plan': ['src/net', 'src/api', 'src/conf'],
  'src/allocate': ['src/net', 'src/api', 'src/plan'],
  'src/observe': ['src/net', 'src/api', 'src/vrrp', 'src/plan'],
  'src/render': ['src/net', 'src/api', 'src/conf', 'src/vrrp', 'src/template', 'src/plan', 'src/observe'],
  'src/override': ['src/net', 'src/api', 'src/conf', 'src/template', 'src/plan', 'src/render'],
  'src/admission': ['src/net', 'src/api', 'src/plan'],
  'src/import': ['src/net', 'src/api', 'src/allocate'],
  'src/localise': ['src/net', 'src/api', 'src/conf'],
  'src/telemetry': [],
  'src/listen': [],
  'src/kube': ['src/telemetry'],
  'src/manager': [...RING.map((room) => `src/${room}`), 'src/kube', 'src/listen', 'src/telemetry'],
  'src/agent': ['src/net', 'src/api', 'src/conf', 'src/vrrp', 'src/localise', 'src/listen', 'src/telemetry'],
  'src/cli/dashboard/model': ['src/net', 'src/api', 'src/plan', 'src/observe', 'src/cli/status', 'src/cli/history'],
  'src/cli/dashboard/view': ['src/cli/dashboard/model'],
  // Of the server only the types of what it answers.
  'src/cli/dashboard/page': ['src/cli/dashboard/model', 'src/cli/dashboard/view', 'src/cli/dashboard/server/answers.ts'],
  'src/cli': [...RING.map((room) => `src/${room}`), 'src/kube', 'src/cli/dashboard/model'],
  'src/main': ['src'],
  'lab/cache.ts': [],
  'lab/machine': [],
  'lab/hosts': ['lab/machine'],
  'lab/probe': [],
  'lab/helm': ['lab/cache.ts', 'lab/machine'],
  'lab/kubernetes': ['lab/cache.ts', 'lab/machine'],
  'lab/api': ['lab/machine', 'lab/kubernetes'],
  'lab/images': ['lab/cache.ts', 'lab/machine', 'lab/kubernetes'],
  'lab/cluster': ['lab/cache.ts', 'lab/machine', 'lab/hosts', 'lab/kubernetes', 'lab/api', 'lab/images'],
  'lab/registry': ['lab/machine', 'lab/hosts', 'lab/api', 'lab/cluster'],
  lab: ['lab'],
};
/** What the agent decides: files that are as pure as the ring, among those that gather facts and carry actions out. */
const PURE_OF_THE_AGENT = [
  'facts',
  'state',
  'step',
  'activation/attempt',
  'activation/confirm',
  'activation/expectation',
  'activation/judge',
  'activation/lead',
  'activation/line-search',
  'look/leftover',
  'activation/password-hold',
  'activation/rest',
  'activation/steady-link',
  'activation/verbatim-line',
  'activation/verdict',
  'activation/work',
  'ending/ending',
  'files/room-problems',
  'observation/canonical',
  'health/data-path',
  'observation/fault',
  'health/health-check',
  'observation/observation',
  'observation/observed',
  'observation/present',
  'observation/report',
  'observation/serving-problems',
  'observation/transitions',
  'observation/view',
  'serving/metrics',
  'serving/own-address',
  'serving/serving',
  'wire/known',
  'wire/mac',
  'wire/members',
  'wire/neighbour',
  'wire/place',
  'wire/schedule',
].map((name) => `src/agent/${name}.ts`);
/** What the dashboard tells and shows, which runs in the plugin and in the browser. */
const PURE_ROOMS = ['src/cli/dashboard/model', 'src/cli/dashboard/view'];
const PACKAGES_OF_THE_RING = ['ipaddr.js', 'yaml'];
/** Of these the ring imports types alone: nothing of them is in a program. */
const TYPES_OF_THE_RING = ['typebox/schema'];
const IMPURE = /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.now|process\.|setTimeout|setInterval|console\.|fetch\()/;

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** Every edge that the rules forbid, in the order of the files. */
export function offendingEdges(files: ReadonlyMap<string, string>): Edge[] {
  return [...files].flatMap(([file, text]) => {
    const room = roomOf(file);
    if (room === undefined || isTest(file)) return [];
    const values = specifiers(withoutTypes(text));
    const isOfTypes = (specifier: string): boolean => TYPES_OF_THE_RING.includes(specifier) && !values.includes(specifier);
    const edges = specifiers(text).flatMap((specifier) => (isOfTypes(specifier) ? [] : judge(file, room, specifier)));
    const impure = isPure(file, room) ? IMPURE.exec(withoutComments(text)) : null;
    return impure
      ? [...edges, { from: file, to: impure[0], why: 'the pure ring knows no clock, randomness, environment or output' }]
      : edges;
  });
}

// --- internal ---

function judge(file: string, room: string, specifier: string): Edge[] {
  if (specifier.startsWith('.')) {
    const target = normalize(join(dirname(file), specifier));
    const targetRoom = roomOf(target);
    if (PURE_OF_THE_AGENT.includes(file) && !isPure(target, targetRoom))
      return [{ from: file, to: target, why: 'what the agent decides imports only what is pure' }];
    const allowed = MAY_IMPORT[room] ?? [];
    if (targetRoom === room || allowed.some((prefix) => isIn(prefix, target))) return [];
    return [{ from: file, to: target, why: `${room} may import only ${allowed.join(', ') || 'itself'}` }];
  }
  if (!isPure(file, room)) return [];
  const name = specifier.replace(/^node:/, '');
  if (specifier.startsWith('node:') || builtinModules.includes(name))
    return [{ from: file, to: specifier, why: 'the pure ring imports no module of Node' }];
  return PACKAGES_OF_THE_RING.includes(specifier) ? [] : [{ from: file, to: specifier, why: 'not a package for the pure ring' }];
}

function roomOf(file: string): string | undefined {
  return Object.keys(MAY_IMPORT).find((room) => isIn(room, file));
}

const isIn = (room: string, file: string): boolean => file === room || file.startsWith(`${room}/`);

const inRing = (room: string): boolean => PURE_ROOMS.includes(room) || RING.some((name) => room === `src/${name}`);
const isPure = (file: string, room: string | undefined): boolean =>
  PURE_OF_THE_AGENT.includes(file) || (room !== undefined && inRing(room));
const isTest = (file: string): boolean => file.endsWith('.test.ts');

function specifiers(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

const withoutTypes = (text: string): string => text.replace(/\bimport type\b[^;]*;/g, '');
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const names = globSync(['src/**/*.{ts,tsx}', 'lab/**/*.ts']).sort();
  const edges = offendingEdges(new Map(names.map((name) => [name, readFileSync(name, 'utf8')])));
  for (const edge of edges) console.error(`${edge.from} -> ${edge.to}: ${edge.why}`);
  console.log(edges.length === 0 ? `imports: ${names.length} files, every edge allowed` : `imports: ${edges.length} edges are not allowed`);
  process.exitCode = edges.length === 0 ? 0 : 1;
}
