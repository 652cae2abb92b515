import fc from 'fast-check';

/**
 * Templates from a small grammar over the conformance data, always the same ones. Most values fit where they stand, a few
 * don't. Left out is what is known to differ (see DIFFERENCES): whole structures, formats with too few or wrong values.
 */
export function generatedTemplates(count: number): string[] {
  return fc.sample(template, { numRuns: count, seed: 20261124 });
}

// --- internal ---

const TEXTS = [
  '.Misc.image',
  '.Misc.authPass',
  '$.KeepalivedGroup.Name',
  '(index $.Services 0).Spec.LoadBalancerIP',
  '""',
  '"a"',
  '"apps/web"',
  '$t',
];
const NUMBERS = ['0', '1', '-7', "'a'", '3', '(len $.Services)', '$n', '(index $.KeepalivedGroup.Spec.BlacklistRouterIDs 1)'];
const TRUTHS = ['true', 'false', '$.KeepalivedGroup.Spec.UnicastEnabled', '(index $.Services 0).Spec.PublishNotReadyAddresses'];
const LISTS = [
  '$.KeepalivedGroup.Spec.BlacklistRouterIDs',
  '(index $.Services 2).Spec.ExternalIPs',
  '(index $.Services 0).Spec.ExternalIPs',
  '$.KeepalivedGroup.Finalizers',
];
const MAPS = [
  '$.Misc',
  '$.KeepalivedGroup.Status.RouterIDs',
  '(index $.Services 1).GetAnnotations',
  '(index $.Services 0).GetLabels',
  '(parseJson `{"b": "2", "a": "1"}`)',
];
const ODD = [
  'nil',
  '.Misc.nokey',
  '2.5',
  '.Name',
  '$v',
  '$k',
  '$.KeepalivedGroup.DeletionTimestamp',
  '(index $.Services 1).Spec.HealthCheckNodePort',
  '(index $.Services 99)',
];

const call = (names: readonly string[], ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...names), ...parts).map((words) => words.join(' '));
const grouped = (call: fc.Arbitrary<string>): fc.Arbitrary<string> => call.map((text) => `(${text})`);

type Grammar = {
  readonly text: string;
  readonly number: string;
  readonly truth: string;
  readonly any: string;
  readonly shown: string;
  readonly node: string;
  readonly nodes: string;
};

const { nodes } = fc.letrec<Grammar>((tie) => ({
  text: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...TEXTS),
    grouped(call(['print', 'println', 'printf "%v-%v"'], tie('any'), tie('any'))),
    grouped(call(['printf "%s=%q"'], tie('text'), tie('text'))),
    grouped(call(['index'], fc.constantFrom('$.Misc', '(index $.Services 1).GetAnnotations'), tie('text'))),
    grouped(call(['or', 'and'], tie('text'), tie('text'))),
    grouped(call(['slice'], tie('text'), fc.constantFrom('0', '1'))),
  ),
  number: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...NUMBERS),
    grouped(call(['len'], fc.oneof(tie('text'), fc.constantFrom(...LISTS, ...MAPS)))),
    grouped(call(['modulus'], tie('number'), fc.constantFrom('3', '-2', '0'))),
    grouped(call(['index $.KeepalivedGroup.Status.RouterIDs'], tie('text'))),
  ),
  truth: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...TRUTHS),
    grouped(call(['not'], tie('any'))),
    grouped(call(['eq', 'ne', 'lt', 'le', 'gt', 'ge'], tie('number'), tie('number'))),
    grouped(call(['eq', 'ne', 'lt', 'le', 'gt', 'ge'], tie('text'), tie('text'))),
    grouped(call(['eq', 'ne'], tie('any'), fc.constantFrom('nil', '.Misc.nokey'))),
    grouped(call(['eq'], tie('text'), tie('text'), tie('text'))),
    grouped(call(['and', 'or'], tie('truth'), tie('truth'))),
  ),
  any: fc.oneof(
    { weight: 8, arbitrary: tie('text') },
    { weight: 8, arbitrary: tie('number') },
    { weight: 4, arbitrary: tie('truth') },
    { weight: 4, arbitrary: fc.constantFrom(...LISTS, ...MAPS) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD) },
  ),
  shown: fc.oneof(
    { weight: 6, arbitrary: tie('any') },
    { weight: 1, arbitrary: call(['$t :=', '$t ='], tie('text')) },
    { weight: 1, arbitrary: call(['$n :=', '$n ='], tie('number')) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('text'), fc.constantFrom('len', 'print 1', 'eq "a"', 'or 0', 'printf "%q"'))
        .map((parts) => parts.join(' | ')),
    },
  ),
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('text', '\n', ' - ', '{{/* comment */}}', '{{ template "t" .Misc }}', '{{- "x" -}}'),
    tie('shown').map((value) => `{{ ${value} }}`),
    tie('shown').map((value) => `{{- ${value} -}}`),
    fc.tuple(tie('any'), tie('nodes'), tie('nodes')).map(([asked, yes, no]) => `{{ if ${asked} }}${yes}{{ else }}${no}{{ end }}`),
    fc
      .tuple(tie('truth'), tie('truth'), tie('nodes'))
      .map(([one, other, yes]) => `{{ if ${one} }}1{{ else if ${other} -}} ${yes}{{ end }}`),
    fc.tuple(fc.constantFrom(...MAPS), tie('nodes')).map(([given, body]) => `{{ with $w := ${given} }}${byRoot(body)}{{ $w }}{{ end }}`),
    fc
      .tuple(fc.constantFrom(...MAPS, ...LISTS, '2'), tie('nodes'))
      .map(([list, body]) => rangeOf(list === '2' ? '$v := 2' : `$k, $v := ${list}`, body)),
    fc
      .tuple(fc.constantFrom('break', 'continue'), tie('truth'), tie('nodes'))
      .map(([jump, asked, body]) => rangeOf('$i, $e := $.Services', `{{ $i }}{{ if ${asked} }}{{ ${jump} }}{{ end }}${body}`)),
  ),
  nodes: fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
}));

function rangeOf(head: string, body: string): string {
  return `{{ range ${head} }}${byRoot(body)}{{ else }}none{{ end }}`;
}

/** Where `.` is something else, the data is reached by `$`. */
const byRoot = (body: string): string => body.replace(/(?<![$)\w])\.Misc/g, '$.Misc');

const template = nodes.map(
  (body) => `{{ define "t" }}<{{ .image }}>{{ end }}{{ $t := "text" }}{{ $n := 4 }}{{ $v := "v" }}{{ $k := "k" }}${body}`,
);
