import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

/** Where `npm start` runs, for `npm run dev -w web`. */
const runtime = process.env.OUTLET_URL ?? "http://localhost:4100";

/** The runtime serves its own pages only: for it, the dev server's are those. */
const proxy = { target: runtime, changeOrigin: true, headers: { origin: new URL(runtime).origin } };

export default defineConfig({
  plugins: [solid()],
  resolve: { alias: { "~": new URL("src", import.meta.url).pathname } },
  build: {
    // Browsers that know light-dark(): Chrome 123, Firefox 120, Safari 17.5.
    target: ["chrome123", "firefox120", "safari17.5"],
    // No data: URLs: the page's policy allows images from its own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // A fixed name and port: sign-in leads back to no other.
  server: {
    host: "localhost",
    port: 5173,
    strictPort: true,
    proxy: { "/api": proxy, "/oidc": proxy, "/docs": proxy },
  },
});
