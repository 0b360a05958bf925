import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    // Packages of this repository are built in from their sources. By name, because the condition
    // "development" would take other packages' development builds as well.
    alias: [
      { find: /^@steno\/proto$/, replacement: source('../../proto/src/index.ts') },
      { find: /^@steno\/player$/, replacement: source('../player/src/index.ts') },
    ],
    dedupe: ['react', 'react-dom'],
  },
  build: {
    target: 'baseline-widely-available',
    // These know light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    manifest: true,
    // The page's policy allows what comes from its own origin, and no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
});
