/** Reference pages about what users write, made from the schema and the names in src/api. */
import { GROUP_SPEC } from '../src/api/group/spec-schema.ts';
import { SERVICE_ANNOTATION_MEANING, SERVICE_ANNOTATIONS } from '../src/api/names.ts';
import type { Schema } from '../src/api/schema.ts';
import { SERVICE_LINES } from '../src/plan/lines/service-line.ts';

/** docs/reference/keepalivedgroup.md */
export function groupPage(): string {
  const rows = fieldRows('spec', GROUP_SPEC).map(({ path, type, description }) => `| \`${path}\` | ${type} | ${description} |`);
  return page('src/api/group/spec-schema.ts', 'Fields of a KeepalivedGroup', [
    'Every field may be left out, but one of `interface` and `interfaceFromIP` has to be there.',
    '',
    '| field | type | meaning |',
    '|---|---|---|',
    ...rows,
  ]);
}

/** docs/reference/annotations.md */
export function annotationPage(): string {
  const rows = Object.entries(SERVICE_ANNOTATIONS).map(
    ([key, name]) => `| \`${name}\` | ${cell(SERVICE_ANNOTATION_MEANING[key as keyof typeof SERVICE_ANNOTATIONS])} |`,
  );
  return page('src/api/names.ts', 'Annotations of Services', ['| annotation | meaning |', '|---|---|', ...rows]);
}

/** docs/reference/verbatim.md */
export function verbatimPage(): string {
  const rows = Object.entries(SERVICE_LINES).map(([keyword, { expected }]) => `| \`${keyword}\` | ${cell(expected || 'nothing')} |`);
  return page('src/plan/lines/service-line.ts', 'Verbatim lines of Services', [
    'A Service may set these lines of its VRRP instances by the annotation `keepalived-operator.redhat-cop.io/verbatimconfig`; keepalived.conf(5) explains them.',
    "Other lines need the permission of the group's owner: [fences](fences.md#verbatim-lines-of-a-service).",
    '',
    'A line that does not fit is left out by itself: an Event on the Service and the condition `Accepted` of the group name it and say what to do. `priority` and',
    '`mcast_src_ip` are read for the sake of older manifests and always left out, because several nodes would become master. Lines that would have a node send too much',
    'together with the addresses of the group are left out for the newest Service: at most 5,100 adverts a second, 1,000 gratuitous ARPs a second and 10,000 at once for',
    'a group, and half of that for the lines of one namespace.',
    '',
    '| keyword | value |',
    '|---|---|',
    ...rows,
  ]);
}

// --- internal ---

interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly description: string;
}

/** The fields below a schema, each before those that it consists of. */
function fieldRows(path: string, { properties = {} }: Schema): FieldRow[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const here = `${path}.${name}`;
    const inner = schema.items?.properties ? fieldRows(`${here}[]`, schema.items) : fieldRows(here, schema);
    return [{ path: here, type: typeOf(schema), description: cell(schema.description ?? '') }, ...inner];
  });
}

function typeOf(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string']) return 'quantity';
  if (schema.type === 'array') return `list of ${schema.items?.properties ? 'objects' : typeOf(schema.items ?? {})}`;
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`;
  if (schema.enum) return schema.enum.map((word) => (word === '' ? 'empty' : word)).join(', ');
  const range = schema.minimum === undefined || schema.maximum === undefined ? '' : `, ${schema.minimum}-${schema.maximum}`;
  const step = schema.multipleOf === undefined ? '' : ` in steps of ${schema.multipleOf}`;
  return `${schema.type ?? 'any'}${range}${step}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const page = (source: string, title: string, lines: readonly string[]): string =>
  `<!-- Made from ${source} by npm run gen. -->\n# ${title}\n\n${lines.join('\n')}\n`;
