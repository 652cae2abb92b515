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

export default defineConfig({
  test: {
    projects: [
      project('unit', ['{src,lab,bench,scripts,test/scenarios,test/fuzz}/**/*.test.ts'], 60),
      project('manifests', ['test/manifests/**/*.test.ts'], 60),
      project('net', ['test/net/**/*.test.ts'], 120, false),
      project('fresh', ['test/fresh/**/*.test.ts'], 1800, false),
      // Each file has an API server of its own, which leaves half of a processor idle.
      { test: { ...project('api', ['test/api/**/*.test.ts'], 120).test, maxWorkers: 2 } },
      { test: { ...project('lab', ['test/lab/**/*.test.ts'], 300, false).test, globalSetup: 'test/lab/global-setup.ts' } },
    ],
  },
});
