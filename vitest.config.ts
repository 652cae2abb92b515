import { defineConfig } from 'vitest/config';

/** One project per kind of test; what each needs from the machine is said in CONTRIBUTING.md. */
const project = (name: string, include: string[], seconds: number, parallel = true) => ({
  test: {
    name,
    include,
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 1000,
    fileParallelism: parallel,
  },
});

/** Tests with keepalived in which a lost packet or a late one is a failure. */
const COUNTING = ['bound', 'crash', 'handover', 'journal', 'new-service', 'planned-change', 'reload', 'scale'].map(
  (name) => `test/net/${name}.test.ts`,
);

export default defineConfig({
  test: {
    projects: [
      project('unit', ['{src,lab,bench,scripts,test/scenarios,test/fuzz}/**/*.test.ts'], 60),
      project('manifests', ['test/manifests/**/*.test.ts'], 60),
      // They mostly wait for adverts. Those that count packets of a client have the machine to themselves, after the others.
      { test: { ...project('net', ['test/net/**/*.test.ts'], 120).test, exclude: COUNTING, maxWorkers: 3, sequence: { groupOrder: 1 } } },
      { test: { ...project('net-counting', COUNTING, 120, false).test, sequence: { groupOrder: 2 } } },
      project('fresh', ['test/fresh/**/*.test.ts'], 1800, false),
      // Each file has an API server of its own, which leaves half of a processor idle.
      { test: { ...project('api', ['test/api/**/*.test.ts'], 120).test, maxWorkers: 2 } },
      {
        test: {
          ...project('lab', ['test/lab/**/*.test.ts'], 300, false).test,
          globalSetup: 'test/lab/global-setup.ts',
          setupFiles: 'test/lab/file-setup.ts',
        },
      },
    ],
  },
});
