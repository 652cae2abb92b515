/** TCP ports of the machine's loopback. */
import { createServer, type Server } from 'node:net';

/** Ports that nobody listens on, each another one. Somebody may take them before the caller does. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  return Promise.all(servers.map(portReleasedBy));
}

// --- internal ---

const listenAnywhere = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

const portReleasedBy = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
  });
