import { type FSWatcher, watch } from 'node:fs';

/**
 * Calls back when kubelet swaps the content of one of the folders. Events can be lost and a folder can be absent,
 * so whoever uses it also looks from time to time.
 */
export function watchMounts(folders: readonly string[], onChange: () => void): Disposable {
  const watchers = folders.flatMap((folder) => watchFolder(folder, onChange));
  return {
    [Symbol.dispose]: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
}

// --- internal ---

function watchFolder(folder: string, onChange: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, onChange);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
