import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DATA } from '../../test/conformance/template/data.ts';
import { LIMITS, type Limits } from './budget.ts';
import { compareText } from './data/value.ts';
import { type Rendering, renderTemplate, type TemplateData } from './render-template.ts';
import { parseTemplate } from './syntax/parser.ts';
import { TemplateError } from './template-error.ts';

const render = (text: string, limits: Partial<Limits> = {}, data: TemplateData = DATA): Rendering =>
  renderTemplate(parseTemplate(text), data, compareText, { ...LIMITS, ...limits });

function refusal(text: string, limits: Partial<Limits> = {}, data: TemplateData = DATA): TemplateError {
  try {
    render(text, limits, data);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('the template was rendered');
}

describe('a failure while rendering', () => {
  it.each<[string, string, number, number, string]>([
    [
      'names the fields there are, and the one that was meant',
      'a\n{{ .KeepalivedGroup.Spec.image }}',
      2,
      4,
      'KeepalivedGroupSpec has no field image (did you mean Image?); it has NodeSelector, Image,',
    ],
    [
      'names both types that do not compare',
      '{{ if eq .KeepalivedGroup.Generation "7" }}{{ end }}',
      1,
      7,
      "int64 and string can't be compared",
    ],
    [
      'names the index and the last one',
      '{{ index .KeepalivedGroup.Spec.BlacklistRouterIDs 3 }}',
      1,
      4,
      'index 3 is out of range: the last is 2',
    ],
    [
      'names the nil pointer',
      '{{ (index .Services 0).Spec.SessionAffinityConfig.ClientIP }}',
      1,
      4,
      "can't take .ClientIP of a nil *SessionAffinityConfig",
    ],
    ['names the missing template', '\n  {{ template "x" }}', 2, 6, 'there is no template "x"'],
    ['names the arguments that a function wants', '{{ modulus 1 }}', 1, 4, 'modulus wants 2 arguments, found 1'],
    ['names the type that a function wants', '{{ parseJson 1 }}', 1, 14, 'parseJson wants string, found int'],
    ['names what a range wants', '{{ range .Misc.image }}{{ end }}', 1, 10, 'a range wants a slice, a map or a number, found string'],
    ['names the verb and the type', '{{ printf "%d" "x" }}', 1, 4, "printf: %d can't print string"],
    ['names the structure that is no text', '{{ index .Services 0 }}', 1, 4, "Service can't be printed: print its fields"],
    ['names the order that booleans lack', '{{ lt true false }}', 1, 4, 'bool has no order'],
  ])('%s', (_, text, line, column, reason) => {
    const found = refusal(text);
    expect({ kind: found.kind, line: found.line, column: found.column }).toEqual({ kind: 'execute', line, column });
    expect(found.reason).toContain(reason);
  });

  it('tells of data that is not what the Kubernetes API gives', () => {
    const data = { ...DATA, Services: [{ metadata: { name: 5 } }] };
    expect(refusal('{{ range .Services }}{{ .Name }}{{ end }}', {}, data).reason).toBe(
      'Name in the data is a JSON number, expected string',
    );
    expect(refusal('{{ range .Services }}{{ end }}', {}, { ...DATA, Services: [[]] }).reason).toBe(
      'an element in the data is an array, expected Service',
    );
  });

  it('never tells a value of the data', () => {
    const data = { ...DATA, Misc: { authPass: 'hunter2' } };
    const texts = [
      '{{ modulus .Misc.authPass 1 }}',
      '{{ .Misc.authPass.X }}',
      '{{ range .Misc.authPass }}{{ end }}',
      '{{ eq .Misc.authPass 1 }}',
      '{{ printf "%d" .Misc.authPass }}',
      '{{ .Misc.authPass | index .Services }}',
      '{{ lt .Misc.authPass 1 }}',
    ];
    for (const text of texts) expect(refusal(text, {}, data).message).not.toContain('hunter2');
    const { problems } = render('{{ parseJson .Misc.authPass }}', {}, data);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});

describe('parseJson', () => {
  it.each<[string, string, string]>([
    [
      '{"priority": 150, "a": "b"}',
      'map[]',
      'parseJson: the value of "priority" is a JSON number, expected a JSON object whose values are strings; all of it is left out',
    ],
    ['nope', 'map[]', 'parseJson: the text is not JSON, expected a JSON object whose values are strings; all of it is left out'],
    ['["a"]', 'map[]', 'parseJson: found an array, expected a JSON object whose values are strings; all of it is left out'],
  ])('of %s gives %s and says why, with the place', (json, text, message) => {
    expect(render(`\n{{ parseJson \`${json}\` }}`)).toEqual({ text: `\n${text}`, problems: [{ line: 2, column: 4, message }] });
  });

  it('says the same of one place only once', () => {
    expect(render('{{ range .Services }}{{ parseJson "nope" }}{{ end }}').problems).toHaveLength(1);
  });

  it.each(['', '{}', '{"a": "b"}', 'null'])('of %j has no problem', (json) => {
    expect(render(`{{ parseJson \`${json}\` }}`).problems).toEqual([]);
  });
});

describe('mergeStringSlices', () => {
  it('gives addresses in the order that its caller wants', () => {
    const template = parseTemplate(
      '{{ with index .Services 2 }}{{ mergeStringSlices .Status.LoadBalancer.Ingress .Spec.ExternalIPs }}{{ end }}',
    );
    const backwards = (left: string, right: string): number => compareText(right, left);
    expect(renderTemplate(template, DATA, backwards).text).toBe('[198.51.100.8 192.0.2.9 192.0.2.10]');
  });
});

describe('a template that would not end', () => {
  const NEVER_ENDING: readonly (readonly [string, string, string])[] = [
    ['a range in a range in a range', '{{ range 9999999 }}{{ range 9999999 }}{{ end }}{{ end }}', 'steps'],
    ['a template that calls itself', '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}', 'levels deep'],
    ['a text that doubles', `{{ $x := "x" }}{{ range 9999 }}{{ $x = print $x $x }}{{ end }}`, 'characters'],
    ['an output without end', '{{ range 99999999 }}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{{ end }}', 'characters'],
    [
      'long texts compared again and again',
      '{{ $x := printf "%s" (slice .Misc.image 0) }}{{ range 14 }}{{ $x = print $x $x }}{{ end }}{{ range 9999999 }}{{ if eq $x (slice $x 0) }}{{ end }}{{ end }}',
      'characters',
    ],
  ];

  it.each(NEVER_ENDING)('stops at a limit: %s', (_, text, limit) => {
    expect(refusal(text, { steps: 100_000, characters: 1024 * 1024 }).reason).toContain(limit);
  });

  it('stops at the limits of every day too, without leaving the stack', () => {
    const nested = `${'{{ if 1 }}'.repeat(90)}{{ template "a" . }}${'{{ end }}'.repeat(90)}`;
    expect(refusal(`{{ define "a" }}${nested}{{ end }}{{ template "a" . }}`).reason).toContain('levels deep');
  });
});

describe('rendering', () => {
  it('gives the same for the same input, and changes no input', () => {
    const frozen = JSON.stringify(DATA);
    const text =
      '{{ range .Services }}{{ .GetAnnotations }}{{ mergeStringSlices .Status.LoadBalancer.Ingress .Spec.ExternalIPs }}{{ end }}';
    expect(render(text)).toEqual(render(text));
    expect(JSON.stringify(DATA)).toBe(frozen);
  });

  it('reaches nothing but the data: no prototype, no constructor', () => {
    const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    expect(inherited.map((name) => render(`{{ .Misc.${name} }}{{ index .Misc "${name}" }}`).text)).toEqual(
      inherited.map(() => '<no value>'),
    );
    expect(inherited.map((name) => refusal(`{{ .KeepalivedGroup.${name} }}`).reason)).toEqual(
      inherited.map(() => expect.stringContaining('has no field')),
    );
  });

  it('ends in a text or a TemplateError, whatever the template', () => {
    const piece = fc.constantFrom(
      '{{ range .Services }}',
      '{{ end }}',
      '{{ . }}',
      '{{ .Name }}',
      '{{ $ }}',
      '{{ if .Misc }}',
      '{{ index .Misc "a" }}',
      '{{ len . }}',
      '{{ $x := . }}',
      '{{ $x }}',
      '{{ range 99999 }}',
      '{{ template "a" . }}',
      '{{ define "a" }}',
      '{{ break }}',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        try {
          expect(render(pieces.join(''), { steps: 20_000, characters: 10_000 }).text.length).toBeLessThanOrEqual(10_000);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
