/** What of the Helm chart is made from code: its roles, its CRD and the table of its values. */
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { METRICS_READER, roles } from '../../src/manager/rbac.ts';
import { sectionOf } from './changelog.ts';
import { valuesTable } from './values-table.ts';
import { stamped } from './version.ts';

export const CHART = 'charts/keepalived-operator';

/** The manager's roles as a template of the chart. */
export function roleTemplate(): string {
  const documents = [...roles(), METRICS_READER].map((role) => templated(stringify(role, { lineWidth: 0 })));
  return `{{- /* Made from src/manager/rbac.ts by npm run gen. */ -}}\n{{- if .Values.rbac.create }}\n${documents.join('---\n')}{{- end }}\n`;
}

/** The chart's README with the table of its values. */
export function chartReadme(): string {
  const table = valuesTable(readFileSync(`${CHART}/values.yaml`, 'utf8'));
  const text = readFileSync(`${CHART}/README.md`, 'utf8');
  return stamped(text.replace(BETWEEN_MARKS, `$1${table}$2`));
}

/** Chart.yaml with the version's changes, as Artifact Hub shows them, from the changelog. */
export function chartYaml(text: string, changelog: string, version: string): string {
  const items = (sectionOf(changelog, version) ?? '').split('\n').flatMap((line) => (line.startsWith('- ') ? line.slice(2) : []));
  const list = stringify(items, { lineWidth: 0 }).trimEnd().replace(/^/gm, '    ');
  return text.replace(CHANGES, `$1${list}\n`);
}

// --- internal ---

const CHANGES = /^( {2}artifacthub\.io\/changes: \|\n)(?: {4}.*\n)*/m;

const BETWEEN_MARKS = /(<!-- values: npm run gen -->\n)[\s\S]*?(<!-- end of values -->)/;
const LABELS = '  labels:\n    {{- include "keepalived-operator.labels" . | nindent 4 }}\n';

/** The namespace is the release's, and what belongs to the release carries its labels. */
function templated(text: string): string {
  const inRelease = text.replace(/^( {2}namespace): .*$/m, '$1: {{ .Release.Namespace }}');
  return inRelease.replace(/^rules:/m, `${LABELS}rules:`);
}
