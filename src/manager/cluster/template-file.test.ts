import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../telemetry/clock.ts';
import { silentLog } from '../../telemetry/log.ts';
import { TemplateFile } from './template-file.ts';

const NAME = 'keepalived-template.yaml';
let folder: string;
let changes: number;
let file: TemplateFile;
let version = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'template-'));
  changes = 0;
  file = templateFile();
});

afterEach(() => rmSync(folder, { recursive: true }));

const templateFile = (onChange: () => void = () => {}): TemplateFile =>
  new TemplateFile({
    ...{ file: join(folder, NAME), clock: systemClock, log: silentLog },
    onChange: () => {
      changes += 1;
      onChange();
    },
  });

/** Swaps the whole mount in one step, as kubelet does. */
function mount(files: Readonly<Record<string, string>>): void {
  version += 1;
  mkdirSync(join(folder, `..${version}`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `..${version}`, name), text);
  symlinkSync(`..${version}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  if (files[NAME] === undefined) rmSync(join(folder, NAME), { force: true });
  else if (!lstatSync(join(folder, NAME), { throwIfNoEntry: false })) symlinkSync(`..data/${NAME}`, join(folder, NAME));
}

const textIn = ({ current }: TemplateFile): string | undefined => (current.kind === 'usable' ? current.template.text : undefined);

describe('the file of the custom template', () => {
  it('may not be there', async () => {
    await file.look();
    expect(file.current).toEqual({ kind: 'none' });
  });

  it('is read, and not told again while it stays the same', async () => {
    mount({ [NAME]: 'one' });
    await file.look();
    await file.look();
    expect(textIn(file)).toBe('one');
    expect(changes).toBe(1);
  });

  it('that is broken at the start is told with its place', async () => {
    mount({ [NAME]: 'a\n{{ if }}' });
    await file.look();
    expect(file.current).toEqual({ kind: 'unusable', broken: expect.stringMatching(/^template line 2, column \d+: /) });
  });

  it('that is broken later leaves the last good one in force, until it is mended', async () => {
    for (const text of ['one', '{{ nope }}', '{{ nope', 'two']) {
      mount({ [NAME]: text });
      await file.look();
      if (text.startsWith('{{'))
        expect(file.current).toMatchObject({ template: { text: 'one' }, broken: expect.stringContaining('line 1') });
    }
    expect(file.current).toEqual({ kind: 'usable', template: expect.objectContaining({ text: 'two' }) });
    expect(changes).toBe(4);
  });

  it('that can not be read is a broken one', async () => {
    mkdirSync(join(folder, NAME));
    await file.look();
    await file.look();
    expect(file.current).toEqual({ kind: 'unusable', broken: expect.stringContaining('EISDIR') });
    expect(changes).toBe(1);
  });

  it('that is taken away is not a template', async () => {
    mount({ [NAME]: 'one' });
    await file.look();
    mount({});
    await file.look();
    expect(file.current).toEqual({ kind: 'none' });
  });

  it('is followed through swaps of its mount', async () => {
    const seen: (string | undefined)[] = [];
    let news = Promise.withResolvers<void>();
    const followed = templateFile(() => {
      seen.push(textIn(followed));
      news.resolve();
    });
    const end = new AbortController();
    mount({ [NAME]: 'one' });
    const running = followed.run(end.signal);
    await news.promise;
    for (const text of ['two', 'three']) {
      news = Promise.withResolvers();
      mount({ [NAME]: text });
      await news.promise;
    }
    end.abort();
    await running;
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('is not asked for when none is named', async () => {
    const none = new TemplateFile({ file: undefined, clock: systemClock, log: silentLog, onChange: () => {} });
    await none.run(new AbortController().signal);
    expect(none.current).toEqual({ kind: 'none' });
  });
});
