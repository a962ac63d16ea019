/** Bundles the server into `outDir` with the files that it reads at run time. */
export function bundleServer(outDir: string): Promise<void>;
