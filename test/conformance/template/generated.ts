import fc from 'fast-check';

/**
 * Templates from a small grammar over the conformance data, always the same ones. Left out is what is known to differ
 * (see DIFFERENCES): whole structures, formats with too few or wrong values, pointers to named string types.
 */
export function generatedTemplates(count: number): string[] {
  return fc.sample(nodes, { numRuns: count, seed: 20261124 });
}

// --- internal ---

const VALUES = [
  '.Misc.image',
  '.Misc.authPass',
  '.Misc.nokey',
  '$.Misc.image',
  '$.KeepalivedGroup.Name',
  '$.KeepalivedGroup.Generation',
  '$.KeepalivedGroup.Spec.UnicastEnabled',
  '$.KeepalivedGroup.Spec.BlacklistRouterIDs',
  '$.KeepalivedGroup.Spec.NodeSelector',
  '$.KeepalivedGroup.Status.RouterIDs',
  '$.KeepalivedGroup.DeletionTimestamp',
  '(index $.Services 1).GetAnnotations',
  '(index $.Services 2).Spec.ExternalIPs',
  '(index $.Services 0).Spec.ExternalTrafficPolicy',
  '(index $.Services 1).Spec.HealthCheckNodePort',
  '.Name',
  '$v',
  '$k',
  '0',
  '1',
  '-7',
  '2.5',
  "'a'",
  '""',
  '"a"',
  '"apps/web"',
  '`{"b": "2", "a": "1"}`',
  'true',
  'false',
  'nil',
];
const FUNCTIONS = [
  'and',
  'or',
  'not',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'len',
  'index',
  'slice',
  'print',
  'println',
  'modulus',
  'parseJson',
];
const RANGES = [
  '$.Services',
  '$.KeepalivedPods',
  '$.KeepalivedGroup.Spec.BlacklistRouterIDs',
  '$.KeepalivedGroup.Status.RouterIDs',
  '$.Misc',
  '3',
  '(parseJson `{"b": "2", "a": "1"}`)',
];

const { nodes } = fc.letrec<{ value: string; call: string; pipeline: string; node: string; nodes: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...VALUES),
    tie('call').map((call) => `(${call})`),
  ),
  call: fc
    .tuple(fc.constantFrom(...FUNCTIONS), fc.array(tie('value'), { minLength: 0, maxLength: 3 }))
    .map(([name, values]) => [name, ...values].join(' ')),
  pipeline: fc.oneof(
    { weight: 3, arbitrary: tie('call') },
    { weight: 2, arbitrary: tie('value') },
    { weight: 1, arbitrary: fc.tuple(tie('value'), tie('call')).map(([value, call]) => `${value} | ${call}`) },
  ),
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('text', '\n', ' - ', '{{/* comment */}}', '{{ break }}', '{{- continue -}}', '{{ $v = 5 }}', '{{ end }}'),
    tie('pipeline').map((pipeline) => `{{ ${pipeline} }}`),
    tie('pipeline').map((pipeline) => `{{- $v := ${pipeline} -}}`),
    fc.tuple(tie('pipeline'), tie('nodes'), tie('nodes')).map(([asked, yes, no]) => `{{ if ${asked} }}${yes}{{ else }}${no}{{ end }}`),
    fc.tuple(tie('pipeline'), tie('nodes')).map(([given, body]) => `{{ with ${given} -}} ${body} {{- end }}`),
    fc.tuple(fc.constantFrom(...RANGES), tie('nodes')).map(([list, body]) => `{{ range $k, $v := ${list} }}${body}{{ end }}`),
    fc.tuple(fc.constantFrom(...RANGES), tie('nodes')).map(([list, body]) => `{{ range ${list} }}${body}{{ else }}none{{ end }}`),
  ),
  nodes: fc.array(tie('node'), { maxLength: 4 }).map((parts) => parts.join('')),
}));
