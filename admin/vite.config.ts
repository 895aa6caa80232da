// Builds the admin UI into files for `redd` (tools: admin/pack.mjs). `npm run dev` serves it on a port of its own and sends what is below
// /_/api to a running server: REDD_URL=http://localhost:4000 npm run dev
import tailwindcss from '@tailwindcss/vite';
import { env } from 'node:process';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/_/',
  plugins: [react(), tailwindcss()],
  build: { assetsDir: 'ui', target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, chunkSizeWarningLimit: 700 },
  server: { port: 5174, proxy: { '/_/api': env.REDD_URL ?? 'http://localhost:4000' } },
});
