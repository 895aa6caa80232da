import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Nothing is inlined as a data: URL and no module preload helper runs: the page lives under a policy without exceptions.
export default defineConfig({
  plugins: [react()],
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2022' },
  server: { host: '127.0.0.1', strictPort: true },
});
