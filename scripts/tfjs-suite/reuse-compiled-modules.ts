/**
 * Makes WebAssembly.instantiate compile the same bytes once. The suite starts the backend anew for each of some
 * 600 groups of specs.
 */
export function reuseCompiledModules(): void {
  const compiled = new Map<number, Promise<WebAssembly.Module>>();
  const instantiate = WebAssembly.instantiate.bind(WebAssembly) as (
    module: WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) => Promise<WebAssembly.Instance>;
  const caching = async (
    bytes: ArrayBuffer | Uint8Array<ArrayBuffer>,
    imports?: WebAssembly.Imports,
  ): Promise<WebAssembly.WebAssemblyInstantiatedSource> => {
    const size = bytes.byteLength;
    const module = compiled.get(size) ?? WebAssembly.compile(bytes);
    compiled.set(size, module);
    return { module: await module, instance: await instantiate(await module, imports) };
  };
  WebAssembly.instantiate = caching as typeof WebAssembly.instantiate;
}
